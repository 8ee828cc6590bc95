package deputy_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"isoloir/custody"
	"isoloir/custody/deputy"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

var opening = scrutin.DigestOf([]byte("o"))

// keeper is a role's own key as somebody keeps it who writes down what he is asked, and who may be away.
type keeper struct {
	*note.PrivateKey
	mu    sync.Mutex
	away  bool
	asked []string
}

func (k *keeper) Sign(message []byte) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.away {
		return nil, custody.ErrUnavailable
	}
	k.asked = append(k.asked, string(message))
	return k.PrivateKey.Sign(message)
}

func (k *keeper) set(away bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.away = away
}

// desk is a role with its keeper, a clock, and the certificates that it kept.
type desk struct {
	*keeper
	at        time.Time
	kept      []string
	lost      error // of keeping
	withdrawn [][32]byte
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	key, err := note.GenerateKey("urn")
	if err != nil {
		t.Fatal(err)
	}
	return &desk{keeper: &keeper{PrivateKey: key}, at: time.Date(2026, 12, 3, 23, 30, 0, 0, time.UTC)}
}

func (d *desk) config() deputy.Config {
	return deputy.Config{Own: d.keeper, Role: scrutin.RoleUrn, Opening: opening, Now: func() time.Time { return d.at },
		Keep: func(name string, _ []byte) error {
			if d.lost == nil {
				d.kept = append(d.kept, name)
			}
			return d.lost
		},
		Withdrawn: func(_ string, key [32]byte) bool { return slices.Contains(d.withdrawn, key) }}
}

func (d *desk) open(t testing.TB) *deputy.Signer {
	t.Helper()
	s, err := deputy.Open(d.config())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func promise(n int) scrutin.CastingText {
	return scrutin.CastingText{Kind: scrutin.Promise, Opening: opening, Urn: "urn-1", Value: scrutin.DigestOf(fmt.Append(nil, n))}
}

// promises has so many ballots promised, which everybody must hear now.
func (d *desk) promises(t *testing.T, s note.Signer, n int) {
	t.Helper()
	voice := scrutin.NewVoice(d.Verifier(), func() time.Time { return d.at }, nil)
	for i := range n {
		signed, err := scrutin.SignCasting(promise(i), s)
		if err == nil {
			err = voice.Open(signed, promise(i))
		}
		if err != nil {
			t.Fatalf("%s: %v", d.at, err)
		}
	}
}

// The role's own key is asked once for each process and day, whatever is promised, and no ballot brings it about.
func TestDaily(t *testing.T) {
	d := newDesk(t)
	one, two := d.open(t), d.open(t)
	for day := range 4 {
		for range 3 {
			d.promises(t, one, 20)
			d.promises(t, two, 20)
			if len(d.asked) != 2*(day+1) {
				t.Fatalf("day %d: asked %d times", day, len(d.asked))
			}
			if err := errors.Join(one.Renew(), two.Renew()); err != nil {
				t.Fatal(err)
			}
		}
		d.at = d.at.Add(24 * time.Hour)
		d.promises(t, one, 1) // before the clock has had a word
		if len(d.asked) != 2*(day+1) {
			t.Fatal("a ballot has dated itself")
		}
		if err := errors.Join(one.Renew(), two.Renew()); err != nil {
			t.Fatal(err)
		}
	}
	keys := map[[32]byte]bool{}
	for _, text := range d.asked {
		c, err := scrutin.ParseDeputy(text)
		if err != nil {
			t.Fatalf("the role's own key signed %q", text)
		}
		keys[c.Key] = true
	}
	if len(keys) != len(d.asked) || d.kept[0] > d.kept[2] {
		t.Errorf("%d keys of %d deputies, kept as %q", len(keys), len(d.asked), d.kept)
	}
	checkpoint, err := note.Sign("isoloir/v1/f/urn-1\n0\nx\n", one)
	if err == nil {
		_, err = note.Open(checkpoint, d.Verifier())
	}
	if err != nil {
		t.Errorf("what is no text of casting: %v", err)
	}
}

// Who keeps the role's own key may be away for hours, and for the day that follows: no voter sees it. Then nothing is signed until he is back.
func TestAway(t *testing.T) {
	d := newDesk(t)
	s := d.open(t)
	d.set(true)
	for _, later := range []time.Duration{0, 29 * time.Minute, time.Hour, 12 * time.Hour, 11 * time.Hour} { // half past midnight, noon, and 23:59 of the day after
		d.at = d.at.Add(later)
		if err := s.Renew(); (err != nil) != (d.at.Day() == 4) || err != nil && !errors.Is(err, custody.ErrUnavailable) {
			t.Errorf("%s: %v", d.at, err)
		}
		d.promises(t, s, 3)
	}
	d.at = d.at.Add(time.Minute)
	if _, err := scrutin.SignCasting(promise(1), s); !errors.Is(err, custody.ErrUnavailable) {
		t.Errorf("%s: %v", d.at, err)
	}
	d.set(false)
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	d.promises(t, s, 3)
	if _, err := deputy.Open(deputy.Config{Own: &keeper{PrivateKey: d.PrivateKey, away: true}, Role: scrutin.RoleUrn, Opening: opening, Now: time.Now}); !errors.Is(err, custody.ErrUnavailable) {
		t.Errorf("a process begins without a deputy: %v", err)
	}
}

// Nothing is signed by a deputy whose certificate is not kept.
func TestKept(t *testing.T) {
	d := newDesk(t)
	d.lost = errors.New("the disk is full")
	if _, err := deputy.Open(d.config()); !errors.Is(err, d.lost) {
		t.Error(err)
	}
	d.lost = nil
	s := d.open(t)
	before, err := s.Deputy()
	if err != nil || len(d.kept) != 1 || d.kept[0] != deputy.Name(before.Deputy) {
		t.Fatal(err, d.kept)
	}
	d.lost, d.at = errors.New("the disk is full"), d.at.Add(time.Hour)
	if err := s.Renew(); !errors.Is(err, d.lost) {
		t.Error(err)
	}
	if now, err := s.Deputy(); err != nil || now != before {
		t.Error("one whose certificate is lost signs", err)
	}
}

// A stolen deputy is given up for another one, and one from a clock that was wrong too.
func TestGivenUp(t *testing.T) {
	d := newDesk(t)
	s := d.open(t)
	stolen, err := s.Deputy()
	if err != nil {
		t.Fatal(err)
	}
	d.withdrawn = append(d.withdrawn, stolen.Key)
	if _, err := s.Deputy(); !errors.Is(err, custody.ErrUnavailable) {
		t.Errorf("the stolen one signs: %v", err)
	}
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	d.promises(t, s, 1)
	right := d.at
	d.at = d.at.AddDate(1, 0, 0)
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	d.at = right
	if a, err := s.Deputy(); err != nil || a.From != scrutin.DeputyFrom(right) {
		t.Errorf("one of next year signs: %v", err)
	}
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	d.promises(t, s, 1)
}

// A clock that is set back over midnight, just after a day has begun, finds the deputy of the day before; but not when he was withdrawn.
func TestSetBack(t *testing.T) {
	d := newDesk(t)
	s := d.open(t)
	before, err := s.Deputy()
	if err != nil {
		t.Fatal(err)
	}
	d.at = d.at.Add(30*time.Minute + time.Second)
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Deputy(); err != nil || a == before {
		t.Fatal("a day has begun, and the deputy is the same", err)
	}
	d.at = d.at.Add(-2 * time.Second)
	if a, err := s.Deputy(); err != nil || a != before {
		t.Error("nobody serves any more", err)
	}
	d.promises(t, s, 1)
	d.withdrawn = append(d.withdrawn, before.Key)
	if _, err := s.Deputy(); !errors.Is(err, custody.ErrUnavailable) {
		t.Errorf("the stolen one signs: %v", err)
	}
}

// Voters are answered while a deputy is renewed.
func TestTogether(t *testing.T) {
	d := newDesk(t)
	s := d.open(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 50 {
				if _, err := scrutin.SignCasting(promise(i), s); err != nil {
					t.Error(err)
				}
				if err := s.Renew(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if len(d.asked) != 1 {
		t.Errorf("asked %d times", len(d.asked))
	}
}
