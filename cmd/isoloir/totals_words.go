package main

var totalsHelp = phrase{
	en: `isoloir totals and isoloir clashes put the vote by Internet and the other ways of voting together.

  isoloir totals -record DIR -other FILE -out DIR
        the proclaimed result and that of the other ways, choice by choice: total.json and total.csv. FILE is CSV,
        place,urn,question,option,ballots: for each place a line for each option, for blanc, for nul, and for
        emargements (how many are marked); the question is left empty where an urn has only one
  isoloir clashes -other FILE LIST...
        who is marked in another way and voted by Internet too, and who is on no list. FILE is CSV,
        place,family_name,given_names,birth_date; LIST are lists of émargement (JSON). Nobody is struck off by it

Exit codes: 0 done, nobody is marked twice · 1 somebody is · 64 the command line is wrong · 65 a file is wrong; every mistake
  is named with its line · 66 a file cannot be read · 73 the output is there already · 74 writing failed
`,
	fr: `isoloir totals et isoloir clashes réunissent le vote par internet et les autres modes de vote.

  isoloir totals -record DOSSIER -other FICHIER -out DOSSIER
        le résultat proclamé et celui des autres modes, choix par choix : total.json et total.csv. FICHIER est un CSV,
        place,urn,question,option,ballots : pour chaque lieu une ligne par option, pour blanc, pour nul et pour
        emargements (combien ont émargé) ; la question reste vide si l'urne n'en a qu'une
  isoloir clashes -other FICHIER LISTE...
        qui a émargé ailleurs et aussi voté par internet, et qui n'est sur aucune liste. FICHIER est un CSV,
        place,family_name,given_names,birth_date ; les LISTES sont des listes d'émargement (JSON). Personne n'est rayé

Codes de sortie : 0 fait, personne n'a émargé deux fois · 1 quelqu'un l'a fait · 64 la commande est mal écrite · 65 un fichier est
  faux ; chaque erreur est dite avec sa ligne · 66 un fichier ne peut pas être lu · 73 la sortie existe déjà · 74 l'écriture a échoué
`}

var (
	totalsNeeds   = phrase{"-record, -other and -out are needed: see isoloir totals -h", "il faut -record, -other et -out : voyez isoloir totals -h"}
	clashesNeeds  = phrase{"-other and one list at least are needed: see isoloir clashes -h", "il faut -other et au moins une liste : voyez isoloir clashes -h"}
	notProclaimed = phrase{"no result was proclaimed yet: nothing can be added to it", "aucun résultat n'est encore proclamé : rien ne peut y être ajouté"}
	placeDiffers  = phrase{"%s, %s, %s: %d ballots, %d marks: this difference goes into the minutes", "%s, %s, %s : %d bulletins, %d émargements : cet écart va au procès-verbal"}
	totalsMade    = phrase{"%s: %d places, %d differences\n  digest  %s", "%s : %d lieux, %d écarts\n  empreinte  %s"}
	fileMistakes  = phrase{"the file has %d mistakes: nothing was written", "le fichier a %d erreurs : rien n'a été écrit"}
	markedTwice   = phrase{"line %d, %s: %s, %s, born %s, voted by Internet too (%s, number %s of the list)", "ligne %d, %s : %s, %s, né(e) le %s, a aussi voté par internet (%s, numéro %s de la liste)"}
	onNoList      = phrase{"line %d, %s: %s, %s, born %s, is on no list", "ligne %d, %s : %s, %s, né(e) le %s, n'est sur aucune liste"}
	clashesFound  = phrase{"%d cases for the bureau; nobody was struck off", "%d cas à soumettre au bureau ; personne n'a été rayé"}
	noClash       = phrase{"nobody of the file voted by Internet too, and all are on the lists", "personne du fichier n'a aussi voté par internet, et tous sont sur les listes"}
)
