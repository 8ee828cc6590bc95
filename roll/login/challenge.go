package login

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"isoloir/roll"
)

// challengeLife is how long a challenge is good for.
const challengeLife = 2 * time.Minute

// challengeLeeway is how far the clocks of two processes of a group may be apart.
const challengeLeeway = 5 * time.Second

// challenge makes a challenge for an elector: LE64(time) ‖ 16 random bytes ‖
// HMAC-SHA-256 of these, urn and elector. Nothing is kept of it.
func (s *Service) challenge(p roll.Place, now time.Time) (c Challenge) {
	binary.LittleEndian.PutUint64(c[:], uint64(now.Unix()))
	rand.Read(c[8:24])
	copy(c[24:], s.authenticate(c[:24], p))
	return c
}

// answerable says whether a challenge was made for this elector, a short while ago.
func (s *Service) answerable(c Challenge, p roll.Place, now time.Time) bool {
	if !hmac.Equal(s.authenticate(c[:24], p), c[24:]) {
		return false
	}
	age := now.Sub(time.Unix(int64(binary.LittleEndian.Uint64(c[:])), 0))
	return -challengeLeeway <= age && age < challengeLife
}

func (s *Service) authenticate(c []byte, p roll.Place) []byte {
	mac := hmac.New(sha256.New, s.Key[:])
	mac.Write(c)
	mac.Write(appendPlace(nil, p))
	return mac.Sum(nil)
}
