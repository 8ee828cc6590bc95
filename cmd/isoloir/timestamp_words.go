package main

import (
	"isoloir/bve"
	"isoloir/timestamp"
	"isoloir/timestamp/tsp"
)

var timestampHelp = phrase{`isoloir timestamp has timestamp authorities date what the bureau decided (docs/timestamps.md).

  isoloir timestamp -record DIR -authorities FILE [-lang en|fr]
  isoloir timestamp -try ADDRESS [-policy OID] [-lang en|fr]

With -record it asks every authority of the manifest for every timestamp that the record lacks, verifies each as the auditor does,
and writes it there. Run it after each of the acts open, close, seal and proclaim, and when the contents are signed; and again
as long as something is missing that can be had. FILE has a line for each authority: its
identifier, its address and, if need be, a policy or -, and a file that holds user:password. All that leaves is a digest and a random number.

With -try it asks an authority for a timestamp of the empty text, and says by which certificate it signs, for the manifest.

Exit codes: 0 nothing is missing that can be had; 64 the command line is wrong; 65 a file, or what the authority answered, is wrong;
66 a file cannot be read; 69 an authority does not answer as it should: run it again; 74 the record cannot be written; 77 others than
its owner can read a secret.
`, `isoloir timestamp fait horodater par des autorités ce que le bureau a décidé (docs/timestamps.md).

  isoloir timestamp -record DOSSIER -authorities FICHIER [-lang en|fr]
  isoloir timestamp -try ADRESSE [-policy OID] [-lang en|fr]

Avec -record, chaque autorité du manifeste est sollicitée pour chaque horodatage qui manque au dossier ; chacun est vérifié comme le fait
l'auditeur, et y est écrit. À lancer après chacun des actes open, close, seal et proclaim, et quand le contenu est signé ; de nouveau tant
qu'il manque ce qui peut encore être obtenu. FICHIER a une ligne par autorité : son
identifiant, son adresse et, au besoin, une politique ou -, et un fichier qui contient utilisateur:mot-de-passe. Seuls partent une empreinte et
un nombre tiré au sort.

Avec -try, une autorité est sollicitée pour l'horodatage du texte vide ; la commande dit par quel certificat elle signe, pour le manifeste.

Codes de sortie : 0 rien ne manque qui puisse être obtenu ; 64 la ligne de commande est fausse ; 65 un fichier, ou la réponse de l'autorité, est
faux ; 66 un fichier ne peut être lu ; 69 une autorité ne répond pas comme elle doit : relancer ; 74 le dossier ne peut être écrit ; 77 d'autres
que son propriétaire peuvent lire un secret.
`}

var (
	timestampUsage = phrase{"give -record and -authorities, or -try", "donnez -record et -authorities, ou -try"}
	noAuthorities  = phrase{"the manifest names no timestamp authority: there is nothing to ask", "le manifeste ne nomme aucune autorité d'horodatage : il n'y a rien à demander"}
	stampThere     = phrase{"%s: %s, by %s", "%s : %s, par %s"}
	stampMissing   = phrase{"%s: missing, of %s: %s", "%s : manque, de %s : %s"}
	stampAgain     = phrase{"%d timestamps are missing that can still be had: run the command again", "%d horodatages manquent qui peuvent encore être obtenus : relancez la commande"}
	stampTried     = phrase{`certificate  %s
of           %s
issued by    %s
until        %s
policy       %s
its time     %s (this machine's: %s)
chain        %s`, `certificat   %s
de           %s
émis par     %s
jusqu'au     %s
politique    %s
son heure    %s (celle de cette machine : %s)
chaîne       %s`}
	chainRooted = phrase{"complete, up to a root", "complète, jusqu'à une racine"}
	chainOpen   = phrase{"without its root: who verifies finds that elsewhere", "sans sa racine : qui vérifie la trouve ailleurs"}
)

// timestampReasons say in French why a timestamp is missing.
var timestampReasons = []struct {
	err error
	fr  string
}{
	{bve.ErrLate, "ne peut plus être obtenu : le bureau a continué"},
	{bve.ErrNowhere, "on ne sait où s'adresser à cette autorité : l'ajouter au fichier"},
	{bve.ErrClock, "l'autorité donne une autre heure que celle du bureau : régler les horloges"},
	{tsp.ErrUnanswered, "l'autorité ne répond pas : relancer plus tard"},
	{timestamp.ErrNotGranted, "l'autorité n'a pas donné d'horodatage : voir avec elle"},
	{timestamp.ErrCertificate, "l'autorité signe par un autre certificat que celui du manifeste : le comparer avec elle, puis l'adopter par un acte authority"},
	{timestamp.ErrPolicy, "l'autorité applique une autre politique que celle demandée"},
	{timestamp.ErrMalformed, "la réponse n'est pas un horodatage de la forme attendue"},
	{timestamp.ErrChain, "la réponse ne contient pas la chaîne des certificats, ou davantage"},
	{timestamp.ErrUsage, "le certificat n'est pas fait pour les seuls horodatages"},
	{timestamp.ErrValidity, "un certificat n'est pas valable à cette heure"},
}
