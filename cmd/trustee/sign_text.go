package main

import (
	"fmt"

	"isoloir/bve/journal"
	"isoloir/mixte"
	"isoloir/scrutin"
)

// anAct takes the number of an act, and what it does.
var anAct = phrase{"Act %d of the bureau, with your signature among those that adopt it: %s", "Acte %d du bureau, votre signature étant de celles qui l'adoptent : %s"}

// What is signed of a decision of members and citizens.
var (
	onPaper     = phrase{"Minutes %s of votes on paper: %d voters, of the urn %s.", "Procès-verbal %s de votes sur papier : %d votants, de l'urne %s."}
	provisional = phrase{"The PROVISIONAL result of the members alone on: %s", "Le résultat PROVISOIRE, des élus seuls, sur : %s"}
	definitive  = phrase{"The DEFINITIVE result of members and citizens on: %s", "Le résultat DÉFINITIF des élus et des citoyens sur : %s"}
)

// statementWords say what a statement does. That of the motion takes what its act does.
var statementWords = map[string]phrase{
	journal.SessionOpen{}.Kind():  {"You open a session of the bureau.", "Vous ouvrez une séance du bureau."},
	journal.SessionClose{}.Kind(): {"You close the session of the bureau.", "Vous levez la séance du bureau."},
	journal.Present{}.Kind():      {"You say that you have come into the session.", "Vous dites que vous êtes entré en séance."},
	journal.Leave{}.Kind():        {"You say that you leave the session; you have no voice from then on.", "Vous dites que vous quittez la séance ; vous n'y avez plus de voix."},
	journal.Motion{}.Kind():       {"You propose this act to those present: %s", "Vous proposez cet acte à ceux qui sont présents : %s"},
	journal.Support{}.Kind():      {"You vote for a motion, and your signature under its act goes with it.", "Vous votez pour une motion, avec votre signature sous son acte."},
	journal.Against{}.Kind():      {"You vote against a motion.", "Vous votez contre une motion."},
	journal.Abstain{}.Kind():      {"You abstain on a motion.", "Vous vous abstenez sur une motion."},
	journal.Opinion{}.Kind():      {"You give an opinion to the bureau, which the act will quote.", "Vous donnez un avis au bureau, que l'acte citera."},
	journal.Agreement{}.Kind():    {"As president you agree with a motion of another bureau that touches your scrutin.", "Vous donnez, comme président, votre accord à une motion d'un autre bureau qui touche votre scrutin."},
	journal.Acknowledged{}.Kind(): {"You say that you have seen an alert.", "Vous dites que vous avez vu une alerte."},
	journal.Custody{}.Kind():      {"You enter a line into the register of media.", "Vous inscrivez une ligne au registre des supports."},
	journal.Observation{}.Kind():  {"You make an observation, for the minutes.", "Vous faites une observation, pour le procès-verbal."},
	journal.Report{}.Kind():       {"You deposit a report, by its digest.", "Vous déposez un rapport, par son empreinte."},
	journal.Invited{}.Kind():      {"You ask that a member be invited to make a new passkey: he lost his. A second member must ask too.", "Vous demandez qu'un membre soit invité à faire une nouvelle clé d'accès : il a perdu la sienne. Un second membre doit le demander aussi."},
	journal.Revoked{}.Kind():      {"You ask that passkeys of a member be good no more.", "Vous demandez que des clés d'accès d'un membre ne valent plus."},
	journal.Page{}.Kind():         {"You put your paraph on a page of the minutes.", "Vous paraphez une page du procès-verbal."},
}

// actWords say what an act does.
var actWords = map[string]phrase{
	scrutin.ActConstitute: {"it constitutes the bureau and adopts the manifest.", "il constitue le bureau et adopte le manifeste."},
	scrutin.ActCeremony:   {"it adopts the election key that the ceremony made.", "il adopte la clé de l'élection que la cérémonie a faite."},
	scrutin.ActRehearse:   {"it adopts a rehearsal of the opening of the urn.", "il adopte une répétition de l'ouverture de l'urne."},
	scrutin.ActEnrol:      {"it adopts the issuers' enrolment of the electors.", "il adopte l'enrôlement des électeurs par les émetteurs."},
	scrutin.ActAnonymise:  {"it adopts the anonymisation of the accounts.", "il adopte l'anonymisation des comptes."},
	scrutin.ActOpen:       {"it finds every urn empty and OPENS THE VOTE.", "il constate que chaque urne est vide et OUVRE LE VOTE."},
	scrutin.ActSuspend:    {"it SUSPENDS the vote.", "il SUSPEND le vote."},
	scrutin.ActResume:     {"it resumes the vote.", "il reprend le vote."},
	scrutin.ActExtend:     {"it puts off the end of the vote.", "il reporte la fin du vote."},
	scrutin.ActAddendum:   {"it completes what was sealed.", "il complète ce qui a été scellé."},
	scrutin.ActClose:      {"it CLOSES THE VOTE, with the figures found.", "il CLÔT LE VOTE, avec les nombres constatés."},
	scrutin.ActAppend:     {"it adds a promised ballot to the urn.", "il ajoute à l'urne un bulletin promis."},
	scrutin.ActWithdraw:   {"it withdraws stolen deputies of roll or urn, which hold no more.", "il retire des clés déléguées volées de la liste ou de l'urne, qui ne valent plus."},
	scrutin.ActAuthority:  {"it adopts a new certificate of a timestamp authority.", "il adopte un nouveau certificat d'une autorité d'horodatage."},
	scrutin.ActSeal:       {"it SEALS urns and roll: as many ballots as marks.", "il SCELLE urnes et liste : autant de bulletins que d'émargements."},
	scrutin.ActOpenSmall:  {"it allows that fewer ballots than the minimum are opened together.", "il permet d'ouvrir ensemble moins de bulletins que le minimum."},
	scrutin.ActMix:        {"it adopts the mixes of the ballots, and with them the votes on paper and of the members, where it names any.", "il adopte les mélanges des bulletins, et avec eux les votes sur papier et ceux des élus, s'il en nomme."},
	scrutin.ActDecrypt:    {"it adopts the holders' shares: the urn is OPENED.", "il adopte les parts des détenteurs : l'urne est OUVERTE."},
	scrutin.ActProclaim:   {"it PROCLAIMS the result.", "il PROCLAME le résultat."},
	scrutin.ActWaive:      {"it waives a fragment: a seat holds none.", "il renonce à un fragment : un siège n'en détient pas."},
	scrutin.ActStop:       {"it STOPS THE VOTE FOR GOOD: nothing is counted.", "il ARRÊTE LE VOTE DÉFINITIVEMENT : rien n'est compté."},
	scrutin.ActAnnul:      {"it ANNULS: nothing is counted, or the result is void.", "il ANNULE : rien n'est compté, ou le résultat est nul."},
	scrutin.ActUpdate:     {"it changes the program of the services, in an emergency.", "il change le programme des services, en urgence."},
	scrutin.ActMinutes:    {"it adopts the minutes.", "il adopte le procès-verbal."},
	scrutin.ActArchive:    {"it adopts the archive.", "il adopte l'archive."},
	scrutin.ActHold:       {"it keeps the archive from being destroyed.", "il suspend la destruction de l'archive."},
	scrutin.ActRelease:    {"it ends that.", "il lève cette suspension."},
	scrutin.ActDestroy:    {"it DESTROYS what was kept.", "il DÉTRUIT ce qui était conservé."},
}

// meaning says in plain words what an act or a statement does that is signed.
func meaning(text string) phrase {
	if s, err := journal.ParseStatement(text); err == nil {
		what := statementWords[s.Body.Kind()]
		if m, is := s.Body.(journal.Motion); is {
			act := actWords[m.Act.Type]
			what = phrase{fmt.Sprintf(what.en, act.en), fmt.Sprintf(what.fr, act.fr)}
		}
		return what
	}
	if x, err := scrutin.Parse[mixte.Minutes](text); err == nil {
		return phrase{fmt.Sprintf(onPaper.en, x.Minutes, x.Voters, x.Urn), fmt.Sprintf(onPaper.fr, x.Minutes, x.Voters, x.Urn)}
	}
	if s, err := mixte.Parse(text); err == nil {
		if s.Status == mixte.Provisional {
			return phrase{fmt.Sprintf(provisional.en, s.Decision), fmt.Sprintf(provisional.fr, s.Decision)}
		}
		return phrase{fmt.Sprintf(definitive.en, s.Decision), fmt.Sprintf(definitive.fr, s.Decision)}
	}
	a, err := scrutin.Parse[scrutin.Act](text)
	if err != nil {
		return phrase{}
	}
	act := actWords[a.Type]
	return phrase{fmt.Sprintf(anAct.en, a.Seq, act.en), fmt.Sprintf(anAct.fr, a.Seq, act.fr)}
}
