package urn

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"isoloir/crypto/group"
	"isoloir/merkle"
)

// An AccountRequest asks where an account key stands among those of its population
// (docs/online.md, section 2).
type AccountRequest struct {
	Urn uint16
	Key [group.PointSize]byte // ŷ
}

// Bytes is LE16(urn) ‖ ŷ.
func (r AccountRequest) Bytes() []byte {
	return append(binary.LittleEndian.AppendUint16(nil, r.Urn), r.Key[:]...)
}

// ParseAccountRequest reads what Bytes gives. Whether ŷ is a point is not judged:
// what is none is no account key.
func ParseAccountRequest(b []byte) (AccountRequest, error) {
	if len(b) != 2+group.PointSize {
		return AccountRequest{}, fmt.Errorf("%w: question of %d bytes", ErrFormat, len(b))
	}
	return AccountRequest{binary.LittleEndian.Uint16(b), [group.PointSize]byte(b[2:])}, nil
}

// An AccountAnswer is the place of a key in the file of its population's account keys,
// from 0, how many there are, and the audit path; or a refusal.
type AccountAnswer struct {
	Place, Count uint32
	Path         []Hash
	Err          error
}

// Bytes is a byte that is 0, LE32(place) ‖ LE32(count) ‖ path; or the number of the
// refusal alone.
func (a AccountAnswer) Bytes() []byte {
	if a.Err != nil {
		return []byte{refusalNumber(a.Err)}
	}
	b := binary.LittleEndian.AppendUint32([]byte{0}, a.Place)
	return appendHashes(binary.LittleEndian.AppendUint32(b, a.Count), a.Path)
}

// ParseAccountAnswer reads what Bytes gives. That the path leads to the root is for
// Verify to say.
func ParseAccountAnswer(b []byte) (a AccountAnswer, err error) {
	if refusal, refused, err := parseRefusal(b); refused || err != nil {
		return AccountAnswer{Err: refusal}, err
	}
	if len(b) < 9 {
		return a, fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
	}
	a.Place, a.Count = binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
	a.Path, err = cutHashes(b[9:])
	return a, err
}

// Verify says whether the answer proves that key is an account under the root and
// number of accounts that the opening record fixes, or an amendment that the bureau has
// adopted: merkle.ErrPath if not.
func (a AccountAnswer) Verify(key [group.PointSize]byte, root Hash, accounts int) error {
	if int(a.Count) != accounts {
		return merkle.ErrPath
	}
	return merkle.CheckInclusion(a.Path, uint64(a.Count), root, uint64(a.Place), merkle.LeafHash(key[:]))
}

// Account answers from memory; nothing is kept of the question.
func (s *Service) Account(q AccountRequest) AccountAnswer {
	r := s.rulesOf(q.Urn)
	if r == nil {
		return AccountAnswer{Err: ErrUrn}
	}
	population, _, known := r.populations.find(q.Key)
	if !known {
		return AccountAnswer{Err: s.unknown(ErrAccount)}
	}
	accounts := r.populations.all[population].Accounts
	place, path, _ := accounts.Prove(q.Key)
	return AccountAnswer{Place: uint32(place), Count: uint32(accounts.Len()), Path: path}
}

// unknown is what is said of an unknown account: ErrBusy while amendments are not taken up.
func (s *Service) unknown(err error) error {
	if errors.Is(err, ErrAccount) && s.Behind != nil && s.Behind() {
		return fmt.Errorf("%w: an amendment of the roll is not taken up yet", ErrBusy)
	}
	return err
}

// ServeAccount is Account for a request in bytes, answered in bytes.
func (s *Service) ServeAccount(_ context.Context, request []byte) []byte {
	q, err := ParseAccountRequest(request)
	if err != nil {
		return AccountAnswer{Err: err}.Bytes()
	}
	return s.Account(q).Bytes()
}

func appendHashes(b []byte, hashes []Hash) []byte {
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}

// cutHashes reads what appendHashes wrote, at most 64: no path is longer.
func cutHashes(b []byte) ([]Hash, error) {
	if len(b)%sha256.Size != 0 || len(b) > 64*sha256.Size {
		return nil, fmt.Errorf("%w: %d bytes are no path", ErrFormat, len(b))
	}
	path := make([]Hash, 0, len(b)/sha256.Size)
	for ; len(b) > 0; b = b[sha256.Size:] {
		path = append(path, Hash(b))
	}
	return path, nil
}
