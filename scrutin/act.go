package scrutin

import "isoloir/scrutin/note"

// Types of acts, in the order in which they can follow.
const (
	ActConstitute = "constitute" // adopts the manifest
	ActCeremony   = "ceremony"   // adopts the ceremony digest, names the excluded
	ActRehearse   = "rehearse"   // adopts rehearsals of the opening
	ActEnrol      = "enrol"      // adopts the issuers' statements
	ActAnonymise  = "anonymise"  // adopts the mixers' statements
	ActWaive      = "waive"      // names the seats that open without a fragment
	ActOpen       = "open"       // adopts the opening record, finds every urn empty
	ActSuspend    = "suspend"
	ActResume     = "resume"
	ActExtend     = "extend"     // sets a later close
	ActAddendum   = "addendum"   // adopts a new client or an amendment of the roll
	ActUpdate     = "update"     // changes a program in an emergency: old and new digest
	ActStop       = "stop"       // ends the vote for good: nothing is counted
	ActClose      = "close"      //
	ActAppend     = "append"     // adopts a promised ballot, between close and seal
	ActWithdraw   = "withdraw"   // stolen deputies of roll or urn, which hold no more
	ActSeal       = "seal"       // adopts every urn's seal and roll statement, the lists of deputies, and what urns say of opened ballots
	ActOpenSmall  = "open-small" // allows cells below k, names them
	ActMix        = "mix"        // adopts the mixers' statements
	ActDecrypt    = "decrypt"    // adopts the holders' shares
	ActProclaim   = "proclaim"   // adopts the result
	ActAnnul      = "annul"      // before the proclamation nothing is counted, after it the result is void
)

// Types of acts that follow the end of the procedure, beside the sealed export.
const (
	ActMinutes = "minutes" // adopts the minutes and the journal's head
	ActArchive = "archive" // adopts what is kept under seal
	ActHold    = "hold"    // nothing is destroyed until the act release
	ActRelease = "release"
	ActDestroy = "destroy" // adopts the list of what was destroyed, at the end of the retention
)

// An Act is a decision of the bureau, signed by a quorum of the members present.
type Act struct {
	Head
	// Opening is o from the act open on; zero before.
	Opening Digest `json:"opening"`
	Seq     int    `json:"seq" validate:"min=1,max=9999"`
	// Previous is the digest of the previous act's text; zero for the first.
	Previous Digest `json:"previous"`
	Type     string `json:"type" validate:"oneof=constitute ceremony rehearse enrol anonymise waive open suspend resume extend addendum update stop close append withdraw authority seal open-small mix decrypt proclaim annul minutes archive hold release destroy"`
	Time     Time   `json:"time" validate:"required"`
	// Session numbers the bureau's sessions (séances) from 1. It never decreases.
	Session int `json:"session" validate:"min=1,max=9999"`
	// Present names the members present, in the manifest's order.
	Present []string `json:"present" validate:"min=1,dive,name"`
	Body    ActBody  `json:"body"`
}

// Kind implements Record.
func (*Act) Kind() string { return Version + "/act" }

// ReadAct reads an act from a signed note, with the digest of its text. Who signed it is not seen here.
func ReadAct(data []byte) (*Act, Digest, error) {
	text, err := note.Text(data)
	if err != nil {
		return nil, Digest{}, err
	}
	a, err := Parse[Act](text)
	return a, TextDigest(text), err
}

// OpeningDigest is o, or zero before the act open.
func (a *Act) OpeningDigest() Digest { return a.Opening }

// An ActBody is what the act fixes. What a type of act does not use is empty.
type ActBody struct {
	// Adopts names records by path and digest of their text.
	Adopts []Adopted `json:"adopts" validate:"dive"`
	// Replaces names what was there before an update, path by path.
	Replaces []Adopted `json:"replaces" validate:"dive"`
	// Excluded names the holders whom void runs of the ceremony left out.
	Excluded []Exclusion `json:"excluded" validate:"dive"`
	// Waives names the members whose seat has no fragment, in the manifest's order.
	Waives []string `json:"waives" validate:"dive,name"`
	// Found is what the bureau finds in every urn, in the manifest's order: at
	// open, at close and at seal.
	Found []Finding `json:"found" validate:"dive"`
	// Cells names the cells below k that may be opened.
	Cells []string `json:"cells" validate:"dive,cell"`
	// Close is the new end of voting.
	Close Time `json:"close"`
	// Reason says why; Opinion is that of the technical committee.
	Reason  string `json:"reason" validate:"omitempty,max=2000"`
	Opinion string `json:"opinion" validate:"omitempty,max=2000"`
}

// Paths under which an act adopts what is no file.
const (
	AdoptStanding  = "standing.json" // the standing manifest whose key is taken up
	AdoptCeremony  = "ceremony"      // the ceremony digest
	AdoptClient    = "client"        // a new browser client
	AdoptSoftware  = "software"      // a new program of the services
	AdoptMinutes   = "minutes"       // the data of the minutes
	AdoptJournal   = "journal"       // the head of the journal
	AdoptArchive   = "archive"       // the list of what is kept under seal
	AdoptDestroyed = "destroyed"     // the list of what was destroyed
)

// An Adopted is a record as the bureau saw it.
type Adopted struct {
	Path   string `json:"path" validate:"required,max=200"`
	SHA256 Digest `json:"sha256" validate:"required"`
}

// An Exclusion names a holder whom a void run of the ceremony convicted.
type Exclusion struct {
	Run    int    `json:"run" validate:"min=1"`
	Holder string `json:"holder" validate:"name"`
}

// A Finding is the number of marks on the roll and of ballots in the urn; where
// revotes are allowed, of the last ballots of the accounts.
type Finding struct {
	Urn     string `json:"urn" validate:"name"`
	Marks   int    `json:"marks" validate:"min=0"`
	Ballots int    `json:"ballots" validate:"min=0"`
}
