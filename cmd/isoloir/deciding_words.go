package main

var decideHelp = phrase{
	en: `isoloir decide enters what members and citizens decide together (docs/mixte.md): votes on paper, and the results.

  isoloir decide paper -record DIR -minutes NAME -urn URN -station WORDS -keys FILE [-counts FILE] -out DIR
        the minutes of votes on paper, once the urns are sealed and before the act that adopts the mixes: NAME.json,
        which members sign, and NAME.keys. The keys are a line of 192 hexadecimal digits for each voter, as the station's device writes them; the counts are
        CSV, place,urn,question,option,ballots, of one place, and are left out where fewer voted than are opened
        together. Every account that voted twice, or has a ballot in the urn, is named: nothing is then written
  isoloir decide statement -record DIR -question ID -members FILE [-provisional] -out FILE
        the result that members sign: provisional, of the members alone, before the act that adopts the mixes, which
        needs it; then definitive, with the citizens. The members' votes are CSV,
        id,label,electorate,list,position: an option, blank, abstain or absent
  isoloir decide adopt -record DIR -text FILE SIGNED...
        into the record, with the signatures of enough members (trustee sign -text FILE), after drawing it up again

Exit codes: 0 done · 1 somebody is not to be counted · 64 the command line is wrong · 65 a file or the record is wrong, or it is
  too early or too late · 66 a file cannot be read · 73 the output is there already · 74 writing failed
`,
	fr: `isoloir decide saisit ce que les élus et les citoyens décident ensemble (docs/mixte.md) : votes sur papier, et résultats.

  isoloir decide paper -record DOSSIER -minutes NOM -urn URNE -station MOTS -keys FICHIER [-counts FICHIER] -out DOSSIER
        le procès-verbal des votes sur papier, une fois les urnes scellées et avant l'acte qui adopte les mélanges :
        NOM.json, que les membres signent, et NOM.keys. Les clés sont une ligne de 192 chiffres hexadécimaux par votant, comme l'appareil du bureau de vote
        les écrit ; les comptes sont un CSV, place,urn,question,option,ballots, d'un seul lieu, et manquent là où
        moins ont voté qu'il n'en est ouvert ensemble. Chaque compte qui a voté deux fois, ou dont l'urne a un
        bulletin, est nommé : rien n'est alors écrit
  isoloir decide statement -record DOSSIER -question ID -members FICHIER [-provisional] -out FICHIER
        le résultat que les membres signent : provisoire, des élus seuls, avant l'acte qui adopte les mélanges, qui
        l'exige ; puis définitif, avec les citoyens. Les votes des élus sont un CSV,
        id,label,electorate,list,position : une option, blank, abstain ou absent
  isoloir decide adopt -record DOSSIER -text FICHIER SIGNÉ...
        dans le dossier public, avec les signatures d'assez de membres (trustee sign -text FICHIER), après l'avoir refait

Codes de sortie : 0 fait · 1 quelqu'un n'est pas à compter · 64 la commande est mal écrite · 65 un fichier ou le dossier est faux, ou
  il est trop tôt ou trop tard · 66 un fichier ne peut pas être lu · 73 la sortie existe déjà · 74 l'écriture a échoué
`}

var (
	decideNeeds     = phrase{"write paper, statement or adopt, with all its flags: see isoloir decide help", "écrivez paper, statement ou adopt, avec tous ses paramètres : voyez isoloir decide help"}
	paperClashes    = phrase{"%d of %d voters on paper are not to be counted: nothing was written", "%d des %d votants sur papier ne sont pas à compter : rien n'a été écrit"}
	paperDrawn      = phrase{"%s: %d voters\n  digest  %s", "%s : %d votants\n  empreinte  %s"}
	paperTwice      = phrase{"voter %d, account %s: voted on paper in %s too", "votant %d, compte %s : a aussi voté sur papier dans %s"}
	paperTwiceHere  = phrase{"voter %d, account %s: stands twice in these minutes%s", "votant %d, compte %s : figure deux fois dans ce procès-verbal%s"}
	paperInUrn      = phrase{"voter %d, account %s: has a ballot in the urn%s", "votant %d, compte %s : a un bulletin dans l'urne%s"}
	paperUnknown    = phrase{"voter %d: %s is no account of the urn%s", "votant %d : %s n'est pas un compte de l'urne%s"}
	paperUnproven   = phrase{"voter %d, account %s: nothing proves that it is his, for these minutes%s", "votant %d, compte %s : rien ne prouve que c'est le sien, pour ce procès-verbal%s"}
	decidedOption   = phrase{"  %s: members %s, citizens %s, mixed %s", "  %s : élus %s, citoyens %s, mixte %s"}
	statementDrawn  = phrase{"%s, %s\n  digest  %s", "%s, %s\n  empreinte  %s"}
	decisionAdopted = phrase{"%s is in the record", "%s est dans le dossier public"}
)
