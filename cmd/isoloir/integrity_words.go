package main

import "isoloir/integrity"

var integrityHelp = phrase{`isoloir check-integrity reads the whole store of roll or urn and says what its service did not write (docs/integrity.md).

  isoloir check-integrity -role roll|urn -config FILE [-report FILE] [-lang en|fr]
  isoloir check-integrity -role roll -config FILE -row NAME
  isoloir compare-integrity -config FILE URN-REPORT ROLL-REPORT

check-integrity runs beside the service, or without it, and changes nothing in the store. It prints a line for each finding and
writes the report, signed with the role's key, to FILE, or to standard output. With -row it says which elector a finding means
by "row #NAME": for who works on the roll, and may know it.

compare-integrity is for who was given the reports of both, and needs neither store: for each urn as many émargements as ballots,
or no more between than may be. The configuration tells where the public record is.

Exit codes: 0 nothing was found, and reports agree; 1 something was found, or they do not agree; 64 the command line is wrong;
65 the configuration, a secret, the public record or a report is wrong; 66 a file cannot be read; 73 the report cannot be
written; 74 the store cannot be read; 77 others than its owner can read a secret.
`, `isoloir check-integrity lit tout le stockage du fichier des électeurs ou de l'urne et dit ce que son service n'a pas écrit (docs/integrity.md).

  isoloir check-integrity -role roll|urn -config FICHIER [-report FICHIER] [-lang en|fr]
  isoloir check-integrity -role roll -config FICHIER -row NOM
  isoloir compare-integrity -config FICHIER RAPPORT-DE-L-URNE RAPPORT-DU-FICHIER-DES-ÉLECTEURS

check-integrity travaille à côté du service, ou sans lui, et ne change rien au stockage. Il écrit une ligne par constat, et le rapport,
signé par la clé du rôle, dans FICHIER ou sur la sortie standard. Avec -row il dit de quel électeur parle un constat par « ligne #NOM » :
pour qui tient le fichier des électeurs, et peut le savoir.

compare-integrity est pour qui a reçu les deux rapports, et n'a besoin d'aucun stockage : par urne autant d'émargements que de bulletins,
ou pas plus d'écart qu'il ne peut y en avoir. La configuration dit où est le dossier public.

Codes de sortie : 0 rien n'est constaté, et les rapports concordent ; 1 quelque chose est constaté, ou ils ne concordent pas ; 64 la ligne
de commande est fausse ; 65 la configuration, un secret, le dossier public ou un rapport est faux ; 66 un fichier ne peut être lu ; 73 le
rapport ne peut être écrit ; 74 le stockage ne peut être lu ; 77 d'autres que son propriétaire peuvent lire un secret.
`}

var (
	integrityRole   = phrase{"-role is roll or urn, and roll with -row", "-role est roll ou urn, et roll avec -row"}
	integrityConfig = phrase{"-config is missing: name the file of the configuration", "-config manque : nommez le fichier de configuration"}
	twoReports      = phrase{"give -config, and the files of two reports: the urn's, and the roll's", "donnez -config, et les fichiers de deux rapports : celui de l'urne, puis celui du fichier des électeurs"}
	nobodysRow      = phrase{"no elector's rows are called #%s", "les lignes d'aucun électeur ne s'appellent #%s"}
	somebodysRow    = phrase{"urn %s, elector %d", "urne %s, électeur %d"}
	somethingFound  = phrase{"%d findings in %d rows (%s): change nothing in the store, and tell the bureau", "%d constats dans %d lignes (%s) : ne changez rien au stockage, et prévenez le bureau"}
	nothingFound    = phrase{"nothing was found in %d rows (%s)", "rien n'est constaté dans %d lignes (%s)"}
	besideEachOther = phrase{"%s: %d ballots, %d marks, %d authorisations held: %s", "%s : %d bulletins, %d émargements, %d autorisations en attente : %s"}
	notTheSame      = phrase{"%d findings and differences: tell the bureau", "%d constats et écarts : prévenez le bureau"}
)

// verdicts are those of a comparison.
var verdicts = map[integrity.Verdict]phrase{
	integrity.Equal:   {"equal", "égaux"},
	integrity.Between: {"no more apart than those who are between", "l'écart n'est que de ceux qui sont entre les deux"},
	integrity.Unequal: {"UNEQUAL", "ÉCART"},
}
