package scrutin

import "isoloir/scrutin/note"

// Roles in the bureau de vote.
const (
	President = "president"
	Assessor  = "assessor"
	Secretary = "secretary"
	Delegate  = "delegate"
	Expert    = "expert"
	Committee = "committee" // of technicians, who are heard and do not vote
)

// Voices in the bureau.
const (
	Deliberative = "deliberative"
	Consultative = "consultative"
)

// Ranks in the bureau.
const (
	Titular    = "titular"
	Substitute = "substitute"
)

// Operator is the class, or the affiliation, of those who run the platform: they
// hold no fragment of the key (arrêté of 2024, JORFARTI000049474217).
const Operator = "operator"

// A Bureau is the board that runs the vote.
type Bureau struct {
	Members []Member `json:"members" validate:"min=1,max=50,dive"`
	Quorum  Quorum   `json:"quorum"`
	// CastingVote says that the presiding member decides when voices are equal.
	CastingVote bool `json:"casting_vote"`
}

// A Member is a person of the bureau. The name of the key is the ID.
type Member struct {
	ID    string `json:"id" validate:"name"`
	Label string `json:"label" validate:"label"`
	Role  string `json:"role" validate:"oneof=president assessor secretary delegate expert committee"`
	Voice string `json:"voice" validate:"oneof=deliberative consultative"`
	// Class is the body or list whom the member comes from, which clauses name.
	Class string `json:"class" validate:"name"`
	Rank  string `json:"rank" validate:"oneof=titular substitute"`
	// Replaces is the titular whose seat a substitute takes; empty for a titular.
	Replaces string `json:"replaces" validate:"omitempty,name"`
	// Born orders succession: the oldest assessor presides for an absent
	// president, the youngest keeps the minutes for an absent secretary.
	Born Date   `json:"born" validate:"date"`
	Key  string `json:"key" validate:"key"`
}

// A Quorum is what the signatures under an act must reach.
type Quorum struct {
	// Count is the number of seats with deliberative voice.
	Count int `json:"count" validate:"min=1,max=100"`
	// Clauses are presences required besides, of whatever voice.
	Clauses []QuorumClause `json:"clauses" validate:"max=16,dive"`
}

// A QuorumClause requires the seats of at least AtLeast members whose role is
// among Roles or whose class is among Classes.
type QuorumClause struct {
	Label   string   `json:"label" validate:"label"`
	Roles   []string `json:"roles" validate:"dive,oneof=president assessor secretary delegate expert committee"`
	Classes []string `json:"classes" validate:"dive,name"`
	AtLeast int      `json:"at_least" validate:"min=1,max=100"`
}

// A Holder is a member of the bureau who holds fragments of the key, with the
// keys of the device: Key signs the ceremony's messages and the shares under the
// member's ID, Reception is the point to which fragments are encrypted.
type Holder struct {
	Member    string `json:"member" validate:"name"`
	Key       string `json:"key" validate:"key"`
	Reception Point  `json:"reception"`
}

// A Clause is a part of the quorum that opens the urn: Threshold of Holders, all
// clauses being needed. A holder's index in a clause is 1 plus the position.
type Clause struct {
	ID        string   `json:"id" validate:"clause"`
	Label     string   `json:"label" validate:"label"`
	Threshold int      `json:"threshold" validate:"min=1,max=100"`
	Holders   []string `json:"holders" validate:"min=1,max=100,dive,name"`
}

// Majority says whether any two groups that meet the clause have a member in
// common, who opens no second seal.
func (c Clause) Majority() bool { return 2*c.Threshold > len(c.Holders) }

// A Party is a mixer, a witness or a service, with whom it belongs to and its key.
type Party struct {
	ID          string `json:"id" validate:"name"`
	Label       string `json:"label" validate:"label"`
	Affiliation string `json:"affiliation" validate:"name"`
	Key         string `json:"key" validate:"key"`
}

// Verifier is the party's key, which validation has checked. A witness's is a
// cosigning key, the others' are plain.
func (p Party) Verifier() note.Verifier { return verifier(p.Key) }

// Verifier is the key of the member's signatures under acts.
func (m Member) Verifier() note.Verifier { return verifier(m.Key) }

// Verifier is the key of the holder's messages and shares.
func (h Holder) Verifier() note.Verifier { return verifier(h.Key) }

// Verifier is the issuer's key.
func (i Issuer) Verifier() note.Verifier { return verifier(i.Key) }

// verifier is the zero Verifier, which verifies nothing, for a malformed key.
func verifier(key string) note.Verifier {
	v, err := note.ParseVerifier(key)
	if err != nil {
		return note.Verifier{}
	}
	return v
}

// An Issuer draws one half of every elector's secret and sends its code by a
// channel of its own.
type Issuer struct {
	ID          string `json:"id" validate:"name"`
	Label       string `json:"label" validate:"label"`
	Affiliation string `json:"affiliation" validate:"name"`
	Channel     string `json:"channel" validate:"oneof=email sms post hand"`
	Key         string `json:"key" validate:"key"`
}

// An Authority gives RFC 3161 timestamps; Certificate is the digest of its
// signing certificate (DER).
type Authority struct {
	ID          string `json:"id" validate:"name"`
	Label       string `json:"label" validate:"label"`
	Certificate Digest `json:"certificate" validate:"required"`
}

// Platform names the keys of the services: the roll, the urn, and the key that
// signs the contents of the export.
type Platform struct {
	Roll     Party `json:"roll"`
	Urn      Party `json:"urn"`
	Contents Party `json:"contents"`
}

// Addenda says which acts may complete the vote after its opening.
type Addenda struct {
	Allowed []string `json:"allowed" validate:"dive,oneof=suspend extend client roll append update"`
	// Opinion says that the technical committee is heard first: décret 2009-525,
	// art. 14.
	Opinion bool `json:"opinion"`
}

// Codes says how electors' codes are made and stretched.
type Codes struct {
	// Length in characters of Alphabet; at least 60 bits together.
	Length   int    `json:"length" validate:"min=8,max=40"`
	Alphabet string `json:"alphabet" validate:"min=10,max=94,printascii"`
	// ScratchLength is that of the code under the scratch-off field of a card;
	// zero where there are no cards.
	ScratchLength int    `json:"scratch_length" validate:"min=0,max=40"`
	Algorithm     string `json:"algorithm" validate:"oneof=argon2id"`
	// Passes, MemoryKiB and Lanes are Argon2id's cost (RFC 9106).
	Passes    uint32 `json:"passes" validate:"min=1,max=100"`
	MemoryKiB uint32 `json:"memory_kib" validate:"min=8,max=4194304"`
	Lanes     uint8  `json:"lanes" validate:"min=1,max=16"`
}
