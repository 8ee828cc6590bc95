package passkey

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// Cookie is the one cookie of the bureau's pages: Secure, HttpOnly, SameSite=Strict, of this host alone, for the browser's session.
const Cookie = "__Host-bureau"

// sessionLasts is how long a session lasts at most: a day of the bureau.
const sessionLasts = 10 * time.Hour

// session is what the store has of one, under the hash of its token.
type session struct {
	Member      string         `json:"member"`
	Fingerprint scrutin.Digest `json:"fingerprint"` // of the passkey
	Expires     time.Time      `json:"expires"`
}

// open begins a session, and gives the browser its token.
func (s *Service) open(ctx context.Context, w http.ResponseWriter, m *scrutin.Member, f scrutin.Digest) error {
	var raw [32]byte
	rand.Read(raw[:])
	token := hex.EncodeToString(raw[:])
	value, err := json.Marshal(session{m.ID, f, s.config.Now().Add(sessionLasts)})
	if err != nil {
		return err
	}
	if err := s.config.Store.Keep(ctx, s.config.Fingerprint, journal.Fact{Kind: kindSession, Name: hashed(token), Value: value}); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: Cookie, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return nil
}

// Who is the member who asks; nil for nobody. His passkey is good at this moment.
func (s *Service) Who(r *http.Request) (*scrutin.Member, error) {
	token := token(r)
	if token == "" {
		return nil, nil
	}
	value, known, err := s.config.Store.Fact(r.Context(), s.config.Fingerprint, kindSession, hashed(token))
	if err != nil || !known {
		return nil, err
	}
	var of session
	if json.Unmarshal(value, &of) != nil || !s.config.Now().Before(of.Expires) || s.standing().good[of.Fingerprint] != of.Member {
		return nil, nil
	}
	_, ended, err := s.config.Store.Fact(r.Context(), s.config.Fingerprint, kindEnded, hashed(token))
	if err != nil || ended {
		return nil, err
	}
	m, _ := s.config.Manifest.Member(of.Member)
	return m, nil
}

func token(r *http.Request) string {
	c, err := r.Cookie(Cookie)
	if err != nil || len(c.Value) != 64 {
		return ""
	}
	return c.Value
}

// leave ends the session of a request.
func (s *Service) leave(w http.ResponseWriter, r *http.Request) error {
	if token := token(r); token != "" {
		name := hashed(token)
		_, known, err := s.config.Store.Fact(r.Context(), s.config.Fingerprint, kindSession, name)
		if err == nil && known {
			err = s.config.Store.Keep(r.Context(), s.config.Fingerprint, journal.Fact{Kind: kindEnded, Name: name})
		}
		if err != nil && !errors.Is(err, journal.ErrTaken) {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: Cookie, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1})
	return nil
}
