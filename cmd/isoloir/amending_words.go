package main

var amendHelp = phrase{`isoloir amend-roll prepares an amendment of the roll while the vote is open (docs/online.md, section 6).

  isoloir amend-roll -config FILE [-add CSV] [-strike CSV] [-commit] [-extract FILE] [-lang en|fr]
  isoloir amend-roll -config FILE -extract FILE
  isoloir amend-roll -config FILE -sign [-workers N]
  isoloir amend-roll -config FILE -drop [-commit]
  isoloir amend-roll -config FILE

  -config FILE     the configuration of serve, on the roll's machine; its record is the public one
  -add CSV         those who are added, in the form of the roll file; an urn gets nobody, or as many as the manifest's minimum size
  -strike CSV      the references of those who are struck off, under the header reference
  -commit          do it; without, the files are read and judged, and nothing is written
  -extract FILE    write reference,urn,number,country of those who are added, for the issuers
  -sign            once issuers and mixers have done their part for those who are added: close the login to those who are struck off,
                   and write addenda/N/roll.note into the record, for the bureau to adopt
  -drop            drop the amendment that is under way; those who could log in no more can again

Without files, -sign or -drop it says what is under way. An amendment is staged whole or not at all; one is under way at a time. Until the
bureau has adopted it nobody who is added can log in. Who has voted is struck off by nobody.

Exit codes: 0 done, or sound; 1 it is refused: another one is under way, it is signed already, somebody to be struck off has voted, the roll
has not taken up the last one, the manifest or the moment does not allow it; 64 the command line is wrong; 65 a file or what issuers and
mixers have published is wrong, every mistake with its line; 66 a file cannot be read, or is not there yet; 73 the extract exists; 74 the
store or the urn failed: run the same again.
`, `isoloir amend-roll prépare une modification du fichier des électeurs pendant que le vote est ouvert (docs/online.md, section 6).

  isoloir amend-roll -config FICHIER [-add CSV] [-strike CSV] [-commit] [-extract FICHIER] [-lang en|fr]
  isoloir amend-roll -config FICHIER -extract FICHIER
  isoloir amend-roll -config FICHIER -sign [-workers N]
  isoloir amend-roll -config FICHIER -drop [-commit]
  isoloir amend-roll -config FICHIER

  -config FICHIER     la configuration de serve, sur la machine du fichier des électeurs ; son dossier est le dossier public
  -add CSV            les inscrits supplémentaires, comme dans la liste ; une urne n'en reçoit aucun, ou autant que la taille minimale du manifeste
  -strike CSV         les références des radiés, sous l'en-tête reference
  -commit             le faire ; sans cela les fichiers sont lus et jugés, et rien n'est écrit
  -extract FICHIER    écrire reference,urn,number,country des inscrits supplémentaires, pour les émetteurs
  -sign               quand émetteurs et mélangeurs ont fait leur part pour eux : fermer la connexion aux radiés, et écrire
                      addenda/N/roll.note au dossier, que le bureau adoptera
  -drop               abandonner la modification en cours ; ceux qui ne pouvaient plus se connecter le peuvent de nouveau

Sans fichiers, -sign ni -drop, il dit ce qui est en cours. Une modification est préparée en entier ou pas du tout ; une seule est en cours à la fois.
Tant que le bureau ne l'a pas adoptée aucun inscrit supplémentaire ne peut se connecter. Qui a voté ne peut être radié.

Codes de sortie : 0 fait, ou sain ; 1 refusé : une autre est en cours, celle-ci est déjà signée, un radié a voté, le fichier n'a pas encore
appliqué la précédente, le manifeste ou le moment ne le permet pas ; 64 la ligne de commande est fausse ; 65 un fichier, ou ce que les émetteurs
et mélangeurs ont publié, est faux, chaque faute avec sa ligne ; 66 un fichier ne peut être lu, ou n'est pas encore là ; 73 l'extrait existe
déjà ; 74 le stockage ou l'urne a échoué : relancez.
`}

// Amendments.
var (
	amendNeeds      = phrase{"-config is needed: see isoloir amend-roll -h", "il faut -config : voir isoloir amend-roll -h"}
	amendOne        = phrase{"give files, -sign or -drop, one of these; -extract goes with -commit or alone", "donnez des fichiers, -sign ou -drop, l'un de ceux-ci ; -extract va avec -commit, ou seul"}
	underWayAlready = phrase{"amendment %d is under way: see it through, or drop it (-drop)", "la modification %d est en cours : menez-la à terme, ou abandonnez-la (-drop)"}
	amendmentWrong  = phrase{"there are %d mistake(s), and nothing is written", "il y a %d faute(s), et rien n'est écrit"}
	amendsUrn       = phrase{"amendment %d, urn %s: %d added, %d struck off", "modification %d, urne %s : %d inscrits supplémentaires, %d radiés"}
	nothingStaged   = phrase{"no mistake; nothing is written: run it again with -commit", "aucune faute ; rien n'est écrit : relancez avec -commit"}
	stagedAdding    = phrase{"amendment %d is under way. Give the extract to both issuers (isoloir issuer amend -amendment %d), then the record to the mixers; then -sign",
		"la modification %d est en cours. Remettez l'extrait aux deux émetteurs (isoloir issuer amend -amendment %d), puis le dossier aux mélangeurs ; ensuite -sign"}
	stagedStriking  = phrase{"amendment %d is under way, and adds nobody: -sign", "la modification %d est en cours, et n'ajoute personne : -sign"}
	noneUnderWay    = phrase{"no amendment is under way; the bureau has adopted %d", "aucune modification n'est en cours ; le bureau en a adopté %d"}
	amendmentSigned = phrase{"amendment %d is signed: %s is in the record, for the bureau to adopt. The roll takes it up by itself once the act is in its record",
		"la modification %d est signée : %s est au dossier, que le bureau adopte. Le fichier des électeurs l'applique de lui-même dès que l'acte est à son dossier"}
	partsMissing     = phrase{"what issuers and mixers publish for amendment %d is not all in the record yet", "ce que les émetteurs et mélangeurs publient pour la modification %d n'est pas encore tout entier au dossier"}
	extractDigest    = phrase{"SHA-256 of %s: %x. Tell it to both issuers by another way; isoloir issuer amend says it again", "SHA-256 de %s : %x. Dites-le aux deux émetteurs par une autre voie ; isoloir issuer amend le redit"}
	nothingDropped   = phrase{"nothing is dropped: run it again with -commit", "rien n'est abandonné : relancez avec -commit"}
	amendmentDropped = phrase{"dropped: what issuers and mixers published for it must leave the record too", "abandonnée : ce que les émetteurs et mélangeurs ont publié pour elle doit aussi quitter le dossier"}
)
