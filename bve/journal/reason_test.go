package journal_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/journal/journaltest"
	"isoloir/bve/journal/sqlite"
	"isoloir/scrutin"
)

// Whatever the journal refuses it refuses in French too.
func TestRefusedInBothLanguages(t *testing.T) {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "bureau.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut()
	b := journaltest.NewBench(t, store)
	j := b.Open(t)
	sign := func(by, key string, at time.Time, body journal.Body) []byte {
		s := journal.Statement{Manifest: b.Fingerprint, By: by, Session: 1, Time: scrutin.TimeOf(at), Nonce: journal.NewNonce(), Body: body}
		data, err := s.Sign(b.Signers[key])
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	good := sign("member-1", "member-1", b.At, journal.Present{})
	other := journaltest.NewBench(t, store)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"no note":                  {[]byte("x"), journal.ErrForm},
		"not as it is written":     {[]byte(strings.Replace(string(good), `"session": 1`, `"session":  1`, 1)), journal.ErrForm},
		"no such kind":             {[]byte(strings.Replace(string(good), `"present"`, `"absent"`, 1)), journal.ErrKind},
		"of another scrutin":       {other.Signed(t, "member-1", scrutin.Digest{}, journal.Present{}), journal.ErrOther},
		"not a member's to say":    {sign("member-1", "member-1", b.At, journal.Adopted{Motion: b.Fingerprint, Path: "x"}), journal.ErrAuthor},
		"with another's signature": {sign("member-1", "member-2", b.At, journal.Present{}), journal.ErrSigned},
		"who saw what never was":   {b.Signed(t, "member-1", b.Fingerprint, journal.Present{}), journal.ErrSeen},
		"of tomorrow":              {sign("member-1", "member-1", b.At.Add(time.Hour), journal.Present{}), journal.ErrFuture},
		"endless":                  {make([]byte, journal.MaxSize+1), journal.ErrLarge},
	} {
		_, err := j.Add(ctx, c.data)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
			continue
		}
		said := (interface{ Sentence(string) string })(nil)
		if !errors.As(err, &said) || said.Sentence("fr") == said.Sentence("en") || said.Sentence("fr") == "" {
			t.Errorf("%s: %v is in one language", name, err)
		}
	}
}
