package space

import (
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// LeastGroup is the least that a space may name as the smallest group.
const LeastGroup = 10

// Limits of a draft.
const (
	MaxQuestions = 16
	MaxOptions   = 64
	MaxDocuments = 20
	MaxFile      = 8 << 20 // bytes of a document or picture as it comes
)

// Who decides.
const (
	Citizens   = "citizens"
	Assembly   = "members"
	Both       = "both"
	ForAgainst = "for-against" // Pour, Contre; blank is always offered
	Listed     = "options"
)

// A Draft is what a consultation is made of, as its staff writes it. Every field has a value
// that a form can show; what is missing or wrong, Check says.
type Draft struct {
	Title string `json:"title" validate:"line"`
	// Context is read before the question, a paragraph each.
	Context   []string   `json:"context" validate:"max=100,dive,paragraph"`
	Questions []Question `json:"questions" validate:"min=1,max=16,dive"`
	Documents []Document `json:"documents" validate:"max=20,dive"`
	Picture   Picture    `json:"picture"`
	// Territory is constituencies of the space, in its order.
	Territory []string `json:"territory" validate:"min=1,unique"`
	// Opens and Closes are legal time, 2032-05-21T10:00.
	Opens       string `json:"opens" validate:"moment"`
	Closes      string `json:"closes" validate:"moment"`
	Deciders    string `json:"deciders" validate:"oneof=citizens members both"`
	Absent      string `json:"absent" validate:"oneof=counted zero"`
	Scale       string `json:"scale" validate:"oneof=constituency territory"`
	Rule        string `json:"rule" validate:"oneof=counts relative-majority absolute-majority"`
	Turnout     int    `json:"turnout" validate:"min=0,max=100"`  // percent of the accounts, 0 for none
	Majority    int    `json:"majority" validate:"min=0,max=100"` // percent of votes expressed that decide (67: two thirds), 0 for what the rule says
	Publication string `json:"publication" validate:"oneof=evidence by-code"`
	Finality    string `json:"finality" validate:"oneof=final revote"`
	Smallest    int    `json:"smallest" validate:"min=10,max=100000"`
}

// A Question is one of them.
type Question struct {
	Title string `json:"title" validate:"line"`
	// Answers is for-against or options; Options are those of the second.
	Answers string   `json:"answers" validate:"oneof=for-against options"`
	Options []string `json:"options" validate:"max=64,dive,line"`
	// Most is how many options one may choose; more than one is approval of up to so many.
	Most int `json:"most" validate:"min=1,max=64"`
}

// Labels are the answers in the order in which they are shown, without the blank one.
func (q *Question) Labels() []string {
	if q.Answers == ForAgainst {
		return []string{"Pour", "Contre"}
	}
	return q.Options
}

// A Document is a file that citizens may read.
type Document struct {
	Title  string         `json:"title" validate:"line"`
	Media  string         `json:"media" validate:"oneof=application/pdf text/plain"`
	Size   int64          `json:"size" validate:"min=1"`
	SHA256 scrutin.Digest `json:"sha256" validate:"required"`
}

// A Picture stands above a consultation; zero for none. Text is for those who do not see it.
type Picture struct {
	Media  string         `json:"media" validate:"omitempty,oneof=image/jpeg image/png"`
	Width  int            `json:"width"`
	Height int            `json:"height"`
	SHA256 scrutin.Digest `json:"sha256"`
	Text   string         `json:"text" validate:"omitempty,line"`
}

// NewDraft is one to begin with.
func NewDraft(o *Organisation) *Draft {
	d := &Draft{Context: []string{}, Questions: []Question{{Answers: ForAgainst, Options: []string{}, Most: 1}}, Documents: []Document{}, Territory: []string{},
		Deciders: Citizens, Absent: "counted", Scale: "constituency", Rule: "counts", Publication: "evidence", Finality: scrutin.Revote,
		Smallest: max(o.MinimumSize, LeastGroup)}
	for _, c := range o.Constituencies {
		d.Territory = append(d.Territory, c.ID)
	}
	return d
}

// Clone takes all but the dates.
func (d *Draft) Clone() *Draft {
	again := *d
	again.Opens, again.Closes = "", ""
	return &again
}

// ParseDraft reads a draft as it is kept.
func ParseDraft(text []byte) (*Draft, error) {
	d := new(Draft)
	return d, canon.Unmarshal(text, d)
}

// Bytes is the draft as it is kept, canonical JSON.
func (d *Draft) Bytes() ([]byte, error) { return canon.Marshal(d) }
