package roll

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/scrutin"
)

// SignatureSize is the length in bytes of an elector's signature, R ‖ s.
const SignatureSize = sigma.KnowledgeSize

// Rules are what the roll of one urn judges by: the records, and the account keys
// of its electors before anonymisation.
type Rules struct {
	Manifest Hash     // f
	Opening  Hash     // o
	Number   uint16   // of the urn in the manifest
	Name     string   // of the urn in the manifest
	Keys     []byte   // y_i, 32 bytes each, by elector number
	Struck   []uint32 // numbers of those whom amendments struck off, ascending
}

// RulesOf gives the rules of an urn from the manifest (of fingerprint f), the
// opening record (of hash o), and the electors' account keys before
// anonymisation, 32 bytes each by elector number.
func RulesOf(m *scrutin.Manifest, f scrutin.Digest, opening *scrutin.Opening, o scrutin.Digest, urn string, keys []byte) (*Rules, error) {
	number, listed := m.UrnNumber(urn)
	fixed, opened := opening.Urn(urn)
	if !listed || !opened {
		return nil, fmt.Errorf("urn %s is not in the manifest and the opening record", urn)
	}
	if len(keys) != fixed.Electors*group.PointSize {
		return nil, fmt.Errorf("urn %s: %d bytes of account keys for %d electors, where each has 32", urn, len(keys), fixed.Electors)
	}
	return &Rules{Manifest: Hash(f), Opening: Hash(o), Number: uint16(number), Name: urn, Keys: keys}, nil
}

// Amended is the rules of the same urn once an amendment of the roll (docs/protocol.md,
// section 6.1) has added electors, whose account keys before anonymisation these are, 32
// bytes each, and struck off others, in ascending order. r stays as it is.
func (r *Rules) Amended(keys []byte, struck []uint32) *Rules {
	amended := *r
	amended.Keys, amended.Struck = slices.Concat(r.Keys, keys), slices.Concat(r.Struck, struck)
	slices.Sort(amended.Struck)
	return &amended
}

// Numbered is how many electors have numbers: those of the opening record, and those that
// amendments added, struck off or not.
func (r *Rules) Numbered() int { return len(r.Keys) / group.PointSize }

// Electors is the number of electors: of those who are numbered, all that are not struck
// off.
func (r *Rules) Electors() int { return r.Numbered() - len(r.Struck) }

// votes says whether an elector of that number is numbered, and not struck off.
func (r *Rules) votes(elector uint32) bool {
	_, struck := slices.BinarySearch(r.Struck, elector)
	return !struck && uint64(elector) < uint64(r.Numbered())
}

// statement is what the elector of that number signs by.
func (r *Rules) statement(elector uint32) (Statement, error) {
	if !r.votes(elector) {
		return Statement{}, ErrElector
	}
	key, err := sigma.DecodeElement(r.Keys[int(elector)*group.PointSize : (int(elector)+1)*group.PointSize])
	if err != nil {
		return Statement{}, fmt.Errorf("account key of elector %d of urn %s: %w", elector, r.Name, err)
	}
	return Statement{r.Manifest, r.Opening, r.Name, elector, key}, nil
}

// A Statement is what an elector's own device knows of the roll: enough to ask for
// a reservation, and to verify a mark.
type Statement struct {
	Manifest Hash   // f
	Opening  Hash   // o
	Urn      string // name
	Elector  uint32
	Key      sigma.Element // y, before anonymisation
}

func (s Statement) context() transcript.Context {
	return transcript.Context{Manifest: s.Manifest, Opening: s.Opening, Urn: s.Urn}
}

// reservation is what the mark carries a signature on (docs/protocol.md, section 9).
func (s Statement) reservation() sigma.Claim {
	return sigma.Reservation(s.context(), s.Key, s.Elector)
}

// device is what is signed for the device of key T (docs/protocol.md, section 12).
func (s Statement) device(key [32]byte) sigma.Claim {
	return sigma.Device(s.context(), s.Key, s.Elector, key)
}

// Sign makes the elector's signature on his reservation with his secret x. It
// fails with sigma.ErrSecret unless g^x is his key.
func (s Statement) Sign(x group.Scalar) (Signed, error) {
	proof, err := s.reservation().Prove(x)
	return Signed{s.Elector, proof.Bytes()}, err
}

// Request makes the elector's request in the urn of that number, for a device of
// Ed25519 key T, with his secret x. It fails as Sign does.
func (s Statement) Request(urn uint16, device [32]byte, x group.Scalar) (ReserveRequest, error) {
	signed, err := s.Sign(x)
	if err != nil {
		return ReserveRequest{}, err
	}
	proof, err := s.device(device).Prove(x)
	return ReserveRequest{urn, signed, device, proof.Bytes()}, err
}

// Verify checks a signature on the elector's reservation: ErrFormat or
// ErrSignature.
func (s Statement) Verify(signature [SignatureSize]byte) error {
	proof, err := sigma.DecodeKnowledge(signature[:])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err := s.reservation().Verify(proof); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return nil
}

// A Signed is a reservation's signature with whose it is.
type Signed struct {
	Elector   uint32
	Signature [SignatureSize]byte
}

// Verify checks signatures, all in one equation, and answers each: nil,
// ErrElector, ErrFormat or ErrSignature.
func (r *Rules) Verify(signed []Signed) []error {
	refused := make([]error, len(signed))
	var all signatures
	for i, s := range signed {
		refused[i] = all.addReservation(r, s, &refused[i])
	}
	all.verify()
	return refused
}

// signatures are those of several electors, of any urns, to be verified together.
type signatures struct {
	claims  []sigma.Claim
	proofs  []sigma.Knowledge
	reasons []Refusal // why each is refused if it is false
	refused []*error  // where to say so, unless something is said
}

// add keeps a signature for verify, which will set *refused if it is false.
func (a *signatures) add(claim sigma.Claim, signature [SignatureSize]byte, reason Refusal, refused *error) error {
	proof, err := sigma.DecodeKnowledge(signature[:])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	a.claims, a.proofs = append(a.claims, claim), append(a.proofs, proof)
	a.reasons, a.refused = append(a.reasons, reason), append(a.refused, refused)
	return nil
}

// addReservation keeps the signature that a mark carries.
func (a *signatures) addReservation(r *Rules, s Signed, refused *error) error {
	statement, err := r.statement(s.Elector)
	if err != nil {
		return err
	}
	return a.add(statement.reservation(), s.Signature, ErrSignature, refused)
}

// addRequest keeps both signatures of a request.
func (a *signatures) addRequest(r *Rules, q ReserveRequest, refused *error) error {
	statement, err := r.statement(q.Elector)
	if err != nil {
		return err
	}
	if err := a.add(statement.reservation(), q.Signature, ErrSignature, refused); err != nil {
		return err
	}
	return a.add(statement.device(q.Device), q.DeviceSignature, ErrDevice, refused)
}

// verify checks all signatures added, in one equation.
func (a *signatures) verify() {
	if len(a.claims) == 0 {
		return
	}
	err := sigma.VerifyKnowledge(a.claims, a.proofs, 1)
	refuse := func(i int, why error) {
		if *a.refused[i] == nil {
			*a.refused[i] = fmt.Errorf("%w: %w", a.reasons[i], why)
		}
	}
	var culprits *sigma.Culprits
	switch {
	case err == nil:
	case errors.As(err, &culprits):
		for _, i := range culprits.Indices {
			refuse(i, culprits.Reason)
		}
	default:
		for i := range a.refused {
			refuse(i, err)
		}
	}
}

// text is the casting text of this kind and value for this urn.
func (r *Rules) text(kind string, value Hash) scrutin.CastingText {
	return scrutin.CastingText{Kind: kind, Opening: scrutin.Digest(r.Opening), Urn: r.Name, Value: scrutin.Digest(value)}
}
