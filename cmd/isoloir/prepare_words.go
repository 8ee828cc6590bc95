package main

var prepareHelp = phrase{
	en: `isoloir prepare makes the manifest of a scrutin from a folder that people write.

  isoloir prepare -template NAME -out FOLDER
        a folder to begin with; NAME is the bureau: decree-2009, consular, public-service or town-council
  isoloir prepare -from FOLDER
        reads the folder, says every mistake with its file and line, and writes nothing
  isoloir prepare -from FOLDER -out DIR
        the same, and writes DIR/manifest.json and DIR/documents/, which must not be there
  isoloir prepare -from FOLDER -pages 127.0.0.1:PORT
        pages for a browser on this machine: bring files, each judged line by line, make the public draw, see the ballot, make the
        manifest in FOLDER/manifests; the address that is printed lets one browser in, once; interrupt to end

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
  isoloir prepare -from DOSSIER -pages 127.0.0.1:PORT
        des pages pour un navigateur de cette machine : apporter les fichiers, chacun relu ligne par ligne, faire le tirage public, voir
        le bulletin, faire le manifeste dans DOSSIER/manifests ; l'adresse affichée laisse entrer un navigateur, une fois ;
        interrompre pour finir

Le dossier contient scrutin.yaml, urns.csv, options.csv, documents/ (PDF et texte) et keys/ : les cartes des appareils des
personnes (NOM.isoloir-card) et les clés des services et des témoins (NOM.key). docs/manifest.md dit ce que veut dire chaque ligne.

Codes de sortie : 0 fait · 64 la commande est mal écrite · 65 le dossier a des erreurs · 66 un fichier ne peut pas être lu · 73 la
  sortie est déjà utilisée · 74 l'écriture a échoué
`}

var (
	prepareNeeds     = phrase{"give -template NAME -out FOLDER, or -from FOLDER: see isoloir prepare -h", "donnez -template NOM -out DOSSIER, ou -from DOSSIER : voyez isoloir prepare -h"}
	pagesLoopback    = phrase{"%s: the pages answer on this machine alone: write 127.0.0.1:PORT", "%s : les pages ne répondent que sur cette machine : écrire 127.0.0.1:PORT"}
	noFolder         = phrase{"%s is no folder: begin one with isoloir prepare -template", "%s n'est pas un dossier : en commencer un par isoloir prepare -template"}
	pagesServed      = phrase{"open this address in a browser of this machine, once; interrupt to end\n  %s", "ouvrir cette adresse dans un navigateur de cette machine, une fois ; interrompre pour finir\n  %s"}
	prepared         = phrase{"%s: %d urns, %d questions, %d documents\n  fingerprint  %s", "%s : %d urnes, %d questions, %d documents\n  empreinte  %s"}
	drawnOrder       = phrase{"the order of display was drawn on %s from %q\n  digest of the draw  %s", "l'ordre d'affichage a été tiré le %s d'après %q\n  empreinte du tirage  %s"}
	nothingWritten   = phrase{"the folder is right; nothing was written: -out DIR writes the manifest", "le dossier est juste ; rien n'a été écrit : -out SORTIE écrit le manifeste"}
	begun            = phrase{"%s is ready: write in it, put the cards into keys/, and run isoloir prepare -from", "%s est prêt : écrivez-y, mettez les cartes dans keys/, et lancez isoloir prepare -from"}
	notEmpty         = phrase{"%s is not empty: take another directory", "%s n'est pas vide : prenez un autre dossier"}
	changedMeanwhile = phrase{"%s was changed while it was read: run the command again", "%s a été changé pendant la lecture : relancez la commande"}
)
