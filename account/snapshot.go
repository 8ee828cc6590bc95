package account

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// SnapshotKind is the first key of a snapshot.
const SnapshotKind = scrutin.Version + "/snapshot"

// A Snapshot is what a register of anonymous accounts signs for one scrutin: whose keys
// may vote, urn by urn, and nobody's number (docs/protocol.md, section 5.1). It is made
// before the manifest, which names the digest of its text.
type Snapshot struct {
	Record   string         `json:"record"`
	Register scrutin.Digest `json:"register"` // ρ
	Scrutin  string         `json:"scrutin"`  // the identifier of the scrutin
	Urns     []SnapshotUrn  `json:"urns"`     // in the order of the manifest to come
}

// A SnapshotUrn says whose accounts vote in an urn. Keys is the SHA-256 of the file.
type SnapshotUrn struct {
	Urn            string         `json:"urn"`
	Constituencies []string       `json:"constituencies"` // of the register, in its order
	Electors       int            `json:"electors"`
	Keys           scrutin.Digest `json:"keys"`
}

// An Enrolled is the key y of an account with the proof (R' ‖ s') that its device gave
// when it was taken into use.
type Enrolled struct {
	Key   [group.PointSize]byte
	Proof [sigma.KnowledgeSize]byte
}

// EnrolledSize is the length in bytes of an account in a file of a snapshot: y ‖ R' ‖ s'.
const EnrolledSize = group.PointSize + sigma.KnowledgeSize

// EncodeEnrolled is the file of an urn's accounts: in ascending order of y, whatever the
// order in which they are given, which it keeps. ErrTwice for a key that stands there
// twice.
func EncodeEnrolled(accounts []Enrolled) ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(accounts), func(a, b Enrolled) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	file := make([]byte, 0, len(sorted)*EnrolledSize)
	for i, a := range sorted {
		if i > 0 && a.Key == sorted[i-1].Key {
			return nil, fmt.Errorf("key %x: %w", a.Key, ErrTwice)
		}
		file = append(append(file, a.Key[:]...), a.Proof[:]...)
	}
	return file, nil
}

// ErrTwice says that a key stands twice in a file of a snapshot, or that its keys are not
// in ascending order.
var ErrTwice = errors.New("the keys of a snapshot do not ascend, each once")

// DecodeEnrolled reads what EncodeEnrolled gives, for n accounts: ErrNumber for another
// length, ErrTwice for another order. Points and proofs are not looked at.
func DecodeEnrolled(file []byte, n int) ([]Enrolled, error) {
	if n < 1 || len(file) != n*EnrolledSize {
		return nil, fmt.Errorf("%d bytes for %d accounts: %w", len(file), n, ErrNumber)
	}
	accounts := make([]Enrolled, n)
	for i := range accounts {
		b := file[i*EnrolledSize:]
		accounts[i] = Enrolled{[group.PointSize]byte(b), [sigma.KnowledgeSize]byte(b[group.PointSize:])}
		if i > 0 && bytes.Compare(accounts[i-1].Key[:], accounts[i].Key[:]) >= 0 {
			return nil, fmt.Errorf("account %d: %w", i, ErrTwice)
		}
	}
	return accounts, nil
}

// RegisterContext is that of the proof by which a device shows that it knows the secret of
// its key: ρ stands for f, and no opening, urn or number is named.
func RegisterContext(rho scrutin.Digest) transcript.Context { return transcript.Context{Manifest: rho} }

// FromRegister makes the population of an urn from the file of its n accounts: it refuses
// what [DecodeEnrolled] and [Cards] refuse.
func FromRegister(rho scrutin.Digest, urn string, file []byte, n, workers int) (Population, error) {
	accounts, err := DecodeEnrolled(file, n)
	if err != nil {
		return Population{}, fmt.Errorf("urn %s: %w", urn, err)
	}
	cards := make([]Card, n)
	for i, a := range accounts {
		if cards[i].Key, err = sigma.DecodeElement(a.Key[:]); err == nil {
			cards[i].Proof, err = sigma.DecodeKnowledge(a.Proof[:])
		}
		if err != nil {
			return Population{}, fmt.Errorf("urn %s, account %d: %w: %w", urn, i, ErrUnproven, err)
		}
	}
	return Cards(RegisterContext(rho), cards, workers)
}

// Sign returns the snapshot as a note, and the digest of its text, which the manifest
// names.
func (s *Snapshot) Sign(signer note.Signer) ([]byte, scrutin.Digest, error) {
	s.Record = SnapshotKind
	text, err := canon.Marshal(s)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	data, err := note.Sign(string(text), signer)
	return data, scrutin.DigestOf(text), err
}

// OpenSnapshot reads a snapshot that the register's key signed and nobody else, with the
// digest of its text.
func OpenSnapshot(data []byte, register note.Verifier) (*Snapshot, scrutin.Digest, error) {
	n, err := note.Open(data, register)
	if err == nil {
		err = n.Require(register)
	}
	if err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("snapshot: %w", err)
	}
	s, err := ParseSnapshot(n.Text)
	return s, scrutin.TextDigest(n.Text), err
}

// ParseSnapshot reads the text of a snapshot, whoever signed it.
func ParseSnapshot(text string) (*Snapshot, error) {
	s := new(Snapshot)
	if err := canon.Unmarshal([]byte(text), s); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	if s.Record != SnapshotKind {
		return nil, fmt.Errorf("snapshot: this is a record %q: %w", s.Record, ErrStatement)
	}
	return s, nil
}

// Matches says whether the snapshot is the one that a manifest is made for: of its
// register and scrutin, each urn in its order with as many electors (ErrStatement). Its
// digest is for who has the text to compare.
func (s *Snapshot) Matches(m *scrutin.Manifest) error {
	a := m.Accounts()
	if a == nil || s.Register != a.Register || s.Scrutin != m.Scrutin.ID || len(s.Urns) != len(m.Urns) {
		return fmt.Errorf("snapshot of the register %s for %q, with %d urns: %w", s.Register, s.Scrutin, len(s.Urns), ErrStatement)
	}
	seen := map[string]bool{}
	for i, u := range s.Urns {
		if u.Urn != m.Urns[i].ID || u.Electors != m.Urns[i].Electors || len(u.Constituencies) == 0 {
			return fmt.Errorf("snapshot: urn %s with %d electors in the place of %s with %d: %w", u.Urn, u.Electors, m.Urns[i].ID, m.Urns[i].Electors, ErrStatement)
		}
		for _, c := range u.Constituencies {
			if !note.ValidName(c) || seen[c] {
				return fmt.Errorf("snapshot: constituency %q of urn %s: %w", c, u.Urn, ErrStatement)
			}
			seen[c] = true
		}
	}
	return nil
}

// WriteSnapshot writes a snapshot and the files of its urns where the record of its
// scrutin has them, under the register's identifier, and returns the digest of its text.
// accounts are by urn; Electors and Keys are filled in.
func WriteSnapshot(out *record.Writer, register string, s *Snapshot, accounts [][]Enrolled, signer note.Signer) (scrutin.Digest, error) {
	for i := range s.Urns {
		file, err := EncodeEnrolled(accounts[i])
		if err != nil {
			return scrutin.Digest{}, fmt.Errorf("urn %s: %w", s.Urns[i].Urn, err)
		}
		s.Urns[i].Electors, s.Urns[i].Keys = len(accounts[i]), scrutin.DigestOf(file)
		if err := out.Write(record.EnrolmentKeys(s.Urns[i].Urn, register), file); err != nil {
			return scrutin.Digest{}, err
		}
	}
	data, digest, err := s.Sign(signer)
	if err != nil {
		return scrutin.Digest{}, err
	}
	return digest, out.Write(record.Enrolment(register), data)
}
