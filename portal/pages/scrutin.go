package pages

import (
	"io"
	"io/fs"
	"slices"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
)

// A Scrutin is the vote that the pages show. It is asked anew for every page, by
// many at once; what it returns is not changed by the pages.
type Scrutin interface {
	// Manifest is the sealed manifest, and Fingerprint its f.
	Manifest() *scrutin.Manifest
	Fingerprint() scrutin.Digest
	// Progress is what the bureau has done so far.
	Progress() Progress
	// Record is the record as far as it is written; what of it is public, and
	// when, is decided here.
	Record() Files
	// Documents holds the documents of the manifest, each named by the 64
	// hexadecimal digits of its digest.
	Documents() fs.FS
	// Client holds the browser client: SHA256SUMS and the files that it lists.
	Client() fs.FS
	// Origins is where pages find the other roles.
	Origins() Origins
}

// Files is a record being written or read; *record.Reader is one.
type Files interface {
	// Stream opens a file and says its size in bytes; an error wraps
	// fs.ErrNotExist when there is none.
	Stream(path string) (io.ReadSeekCloser, int64, error)
	// List returns all paths in ascending byte order.
	List() ([]string, error)
}

// Origins is where each role is reached, as https://host[:port] without a slash.
type Origins struct {
	Portal, Roll, Urn string
	// Issuers stand in the manifest's order.
	Issuers []string
	// Register is where accounts are opened, in a scrutin of accounts; then neither Roll
	// nor Issuers are named.
	Register string
	// Companions are where those of the manifest are served, in its order, as far as
	// the configuration says it.
	Companions []Companion
	// Leading is the portal of the scrutin that this one is a companion of; empty where
	// it is none.
	Leading string
}

// A Companion is where a scrutin that this one leads is served.
type Companion struct {
	Fingerprint scrutin.Digest
	// Title is that of its manifest, empty where the manifest is not at hand.
	Title             string
	Portal, Roll, Urn string
	// Issuers stand in the order of both manifests.
	Issuers []string
}

// Progress is what the bureau has done so far: acts that scrutin.Procedure has
// accepted, and what they adopted.
type Progress struct {
	Acts []*scrutin.Act
	// Opening is the opening record, nil until the act open.
	Opening *scrutin.Opening
	// Electors are how many may vote in each urn after the amendments of the roll, in
	// the manifest's order; nil where there are none.
	Electors []int
	// Result is what the act proclaim adopted, nil until then.
	Result *scrutin.Result
	// Global is when the result of all the ways of voting together was proclaimed,
	// zero until then; the bureau's acts do not say it.
	Global time.Time
}

// Act returns the last act of a type, nil if there is none.
func (p Progress) Act(kind string) *scrutin.Act {
	for _, a := range slices.Backward(p.Acts) {
		if a.Type == kind {
			return a
		}
	}
	return nil
}

// Amendments are the paths of the acts that adopt amendments of the roll, in their order.
func (p Progress) Amendments() []string {
	paths := []string{}
	for _, a := range p.Acts {
		if a.Type == scrutin.ActAddendum && len(a.Body.Adopts) > 0 && a.Body.Adopts[0].Path == record.Amendment(len(paths)+1) {
			paths = append(paths, record.Act(a.Seq, a.Type))
		}
	}
	return paths
}

// ElectorsOf is how many may vote in an urn of the manifest.
func (p Progress) ElectorsOf(m *scrutin.Manifest, u *scrutin.Urn) int {
	for i := range m.Urns {
		if m.Urns[i].ID == u.ID && i < len(p.Electors) {
			return p.Electors[i]
		}
	}
	return u.Electors
}

// AllElectors is how many may vote in all.
func (p Progress) AllElectors(m *scrutin.Manifest) (n int) {
	for i := range m.Urns {
		n += p.ElectorsOf(m, &m.Urns[i])
	}
	return n
}

// Closes is the end of voting, as extended.
func (p Progress) Closes(m *scrutin.Manifest) time.Time {
	if a := p.Act(scrutin.ActExtend); a != nil {
		return a.Body.Close.Time
	}
	return m.Schedule.Close.Time
}

// Suspended returns the act that suspended the vote, nil when it is not suspended.
func (p Progress) Suspended() *scrutin.Act {
	for _, a := range slices.Backward(p.Acts) {
		switch a.Type {
		case scrutin.ActSuspend:
			return a
		case scrutin.ActResume:
			return nil
		}
	}
	return nil
}

// Void returns the act by which the bureau ended the vote for good or annulled it,
// nil when it stands.
func (p Progress) Void() *scrutin.Act {
	if a := p.Act(scrutin.ActAnnul); a != nil {
		return a
	}
	return p.Act(scrutin.ActStop)
}

// Released says whether the result and all of the record may be seen: after the
// bureau's proclamation, or where the manifest says so after that of all the ways
// of voting together.
func (p Progress) Released(m *scrutin.Manifest, now time.Time) bool {
	if p.Result == nil || p.Act(scrutin.ActProclaim) == nil {
		return false
	}
	return m.Publication.Release == "proclamation" || !p.Global.IsZero() && !now.Before(p.Global)
}

// A Phase is what the pages say of a vote at a moment.
type Phase string

// The phases, in their order.
const (
	Before    Phase = "before"    // not open yet
	Open      Phase = "open"      // one may vote
	Suspended Phase = "suspended" // the bureau has stopped the vote for a time
	Closed    Phase = "closed"    // nobody new may vote, the result is not out
	Published Phase = "published" // the result is out
)

// Phase is that of the vote at this moment.
func (p Progress) Phase(m *scrutin.Manifest, now time.Time) Phase {
	switch {
	case p.Released(m, now):
		return Published
	case p.Act(scrutin.ActClose) != nil, p.Void() != nil, p.Act(scrutin.ActOpen) != nil && !now.Before(p.Closes(m)):
		return Closed
	case p.Act(scrutin.ActOpen) == nil, now.Before(m.Schedule.Open.Time):
		return Before
	case p.Suspended() != nil:
		return Suspended
	}
	return Open
}
