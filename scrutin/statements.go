package scrutin

import "fmt"

// An Enrolment is an issuer's statement of the halves it drew: for each urn, in
// the manifest's order, the file of keys and one proof of all its exponents.
type Enrolment struct {
	Head
	Issuer string        `json:"issuer" validate:"name"`
	Urns   []EnrolledUrn `json:"urns" validate:"min=1,dive"`
}

// Kind implements Record.
func (*Enrolment) Kind() string { return Version + "/enrolment" }

// An EnrolledUrn is the part of an enrolment that concerns one urn. Keys is the
// SHA-256 of the file of 32·Electors bytes.
type EnrolledUrn struct {
	Urn        string `json:"urn" validate:"name"`
	Electors   int    `json:"electors" validate:"min=1"`
	Keys       Digest `json:"keys" validate:"required"`
	Commitment Point  `json:"commitment"` // R
	Response   Scalar `json:"response"`   // s
}

// An Anonymisation is a mixer's statement of the stage, from 1, at which it raised
// and shuffled the account keys.
type Anonymisation struct {
	Head
	Mixer string          `json:"mixer" validate:"name"`
	Stage int             `json:"stage" validate:"min=1"`
	Urns  []AnonymisedUrn `json:"urns" validate:"min=1,dive"`
}

// Kind implements Record.
func (*Anonymisation) Kind() string { return Version + "/anonymisation" }

// An AnonymisedUrn is one urn's part. Input and Output are digests of populations,
// SHA-256 of generator ‖ keys; Generator is the Ĝ that comes out; Proof is the
// SHA-256 of the file.
type AnonymisedUrn struct {
	Urn       string `json:"urn" validate:"name"`
	Electors  int    `json:"electors" validate:"min=1"`
	Input     Digest `json:"input" validate:"required"`
	Generator Point  `json:"generator" validate:"point"`
	Output    Digest `json:"output" validate:"required"`
	Proof     Digest `json:"proof" validate:"required"`
}

// A RollStatement is what the roll says of one urn when it is sealed. File is the
// SHA-256 of the marks, 68 bytes each; Chain is the head of the roll's own chain of
// dated marks.
type RollStatement struct {
	OpenHead
	Urn      string `json:"urn" validate:"name"`
	Electors int    `json:"electors" validate:"min=1"`
	Marks    int    `json:"marks" validate:"min=0"`
	File     Digest `json:"file" validate:"required"`
	Chain    Digest `json:"head"`
}

// Kind implements Record.
func (*RollStatement) Kind() string { return Version + "/roll" }

// Check implements the check of a Record.
func (r *RollStatement) Check() error {
	if r.Marks > r.Electors {
		return fmt.Errorf("%d marks for %d electors", r.Marks, r.Electors)
	}
	return nil
}

// A ChallengeStatement is what the urn says of the challenges of one urn when it is
// sealed (docs/protocol.md, section 12.1). File is the SHA-256 of their list; Failed
// are those among the Contested that do not verify with their code.
type ChallengeStatement struct {
	OpenHead
	Urn        string `json:"urn" validate:"name"`
	Challenges int    `json:"challenges" validate:"min=1"`
	Contested  int    `json:"contested" validate:"min=0"`
	Failed     int    `json:"failed" validate:"min=0"`
	File       Digest `json:"file" validate:"required"`
}

// Kind implements Record.
func (*ChallengeStatement) Kind() string { return Version + "/challenges" }

// Check implements the check of a Record.
func (c *ChallengeStatement) Check() error {
	if c.Contested > c.Challenges || c.Failed > c.Contested {
		return fmt.Errorf("%d challenges, %d contested, %d failed", c.Challenges, c.Contested, c.Failed)
	}
	return nil
}

// A Mix is a mixer's statement of the stage, from 1, at which it mixed the
// ballots of every cell that holds any, in the order of the cells.
type Mix struct {
	OpenHead
	Seal  Digest    `json:"seal" validate:"required"` // S
	Mixer string    `json:"mixer" validate:"name"`
	Stage int       `json:"stage" validate:"min=1"`
	Cells []MixCell `json:"cells" validate:"dive"`
}

// Kind implements Record.
func (*Mix) Kind() string { return Version + "/mix" }

// A MixCell is one cell's part, its questions in the manifest's order.
type MixCell struct {
	Cell      string        `json:"cell" validate:"cell"`
	Questions []MixQuestion `json:"questions" validate:"min=1,dive"`
}

// A MixQuestion names the lists that went in and came out, 64·Ballots bytes each,
// and the proof, by their SHA-256.
type MixQuestion struct {
	Question string `json:"question" validate:"name"`
	Ballots  int    `json:"ballots" validate:"min=1"`
	Input    Digest `json:"input" validate:"required"`
	Output   Digest `json:"output" validate:"required"`
	Proof    Digest `json:"proof" validate:"required"`
}

// Shares is a holder's statement of the shares for one clause.
type Shares struct {
	OpenHead
	Seal   Digest      `json:"seal" validate:"required"` // S
	Mix    Digest      `json:"mix" validate:"required"`  // M, the hash of the act mix
	Clause string      `json:"clause" validate:"clause"`
	Holder string      `json:"holder" validate:"name"`
	Cells  []ShareCell `json:"cells" validate:"dive"`
}

// Kind implements Record.
func (*Shares) Kind() string { return Version + "/shares" }

// A ShareCell is one cell's part, its questions in the manifest's order.
type ShareCell struct {
	Cell      string          `json:"cell" validate:"cell"`
	Questions []ShareQuestion `json:"questions" validate:"min=1,dive"`
}

// A ShareQuestion names the list of shares, 32·Ballots bytes, by its SHA-256, and
// gives the proof for it: R1, R2, s.
type ShareQuestion struct {
	Question    string   `json:"question" validate:"name"`
	Ballots     int      `json:"ballots" validate:"min=1"`
	List        Digest   `json:"list" validate:"required"`
	Commitments [2]Point `json:"commitments"`
	Response    Scalar   `json:"response"`
}
