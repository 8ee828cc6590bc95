package space

import (
	"time"

	"isoloir/scrutin"
	"isoloir/space/signature"
)

// States of a consultation in its space. What follows its publication, the acts of its record say.
const (
	Drafting  = "draft"
	Published = "published"
)

// A Consultation is one of a space's.
type Consultation struct {
	ID       string // as in its manifest, and its address
	State    string
	Revision int // of the draft; each change is one more
	Draft    *Draft
	// Fingerprint is that of the manifest, once it is published; of the draft's own text
	// where members alone decide.
	Fingerprint scrutin.Digest
}

// Kinds of acts.
const (
	ActPublish  = "publish"  // the seal
	ActDocument = "document" // a document was added
	ActExtend   = "extend"   // a later end
	ActShown    = "shown"    // an argument was shown
	ActArgument = "argument" // an argument was refused
	ActVote     = "vote"     // a public vote was entered or put right
)

// An Act is what somebody did to a consultation after, or by, its publication. Acts are numbered
// from 1 and only added to.
type Act struct {
	Number int
	At     time.Time
	By     string // the person's name as it was then
	Kind   string
	Reason string
	Detail string // what it is about: a digest, an instant, an argument's number
}

// Sides of an argument.
const (
	For     = "for"
	Against = "against"
)

// States of an argument.
const (
	Proposed = "proposed"
	Shown    = "shown"
	Refused  = "refused"
)

// An Argument is for or against, by a named author who signs it with the passkey by which he comes in.
type Argument struct {
	Number int
	Author string // person
	Name   string // the author's, as it was when he signed
	Side   string
	Title  string
	Text   []string // a paragraph each
	State  string
	Reason string // of a refusal
	// Signature is the author's; Others are those who have signed it too.
	Signature signature.Signature
	Others    []Signed
}

// Positions of a member, and what he does at the assembly.
const (
	Undecided = "undecided"
	Abstains  = "abstain"
	Absent    = "absent"
)

// A Position is what a member says, before the vote, that he thinks of a question: an option, blank,
// or undecided. Each version is kept.
type Position struct {
	Person   string
	Question int // from 1
	Version  int // from 1
	Position string
	Reasons  []string
	At       time.Time
}

// A Vote is what a member did at the assembly, which is public: an option, blank, abstain or
// absent. The last version counts; all are kept.
type Vote struct {
	Person   string
	Question int
	Version  int
	Vote     string
	By       string // who entered it: his name
	At       time.Time
}
