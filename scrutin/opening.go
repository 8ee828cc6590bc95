package scrutin

import "fmt"

// An Opening is the opening record: what the ceremony and the anonymisation
// made, fixed before the first ballot. The digest of its text is o.
type Opening struct {
	Head
	// Ceremony is the ceremony digest.
	Ceremony Digest      `json:"ceremony" validate:"required"`
	Key      Point       `json:"key" validate:"point"` // Y
	Clauses  []ClauseKey `json:"clauses" validate:"min=1,dive"`
	Urns     []OpenUrn   `json:"urns" validate:"min=1,dive"`
	// Enrolment and Anonymisation name the statements of issuers, and of mixers
	// as they acted, by the digests of their texts.
	Enrolment     []Statement `json:"enrolment" validate:"min=1,dive"`
	Anonymisation []Statement `json:"anonymisation" validate:"min=1,dive"`
	// RollKey and UrnKey are the verifier keys of the two services.
	RollKey string `json:"roll_key" validate:"key"`
	UrnKey  string `json:"urn_key" validate:"key"`
	// Software, Specification and Client are the digests of what runs on the
	// platform, of the protocol's text, and of what runs in the browser.
	Software      Digest `json:"software" validate:"required"`
	Specification Digest `json:"specification" validate:"required"`
	Client        Digest `json:"client" validate:"required"`
}

// Kind implements Record.
func (*Opening) Kind() string { return Version + "/opening" }

// Check says whether each urn has as many accounts as electors: in this version no
// keys are made on cards.
func (o *Opening) Check() error {
	for _, u := range o.Urns {
		if u.Accounts != u.Electors {
			return fmt.Errorf("urn %s has %d accounts for %d electors", u.Urn, u.Accounts, u.Electors)
		}
	}
	return nil
}

// A ClauseKey is the key Y_c of a clause and the verification keys of the holders
// of the last run, in the clause's order.
type ClauseKey struct {
	Clause  string      `json:"clause" validate:"clause"`
	Key     Point       `json:"key" validate:"point"`
	Holders []HolderKey `json:"holders" validate:"min=1,dive"`
}

// A HolderKey is the verification key of one holder for one clause.
type HolderKey struct {
	Holder string `json:"holder" validate:"name"`
	Key    Point  `json:"key" validate:"point"`
}

// An OpenUrn fixes who can vote in an urn: the generator ĝ, the number of account
// keys and the RFC 6962 root over them, each leaf being the 32 bytes of a key.
type OpenUrn struct {
	Urn       string `json:"urn" validate:"name"`
	Electors  int    `json:"electors" validate:"min=1"`
	Generator Point  `json:"generator" validate:"point"`
	Accounts  int    `json:"accounts" validate:"min=1"`
	Root      Digest `json:"root" validate:"required"`
}

// A Statement names a party's record by the digest of its text.
type Statement struct {
	Party  string `json:"party" validate:"name"`
	Digest Digest `json:"digest" validate:"required"`
}

// Clause returns the keys of a clause.
func (o *Opening) Clause(id string) (*ClauseKey, bool) {
	return byID(o.Clauses, func(c *ClauseKey) string { return c.Clause }, id)
}

// Urn returns the entry of an urn.
func (o *Opening) Urn(id string) (*OpenUrn, bool) {
	return byID(o.Urns, func(u *OpenUrn) string { return u.Urn }, id)
}
