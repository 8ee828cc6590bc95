package main

import "isoloir/replay"

var rehearsalHelp = phrase{`isoloir rehearsal takes a vote through its whole life, as a drill, before the bureau does so on the day (docs/bureau.md, section 8).

  isoloir rehearsal -of MANIFEST -out DIR [-electors N] [-workers N] [-lang fr|en] [-quiet]

  -of MANIFEST   manifest.json of the vote: its urns, questions, bureau, clauses, hours and rules are rehearsed; nothing of it is changed
  -out DIR       must not exist or be empty; receives the record, the dossier, the archive, and the report
  -electors N    how many are invented for each urn, at most as many as it has (default 40)

All keys are new, the manifest is one of kind "rehearsal", the clock is made to pass. Nothing of it can enter the vote: fingerprint and
keys differ, and every ballot, authorisation, share, act and checkpoint is bound to them. It prints what happens, step by step, with what
each member will have to do on the day; report.txt has the same, to be ticked and signed, and report.note what was found, signed by the
bureau of the rehearsal.

Exit codes: 0 all of it holds; 1 the auditor refuses what came of it; 64 the command line is wrong; 65 the manifest is wrong, or cannot be
rehearsed; 66 it cannot be read; 70 a step failed; 73 DIR is in use; 74 writing failed; 130 interrupted.
`, `isoloir rehearsal mène un vote à travers toute sa vie, pour s'exercer, avant que le bureau le fasse le jour venu (docs/bureau.md, section 8).

  isoloir rehearsal -of MANIFESTE -out DOSSIER [-electors N] [-workers N] [-lang fr|en] [-quiet]

  -of MANIFESTE   manifest.json du vote : ses urnes, questions, bureau, clauses, heures et règles sont répétés ; rien n'y est changé
  -out DOSSIER    ne doit pas exister, ou être vide ; reçoit le dossier du vote, les papiers, l'archive et le rapport
  -electors N     combien d'électeurs sont inventés pour chaque urne, au plus autant qu'elle en a (par défaut 40)

Toutes les clés sont nouvelles, le manifeste est de nature « rehearsal », l'horloge est avancée. Rien ne peut en entrer dans le vote :
empreinte et clés diffèrent, et chaque bulletin, autorisation, part, acte et point de contrôle y est lié. La commande dit ce qui se passe,
étape par étape, avec ce que chaque membre aura à faire le jour venu ; report.txt a la même chose, à cocher et à signer, et report.note ce
qui a été constaté, signé par le bureau de la répétition.

Codes de sortie : 0 tout tient ; 1 l'auditeur refuse ce qui en est sorti ; 64 la ligne de commande est fausse ; 65 le manifeste est faux, ou
ne peut être répété ; 66 il ne peut être lu ; 70 une étape a échoué ; 73 DOSSIER sert déjà ; 74 l'écriture a échoué ; 130 interrompu.
`}

var (
	rehearsalNeeds = phrase{"give -of and -out, and from 2 to 10000 -electors: see isoloir rehearsal -h",
		"donnez -of et -out, et de 2 à 10000 -electors : voir isoloir rehearsal -h"}
	rehearsalBegins = phrase{`REHEARSAL of “%s”: %d urns, %d questions, %d members, %d holders; %d invented electors for each urn at most.
By the manifest voting lasts from %s to %s, with %d minutes of grace. Tick what each has done, or will have to do on the day.`,
		`RÉPÉTITION de « %s » : %d urnes, %d questions, %d membres, %d détenteurs ; %d électeurs inventés par urne au plus.
Selon le manifeste, on vote du %s au %s, avec %d minutes de grâce. Cochez ce que chacun a fait, ou aura à faire le jour venu.`}
	rehearsalRefused = phrase{"what came of the rehearsal does not hold: %s", "ce qui est sorti de la répétition ne tient pas : %s"}
	rehearsalResult  = phrase{"\nWhat was shown", "\nCe qui a été montré"}
	rehearsalQuorums = phrase{"  %s: the test text was opened by %s; and by %s. The urn was opened by %s.",
		"  %s : le texte d'essai a été ouvert par %s ; puis par %s. L'urne a été ouverte par %s."}
	rehearsalTurned = phrase{"  Turned away, as must be: %s", "  Refusé, comme il se doit : %s"}
	rehearsalLeft   = phrase{"  Left out, since the manifest does not allow it, or names nobody to be heard: %s", "  Omis, le manifeste ne le permettant pas, ou ne nommant personne à entendre : %s"}
	rehearsalEnds   = phrase{`
Vote        %s
Rehearsal   %s
Ballots     %d
Verdict     %s
Archive     %s
  SHA-256   %s
Held        from %s to %s

Signed, for the bureau:`, `
Vote        %s
Répétition  %s
Bulletins   %d
Verdict     %s
Archive     %s
  SHA-256   %s
Tenue       du %s au %s

Signé, pour le bureau :`}
)

// drillChapters are the steps of a rehearsal that no replay has, or tells otherwise.
var drillChapters = map[string]phrase{
	"rehearsal": {"Two quorums of holders open a test text, each from both media", "Deux quorums de détenteurs ouvrent un texte d'essai, chacun depuis ses deux supports"},
	"voting":    {"The vote opens; voters come, by the way of every vote", "Le vote est ouvert ; des électeurs viennent, par le chemin de tout vote"},
	"suspension": {"The bureau suspends the vote, having heard the committee; a voter is turned away; the bureau resumes the vote",
		"Le bureau suspend le vote, le comité entendu ; un électeur est refusé ; le bureau reprend le vote"},
	"alert":          {"An alert reaches the members, who take note of it", "Une alerte parvient aux membres, qui en prennent note"},
	"grace":          {"At the hour of the close a last voter, who was there before, finishes in the time of grace", "À l'heure de la clôture, un dernier électeur, arrivé avant, finit dans le délai de grâce"},
	"close and seal": {"The vote is closed, a late voter turned away; urns and roll are frozen, dated from outside and sealed", "Le vote est clos, un électeur en retard refusé ; urnes et émargements sont figés, datés de l'extérieur et scellés"},
	"shares":         {"A third quorum of holders verifies the mixes and opens the urn", "Un troisième quorum de détenteurs vérifie les mélanges et ouvre l'urne"},
	"minutes":        {"The minutes are written from record and journal, paraphed on each page and adopted", "Le procès-verbal est écrit à partir du dossier et du journal, paraphé page à page et adopté"},
	"archive":        {"What is kept is listed, the list adopted, and the archive made", "Ce qui est gardé est inscrit, la liste adoptée, et l'archive faite"},
	auditStep:        {"The auditor verifies the archive alone", "L'auditeur vérifie la seule archive"},
}

// A part is some of the bureau.
type part int

const (
	chair part = iota
	seats
	holders
	secretary
	advisers
	delegates
)

// partNames are how they are called.
var partNames = map[part]phrase{
	chair:     {"Presides", "Préside"},
	seats:     {"Seats", "Sièges"},
	holders:   {"Holders", "Détenteurs"},
	secretary: {"Secretary", "Secrétaire"},
	advisers:  {"Committee and expert", "Comité et expert"},
	delegates: {"Delegates", "Délégués"},
}

// drillCases are what a rehearsal shows to be refused, or leaves out.
var drillCases = map[string]phrase{
	replay.Suspended: {"a vote while the vote is suspended", "un vote pendant la suspension"},
	replay.Late:      {"a vote after the close", "un vote après la clôture"},
	replay.Grace:     {"a vote in the time of grace", "un vote dans le délai de grâce"},
}

// A duty is what some of the bureau do in a step, on the day.
type duty struct {
	who  part
	does phrase
}

// duties are those of each step.
var duties = map[string][]duty{
	"manifest": {
		{holders, phrase{"make your keys on two media (trustee init), and hand the card to the bureau", "faire vos clés sur deux supports (trustee init), et remettre la carte au bureau"}},
		{chair, phrase{"open the session; have the manifest's fingerprint read aloud", "ouvrir la séance ; faire lire à haute voix l'empreinte du manifeste"}},
		{seats, phrase{"say that you are present; read the act, sign it on your own machine", "vous dire présent ; lire l'acte, le signer sur votre propre machine"}},
		{secretary, phrase{"enter every medium into the custody register, with its seal", "inscrire chaque support au registre, avec son scellé"}}},
	"key ceremony": {{holders, phrase{"take the four steps commit, reveal, check, seal, and compare the fingerprints aloud", "faire les quatre étapes commit, reveal, check, seal, et comparer les empreintes à haute voix"}}},
	"rehearsal":    {{holders, phrase{"open the test text from both of your media (trustee rehearse)", "ouvrir le texte d'essai depuis vos deux supports (trustee rehearse)"}}},
	"opening record": {
		{seats, phrase{"decide about seats without a fragment, if there are any; sign the opening record", "décider des sièges sans fragment, s'il y en a ; signer l'acte d'ouverture"}},
		{delegates, phrase{"note the digests of software, client and specification", "noter les empreintes du logiciel, du client et de la spécification"}}},
	"opening":    {{seats, phrase{"look that urns and roll are empty; see the delivery of codes; sign the opening", "constater urnes et émargements vides ; voir la remise des codes ; signer l'ouverture"}}},
	"voting":     {{delegates, phrase{"look at turnout and integrity; every look is entered", "regarder participation et intégrité ; chaque lecture est inscrite"}}},
	"suspension": {{advisers, phrase{"give an opinion, in writing", "donner un avis, par écrit"}}, {seats, phrase{"decide; sign the suspension, then the resumption", "décider ; signer la suspension, puis la reprise"}}},
	"alert":      {{seats, phrase{"answer the telephone: an alert comes within a minute; acknowledge it on the page", "répondre au téléphone : une alerte vient en une minute ; en prendre acte sur la page"}}},
	"close and seal": {
		{chair, phrase{"open the session before the hour; wait for the end of the time of grace", "ouvrir la séance avant l'heure ; attendre la fin du délai de grâce"}},
		{seats, phrase{"sign the close; see marks = ballots in each urn; sign the seal", "signer la clôture ; voir émargements = bulletins dans chaque urne ; signer le scellement"}}},
	"shares": {
		{chair, phrase{"read out number, type, time and digest of the last act", "lire à haute voix numéro, type, heure et empreinte du dernier acte"}},
		{holders, phrase{"bring a medium; compare seal and last act with what is read out; open the urn (trustee decrypt)", "apporter un support ; comparer sceau et dernier acte à ce qui est lu ; ouvrir l'urne (trustee decrypt)"}}},
	"count":   {{seats, phrase{"sign the result; the president proclaims it", "signer le résultat ; le président le proclame"}}},
	"minutes": {{seats, phrase{"read the minutes, paraph each page, sign them", "lire le procès-verbal, parapher chaque page, le signer"}}, {delegates, phrase{"have your observations entered before the signature", "faire inscrire vos observations avant la signature"}}},
	"archive": {{secretary, phrase{"see that every medium is back; have two people make the archive, and compare the SHA-256", "voir que chaque support est rendu ; faire faire l'archive par deux personnes, et comparer le SHA-256"}}},
	auditStep: {{delegates, phrase{"verify the archive on a machine of your own", "vérifier l'archive sur une machine à vous"}}},
}
