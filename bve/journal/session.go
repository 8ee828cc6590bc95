package journal

import (
	"fmt"
	"strings"

	"isoloir/scrutin"
)

// SessionOpen opens a session (séance) of the bureau, under the number of its statement. Whoever presides says it.
type SessionOpen struct {
	Purpose string `json:"purpose" validate:"label"`
}

// SessionClose closes it, and says the head of the journal that its members have before them.
type SessionClose struct {
	Head scrutin.Digest `json:"head" validate:"required"`
}

// Present says that its author has come into the session; Leave that he has gone, which takes his voice away.
type (
	Present struct{}
	Leave   struct{}
)

// Motion proposes an act, which is whole: its text is the one that those who support it sign.
type Motion struct {
	Act scrutin.Act `json:"act"`
}

// Check implements the check of a body.
func (m Motion) Check() error {
	if m.Act.Record != m.Act.Kind() {
		return fmt.Errorf("the motion holds a record %q where %q is expected", m.Act.Record, m.Act.Kind())
	}
	return nil
}

// Text is the canonical text of the act; its digest names the motion.
func (m Motion) Text() (string, error) {
	act := m.Act
	return scrutin.Text(&act)
}

// Support is a voice for a motion, named by the digest of its act's text. Signature is the line by which its author signs the act, as it will
// stand below it, without the newline.
type Support struct {
	Motion    scrutin.Digest `json:"motion" validate:"required"`
	Signature string         `json:"signature" validate:"required,max=200"`
}

// Check implements the check of a body.
func (s Support) Check() error {
	if !strings.HasPrefix(s.Signature, "— ") || strings.Count(s.Signature, " ") != 2 {
		return fmt.Errorf("%q is no line of a signature", s.Signature)
	}
	return nil
}

// Against and Abstain are the other voices.
type (
	Against struct {
		Motion scrutin.Digest `json:"motion" validate:"required"`
	}
	Abstain struct {
		Motion scrutin.Digest `json:"motion" validate:"required"`
	}
)

// Adopted says that the act of a motion was written to the record, and under which path.
type Adopted struct {
	Motion scrutin.Digest `json:"motion" validate:"required"`
	Path   string         `json:"path" validate:"required,max=200"`
}

// Lapsed says that a motion cannot be adopted any more, and why.
type Lapsed struct {
	Motion scrutin.Digest `json:"motion" validate:"required"`
	Reason string         `json:"reason" validate:"label"`
}

// Opinion is that of the technical committee, or of the expert, about a type of act that the bureau thinks of (décret 2009-525, art. 14). The act
// quotes it.
type Opinion struct {
	About   string `json:"about" validate:"name"`
	Opinion string `json:"opinion" validate:"required,max=2000"`
}

// Agreement is that of the president of another bureau, whose scrutin a motion touches (arrêté of 2024, art. 29).
type Agreement struct {
	Motion  scrutin.Digest `json:"motion" validate:"required"`
	Scrutin scrutin.Digest `json:"scrutin" validate:"required"` // the fingerprint of its manifest
}

// Page is a member's paraph on a page of the minutes, from 1, by its digest.
type Page struct {
	Page   int            `json:"page" validate:"min=1,max=9999"`
	Digest scrutin.Digest `json:"digest" validate:"required"`
}

// DrawnUp says that the service has drawn up the minutes, or annex number Annex of theirs, in a language, as a member asked: from the record up to the
// act of the digest Act, with the export of the digest Contents (zero where it is not sealed), and from the first so many Entries of the journal, where
// anybody makes the same bytes again. SHA256 is the digest of these data, Pages those of their pages, on which members put their paraphs.
type DrawnUp struct {
	Member   string           `json:"member" validate:"name"`
	Annex    int              `json:"annex" validate:"min=0,max=999"`
	Language string           `json:"language" validate:"oneof=fr en"`
	Act      scrutin.Digest   `json:"act" validate:"required"`
	Contents scrutin.Digest   `json:"contents"`
	Entries  int              `json:"entries" validate:"min=1"`
	SHA256   scrutin.Digest   `json:"sha256" validate:"required"`
	Pages    []scrutin.Digest `json:"pages" validate:"min=1,max=9999,dive,required"`
}

// Kind implements Body.
func (SessionOpen) Kind() string  { return "session-open" }
func (SessionClose) Kind() string { return "session-close" }
func (Present) Kind() string      { return "present" }
func (Leave) Kind() string        { return "leave" }
func (Motion) Kind() string       { return "motion" }
func (Support) Kind() string      { return "support" }
func (Against) Kind() string      { return "against" }
func (Abstain) Kind() string      { return "abstain" }
func (Adopted) Kind() string      { return "adopted" }
func (Lapsed) Kind() string       { return "lapsed" }
func (Opinion) Kind() string      { return "opinion" }
func (Agreement) Kind() string    { return "agreement" }
func (Page) Kind() string         { return "page" }
func (DrawnUp) Kind() string      { return "drawn-up" }
