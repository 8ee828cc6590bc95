package keyceremony

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"isoloir/crypto/sigma"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Step names the round of a run that a message belongs to.
type Step string

// The steps of a run in their order, then the rehearsals from each of a
// holder's two media.
const (
	CommitStep Step = "commit"
	RevealStep Step = "reveal"
	CheckStep  Step = "check"
	SealStep   Step = "seal"
	Done       Step = "" // no step is left

	RehearsalStep1 Step = "rehearsal-1"
	RehearsalStep2 Step = "rehearsal-2"
)

// steps are the rounds that every holder of a run takes part in.
var steps = [...]Step{CommitStep, RevealStep, CheckStep, SealStep}

// recordPrefix begins the kind of every message: isoloir/v1/ceremony-STEP.
const recordPrefix = "isoloir/v1/ceremony-"

// Header begins every message.
type Header struct {
	Record   string         `json:"record"`
	Manifest scrutin.Digest `json:"manifest"`
	Run      int            `json:"run"` // from 1
	Holder   string         `json:"holder"`
	// Board is the digest of the messages of the run's earlier steps; in a
	// rehearsal, the ceremony digest.
	Board scrutin.Digest `json:"board"`
}

// Commit announces the commitments of a holder's polynomials by their hash.
type Commit struct {
	Header
	Coefficients scrutin.Digest `json:"coefficients"`
}

// Reveal shows the commitments and deals the shares.
type Reveal struct {
	Header
	Clauses []Dealing `json:"clauses"` // of the holder, in the manifest's order
}

// Dealing is what a dealer gives in one clause.
type Dealing struct {
	Clause       string          `json:"clause"`
	Coefficients []scrutin.Point `json:"coefficients"` // C_0 … C_{t−1}
	Proof        sigma.Knowledge `json:"proof"`        // of the constant term
	Boxes        []SealedShare   `json:"boxes"`        // one for each holder of the clause, in its order
}

// SealedShare is a share encrypted to its receiver.
type SealedShare struct {
	Holder    string        `json:"holder"`
	Ephemeral scrutin.Point `json:"ephemeral"` // E = g^e
	Box       Box           `json:"box"`
}

// Check says which shares are wrong.
type Check struct {
	Header
	Complaints []Complaint `json:"complaints"` // by clause, then by dealer, in the manifest's order
}

// Complaint shows the key of one box, so that everybody can open it.
type Complaint struct {
	Clause string         `json:"clause"`
	Dealer string         `json:"dealer"`
	Shared scrutin.Point  `json:"shared"` // K = X_j^e
	Proof  sigma.Equality `json:"proof"`
}

// Seal states the keys, clauses and holders in the manifest's order.
type Seal struct {
	Header
	Key     scrutin.Point       `json:"key"` // Y
	Clauses []scrutin.ClauseKey `json:"clauses"`
}

// Rehearsal opens the test text with the fragments of one medium.
type Rehearsal struct {
	Header
	Clauses []RehearsedClause `json:"clauses"` // of the holder, in the manifest's order
}

// RehearsedClause is a partial decryption of the test text.
type RehearsedClause struct {
	Clause string         `json:"clause"`
	Value  scrutin.Point  `json:"value"` // c1^x
	Proof  sigma.Equality `json:"proof"`
}

// A Message is a note that its holder has signed as his message of a step. Its
// body may still be malformed: then it speaks against him.
type Message struct {
	Manifest scrutin.Digest
	Run      int
	Step     Step
	Holder   string
	Hash     scrutin.Digest // of the text
	second   bool
	text     string
	note     []byte
}

// Bytes returns the signed note.
func (m *Message) Bytes() []byte { return m.note }

// Path returns the message's place in the record.
func (m *Message) Path() string {
	again := ""
	if m.second {
		again = "-again"
	}
	return fmt.Sprintf("ceremony/%d/%s-%s%s.note", m.Run, m.Step, m.Holder, again)
}

// PutAt says where in the record the message was found. Beside a holder's message
// of a step of a run there is a place for another one that he signed for it, so that
// both stand there against him. Elsewhere the error is ErrMisplaced.
func (m *Message) PutAt(path string) error {
	m.second = false
	if path == m.Path() {
		return nil
	}
	if m.second = slices.Contains(steps[:], m.Step); m.second && path == m.Path() {
		return nil
	}
	m.second = false
	return fmt.Errorf("%s: %w", path, ErrMisplaced)
}

// ErrMisplaced says that a message lies under a path that is not its own. It
// accuses nobody.
var ErrMisplaced = errors.New("the message does not belong at this path: put it back, or ask its holder again")

// ErrForeign says that a note is no message of this ceremony: it belongs to
// another manifest, run or holder, or is no message at all. It accuses nobody,
// since anybody can have put it there.
var ErrForeign = errors.New("no message of this ceremony")

var headPattern = regexp.MustCompile(`^\{\n  "record": "` + recordPrefix + `(commit|reveal|check|seal|rehearsal-1|rehearsal-2)",\n` +
	`  "manifest": "([0-9a-f]{64})",\n  "run": ([1-9][0-9]{0,8}),\n  "holder": "([A-Za-z0-9][A-Za-z0-9._-]{0,39})",\n`)

// Open reads a note. It fails, and accuses nobody, unless the note bears one
// signature, by the key of a holder of the manifest, and begins with the head
// of a message of that holder under this manifest.
func (c *Ceremony) Open(data []byte) (*Message, error) {
	text, err := note.Text(data)
	if err != nil {
		return nil, err
	}
	head := headPattern.FindStringSubmatch(text)
	if head == nil {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrForeign)
	}
	m := &Message{Step: Step(head[1]), Holder: head[4], Hash: sha256.Sum256([]byte(text)), text: text, note: data}
	if err := m.Manifest.UnmarshalText([]byte(head[2])); err != nil {
		return nil, err
	}
	if m.Run, err = strconv.Atoi(head[3]); err != nil {
		return nil, err
	}
	if m.Manifest != c.manifest {
		return nil, fmt.Errorf("%w: it belongs to the manifest %v", ErrForeign, m.Manifest)
	}
	holder, ok := c.holders[m.Holder]
	if !ok {
		return nil, fmt.Errorf("%w: %s is not a holder of the manifest", ErrForeign, m.Holder)
	}
	if _, err := note.Open(data, holder.signing); err != nil {
		return nil, fmt.Errorf("message %s of %s in run %d: %w", m.Step, m.Holder, m.Run, err)
	}
	return m, nil
}

// decode reads the body of m into v, a pointer to the type of its step.
func (m *Message) decode(v any) error {
	if err := canon.Unmarshal([]byte(m.text), v); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

// Sign writes a message, which is a pointer to one of the types above with its
// head filled by [State.Header].
func Sign(body any, signer note.Signer) ([]byte, error) {
	text, err := canon.Marshal(body)
	if err != nil {
		return nil, err
	}
	return note.Sign(string(text), signer)
}
