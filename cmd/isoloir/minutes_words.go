package main

var minutesHelp = phrase{
	en: `isoloir minutes writes and checks the minutes of the bureau (procès-verbal).

  isoloir minutes make -record DIR [-journal FILE] -out DOSSIER [-language fr|en] [-browser PATH|none]
        the minutes from record and journal: minutes.json (data), .html (the original that people read) and .pdf;
        where they stand there already, an annex with the observations that came since
  isoloir minutes verify -record DIR [-journal FILE] -dossier DOSSIER
        that the minutes and their annexes say what record and journal do, page by page, and that the HTML shows them

FILE is what isoloir journal export wrote. The PDF is printed by Chromium; -browser none leaves it out.

Exit codes: 0 done · 1 they do not hold · 64 the command line is wrong · 65 a record, journal or dossier does not hold
  66 a file cannot be read, or there is no Chromium · 70 the PDF could not be printed · 73 minutes stand there · 74 writing failed
`,
	fr: `isoloir minutes écrit et vérifie le procès-verbal du bureau.

  isoloir minutes make -record DOSSIER [-journal FICHIER] -out SORTIE [-language fr|en] [-browser CHEMIN|none]
        le procès-verbal à partir des actes et du journal : minutes.json (données), .html (l'original, pour la lecture) et .pdf ;
        s'il s'y trouve déjà, une annexe avec les observations venues depuis
  isoloir minutes verify -record DOSSIER [-journal FICHIER] -dossier SORTIE
        que le procès-verbal et ses annexes disent ce que disent les actes et le journal, page par page, et que le HTML les montre

FICHIER est ce qu'a écrit isoloir journal export. Le PDF est imprimé par Chromium ; -browser none s'en passe.

Codes de sortie : 0 fait · 1 il ne tient pas · 64 la commande est mal écrite · 65 les actes, le journal ou le dossier ne tiennent pas
  66 un fichier ne peut pas être lu, ou il n'y a pas de Chromium · 70 le PDF n'a pas pu être imprimé · 73 un procès-verbal s'y trouve · 74 l'écriture a échoué
`}

var (
	minutesNeeds    = phrase{"-record and -out are needed: see isoloir minutes help", "il faut -record et -out : voyez isoloir minutes help"}
	minutesVerifies = phrase{"-record and -dossier are needed: see isoloir minutes help", "il faut -record et -dossier : voyez isoloir minutes help"}
	minutesMade     = phrase{"%s: %d pages\n  digest of the data   %s\n  last page            %s\n  journal              %s", "%s : %d pages\n  empreinte des données   %s\n  dernière page           %s\n  journal                 %s"}
	minutesHold     = phrase{"%s holds: %d pages\n  digest of the data   %s\n  last page            %s", "%s tient : %d pages\n  empreinte des données   %s\n  dernière page           %s"}
	otherJournal    = phrase{"this journal is of the scrutin %s, the record of %s", "ce journal est celui du scrutin %s, les actes sont ceux de %s"}
	brokenJournal   = phrase{"the journal does not hold: %v; isoloir journal verify says more", "le journal ne tient pas : %v ; isoloir journal verify en dit plus"}
	paperThere      = phrase{"%s is there already and stays as it is: take another dossier", "%s s'y trouve déjà et reste tel quel : prenez un autre dossier"}
	otherDrawing    = phrase{"%s does not show the data beside it: draw it again, or ask who changed it", "%s ne montre pas les données à côté : redessinez-le, ou demandez qui l'a changé"}
)
