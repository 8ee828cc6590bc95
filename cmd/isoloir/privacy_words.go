package main

var privacyHelp = phrase{
	en: `isoloir privacy draws what the RGPD asks of a controller, for one scrutin: register of processings (article 30), impact assessment
(article 35) and retention table, from the manifest and from the schemas of all stores. Lines that only the controller knows are left open.

  isoloir privacy -manifest FILE -out DIR [-lang fr|en]
        register.html, impact.html, retention.html; DIR does not exist or is empty

Exit codes: 0 done · 64 the command line is wrong · 65 the manifest does not hold · 66 it cannot be read · 73 DIR is in use · 74 writing failed
`,
	fr: `isoloir privacy établit ce que le RGPD demande à un responsable de traitement, pour un scrutin : registre des traitements (article 30),
analyse d'impact (article 35) et durées de conservation, à partir du manifeste et des schémas de toutes les bases. Ce que seul le responsable
sait reste à compléter.

  isoloir privacy -manifest FICHIER -out DOSSIER [-lang fr|en]
        register.html, impact.html, retention.html ; DOSSIER n'existe pas encore ou est vide

Codes de sortie : 0 fait · 64 la commande est mal écrite · 65 le manifeste ne tient pas · 66 il ne peut pas être lu
  73 DOSSIER est déjà utilisé · 74 l'écriture a échoué
`,
}

var (
	privacyNeeds = phrase{"-manifest and -out are needed: see isoloir privacy -h", "il faut -manifest et -out : voyez isoloir privacy -h"}
	privacyDrawn = phrase{"%s is written: read it, complete it, sign it", "%s est écrit : à relire, à compléter, à signer"}
)
