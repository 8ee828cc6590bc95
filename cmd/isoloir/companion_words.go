package main

var companionHelp = phrase{`isoloir import-companion tells the roll of a scrutin which of its electors may vote in a companion (docs/online.md, section 5).

  isoloir import-companion -config FILE -manifest FILE -companion FILE -extract CSV [-commit] [-lang en|fr]

  -config FILE      the configuration of serve; its section roll says where the leading roll is kept
  -manifest FILE    manifest.json of the leading scrutin, whose electors are imported
  -companion FILE   manifest.json of the companion, which the other one names
  -extract CSV      the extract of the companion's roll (isoloir import-roll -extract)
  -commit           import it; without, the file is read and judged, and nothing is written

Every elector of the companion is one of the leading scrutin, under the same reference. All are imported or none, once for a companion;
later the extract is compared with what was imported.

Exit codes: 0 the extract is sound, imported, or the same; 1 it differs from what was imported; 64 the command line is wrong; 65 the
extract, a manifest or the configuration is wrong, every mistake with its line; 66 a file cannot be read; 74 the store failed.
`, `isoloir import-companion dit au fichier des électeurs d'un scrutin lesquels peuvent voter à un scrutin associé (docs/online.md, section 5).

  isoloir import-companion -config FICHIER -manifest FICHIER -companion FICHIER -extract CSV [-commit] [-lang en|fr]

  -config FICHIER      la configuration de serve ; sa section roll dit où est le fichier du scrutin principal
  -manifest FICHIER    manifest.json du scrutin principal, dont les électeurs sont importés
  -companion FICHIER   manifest.json du scrutin associé, que l'autre nomme
  -extract CSV         l'extrait du fichier du scrutin associé (isoloir import-roll -extract)
  -commit              l'importer ; sans cela il est lu et jugé, et rien n'est écrit

Tout électeur du scrutin associé est du scrutin principal, sous la même référence. Tous sont importés ou aucun, une fois par scrutin
associé ; ensuite l'extrait est comparé à ce qui a été importé.

Codes de sortie : 0 l'extrait est sain, importé, ou le même ; 1 il diffère de ce qui a été importé ; 64 la ligne de commande est fausse ;
65 l'extrait, un manifeste ou la configuration est faux, chaque faute avec sa ligne ; 66 un fichier ne peut être lu ; 74 le stockage a échoué.
`}

var (
	companionNeeds = phrase{"-config, -manifest, -companion and -extract are needed: see isoloir import-companion -h",
		"il faut -config, -manifest, -companion et -extract : voir isoloir import-companion -h"}
	notCompanion  = phrase{"%s is the manifest of %s, which %s does not name among its companions", "%s est le manifeste de %s, que %s ne nomme pas parmi ses scrutins associés"}
	pairsSound    = phrase{"%s: %d electors, each on the roll of the leading scrutin, no mistake", "%s : %d électeurs, chacun au fichier du scrutin principal, aucune faute"}
	pairsImported = phrase{"imported: %d electors may vote in %s too", "importé : %d électeurs peuvent voter aussi à %s"}
	pairsSame     = phrase{"the extract is imported already: %d electors are the same", "l'extrait est déjà importé : %d électeurs sont les mêmes"}
	pairsDiffer   = phrase{"%d electors of the extract are not those that were imported: this is not the companion's roll as it was", "%d électeurs de l'extrait ne sont pas ceux qui ont été importés : ce n'est pas le fichier du scrutin associé tel qu'il était"}
)
