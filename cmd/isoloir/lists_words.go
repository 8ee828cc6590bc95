package main

var listsHelp = phrase{
	en: `isoloir lists makes the lists of émargement: for each polling station who is registered, and who voted by Internet.

  isoloir lists -config FILE -out MEDIUM -second MEDIUM [-language fr|en] [-browser PATH|none]
        two identical copies, once the bureau has sealed the roll: for each list data (JSON), HTML, CSV and PDF, and SHA256SUMS.
        FILE is the configuration of the roll; a MEDIUM does not exist or is empty

Exit codes: 0 done · 64 the command line is wrong · 65 the configuration, the record or the roll does not hold, or is not sealed yet
  66 a file cannot be read, or there is no Chromium · 70 a list could not be drawn · 73 a medium is in use · 74 writing, or the database, failed
`,
	fr: `isoloir lists fabrique les listes d'émargement : par bureau de vote, qui est inscrit et qui a voté par internet.

  isoloir lists -config FICHIER -out SUPPORT -second SUPPORT [-language fr|en] [-browser CHEMIN|none]
        deux copies identiques, une fois la liste scellée par le bureau : pour chaque liste données (JSON), HTML, CSV et PDF, et SHA256SUMS.
        FICHIER est la configuration du fichier des électeurs ; un SUPPORT n'existe pas encore ou est vide

Codes de sortie : 0 fait · 64 la commande est mal écrite · 65 la configuration, les actes ou la liste ne tiennent pas, ou ne sont pas
  encore scellés · 66 un fichier ne peut pas être lu, ou il n'y a pas de Chromium · 70 une liste n'a pas pu être dessinée
  73 un support est déjà utilisé · 74 l'écriture ou la base a échoué
`}

var (
	listsNeeds = phrase{"-config, -out and -second, two places, are needed: see isoloir lists -h", "il faut -config, -out et -second, deux endroits : voyez isoloir lists -h"}
	listMade   = phrase{"%s: %d electors, %d voted by Internet; last page %s", "%s : %d électeurs, %d ont voté par internet ; dernière page %s"}
	listsMade  = phrase{"two identical copies, %s and %s; digest of SHA256SUMS  %s", "deux copies identiques, %s et %s ; empreinte de SHA256SUMS  %s"}
)
