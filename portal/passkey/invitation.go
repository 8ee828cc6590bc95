package passkey

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"isoloir/bve/journal"
)

// Why nobody is invited, or does not come in.
var (
	ErrMember     = errors.New("this is no member of the bureau")
	ErrTwoMembers = errors.New("this member was invited before: two other members must ask for it, each with his own signature (invited), within a day")
	ErrInvitation = errors.New("this code invites nobody, has been used, or is too old")
)

// Invitations have 16 characters of these, 80 bits.
const (
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeSize = 16
	goodFor  = 7 * 24 * time.Hour
)

// invitation is what the store has of one, under the hash of its code.
type invitation struct {
	Member  string    `json:"member"`
	Expires time.Time `json:"expires"`
	Entry   int       `json:"entry"` // by which the ledger says that he was invited
}

// Invite gives the code by which a member makes a passkey, once. It is nowhere else, and the journal says that he was invited. The first time it
// is who runs the service who invites; afterwards two other members must have asked for it (ErrTwoMembers), unless fewer than two of them have
// passkeys yet.
func (s *Service) Invite(ctx context.Context, member string) (string, error) {
	if _, known := s.config.Manifest.Member(member); !known {
		return "", fmt.Errorf("%w: %s", ErrMember, member)
	}
	s.inviting.Lock()
	defer s.inviting.Unlock()
	if err := s.config.Journal.Refresh(ctx); err != nil {
		return "", err
	}
	now, st := s.config.Now(), s.standing()
	if st.invited[member] > 0 && st.members(member) >= 2 && recent(st.asked[member], now) < 2 {
		return "", ErrTwoMembers
	}
	said, err := s.config.Journal.Say(ctx, 0, journal.Invited{Member: member})
	if err != nil {
		return "", err
	}
	return s.invite(ctx, member, said.Number)
}

// invite draws the code of an invitation, and keeps its hash.
func (s *Door) invite(ctx context.Context, guest string, entry int) (string, error) {
	var raw [codeSize]byte
	rand.Read(raw[:])
	var code strings.Builder
	for i, b := range raw {
		if i > 0 && i%4 == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(alphabet[b%byte(len(alphabet))])
	}
	value, err := json.Marshal(invitation{guest, s.entrance.Now().Add(goodFor), entry})
	if err != nil {
		return "", err
	}
	return code.String(), s.entrance.Ledger.Keep(ctx, Fact{Kind: kindInvitation, Name: hashed(normal(code.String())), Value: value})
}

// normal is a code as it is hashed, however it was typed.
func normal(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\u00a0' || r == '\u2011':
			return -1
		case r >= 'a' && r <= 'z':
			r += 'A' - 'a'
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, code)
}

// invited is whom the code with this hash invites. It is good until it is used, its guest is invited anew, or the ledger says otherwise.
func (s *Door) invited(ctx context.Context, name string) (string, error) {
	ledger := s.entrance.Ledger
	value, known, err := ledger.Fact(ctx, kindInvitation, name)
	if err != nil {
		return "", err
	}
	_, used, err := ledger.Fact(ctx, kindUsed, name)
	if err != nil {
		return "", err
	}
	if err := ledger.Refresh(ctx); err != nil {
		return "", err
	}
	var i invitation
	if !known || used || json.Unmarshal(value, &i) != nil || !s.entrance.Now().Before(i.Expires) || i.Entry == 0 {
		return "", ErrInvitation
	}
	switch entry, err := ledger.Invitation(ctx, i.Member); {
	case err != nil:
		return "", err
	case entry != i.Entry:
		return "", ErrInvitation
	}
	if _, known, err := ledger.Guest(ctx, i.Member); err != nil || !known {
		return "", errors.Join(err, ErrInvitation)
	}
	return i.Member, nil
}
