// Package retention says what of a scrutin is kept, by whom, since which act, until when, and what becomes of it then: a table that follows from the
// manifest and the bureau's acts alone (docs/archive.md; CGFP, R. 211-571 and R. 211-580; décret 2009-525, art. 22; RGPD, art. 5, 1, e).
//
// It promises nothing of media: what is said to be destroyed is destroyed by those who have it, under the bureau's act.
package retention

import (
	"slices"
	"time"

	"isoloir/scrutin"
)

// A Class is what is kept alike. Texts are for people who run votes.
type Class struct {
	Name            string
	Kept            bool // for good: it outlives the rest
	English, French string
	Who, Chez       string // who has it, in English and in French
}

// Classes are all classes, those that outlive the rest first (CGFP, R. 211-580).
func Classes() []Class { return slices.Clone(classes) }

var classes = []Class{
	{"candidacies", true, "questions, lists and candidates, and their documents", "questions, listes et candidats, et leurs documents", "manifest, portal/documents", "manifeste, portal/documents"},
	{"minutes", true, "the minutes with their annexes", "le procès-verbal et ses annexes", "dossier", "dossier"},
	{"appointments", true, "who sat in the bureau, and by which acts", "la composition du bureau, et les actes qui la disent", "manifest, acts", "manifeste, actes"},
	{"keys", false, "the election key and its proofs; the keys by which the roles sign", "la clé de l'élection et ses preuves ; les clés par lesquelles signent les rôles", "record, each role", "dossier public, chaque rôle"},
	{"fragments", false, "the fragments of the key, each on two media", "les fragments de la clé, chacun sur deux supports", "each holder", "chaque détenteur"},
	{"codes", false, "the secrets that codes come from, addresses, what was sent", "les secrets d'où viennent les codes, les adresses, les envois", "each issuer", "chaque émetteur"},
	{"rolls", false, "the roll with its marks, and its printed lists", "le fichier des électeurs avec ses émargements, et ses listes imprimées", "roll, dossier", "fichier des électeurs, dossier"},
	{"urns", false, "the ballots, sealed and mixed, with their proofs", "les bulletins, scellés et mêlés, avec leurs preuves", "urn, record, archives", "urne, dossier public, archives"},
	{"logs", false, "the bureau's journal, reports, alerts, deputies", "le journal du bureau, les rapports, les alertes, les délégations", "bureau, roll, urn", "bureau, fichier des électeurs, urne"},
	{"backups", false, "copies of the stores, which their keys open", "les copies des bases, qu'ouvrent leurs clés", "each role's operators", "l'exploitant de chaque rôle"},
}

// What has become of what is not kept for good.
const (
	Running   = "running"   // nothing was put under seal yet
	Sealed    = "sealed"    // until its time
	Held      = "held"      // a judge may want it: nothing ends
	Due       = "due"       // its time has passed, and the bureau has not decided
	Destroyed = "destroyed" // by an act
)

// A Table is where a scrutin stands.
type Table struct {
	State  string
	Since  scrutin.Time // the act archive; zero before
	Until  scrutin.Time // the end of the retention; zero before
	Reason string       // of the hold that stands
	Act    int          // number of the act that decided the state; 0 for none
}

// Of is where the scrutin of a manifest stands at an instant, after these acts, which were verified.
func Of(m *scrutin.Manifest, acts []*scrutin.Act, now time.Time) Table {
	t := Table{State: Running}
	for _, a := range acts {
		switch a.Type {
		case scrutin.ActArchive:
			t.Since, t.Until, t.Act = a.Time, scrutin.TimeOf(m.Retained(a.Time)), a.Seq
		case scrutin.ActHold:
			t.Reason, t.Act = a.Body.Reason, a.Seq
		case scrutin.ActRelease:
			t.Reason, t.Act = "", a.Seq
		case scrutin.ActDestroy:
			t.State, t.Act = Destroyed, a.Seq
		}
	}
	switch {
	case t.State == Destroyed:
	case t.Reason != "":
		t.State = Held
	case t.Since.IsZero():
	case now.Before(t.Until.Time):
		t.State = Sealed
	default:
		t.State = Due
	}
	return t
}

// A List is what the act destroy adopts: what is to be destroyed of this scrutin, and what outlives it.
type List struct {
	scrutin.Head
	Opening scrutin.Digest `json:"opening"` // o; zero for a vote that was never opened
	Archive scrutin.Digest `json:"archive"` // what the act archive adopted
	Destroy []string       `json:"destroy" validate:"min=1,dive,name"`
	Keep    []string       `json:"keep" validate:"min=1,dive,name"`
}

// Kind implements scrutin.Record.
func (*List) Kind() string { return scrutin.Version + "/destroyed" }

// OpeningDigest is o.
func (l *List) OpeningDigest() scrutin.Digest { return l.Opening }

// ListOf is the list of a scrutin, of fingerprint f, whose acts have come to this.
func ListOf(f scrutin.Digest, p *scrutin.Procedure) *List {
	l := &List{Head: scrutin.Head{Manifest: f}, Opening: p.Opening, Archive: p.Archive}
	l.Record = l.Kind()
	for _, c := range classes {
		if c.Kept {
			l.Keep = append(l.Keep, c.Name)
		} else {
			l.Destroy = append(l.Destroy, c.Name)
		}
	}
	return l
}

// A Statement says what was destroyed on the machine of a role, under which act. The role's key signs it, and is destroyed then.
type Statement struct {
	scrutin.Head
	Opening   scrutin.Digest `json:"opening"`
	Act       scrutin.Digest `json:"act" validate:"required"` // of the act destroy
	Role      string         `json:"role" validate:"oneof=roll urn issuer-a issuer-b bureau"`
	Time      scrutin.Time   `json:"time" validate:"required"`
	Erased    []Erased       `json:"erased" validate:"dive"`
	Elsewhere []string       `json:"elsewhere" validate:"dive,max=300"` // what the command could not reach
}

// Kind implements scrutin.Record.
func (*Statement) Kind() string { return scrutin.Version + "/destruction" }

// OpeningDigest is o.
func (s *Statement) OpeningDigest() scrutin.Digest { return s.Opening }

// An Erased file is one that is no more: its path from the role's directory, or an absolute one, its size in bytes, and the SHA-256 of what it held;
// zero for a secret.
type Erased struct {
	Path   string         `json:"path" validate:"required,max=4096"`
	Size   int64          `json:"size" validate:"min=0"`
	SHA256 scrutin.Digest `json:"sha256"`
}
