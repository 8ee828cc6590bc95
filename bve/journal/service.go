package journal

import (
	"errors"

	"isoloir/scrutin"
)

// Intervention says that a technician has begun to work on the platform: under which ticket, who he is, why, what he means to do, and which data
// he can see (arrêté of 2024, art. 28). InterventionEnd says what he did.
type (
	Intervention    struct{ Maintenance }
	InterventionEnd struct{ Maintenance }
)

// Maintenance is what is said of an intervention.
type Maintenance struct {
	Ticket   string `json:"ticket" validate:"label"`
	Who      string `json:"who" validate:"label"`
	Why      string `json:"why" validate:"required,max=2000"`
	Measures string `json:"measures" validate:"required,max=2000"`
	Data     string `json:"data" validate:"required,max=2000"`
}

// Access says who may reach a processing, one line for each, and the digest by which the next list is compared (décret 2009-525, art. 12).
type Access struct {
	Processing string         `json:"processing" validate:"label"`
	List       []string       `json:"list" validate:"max=1000,dive,label"`
	Digest     scrutin.Digest `json:"digest" validate:"required"`
}

// Severities of an alert.
const (
	Critical = "critical" // the vote, or what will be counted, is in danger
	Warning  = "warning"  // something must be looked at today
)

// What an alert can be about.
const (
	AlertSilent    = "silent"    // a role does not answer
	AlertNotReady  = "not-ready" // a role answers, and cannot do its work
	AlertClock     = "clock"     // a clock is off by more than a second
	AlertDisk      = "disk"      // a disk is more than nine tenths full
	AlertDelivery  = "delivery"  // codes do not arrive any more
	AlertProgram   = "program"   // a role runs another program than the one that was sealed
	AlertIntegrity = "integrity" // a store holds what its service did not write, or lacks what it did
	AlertUnwrap    = "unwrap"    // the first secret of a role in the Vault was taken out by somebody before it
	AlertAccess    = "access"    // somebody more can reach a processing since the vote was opened
	AlertTimestamp = "timestamp" // no authority dates what the bureau has decided
)

// Alert is an incident that the service has seen. Source is the role; Detail says what an operator needs, in no words of voters.
type Alert struct {
	What     string `json:"what" validate:"oneof=silent not-ready clock disk delivery program integrity unwrap access timestamp"`
	Severity string `json:"severity" validate:"oneof=critical warning"`
	Source   string `json:"source" validate:"name"`
	Detail   string `json:"detail" validate:"omitempty,max=300"`
}

// AlertEnd says that what an alert, named by the digest of its text, told of is over.
type AlertEnd struct {
	Alert scrutin.Digest `json:"alert" validate:"required"`
}

// Acknowledged says that a member has seen an alert.
type Acknowledged struct {
	Alert scrutin.Digest `json:"alert" validate:"required"`
}

// Turnout is what roll and urn showed, for every urn in the manifest's order; never by option.
type Turnout struct {
	Urns []scrutin.Finding `json:"urns" validate:"min=1,dive"`
}

// Delivery is what became of messages so far.
type Delivery struct {
	Rows []DeliveryRow `json:"rows" validate:"max=10000,dive"`
}

// A DeliveryRow is one operator's part of one channel in one country.
type DeliveryRow struct {
	Channel   string `json:"channel" validate:"oneof=email sms post hand"`
	Operator  string `json:"operator" validate:"omitempty,max=300"` // a domain, a prefix; empty where it is not told
	Country   string `json:"country" validate:"omitempty,country"`
	Sent      int    `json:"sent" validate:"min=0"`
	Delivered int    `json:"delivered" validate:"min=0"`
	Bounced   int    `json:"bounced" validate:"min=0"`
	Pending   int    `json:"pending" validate:"min=0"`
}

// Verdicts of an integrity check.
const (
	Well    = "well"    // nothing was found
	Found   = "found"   // something was, in the store of one of the roles or between them
	Unknown = "unknown" // a role gave no report
)

// Checked says what an integrity check of the stores gave, and names the signed reports by the SHA-256 of their texts.
type Checked struct {
	Reports []CheckedRole `json:"reports" validate:"max=10,dive"`
	Verdict string        `json:"verdict" validate:"oneof=well found unknown"`
}

// A CheckedRole names a role's report.
type CheckedRole struct {
	Role   string         `json:"role" validate:"name"`
	SHA256 scrutin.Digest `json:"sha256" validate:"required"`
}

// What a member can have read.
const (
	ReadTurnout = "turnout"
	ReadList    = "list" // electors, with who is marked
)

// Read says that a member asked for turnout or roll, before he is answered. Urn is empty for all; Station is the polling station of the list.
type Read struct {
	Member  string `json:"member" validate:"name"`
	What    string `json:"what" validate:"oneof=turnout list"`
	Urn     string `json:"urn" validate:"omitempty,name"`
	Station string `json:"station" validate:"omitempty,name"`
}

// Where a medium is.
const (
	In     = "in"     // in the safe, under seal
	Out    = "out"    // taken out
	Seen   = "seen"   // somebody has it before him
	Lost   = "lost"   //
	Tested = "tested" // it opened the test text
)

// Custody is a line of the register of media: fragments, copies of the roll, the archive.
type Custody struct {
	Medium string         `json:"medium" validate:"label"`
	SHA256 scrutin.Digest `json:"sha256"` // zero where its content is secret
	Seal   string         `json:"seal" validate:"omitempty,label"`
	Holder string         `json:"holder" validate:"label"`
	State  string         `json:"state" validate:"oneof=in out seen lost tested"`
}

// Observation is one of a voter, a candidate, a delegate or a member, line by line. Annex says that it came after the minutes were signed.
type Observation struct {
	Who     string   `json:"who" validate:"label"`
	Quality string   `json:"quality" validate:"oneof=voter candidate delegate member"`
	Text    []string `json:"text" validate:"min=1,max=400,dive,max=1000"`
	Annex   bool     `json:"annex"`
}

// Check implements the check of a body.
func (o Observation) Check() error {
	for _, line := range o.Text {
		if line != "" {
			return nil
		}
	}
	return errors.New("the observation says nothing")
}

// Report deposits the expert's report, by the digest of its file and its size in bytes.
type Report struct {
	Title  string         `json:"title" validate:"label"`
	SHA256 scrutin.Digest `json:"sha256" validate:"required"`
	Size   int64          `json:"size" validate:"min=1"`
}

// Credential says that a member has a passkey, Invited that he may make one, Revoked that one of his, or all (zero), is good no more. A
// fingerprint is the SHA-256 of a passkey's identifier. A member who has lost his passkeys is invited again by two others.
type (
	Credential struct {
		Member      string         `json:"member" validate:"name"`
		Fingerprint scrutin.Digest `json:"fingerprint" validate:"required"`
	}
	Invited struct {
		Member string `json:"member" validate:"name"`
	}
	Revoked struct {
		Member      string         `json:"member" validate:"name"`
		Fingerprint scrutin.Digest `json:"fingerprint"`
	}
)

// Kind implements Body.
func (Intervention) Kind() string    { return "intervention" }
func (InterventionEnd) Kind() string { return "intervention-end" }
func (Access) Kind() string          { return "access" }
func (Alert) Kind() string           { return "alert" }
func (AlertEnd) Kind() string        { return "alert-end" }
func (Acknowledged) Kind() string    { return "acknowledged" }
func (Turnout) Kind() string         { return "turnout" }
func (Delivery) Kind() string        { return "delivery" }
func (Checked) Kind() string         { return "checked" }
func (Read) Kind() string            { return "read" }
func (Custody) Kind() string         { return "custody" }
func (Observation) Kind() string     { return "observation" }
func (Report) Kind() string          { return "report" }
func (Credential) Kind() string      { return "credential" }
func (Invited) Kind() string         { return "invited" }
func (Revoked) Kind() string         { return "revoked" }
