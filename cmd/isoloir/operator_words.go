package main

var importHelp = phrase{`isoloir import-roll reads the electors of a scrutin into the roll that serve will serve (docs/manifest.md, "Roll file").

  isoloir import-roll -config FILE -manifest FILE -roll CSV [-commit] [-extract FILE] [-lang en|fr]

  -config FILE     the configuration of serve; its section roll says where the roll is kept
  -manifest FILE   manifest.json, sealed
  -roll CSV        the roll file
  -commit          import it; without, the file is read and judged, and nothing is written
  -extract FILE    after the import, write reference,urn,number,country of every elector, for the issuers

All electors are imported or none, once for a scrutin; each gets a number by lot. Where the roll is imported already, the file is
compared with it as it was amended since, and what differs is said.

Exit codes: 0 the file is sound, imported, or the same as the roll; 1 the file differs from the roll; 64 the command line is
wrong; 65 the file, the manifest or the configuration is wrong, every mistake with its line; 66 a file cannot be read; 73 the extract
is there already; 74 the store failed.
`, `isoloir import-roll lit les électeurs d'un scrutin dans le fichier que serve servira (docs/manifest.md, « Roll file »).

  isoloir import-roll -config FICHIER -manifest FICHIER -roll CSV [-commit] [-extract FICHIER] [-lang en|fr]

  -config FICHIER     la configuration de serve ; sa section roll dit où est le fichier des électeurs
  -manifest FICHIER   manifest.json, scellé
  -roll CSV           la liste des électeurs
  -commit             l'importer ; sans cela elle est lue et jugée, et rien n'est écrit
  -extract FICHIER    après l'import, écrire reference,urn,number,country de chaque électeur, pour les émetteurs

Tous les électeurs sont importés ou aucun, une fois par scrutin ; chacun reçoit un numéro au sort. Si l'import a déjà eu lieu, la liste lui
est comparée, et ce qui diffère est dit.

Codes de sortie : 0 la liste est saine, importée, ou la même ; 1 la liste diffère ; 64 la ligne de commande est fausse ; 65 la liste, le
manifeste ou la configuration est faux, chaque faute avec sa ligne ; 66 un fichier ne peut être lu ; 73 l'extrait existe déjà ; 74 le
stockage a échoué.
`}

var depositsHelp = phrase{`isoloir deposits takes notes of deposits that issuers hand over as files (isoloir issuer deposit -out) into the roll.

  isoloir deposits -config FILE [-manifest FILE] [-lang en|fr] NOTE…

  -config FILE     the configuration of serve; its section roll says where the roll is kept
  -manifest FILE   manifest.json, sealed; that of the public record of the configuration if it is left out
  NOTE             a note of deposits, or a directory whose *.note are taken

Each note is taken whole or not at all, and may be given again. It bears its issuer's signature, which is verified.

Exit codes: 0 all are taken; 1 a note is refused, the others are taken; 64 the command line is wrong; 65 the manifest or the configuration
is wrong; 66 a file cannot be read; 74 the store failed: give the same again.
`, `isoloir deposits prend dans le fichier des électeurs les notes de dépôt que les émetteurs remettent (isoloir issuer deposit -out).

  isoloir deposits -config FICHIER [-manifest FICHIER] [-lang en|fr] NOTE…

  -config FICHIER     la configuration de serve ; sa section roll dit où est le fichier des électeurs
  -manifest FICHIER   manifest.json, scellé ; à défaut celui du dossier public de la configuration
  NOTE                une note de dépôt, ou un dossier dont on prend les *.note

Chaque note est prise entière ou pas du tout, et peut être donnée de nouveau. Elle porte la signature de son émetteur, qui est vérifiée.

Codes de sortie : 0 toutes sont prises ; 1 une note est refusée, les autres sont prises ; 64 la ligne de commande est fausse ; 65 le
manifeste ou la configuration est faux ; 66 un fichier ne peut être lu ; 74 le stockage a échoué : donnez-les de nouveau.
`}

var storesHelp = phrase{`isoloir migrate-store and check-store are for who keeps the PostgreSQL databases of roll, urn and bureau (docs/postgresql.md).

  isoloir migrate-store [-roll FILE] [-urn FILE] [-bureau FILE]   bring the tables up to this program, as the owner of the database
  isoloir check-store [-roll FILE] [-urn FILE] [-bureau FILE]     say whether rights and settings are as they must be, as the service's user

FILE holds the connection string of one database, on one line, as postgres://USER:PASSWORD@HOST/DATABASE or as
host=… user=… password=… dbname=…; nobody but its owner may read it. Give those of roll and urn together to check-store where one person may hold both: it
then tries too whether the user of one database gets into the other. Both take -lang en|fr.

check-store changes nothing. It prints a line for all that it looked at: right; doubtful, which you should be able to explain; or
wrong, with which the service does not start.

Exit codes: 0 done, nothing is wrong; 1 something is wrong; 64 the command line is wrong; 65 a file holds no connection string;
66 a file cannot be read; 69 a database cannot be reached, or refuses; 77 others than its owner can read a file.
`, `isoloir migrate-store et check-store sont pour qui tient les bases PostgreSQL du fichier des électeurs, de l'urne et du bureau (docs/postgresql.md).

  isoloir migrate-store [-roll FICHIER] [-urn FICHIER] [-bureau FICHIER]   met les tables à jour pour ce programme, en propriétaire de la base
  isoloir check-store [-roll FICHIER] [-urn FICHIER] [-bureau FICHIER]     dit si droits et réglages sont comme il faut, en utilisateur du service

FICHIER contient la chaîne de connexion d'une base, sur une ligne, comme postgres://UTILISATEUR:MOT-DE-PASSE@HÔTE/BASE ou comme
host=… user=… password=… dbname=… ; nul autre que son propriétaire ne peut le lire. Donnez celles du fichier et de l'urne ensemble à check-store là où une même personne
peut les tenir : il essaie alors si l'utilisateur d'une base entre dans l'autre. Les deux commandes prennent -lang en|fr.

check-store ne change rien. Il écrit une ligne pour tout ce qu'il a regardé : juste ; douteux, que vous devez savoir expliquer ; ou
faux, avec quoi le service ne démarre pas.

Codes de sortie : 0 fait, rien n'est faux ; 1 quelque chose est faux ; 64 la ligne de commande est fausse ; 65 un fichier ne contient pas
de chaîne de connexion ; 66 un fichier ne peut être lu ; 69 une base n'est pas joignable, ou refuse ; 77 d'autres peuvent lire un fichier.
`}

// The roll file.
var (
	importNeeds     = phrase{"-config, -manifest and -roll are needed: see isoloir import-roll -h", "il faut -config, -manifest et -roll : voir isoloir import-roll -h"}
	extractNeeds    = phrase{"-extract is written after an import: give -commit too", "-extract s'écrit après un import : donnez aussi -commit"}
	noRollSection   = phrase{"%s has no section roll", "%s n'a pas de section roll"}
	noMistake       = phrase{"%s: %d electors of %d urns, no mistake", "%s : %d électeurs de %d urnes, aucune faute"}
	fileRefused     = phrase{"%s has %d mistake(s), and is not imported", "%s a %d faute(s), et n'est pas importé"}
	nothingImported = phrase{"nothing is imported: run it again with -commit", "rien n'est importé : relancez avec -commit"}
	isImported      = phrase{"imported", "importé"}
	importedAlready = phrase{"the roll is imported already: %d electors are the same, %d differ, %d are new in the file, %d are missing from it",
		"l'import a déjà eu lieu : %d électeurs sont les mêmes, %d diffèrent, %d sont nouveaux dans la liste, %d y manquent"}
	differs   = phrase{"differs", "diffère"}
	isNew     = phrase{"new", "nouveau"}
	isMissing = phrase{"missing", "manque"}
	rollStays = phrase{"the roll stays as it is: before the enrolment begin again with an empty store; while the vote is open prepare an amendment, which is the bureau's act (isoloir amend-roll)",
		"le fichier reste tel qu'il est : avant l'enrôlement, recommencez avec une base vide ; pendant que le vote est ouvert, préparez une modification, qui est un acte du bureau (isoloir amend-roll)"}
)

// Deposits.
var (
	depositsNeed   = phrase{"-config and at least one note are needed: see isoloir deposits -h", "il faut -config et au moins une note : voir isoloir deposits -h"}
	noNotes        = phrase{"%s holds no file that ends with .note", "%s ne contient aucun fichier en .note"}
	noteTaken      = phrase{"%s: %d electors of %s, taken", "%s : %d électeurs de %s, prise"}
	noteRefused    = phrase{"%s: refused: %s", "%s : refusée : %s"}
	notesRefused   = phrase{"%d of %d notes are refused", "%d notes sur %d sont refusées"}
	depositForm    = phrase{"it is no note of deposits in the one accepted form: take another copy", "ce n'est pas une note de dépôt dans la seule forme admise : prenez-en une autre copie"}
	depositForeign = phrase{"it is not signed by an issuer of this scrutin: see that manifest and note belong together", "elle n'est pas signée par un émetteur de ce scrutin : vérifiez que manifeste et note vont ensemble"}
	depositUnknown = phrase{"it names an urn or an elector that the manifest has not", "elle nomme une urne ou un électeur que le manifeste n'a pas"}
	depositOther   = phrase{"another deposit of the same generation is there, and stays: ask the issuer which of its secrets made them", "un autre dépôt de la même génération est là, et reste : demandez à l'émetteur lequel de ses secrets les a faits"}
)

// Databases.
var (
	sides        = map[string]phrase{"roll": {"roll", "fichier des électeurs"}, "urn": {"urn", "urne"}, "bureau": {"bureau", "bureau"}}
	storesNeed   = phrase{"give -roll, -urn, -bureau or several of them: the file of a connection string each", "donnez -roll, -urn, -bureau ou plusieurs : le fichier d'une chaîne de connexion chacun"}
	databaseAway = phrase{"the database cannot be reached, or refuses", "la base n'est pas joignable, ou refuse"}
	migrated     = phrase{"%s: migration %d", "%s : migration %d"}
	ofStore      = phrase{"%s: user %s of database %s", "%s : utilisateur %s de la base %s"}
	ofBoth       = phrase{"both", "les deux"}
	storesWrong  = phrase{"%d of these are wrong: a service does not start on such a database", "%d de ces lignes sont fausses : un service ne démarre pas sur une telle base"}
	twoServers   = phrase{"roll and urn are on two servers", "fichier des électeurs et urne sont sur deux serveurs"}
	oneServer    = phrase{"roll and urn are on one server: its administrator, its write-ahead log and its backups hold both; a regulated vote wants two",
		"fichier des électeurs et urne sont sur un seul serveur : son administrateur, son journal et ses sauvegardes ont les deux ; un vote réglementé en veut deux"}
	oneDatabase = phrase{"roll and urn are one database", "fichier des électeurs et urne sont une seule base"}
	getsIn      = phrase{"user %s of the %s gets into database %s of the %s", "l'utilisateur %s (%s) entre dans la base %s (%s)"}
	staysOut    = phrase{"user %s of the %s does not get into the database of the %s", "l'utilisateur %s (%s) n'entre pas dans la base de l'autre (%s)"}
)
