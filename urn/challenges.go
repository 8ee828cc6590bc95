package urn

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"isoloir/scrutin"
)

// freeChallenges is how many challenges an urn takes beside one for each of its accounts:
// what an urn without electors to speak of can be asked all the same.
const freeChallenges = 4096

// HourlyChallenges is how many more an urn takes for each hour of the vote, so that no list
// that somebody filled stays full. One network must not be let open so many.
const HourlyChallenges = 256

// mostChallenges is how many challenges an urn may hold now, counted to the last slot of the
// flushes.
func (s *Service) mostChallenges(r *Rules) int {
	most := freeChallenges + r.Size()
	begun := s.Begins()
	if begun.IsZero() || s.Period < time.Second {
		return most
	}
	since := Slot(s.Now(), s.Period).Add(-s.Period).Sub(begun)
	return most + max(0, int(since/time.Second)*HourlyChallenges/3600)
}

// Challenge keeps a challenge, and answers the urn's signed text over its record
// (docs/protocol.md, section 12.1); the same for the same record, also after close. Nobody
// is asked who he is. ErrBusy says that the outcome is not known.
func (s *Service) Challenge(ctx context.Context, urn uint16, record []byte) ([]byte, error) {
	r := s.rulesOf(urn)
	if r == nil {
		return nil, ErrUrn
	}
	c, err := ParseChallenge(record, r.Questions)
	if err != nil {
		return nil, err
	}
	entry := ChallengeEntry{Urn: urn, Name: c.Name, Record: record, Most: s.mostChallenges(r), Late: !s.Open(s.Now())}
	if entry.Ciphertexts, err = r.Ciphertexts(c); err != nil {
		return nil, err
	}
	if twice(entry.Ciphertexts) {
		return nil, ErrCopy
	}
	if err := s.Store.Challenge(ctx, s.Scope, entry); err != nil {
		return nil, refusalOr(err)
	}
	signed, err := scrutin.SignCasting(r.text(scrutin.Challenged, sha256.Sum256(record)), s.Signer)
	return signed, refusalOr(err)
}

// refusalOr leaves a refusal as it is, and makes anything else ErrBusy.
func refusalOr(err error) error {
	var refusal Refusal
	if err == nil || errors.As(err, &refusal) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrBusy, err)
}

// Contest keeps the code of a challenge, which whoever has it finds at fault.
func (s *Service) Contest(ctx context.Context, urn uint16, code Hash) error {
	if s.rulesOf(urn) == nil {
		return ErrUrn
	}
	if !s.Open(s.Now()) {
		return ErrClosed
	}
	return refusalOr(s.Store.Contest(ctx, s.Scope, urn, code))
}

// Challenged is what the urn holds under the name of a challenge: its code if it is
// contested, zero otherwise, and its record; nil if there is none.
func (s *Service) Challenged(ctx context.Context, urn uint16, name Hash) (code Hash, record []byte, err error) {
	if s.rulesOf(urn) == nil {
		return Hash{}, nil, ErrUrn
	}
	err = s.Store.Challenges(ctx, s.Scope, urn, name, 1, func(c Hash, r []byte) error {
		if Hash(r) == name {
			code, record = c, append([]byte(nil), r...)
		}
		return nil
	})
	return code, record, refusalOr(err)
}

// Challenges says how many challenges an urn holds, how many are contested, and how many
// of these do not verify. It writes them to list, unless it is nil, as the export has them.
func (s *Service) Challenges(ctx context.Context, urn uint16, list io.Writer) (n ChallengeCount, err error) {
	r := s.rulesOf(urn)
	if r == nil {
		return n, ErrUrn
	}
	const page = 1024
	for from, more := (Hash{}), true; more; {
		read := 0
		var last Hash
		err := s.Store.Challenges(ctx, s.Scope, urn, from, page, func(code Hash, record []byte) error {
			read, last = read+1, Hash(record)
			n.count(r, code, record)
			if list == nil {
				return nil
			}
			_, err := list.Write(append(code[:], record...))
			return err
		})
		if err != nil {
			return n, err
		}
		from, more = next(last), read == page
	}
	return n, nil
}

// next is the hash after h.
func next(h Hash) Hash {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i]++; h[i] != 0 {
			break
		}
	}
	return h
}

// A ChallengeCount is how many challenges there are; of these, how many are contested; of
// these, how many do not verify with their code.
type ChallengeCount struct{ Challenges, Contested, Failed int }

func (n *ChallengeCount) count(r *Rules, code Hash, record []byte) {
	n.Challenges++
	if code == (Hash{}) {
		return
	}
	n.Contested++
	if c, err := ParseChallenge(record, r.Questions); err != nil || r.VerifyChallenge(c, code) != nil {
		n.Failed++
	}
}

// ChallengeStatement writes the list of an urn's challenges, and gives what the urn signs
// of it when it is sealed; nil if there is none.
func (s *Service) ChallengeStatement(ctx context.Context, urn uint16, list io.Writer) (*scrutin.ChallengeStatement, error) {
	digest := sha256.New()
	n, err := s.Challenges(ctx, urn, io.MultiWriter(list, digest))
	if err != nil || n.Challenges == 0 {
		return nil, err
	}
	r := s.rulesOf(urn)
	return &scrutin.ChallengeStatement{
		OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: scrutin.Digest(r.Manifest)}, Opening: scrutin.Digest(r.Opening)},
		Urn:      r.Name, Challenges: n.Challenges, Contested: n.Contested, Failed: n.Failed, File: scrutin.Digest(digest.Sum(nil)),
	}, nil
}

// ServeChallenge is Challenge for a request in bytes, LE16(urn) ‖ record, answered in
// bytes: 0 ‖ LE16(length) ‖ signed text, or the number of the refusal.
func (s *Service) ServeChallenge(ctx context.Context, request []byte) []byte {
	if len(request) < 2 {
		return []byte{refusalNumber(ErrFormat)}
	}
	signed, err := s.Challenge(ctx, binary.LittleEndian.Uint16(request), request[2:])
	if err != nil {
		return []byte{refusalNumber(err)}
	}
	return appendShort([]byte{0}, signed)
}

// ServeChallenged is Challenged for a request in bytes, LE16(urn) ‖ name, answered in
// bytes: 0 ‖ 0 where there is none, 0 ‖ 1 ‖ code ‖ record, or the number of the refusal.
func (s *Service) ServeChallenged(ctx context.Context, request []byte) []byte {
	urn, name, err := ofUrn(request)
	if err != nil {
		return []byte{refusalNumber(err)}
	}
	code, record, err := s.Challenged(ctx, urn, name)
	switch {
	case err != nil:
		return []byte{refusalNumber(err)}
	case record == nil:
		return []byte{0, 0}
	}
	return append(append([]byte{0, 1}, code[:]...), record...)
}

// ServeContest is Contest for a request in bytes, LE16(urn) ‖ code, answered by a byte: 0,
// or the number of the refusal.
func (s *Service) ServeContest(ctx context.Context, request []byte) []byte {
	urn, code, err := ofUrn(request)
	if err == nil {
		err = s.Contest(ctx, urn, code)
	}
	if err != nil {
		return []byte{refusalNumber(err)}
	}
	return []byte{0}
}

// ofUrn reads LE16(urn) ‖ 32 bytes.
func ofUrn(request []byte) (uint16, Hash, error) {
	if len(request) != 2+sha256.Size {
		return 0, Hash{}, ErrFormat
	}
	return binary.LittleEndian.Uint16(request), Hash(request[2:]), nil
}
