package station

import (
	"fmt"
	"time"
)

// A phrase is a form of package fmt in both languages.
type phrase struct{ fr, en string }

var (
	title         = phrase{"Procès-verbal de la remise des cartes – %s – %s", "Minutes of the handing out of cards – %s – %s"}
	partOccasion  = phrase{"Le bureau de vote et la remise", "The polling station and the distribution"}
	partCards     = phrase{"Les cartes", "The cards"}
	partBalance   = phrase{"Le compte des cartes", "The cards reconciled"}
	partDecided   = phrase{"Ce que l'organisation a décidé", "What the organisation decided"}
	partSigned    = phrase{"Observations et signatures", "Observations and signatures"}
	what          = phrase{"Quoi", "What"}
	value         = phrase{"Valeur", "Value"}
	howMany       = phrase{"Nombre", "Number"}
	captionPlace  = phrase{"Désignation", "Designation"}
	organisation  = phrase{"Organisation", "Organisation"}
	registerTitle = phrase{"Registre", "Register"}
	distribution  = phrase{"Remise", "Distribution"}
	occasion      = phrase{"n° %d, %s (%s)", "no. %d, %s (%s)"}
	general       = phrase{"générale", "general"}
	addition      = phrase{"nouveaux inscrits", "newly enrolled"}
	constituency  = phrase{"Circonscription", "Constituency"}
	pollingPlace  = phrase{"Bureau de vote", "Polling station"}
	electors      = phrase{"Électeurs inscrits au bureau", "Electors of the station"}
	round         = phrase{"Ouverture au tour %d", "Hours of round %d"}
	hours         = phrase{"du %s au %s", "from %s to %s"}
	rho           = phrase{"Empreinte du registre", "Digest of the register"}
	delta         = phrase{"Empreinte de la remise", "Digest of the distribution"}
	captionCounts = phrase{"Ce qui a été compté au bureau", "What was counted at the station"}
	received      = phrase{"Cartes reçues, d'après le plan", "Cards received, by the plan"}
	counted       = phrase{"Cartes comptées avant l'ouverture", "Cards counted before the opening"}
	activated     = phrase{"Cartes activées", "Cards activated"}
	invalidated   = phrase{"Cartes annulées au bureau", "Cards cancelled at the station"}
	again         = phrase{"Cartes présentées une seconde fois, et annulées", "Cards presented a second time, and cancelled"}
	taken         = phrase{"Cartes présentées, déjà en service", "Cards presented, already in use"}
	proxies       = phrase{"Cartes remises au mandataire d'un absent", "Cards handed to a proxy holder for somebody absent"}
	left          = phrase{"Cartes comptées après la fermeture", "Cards counted after the close"}
	checked       = phrase{"Cartes restantes relues une à une", "Cards left that were scanned one by one"}
	uncounted     = phrase{"non compté", "not counted"}
	captionSum    = phrase{"Reçues = chez quelqu'un + au bureau", "Received = in somebody's hands + at the station"}
	inHands       = phrase{"Chez quelqu'un", "In somebody's hands"}
	shouldBeLeft  = phrase{"Doivent rester au bureau", "Must be at the station"}
	found         = phrase{"Y ont été comptées", "Were counted there"}
	right         = phrase{"Le compte est juste.", "The count is right."}
	boxWrong      = phrase{"Le compte avant l'ouverture n'est pas celui du plan : %d cartes reçues d'après le plan.", "The count before the opening is not that of the plan: %d cards received by the plan."}
	boxMissing    = phrase{"Les cartes n'ont pas été comptées avant l'ouverture.", "The cards were not counted before the opening."}
	restWrong     = phrase{"Le compte après la fermeture n'est pas juste : il devait rester %d cartes.", "The count after the close is not right: %d cards were to be left."}
	restMissing   = phrase{"Les cartes n'ont pas été comptées après la fermeture : il devait en rester %d.", "The cards were not counted after the close: %d were to be left."}
	unseen        = phrase{"Les cartes restantes n'ont pas été relues : si l'une manque, son numéro n'est pas connu.", "The cards left were not scanned: if one is missing, its number is not known."}
	captionLost   = phrase{"Cartes qui ne sont chez personne et n'ont pas été trouvées au bureau", "Cards that are in nobody's hands and were not found at the station"}
	number        = phrase{"Numéro", "Number"}
	state         = phrase{"État", "State"}
	worthless     = phrase{"annulée : elle n'ouvre aucun compte", "cancelled: it opens no account"}
	blocked       = phrase{"Le compte n'étant pas celui du plan, le bureau était bloqué : aucune carte ne pouvait y être activée avant la décision ci-dessous.", "The count not being that of the plan, the station was blocked: no card could be activated there before the decision below."}
	stayed        = phrase{"Le compte n'étant pas celui du plan, le bureau est resté bloqué : personne n'a décidé qu'il pouvait remettre des cartes.", "The count not being that of the plan, the station stayed blocked: nobody decided that it could hand out cards."}
	unneeded      = phrase{"Il n'y avait rien à décider.", "There was nothing to decide."}
	captionActs   = phrase{"Décisions, dans leur ordre", "Decisions, in their order"}
	decision      = phrase{"Décision", "Decision"}
	decidedBy     = phrase{"Par", "By"}
	reason        = phrase{"Motif", "Reason"}
	allowed       = phrase{"le bureau peut remettre des cartes", "the station may hand out cards"}
	ended         = phrase{"le compte %s est annulé", "account %s is invalid"}
	unnamed       = phrase{"Ce procès-verbal ne dit d'aucune carte à qui elle a été remise, ni quand : le registre ne le sait pas.", "These minutes say of no card to whom it was handed, nor when: the register does not know."}
	observations  = phrase{"Observations :", "Observations:"}
	captionSigned = phrase{"Ont signé", "Signed"}
	quality       = phrase{"Qualité", "Quality"}
	name          = phrase{"Nom", "Name"}
	signature     = phrase{"Signature", "Signature"}
	president     = phrase{"Président du bureau", "President of the station"}
	assessor      = phrase{"Assesseur", "Assessor"}
	secretary     = phrase{"Secrétaire", "Secretary"}
)

// A speaker says phrases in a language, and instants in legal time.
type speaker struct {
	language string
	zone     *time.Location
}

func (s speaker) say(p phrase, values ...any) string {
	form := p.en
	if s.language == "fr" {
		form = p.fr
	}
	if len(values) == 0 {
		return form
	}
	return fmt.Sprintf(form, values...)
}

func (s speaker) at(t time.Time) string {
	if s.language == "fr" {
		return t.In(s.zone).Format("02/01/2006 15:04 -07:00")
	}
	return t.In(s.zone).Format("2006-01-02 15:04 -07:00")
}
