package passkey

import (
	"crypto/sha256"
	"encoding/hex"
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
}

// standingOf reads the journal.
func standingOf(entries []*journal.Entry, platform string) standing {
	s := standing{good: map[scrutin.Digest]string{}, invited: map[string]int{}, current: map[string]int{}, asked: map[string]map[string]time.Time{}}
	revoked := map[journal.Revoked]map[string]time.Time{}
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
			if revoked[b] == nil {
				revoked[b] = map[string]time.Time{}
			}
			revoked[b][by] = at
			if by == platform || by == b.Member || recent(revoked[b], at) >= 2 {
				delete(revoked, b)
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
func recent(said map[string]time.Time, at time.Time) (n int) {
	for _, t := range said {
		if at.Sub(t) <= together {
			n++
		}
	}
	return n
}

// members are those who have a passkey, without one.
func (s standing) members(but string) int {
	have := map[string]bool{}
	for _, m := range s.good {
		have[m] = m != but
	}
	delete(have, but)
	return len(have)
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
