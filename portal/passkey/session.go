package passkey

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"isoloir/scrutin"
)

// Cookie is the one cookie of the bureau's pages: Secure, HttpOnly, SameSite=Strict, of this host alone, for the browser's session.
const Cookie = "__Host-bureau"

// sessionLasts is how long a session lasts at most: a day of work.
const sessionLasts = 10 * time.Hour

// session is what the store has of one, under the hash of its token.
type session struct {
	Member      string         `json:"member"`
	Fingerprint scrutin.Digest `json:"fingerprint"` // of the passkey
	Expires     time.Time      `json:"expires"`
}

// open begins a session, and gives the browser its token.
func (s *Door) open(ctx context.Context, w http.ResponseWriter, guest string, f scrutin.Digest) error {
	var raw [32]byte
	rand.Read(raw[:])
	token := hex.EncodeToString(raw[:])
	value, err := json.Marshal(session{guest, f, s.entrance.Now().Add(sessionLasts)})
	if err != nil {
		return err
	}
	if err := s.entrance.Ledger.Keep(ctx, Fact{Kind: kindSession, Name: hashed(token), Value: value}); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: s.entrance.Cookie, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return nil
}

// Guest is who asks; empty for nobody. His passkey is good at this moment.
func (s *Door) Guest(r *http.Request) (string, error) {
	token, ledger := s.token(r), s.entrance.Ledger
	if token == "" {
		return "", nil
	}
	value, known, err := ledger.Fact(r.Context(), kindSession, hashed(token))
	if err != nil || !known {
		return "", err
	}
	var of session
	if json.Unmarshal(value, &of) != nil || !s.entrance.Now().Before(of.Expires) {
		return "", nil
	}
	if owner, err := ledger.Owner(r.Context(), of.Fingerprint); err != nil || owner != of.Member {
		return "", err
	}
	_, ended, err := ledger.Fact(r.Context(), kindEnded, hashed(token))
	if err != nil || ended {
		return "", err
	}
	return of.Member, nil
}

func (s *Door) token(r *http.Request) string {
	c, err := r.Cookie(s.entrance.Cookie)
	if err != nil || len(c.Value) != 64 {
		return ""
	}
	return c.Value
}

// Leave ends the session of a request.
func (s *Door) Leave(w http.ResponseWriter, r *http.Request) error {
	if token, ledger := s.token(r), s.entrance.Ledger; token != "" {
		name := hashed(token)
		_, known, err := ledger.Fact(r.Context(), kindSession, name)
		if err == nil && known {
			err = ledger.Keep(r.Context(), Fact{Kind: kindEnded, Name: name})
		}
		if err != nil && !errors.Is(err, ErrTaken) {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: s.entrance.Cookie, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1})
	return nil
}
