package oversight

import (
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// Names of the questions, POST /link/v1/NAME.
const (
	AskTurnout    = "turnout"
	AskList       = "list"
	AskCheck      = "check"
	AskReport     = "report"
	AskDelivery   = "delivery"
	AskAlerts     = "alerts"
	AskState      = "state"
	AskChallenges = "challenges"
)

// Turnout is how many marks, or ballots, each urn has. Exact says that the vote has ended, or has not begun, and these are all; otherwise they
// are multiples of k, as of the slot At.
type Turnout struct {
	At    scrutin.Time `json:"at"`
	Exact bool         `json:"exact"`
	Urns  []Count      `json:"urns"`
}

// A Count is one urn's.
type Count struct {
	Urn    string `json:"urn"`
	Number int    `json:"number"`
}

// ListQuestion asks for a page of the roll: of an urn, or of those of its electors who belong to a polling station, from a place on, 1 being the
// first.
type ListQuestion struct {
	Urn     string `json:"urn"`
	Station string `json:"station"` // empty for all
	From    int    `json:"from"`
}

// PageSize is how many electors a page has at most.
const PageSize = 200

// A ListPage is part of the roll, in alphabetical order. Voted is as of At, as in Turnout.
type ListPage struct {
	At       scrutin.Time `json:"at"`
	Exact    bool         `json:"exact"`
	Total    int          `json:"total"` // of the urn or station
	Electors []Listed     `json:"electors"`
}

// A Listed is an elector as the bureau sees him: no number of his, nothing by which he is reached.
type Listed struct {
	Order   int          `json:"order"` // from 1
	Family  string       `json:"family"`
	Given   string       `json:"given"`
	Born    scrutin.Date `json:"born"`
	Station string       `json:"station"`
	Voted   bool         `json:"voted"`
}

// Delivery is what became of an issuer's messages with codes.
type Delivery struct {
	Rows []DeliveryRow `json:"rows"`
}

// A DeliveryRow is one operator's part of one channel in one country. Sent are all that left, also those that came back.
type DeliveryRow struct {
	Channel   string `json:"channel"`
	Operator  string `json:"operator"`
	Country   string `json:"country"`
	Sent      int    `json:"sent"`
	Delivered int    `json:"delivered"`
	Bounced   int    `json:"bounced"`
	Pending   int    `json:"pending"`
}

// Challenges are the ballots that devices opened instead of casting them, urn by urn, as of an
// instant: a slot of the flushes while people vote.
type Challenges struct {
	At   scrutin.Time     `json:"at"`
	Urns []ChallengeCount `json:"urns"`
}

// A ChallengeCount is one urn's: how many were opened, of these how many are contested, and of
// these how many their own code contradicts.
type ChallengeCount struct {
	Urn       string `json:"urn"`
	Opened    int    `json:"opened"`
	Contested int    `json:"contested"`
	Failed    int    `json:"failed"`
}

// AlertsQuestion asks for the alerts from an instant on, in seconds since 1970; 0 for all.
type AlertsQuestion struct {
	Since int64 `json:"since"`
}

// MaxAlerts is how many alerts are answered at once.
const MaxAlerts = 2000

// Alerts are those of a role, or of one of its processes, in their order.
type Alerts struct {
	Alerts []Alert `json:"alerts"`
}

// An Alert is what a role told its operators. Over says that what it had told of is not found any more.
type Alert struct {
	Time     scrutin.Time `json:"time"`
	What     string       `json:"what"` // of package journal: integrity, unwrap
	Severity string       `json:"severity"`
	Detail   string       `json:"detail"`
	Over     bool         `json:"over"`
}

// State is how a role's process and machine are.
type State struct {
	Role    string         `json:"role"`
	Program scrutin.Digest `json:"program"` // SHA-256 of the file that runs
	Clock   int64          `json:"clock"`   // milliseconds since 1970
	Disks   []Disk         `json:"disks"`
	Ready   bool           `json:"ready"`
	Cause   string         `json:"cause"` // why it is not, in words that name nobody
	// Unwrapped says that somebody else may have taken out its first credential of the Vault.
	Unwrapped bool     `json:"unwrapped"`
	Access    []string `json:"access"` // who may reach the processing, as its operator wrote it
}

// A Disk is where something of the role is kept.
type Disk struct {
	Name string `json:"name"` // what is kept there: directory, database, record
	Used int    `json:"used"` // of a hundred
}

// Decode reads an answer or a question: canonical JSON of T, or nothing else.
func Decode[T any](data []byte) (*T, error) {
	v := new(T)
	if err := canon.Unmarshal(data, v); err != nil {
		return nil, err
	}
	return v, nil
}

// Encode writes a question, or an answer.
func Encode[T any](v *T) ([]byte, error) { return canon.Marshal(v) }
