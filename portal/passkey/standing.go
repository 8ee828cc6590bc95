package passkey

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// together is how far apart the statements of two members may be that have something done.
const together = 24 * time.Hour

// A standing is what the journal says of passkeys.
type standing struct {
	good    map[scrutin.Digest]string // member, by the fingerprint of each passkey that is good
	invited map[string]int            // how often the service has invited a member
	current map[string]int            // entry of the invitation whose code lets a member in, zero if none does
	// asked are those who have asked, since the service last invited him, that a member be invited, and when.
	asked map[string]map[string]time.Time
	// ending are those who have said that passkeys of a member are to be good no more, too few so far.
	ending map[journal.Revoked]map[string]time.Time
}

// standingOf reads the journal.
func standingOf(entries []*journal.Entry, platform string) standing {
	s := standing{good: map[scrutin.Digest]string{}, invited: map[string]int{}, current: map[string]int{}, asked: map[string]map[string]time.Time{},
		ending: map[journal.Revoked]map[string]time.Time{}}
	for _, e := range entries {
		by, at := e.Statement.By, e.Time.Time
		switch b := e.Statement.Body.(type) {
		case journal.Credential:
			s.good[b.Fingerprint] = b.Member
		case journal.Invited:
			if by == platform {
				s.invited[b.Member]++
				s.current[b.Member] = e.Number
				delete(s.asked, b.Member)
			} else if by != b.Member {
				if s.asked[b.Member] == nil {
					s.asked[b.Member] = map[string]time.Time{}
				}
				s.asked[b.Member][by] = at
			}
		case journal.Revoked:
			if s.ending[b] == nil {
				s.ending[b] = map[string]time.Time{}
			}
			s.ending[b][by] = at
			if by == platform || by == b.Member || recent(s.ending[b], at) >= 2 {
				delete(s.ending, b)
				s.revoke(b)
			}
		}
	}
	return s
}

func (s standing) revoke(b journal.Revoked) {
	delete(s.current, b.Member)
	for f, member := range s.good {
		if member == b.Member && (b.Fingerprint.IsZero() || b.Fingerprint == f) {
			delete(s.good, f)
		}
	}
}

// recent is how many said something within a day before an instant.
func recent(said map[string]time.Time, at time.Time) int { return len(within(said, at)) }

// members are those who have a passkey, without one.
func (s standing) members(but string) int {
	have := map[string]bool{}
	for _, m := range s.good {
		have[m] = m != but
	}
	delete(have, but)
	return len(have)
}

// A Holding is what the journal says of the passkeys of one member, for people to see.
type Holding struct {
	Keys []Key // that are good, in the order in which they were made
	// Inviting are the members who have asked within the last day that he be invited again, Ending those who have asked that none of his passkeys be good.
	Inviting, Ending []string
}

// A Key is a passkey, by its fingerprint.
type Key struct {
	Fingerprint scrutin.Digest
	Since       time.Time
}

// Holdings are those of all members of whom the journal says anything, by their identifiers. Platform is the identifier of the key of contents.
func Holdings(entries []*journal.Entry, platform string, now time.Time) map[string]*Holding {
	st, all := standingOf(entries, platform), map[string]*Holding{}
	of := func(member string) *Holding {
		if all[member] == nil {
			all[member] = &Holding{}
		}
		return all[member]
	}
	for _, e := range entries {
		if c, is := e.Statement.Body.(journal.Credential); is && st.good[c.Fingerprint] == c.Member {
			h := of(c.Member)
			h.Keys = append(h.Keys, Key{c.Fingerprint, e.Time.Time})
		}
	}
	for member, said := range st.asked {
		of(member).Inviting = within(said, now)
	}
	for b, said := range st.ending {
		if b.Fingerprint.IsZero() {
			of(b.Member).Ending = within(said, now)
		}
	}
	return all
}

// within are those who said something within a day before an instant, in alphabetical order.
func within(said map[string]time.Time, at time.Time) (who []string) {
	for id, t := range said {
		if at.Sub(t) <= together {
			who = append(who, id)
		}
	}
	slices.Sort(who)
	return who
}

// Fingerprint names a passkey: SHA-256 of LE32 of the identifier's length, the identifier, and the public key. So neither is exchanged in the
// store without another name.
func Fingerprint(c *webauthn.Credential) scrutin.Digest {
	h := sha256.New()
	n := len(c.ID)
	h.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
	h.Write(c.ID)
	h.Write(c.PublicKey)
	return scrutin.Digest(h.Sum(nil))
}

// hashed is how the store names what is secret.
func hashed(secret string) string {
	d := sha256.Sum256([]byte("isoloir/v1/bureau " + secret))
	return hex.EncodeToString(d[:])
}
