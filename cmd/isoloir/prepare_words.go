package main

var prepareHelp = phrase{
	en: `isoloir prepare makes the manifest of a scrutin from a folder that people write.

  isoloir prepare -template NAME -out FOLDER
        a folder to begin with; NAME is the bureau: decree-2009, consular, public-service or town-council
  isoloir prepare -from FOLDER
        reads the folder, says every mistake with its file and line, and writes nothing
  isoloir prepare -from FOLDER -out DIR
        the same, and writes DIR/manifest.json and DIR/documents/, which must not be there

The folder has scrutin.yaml, urns.csv, options.csv, documents/ (PDF and text) and keys/: the cards of people's devices
(NAME.isoloir-card) and the keys of services and witnesses (NAME.key). docs/manifest.md says what each line means.

Exit codes: 0 done · 64 the command line is wrong · 65 the folder has mistakes · 66 a file cannot be read · 73 the output is in use
  74 writing failed
`,
	fr: `isoloir prepare fabrique le manifeste d'un scrutin à partir d'un dossier écrit par des personnes.

  isoloir prepare -template NOM -out DOSSIER
        un dossier pour commencer ; NOM est le bureau : decree-2009, consular, public-service ou town-council
  isoloir prepare -from DOSSIER
        lit le dossier, dit chaque erreur avec son fichier et sa ligne, et n'écrit rien
  isoloir prepare -from DOSSIER -out SORTIE
        de même, et écrit SORTIE/manifest.json et SORTIE/documents/, qui ne doivent pas exister

Le dossier contient scrutin.yaml, urns.csv, options.csv, documents/ (PDF et texte) et keys/ : les cartes des appareils des
personnes (NOM.isoloir-card) et les clés des services et des témoins (NOM.key). docs/manifest.md dit ce que veut dire chaque ligne.

Codes de sortie : 0 fait · 64 la commande est mal écrite · 65 le dossier a des erreurs · 66 un fichier ne peut pas être lu · 73 la
  sortie est déjà utilisée · 74 l'écriture a échoué
`}

var (
	prepareNeeds     = phrase{"give -template NAME -out FOLDER, or -from FOLDER: see isoloir prepare -h", "donnez -template NOM -out DOSSIER, ou -from DOSSIER : voyez isoloir prepare -h"}
	prepared         = phrase{"%s: %d urns, %d questions, %d documents\n  fingerprint  %s", "%s : %d urnes, %d questions, %d documents\n  empreinte  %s"}
	drawnOrder       = phrase{"the order of display was drawn on %s from %q\n  digest of the draw  %s", "l'ordre d'affichage a été tiré le %s d'après %q\n  empreinte du tirage  %s"}
	nothingWritten   = phrase{"the folder is right; nothing was written: -out DIR writes the manifest", "le dossier est juste ; rien n'a été écrit : -out SORTIE écrit le manifeste"}
	begun            = phrase{"%s is ready: write in it, put the cards into keys/, and run isoloir prepare -from", "%s est prêt : écrivez-y, mettez les cartes dans keys/, et lancez isoloir prepare -from"}
	notEmpty         = phrase{"%s is not empty: take another directory", "%s n'est pas vide : prenez un autre dossier"}
	changedMeanwhile = phrase{"%s was changed while it was read: run the command again", "%s a été changé pendant la lecture : relancez la commande"}
)
