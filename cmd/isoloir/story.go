package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"isoloir/audit"
	"isoloir/replay"
)

// systemLanguage is French where the system speaks French, else English.
func systemLanguage() string {
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG"))
	if strings.HasPrefix(strings.ToLower(locale), "fr") {
		return string(audit.French)
	}
	return string(audit.English)
}

// auditStep is the step that follows those of the procedure.
const auditStep = "audit"

// phrase is what is said in English and in French.
type phrase struct{ en, fr string }

// chapters are the steps of the procedure as they are told.
var chapters = map[string]phrase{
	"companion": {"A second scrutin, to which the same login will lead, is prepared by a bureau and parties of its own",
		"Un second scrutin, où mènera la même connexion, est préparé par un bureau et des parties à lui"},
	"manifest": {"The bureau is constituted: its members make their keys, each on two media; the manifest is fixed",
		"Le bureau est constitué : ses membres font leurs clés, chacun sur deux supports ; le manifeste est fixé"},
	"key ceremony": {"The holders make the election key together; each leaves with his own fragment",
		"Les détenteurs font ensemble la clé de l'élection ; chacun repart avec son fragment"},
	"rehearsal": {"Every holder opens a test text from both of his media",
		"Chaque détenteur ouvre un texte d'essai depuis ses deux supports"},
	"register": {"A register of anonymous accounts: its cards are drawn, handed out at polling stations, and taken into use",
		"Un registre de comptes anonymes : ses cartes sont tirées, remises dans les bureaux de vote et mises en service"},
	"snapshot": {"The register has signed whose keys may vote; it names nobody",
		"Le registre a signé quelles clés peuvent voter ; il ne nomme personne"},
	"roll": {"The roll is imported: every elector gets a number by lot",
		"La liste électorale est importée : chaque électeur reçoit un numéro au sort"},
	"enrolment": {"Two issuers each make one half of every elector's voting key",
		"Deux émetteurs font chacun une moitié de la clé de vote de chaque électeur"},
	"anonymisation": {"The mixers in turn make the accounts unrecognisable",
		"Les mélangeurs, l'un après l'autre, rendent les comptes méconnaissables"},
	"opening record": {"The accounts are verified; bureau and witnesses sign the opening record",
		"Les comptes sont vérifiés ; le bureau et les témoins signent l'acte d'ouverture"},
	"opening": {"The vote opens: roll and urns are found empty",
		"Le vote s'ouvre : liste d'émargement et urnes sont trouvées vides"},
	"amendment": {"The bureau amends the roll: electors are added, hidden among each other by issuers and mixers, and some struck off",
		"Le bureau modifie la liste : des électeurs y entrent, cachés les uns parmi les autres par émetteurs et mélangeurs, et quelques-uns sont radiés"},
	"voting": {"Every ballot is encrypted by its voter's device, accepted by the urn, marked on the roll",
		"Chaque bulletin est chiffré par l'appareil de l'électeur, accepté par l'urne, émargé"},
	"close and seal": {"The vote closes; urns and roll are sealed, and witnesses co-sign",
		"Le vote se ferme ; urnes et émargements sont scellés, les témoins contresignent"},
	"mix": {"The mixers in turn re-encrypt and shuffle the sealed ballots",
		"Les mélangeurs, l'un après l'autre, rechiffrent et mêlent les bulletins scellés"},
	"shares": {"A quorum of holders, not the first ones, verifies the mixes and gives its shares",
		"Un quorum de détenteurs, autres que les premiers, vérifie les mélanges et donne ses parts"},
	"count": {"The urns are opened and counted; the bureau signs the result",
		"Les urnes sont ouvertes et dépouillées ; le bureau signe le résultat"},
	"export": {"The record is complete: every file is listed, and the list is signed",
		"Le dossier est complet : chaque fichier est inscrit, et l'inventaire signé"},
	auditStep: {"The auditor recomputes everything from the record alone",
		"L'auditeur recalcule tout à partir du seul dossier"},
}

var (
	beginning = phrase{"%s: %d urns, %d electors, %d ballots; %d holders, %d mixers, groups of %d ballots at least\n\n",
		"%s : %d urnes, %d électeurs, %d bulletins ; %d détenteurs, %d mélangeurs, groupes d'au moins %d bulletins\n\n"}
	exactly = phrase{"\n%s, from the opened urns, has exactly the %d ballots of the file.\n",
		"\n%s, issu des urnes ouvertes, a exactement les %d bulletins du fichier.\n"}
	verifyAgain = phrase{"Verify it again: audit verify -fingerprint %s -witness %s %s\n",
		"Vérifiez encore : audit verify -fingerprint %s -witness %s %s\n"}
	passphrases = phrase{"The holders' media in %s are encrypted under passphrases that were drawn for this replay and kept nowhere.\n",
		"Les supports des détenteurs, dans %s, sont chiffrés sous des phrases tirées pour ce rejeu et gardées nulle part.\n"}
)

// What is said around a demonstration.
var (
	preparing  = phrase{"A demonstration is prepared in %s:\n", "Une démonstration se prépare dans %s :\n"}
	invitation = phrase{`
The vote is open at %s
Some electors, with the codes of their messages (identifier, then password):

%s
The fingerprint of this vote is %s
The messages of all electors, the close and the count: %s/demo/
Stop with Ctrl-C; the same command goes on from here.
`, `
Le vote est ouvert à %s
Quelques électeurs, avec les codes de leurs messages (identifiant, puis mot de passe) :

%s
L'empreinte de ce vote est %s
Les messages de tous les électeurs, la clôture et le dépouillement : %s/demo/
Arrêtez par Ctrl-C ; la même commande reprend ici.
`}
	accompanied = phrase{`
With the same login, in a scrutin of its own: %s, %d of the %d electors.
Its portal, with its own close and count under /demo/: %s
`, `
Par la même connexion, dans un scrutin à part : %s, %d des %d électeurs.
Son portail, avec sa propre clôture et son dépouillement sous /demo/ : %s
`}
	membersAt = phrase{`The bureau's pages: %s
`, `Les pages du bureau : %s
`}
	memberInvited = phrase{`The bureau's pages: %s
%s comes in with this invitation, which makes a passkey once: %s
`, `Les pages du bureau : %s
%s y entre par cette invitation, qui fabrique une clé d'accès, une fois : %s
`}
)

// story tells a person how the scrutin goes.
type story struct {
	w    io.Writer
	lang audit.Language
}

func (s story) say(p phrase, args ...any) error {
	text := p.en
	if s.lang == audit.French {
		text = p.fr
	}
	_, err := fmt.Fprintf(s.w, text, args...)
	return err
}

func (s story) begin(o replay.Options) {
	electors, ballots := 0, 0
	for _, u := range o.Votes {
		electors += u.Electors
		ballots += u.Ballots()
	}
	s.say(beginning, o.Title, len(o.Votes), electors, ballots, o.Holders, o.Mixers, o.MinimumSize)
}

func (s story) step(name string, c replay.Cost) {
	fmt.Fprintf(s.w, "%8.1f s  ", c.Took.Seconds())
	s.say(chapters[name])
	fmt.Fprintln(s.w)
}

// end prints the verdict with a table for each urn, and where everything lies.
func (s story) end(r *audit.Report, out *replay.Outcome, exact bool) error {
	fmt.Fprintln(s.w)
	if err := r.WriteText(s.w, s.lang); err != nil {
		return err
	}
	if exact {
		s.say(exactly, out.Table, out.Ballots)
	}
	s.say(verifyAgain, out.Fingerprint, out.Witnesses, out.Export)
	return s.say(passphrases, out.Holders)
}
