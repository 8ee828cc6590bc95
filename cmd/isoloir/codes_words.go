package main

var codesHelp = phrase{
	en: `isoloir codes opens accounts by two codes that two senders send by two ways, where no polling station hands out cards
(docs/consultations.md, section 8). Each step takes -register FILE and -distribution FILE, as isoloir register plan wrote it.

  draw -half first|second -dir DIR
        a sender, on a machine of his own: his secret stays in DIR; DIR/halves.list goes to whoever puts both together
  join -first FILE -second FILE [-taken PUBLISHED.csv …] -out DIR
        whoever puts together, without a network: cards.list for isoloir register open, places.csv for both senders
  letters -half first|second -dir DIR -places FILE -book FILE -sender NAME -site URL -out DIR
        a sender's letters, as PDF and text, to print and destroy. The book is CSV, station,rank,language,address
  mail -half first|second -dir DIR -places FILE -book FILE -site URL -host HOST [-port 587] -from ADDRESS [-user U -password FILE]
        a sender's messages by e-mail; repeated, it goes on with what has not left
  Then isoloir register sent -by NAME -reason TEXT makes the accounts active. Who keeps the list draws each one's rank.

Exit codes: 0 done · 64 the command line is wrong · 65 a file is wrong · 66 a file cannot be read · 70 failed · 73 DIR is there already
  77 others can read a secret
`,
	fr: `isoloir codes ouvre des comptes par deux codes que deux expéditeurs envoient par deux voies, là où aucun bureau ne remet de cartes
(docs/consultations.md, section 8). Chaque étape prend -register FICHIER et -distribution FICHIER, écrit par isoloir register plan.

  draw -half first|second -dir DOSSIER
        un expéditeur, sur sa machine : son secret reste dans DOSSIER ; DOSSIER/halves.list va à qui assemble les deux
  join -first FICHIER -second FICHIER [-taken PUBLIÉ.csv …] -out DOSSIER
        qui assemble, sans réseau : cards.list pour isoloir register open, places.csv pour les deux expéditeurs
  letters -half first|second -dir DOSSIER -places FICHIER -book FICHIER -sender NOM -site URL -out DOSSIER
        les lettres d'un expéditeur, en PDF et en texte, à imprimer puis détruire. Le carnet est un CSV, station,rank,language,address
  mail -half first|second -dir DOSSIER -places FICHIER -book FICHIER -site URL -host HÔTE [-port 587] -from ADRESSE [-user U -password FICHIER]
        les messages d'un expéditeur par courriel ; répétée, elle reprend ce qui n'est pas parti
  Puis isoloir register sent -by NOM -reason TEXTE rend les comptes actifs. Qui tient la liste tire au sort le rang de chacun.

Codes de sortie : 0 fait · 64 la commande est mal écrite · 65 un fichier est faux · 66 un fichier ne peut pas être lu · 70 échec
  73 DOSSIER existe déjà · 77 d'autres peuvent lire un secret
`}

var (
	codesNeeds    = phrase{"a flag is missing, or -half is neither first nor second: see isoloir codes help", "il manque une option, ou -half n'est ni first ni second : voyez isoloir codes help"}
	halvesDrawn   = phrase{"%s\n  digest  %s\nThe file secret makes all codes: keep it until they have left, then destroy it.", "%s\n  empreinte  %s\nLe fichier secret fait tous les codes : gardez-le jusqu'à leur départ, puis détruisez-le."}
	badBook       = phrase{"%s, line %d: a rank that no place has, one that stands twice, or no address", "%s, ligne %d : un rang sans place, un rang deux fois, ou pas d'adresse"}
	halvesPrinted = phrase{"%d letters in %s: print them, count them, destroy the files", "%d lettres dans %s : imprimez-les, comptez-les, détruisez les fichiers"}
	halvesSent    = phrase{"%d messages have left, %d were refused", "%d messages sont partis, %d ont été refusés"}
	halfRefused   = phrase{"refused: message %s", "refusé : message %s"}
	halfSubject   = phrase{"%s: your code %d of 2", "%s : votre code %d sur 2"}
	halfText      = phrase{
		en: "Your anonymous account opens with two codes. This is the first one:\n\n    %s\n\nThe second one comes by another way, from another sender. Once you have both, go to\n%s\nand choose \"I was sent two codes\".\n\nNobody will ever ask you for this code. Whoever sends it does not know the other one, nor the number of your account.\n",
		fr: "Votre compte anonyme s'ouvre avec deux codes. Voici le premier :\n\n    %s\n\nLe second vous arrive par une autre voie, d'un autre expéditeur. Quand vous avez les deux, allez à\n%s\net choisissez « J'ai reçu deux codes ».\n\nPersonne ne vous demandera ce code. Qui l'envoie ne connaît ni l'autre, ni le numéro de votre compte.\n"}
	secondText = phrase{
		en: "Your anonymous account opens with two codes. This is the second one:\n\n    %s\n\nThe first one comes by another way, from another sender. Once you have both, go to\n%s\nand choose \"I was sent two codes\".\n\nNobody will ever ask you for this code. Whoever sends it does not know the other one, nor the number of your account.\n",
		fr: "Votre compte anonyme s'ouvre avec deux codes. Voici le second :\n\n    %s\n\nLe premier vous arrive par une autre voie, d'un autre expéditeur. Quand vous avez les deux, allez à\n%s\net choisissez « J'ai reçu deux codes ».\n\nPersonne ne vous demandera ce code. Qui l'envoie ne connaît ni l'autre, ni le numéro de votre compte.\n"}
)
