package scrutin

import "time"

// MixedOptions is how many options a question may have on which members and citizens decide together.
const MixedOptions = 1000

// Option identifiers that no manifest may use for an option of its own.
const (
	Blank = "blank" // the blank vote, offered in every question
	Nul   = "nul"   // what was opened and is no option
)

// A Question is what electors answer, by one option or blank.
type Question struct {
	ID    string `json:"id" validate:"urn"`
	Title string `json:"title" validate:"label"`
	// Urns are those in which it is asked, in the order of the manifest.
	Urns []string `json:"urns" validate:"min=1,dive,name"`
	// Seats is the number of seats to fill; zero where nobody is elected.
	Seats     int        `json:"seats" validate:"min=0,max=10000"`
	Options   []Option   `json:"options" validate:"min=1,max=10000,dive"`
	Documents []Document `json:"documents" validate:"max=100,dive"`
}

// Choices returns the identifiers that a ballot can carry: the options in the
// order of the manifest, then Blank.
func (q *Question) Choices() []string {
	ids := make([]string, 0, len(q.Options)+1)
	for _, o := range q.Options {
		ids = append(ids, o.ID)
	}
	return append(ids, Blank)
}

// An Option is a list, a candidate or an answer.
type Option struct {
	ID    string `json:"id" validate:"name"`
	Label string `json:"label" validate:"label"`
	// Candidates are the names of the list in its order, or of the candidate and
	// the substitute. Where no seat is filled there is none, or in a question of
	// approval the answers that the option stands for (Approval).
	Candidates []string `json:"candidates" validate:"max=1000,dive,label"`
	// Documents are what the elector may read, the profession de foi first.
	Documents []Document `json:"documents" validate:"max=100,dive"`
}

// A Document is a file shown to electors, fixed by its digest.
type Document struct {
	Title string `json:"title" validate:"label"`
	// Media is application/pdf or text/plain (UTF-8): a text is offered beside
	// every PDF to those who cannot read one.
	Media  string `json:"media" validate:"oneof=application/pdf text/plain"`
	Size   int64  `json:"size" validate:"min=1"`
	SHA256 Digest `json:"sha256" validate:"required"`
}

// A Draw says how the order of the options was found. Options are always shown in
// the order of the manifest.
type Draw struct {
	Method string `json:"method" validate:"oneof=lot alphabetical given"`
	// Date and Minutes (digest of the minutes) are those of the drawing of lots;
	// empty and zero for the other methods.
	Date    Date   `json:"date" validate:"omitempty,date"`
	Minutes Digest `json:"minutes"`
}

// A Schedule is when one may vote.
type Schedule struct {
	// Zone is the IANA zone of the legal time, as Europe/Paris.
	Zone  string `json:"zone" validate:"required,zone"`
	Open  Time   `json:"open" validate:"required"`
	Close Time   `json:"close" validate:"required"`
	// Count is the end of the last polling station: the urn is not opened before.
	// Empty where there is none.
	Count Time `json:"count"`
	// PollingDay is the day of the vote at the polling stations, in Zone; empty
	// where there is none.
	PollingDay Date `json:"polling_day" validate:"omitempty,date"`
	// GraceMinutes is how long after Close one may finish who was connected and
	// authenticated before Close.
	GraceMinutes int `json:"grace_minutes" validate:"oneof=0 15 30"`
	// SlotMinutes is what the times of witnesses are rounded to.
	SlotMinutes int `json:"slot_minutes" validate:"min=1,max=1440"`
	// FlushMinutes is the period at which pending ballots may enter the logs.
	FlushMinutes int `json:"flush_minutes" validate:"min=1,max=1440"`
}

// Ends is when voting ends that closes then: with the time of grace.
func (s *Schedule) Ends(closes Time) time.Time {
	return closes.Add(time.Duration(s.GraceMinutes) * time.Minute)
}

// CountsForSeal says whether a co-signature of this date, in seconds since 1970 and
// rounded down to the slot, may have been made after the end of voting.
func (s *Schedule) CountsForSeal(date uint64, ends time.Time) bool {
	slot := uint64(s.SlotMinutes) * 60
	end := uint64(max(ends.Unix(), 0))
	return end < slot || date > end-slot
}

// Modes of finality.
const (
	Final  = "final"
	Revote = "revote"
)

// Finality says whether a vote can be replaced by a later one.
type Finality struct {
	Mode string `json:"mode" validate:"oneof=final revote"`
	// HighestCounter is the counter of the last ballot that an account may cast,
	// the first being 0. Zero where votes are final.
	HighestCounter uint32 `json:"highest_counter" validate:"max=1000"`
}

// Publication says who sees what, and when.
type Publication struct {
	// Rule is evidence (the sealed export), or by-code, which validation refuses in this
	// version: also a list of codes drawn
	// by voters beside their choice, which is a receipt.
	Rule string `json:"rule" validate:"oneof=evidence by-code"`
	// Board is who gets the logs before close: the witnesses or everyone.
	Board string `json:"board" validate:"oneof=witnesses public"`
	// Release is when the result and the evidence come out: after the bureau's
	// proclamation, or after that of all the ways of voting together.
	Release string `json:"release" validate:"oneof=proclamation global-proclamation"`
	// EmailAfterVote is the message sent to the elector once he has voted, whose
	// words never depend on the choice: mark-only confirms the émargement, code
	// also repeats the receipt code, none sends nothing.
	EmailAfterVote string `json:"email_after_vote" validate:"oneof=mark-only code none"`
}

// A Decision says what follows from the counts.
type Decision struct {
	// Rule is counts, relative-majority, absolute-majority, a part of those expressed as
	// majority-2/3, highest-averages or largest-remainders.
	Rule string `json:"rule" validate:"decision"`
	Tie  string `json:"tie" validate:"oneof=none eldest lot president"`
	// Turnout is the part of the electors who must have voted; 0/1 for none.
	Turnout Fraction `json:"turnout"`
}

// A Fraction is an exact part of a whole, in lowest terms.
type Fraction struct {
	Numerator   int `json:"numerator" validate:"min=0,max=1000000"`
	Denominator int `json:"denominator" validate:"min=1,max=1000000"`
}

// A Weight says what a ballot weighs.
type Weight struct {
	// Rule is equal, or mixed: a citizen of an electorate of N weighs 1/N, which
	// is taken from its members (scrutin mixte). Under mixed-territory all urns
	// are one electorate in this.
	Rule string `json:"rule" validate:"oneof=equal mixed mixed-territory"`
	// Absent is what the direct voters of an absent member weigh under mixed:
	// counted or zero. None under equal.
	Absent string `json:"absent" validate:"oneof=none counted zero"`
	// Several is how members of one electorate share what is taken: each in equal
	// part, or the list for which the citizen's list stands. None under equal.
	Several string `json:"several" validate:"oneof=none equal list"`
}

// Rules of a Weight that make a scrutin mixte.
const (
	Mixed          = "mixed"           // a citizen is one among those of his electorate
	MixedTerritory = "mixed-territory" // one among those of all electorates
)

// IsMixed says whether members and citizens decide together.
func (w Weight) IsMixed() bool { return w.Rule == Mixed || w.Rule == MixedTerritory }
