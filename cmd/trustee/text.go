package main

import (
	"errors"

	"isoloir/keyceremony"
)

// phrase is what the tool says, in both languages, with the verbs of fmt.
type phrase struct{ en, fr string }

// Command lines.
var (
	noCommand      = phrase{"say what to do", "dites quoi faire"}
	unknownCommand = phrase{"there is no command %q", "il n'y a pas de commande %q"}
	badFlag        = phrase{"%v", "%v"}
	stray          = phrase{"%q is not expected", "%q n'est pas attendu"}
	missingFlag    = phrase{"%s needs -%s", "%s demande -%s"}
	badNumber      = phrase{"-work goes from 1 to 22, -workers, -run and -amendment are not negative", "-work va de 1 à 22, -workers, -run et -amendment ne sont pas négatifs"}
	badLanguage    = phrase{"-lang %q: give en or fr", "-lang %q : donnez en ou fr"}
	showWhat       = phrase{"show needs -medium or -record", "show demande -medium ou -record"}
	mixWhat        = phrase{"-what %q: give accounts or ballots", "-what %q : donnez accounts ou ballots"}
	amendmentWhat  = phrase{"-amendment goes with -what accounts", "-amendment va avec -what accounts"}
	seeHelp        = phrase{"trustee help says how it is used", "trustee help dit comment s'en servir"}
)

// Passphrases.
var (
	askPassphrase    = phrase{"Your passphrase (not shown):", "Votre phrase secrète (elle ne s'affiche pas) :"}
	askNewPassphrase = phrase{
		"Choose a passphrase, or press Enter and the tool proposes one (not shown):",
		"Choisissez une phrase secrète, ou tapez Entrée et l'outil en propose une (elle ne s'affiche pas) :"}
	proposedPassphrase = phrase{
		"Your passphrase is, to write down and keep away from your media:\n\n    %s\n",
		"Votre phrase secrète est, à noter et à garder loin de vos supports :\n\n    %s\n"}
	askAgain = phrase{"Type it again:", "Tapez-la encore une fois :"}
)

// Keys and media.
var (
	keysMade = phrase{
		"The keys of %s are made. Hand the file %s to the bureau, and read it this fingerprint aloud:\n\n    %s\n",
		"Les clés de %s sont faites. Remettez le fichier %s au bureau, et lisez-lui cette empreinte à haute voix :\n\n    %s\n"}
	makeSecond        = phrase{"Now make a second medium, of another kind: trustee copy", "Faites maintenant un second support, d'une autre nature : trustee copy"}
	copied            = phrase{"The keys of %s are on %s; the copy was read back and opens.", "Les clés de %s sont sur %s ; la copie a été relue et s'ouvre."}
	passphraseChanged = phrase{"The passphrase is changed on %d media. If you have another one, change it there too.", "La phrase secrète est changée sur %d support(s). Si vous en avez un autre, changez-la là aussi."}
	showDevice        = phrase{
		"%s\n  fingerprint of the card   %s\n  signing key               %s\n  reception key             %v",
		"%s\n  empreinte de la carte     %s\n  clé de signature          %s\n  clé de réception          %v"}
	showMedium    = phrase{"  medium                    %s", "  support                   %s"}
	showManifest  = phrase{"  manifest                  %s\n  run %d, messages           %v", "  manifeste                 %s\n  tour %d, messages          %v"}
	showFragments = phrase{"  fragments of clauses      %v\n  ceremony                  %s", "  fragments des clauses     %v\n  cérémonie                 %s"}
	showSeal      = phrase{"  has opened the seal       %s", "  a ouvert le scellé        %s"}
	showTakenUp   = phrase{"    of the scrutin          %s", "    du scrutin              %s"}
)

// The ceremony.
var (
	showScrutin  = phrase{"%s\n  manifest  %s", "%s\n  manifeste  %s"}
	said         = phrase{"Your message for %s in run %d is %s in %s: give it to the bureau.", "Votre message de l'étape %s, au tour %d, est %s dans %s : donnez-le au bureau."}
	complained   = phrase{"The share that %s gave you for clause %s is wrong: your message shows it to everybody.", "La part que %s vous a donnée pour la clause %s est fausse : votre message le montre à tous."}
	rehearsed    = phrase{"The fragment on %s opens the test text: %s", "Le fragment sur %s ouvre le texte d'essai : %s"}
	renewed      = phrase{"%s was behind the other medium, and was brought up to date.", "%s était en retard sur l'autre support, et a été mis à jour."}
	tested       = phrase{"The fragment on %s opens the test text. Enter this medium as tested in the bureau's register.", "Le fragment sur %s ouvre le texte d'essai. Inscrivez ce support comme essayé au registre du bureau."}
	ceremonyDone = phrase{"Run %d is complete, with %s.", "Le tour %d est complet, avec %s."}
	runVoid      = phrase{"Run %d is void: begin the next one with commit.", "Le tour %d est nul : commencez le suivant avec commit."}
	runAwaits    = phrase{"Run %d stands at %s and awaits %s.", "Le tour %d en est à l'étape %s et attend %s."}
	faultFound   = phrase{"Run %d is void because of %s, at %s: %s.", "Le tour %d est nul à cause de %s, à l'étape %s : %s."}
)

// Urns.
var (
	mixed            = phrase{"%s has done stage %d; the files are in %s: give them to the bureau.", "%s a fait l'étape %d ; les fichiers sont dans %s : donnez-les au bureau."}
	sealToOpen       = phrase{"  seal      %s\n", "  scellé     %s\n"}
	amendmentsToOpen = phrase{
		"the roll was amended %d times by the bureau; all proofs of whom that added hold",
		"le fichier des électeurs a été modifié %d fois par le bureau ; toutes les preuves des ajouts tiennent"}
	urnToOpen = phrase{
		"urn %s, %s\n  %d electors, %d marks on the roll, %d ballots, %d entries on the log\n  root      %s\n  co-signed by %d of %d witnesses",
		"urne %s, %s\n  %d électeurs, %d émargements, %d bulletins, %d entrées au journal\n  racine     %s\n  cosignée par %d témoins sur %d"}
	cellToOpen  = phrase{"opened together: %s, %d ballots", "dépouillés ensemble : %s, %d bulletins"}
	smallToOpen = phrase{"  CAREFUL: %s holds %d ballots, fewer than %d; an act of the bureau allows it", "  ATTENTION : %s compte %d bulletins, moins de %d ; un acte du bureau l'autorise"}
	mixToOpen   = phrase{"mix %d by %s, %s: its proofs hold", "mélange %d par %s, %s : ses preuves tiennent"}
	lastToOpen  = phrase{
		"last act of this copy\n  number %d, %s, of %s\n  digest    %s",
		"dernier acte de cette copie\n  numéro %d, %s, du %s\n  empreinte %s"}
	sameWord    = phrase{"same", "identique"}
	confirmLast = phrase{
		"\nThe bureau reads out its last act in the room. A copy that leaves out a later one, which annuls the vote, looks like this one.\nType %q if number, type, time and digest are those that you hear:",
		"\nLe bureau lit dans la salle son dernier acte. Une copie où manque un acte ultérieur, qui annule le vote, a l'air de celle-ci.\nTapez %q si numéro, type, date et empreinte sont ceux que vous entendez :"}
	openWord       = phrase{"open", "ouvrir"}
	confirmOpening = phrase{"\nYour keys will open this seal and never another one of this scrutin. Type %q to open it:", "\nVos clés ouvriront ce scellé, et jamais un autre de ce scrutin. Tapez %q pour l'ouvrir :"}
	decrypted      = phrase{"\nThe shares of %s for %s are in %s: give them to the bureau.", "\nLes parts de %s pour %s sont dans %s : donnez-les au bureau."}
)

// Texts of the bureau.
var (
	textToSign     = phrase{"digest    %s", "empreinte  %s"}
	signWord       = phrase{"sign", "signer"}
	confirmSigning = phrase{"\nYou are about to sign the text above. Type %q to sign it:", "\nVous allez signer le texte ci-dessus. Tapez %q pour le signer :"}
	textSigned     = phrase{"The text signed by %s is in %s: bring it back to the bureau's pages.", "Le texte signé par %s est dans %s : rapportez-le aux pages du bureau."}
)

var stepNames = map[keyceremony.Step]phrase{
	keyceremony.CommitStep: {"commit", "engagement (commit)"},
	keyceremony.RevealStep: {"reveal", "révélation (reveal)"},
	keyceremony.CheckStep:  {"check", "contrôle (check)"},
	keyceremony.SealStep:   {"seal", "scellement (seal)"},
}

func (t *tool) step(s keyceremony.Step) string { return t.words(stepNames[s]) }

// reasons are the French words for why a run is void; the English ones are those
// of the errors.
var reasons = []struct {
	err error
	fr  string
}{
	{keyceremony.ErrAbsent, "un message attendu manque"},
	{keyceremony.ErrMalformed, "le message n'a pas la forme que l'étape demande"},
	{keyceremony.ErrDouble, "deux messages différents ont été signés pour une étape"},
	{keyceremony.ErrBoard, "le message répond à d'autres messages que ceux du dossier"},
	{keyceremony.ErrThreshold, "le polynôme n'a pas autant de coefficients que le seuil de la clause"},
	{keyceremony.ErrCommitment, "les coefficients ne sont pas ceux de l'engagement"},
	{keyceremony.ErrProof, "la preuve de connaissance du terme constant ne tient pas"},
	{keyceremony.ErrShare, "une part n'est pas sur le polynôme de qui l'a donnée"},
	{keyceremony.ErrComplaint, "la plainte est fausse : sa preuve ne tient pas, ou la part est juste"},
	{keyceremony.ErrSeal, "les clés scellées ne sont pas celles du tour"},
	{keyceremony.ErrDegenerate, "une clé de la clause est l'élément neutre, ce que seuls tous ses porteurs ensemble provoquent"},
}

func (t *tool) reason(err error) string {
	for _, r := range reasons {
		if t.french && errors.Is(err, r.err) {
			return r.fr
		}
	}
	return err.Error()
}
