package access_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/ratelimit"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/register/registertest"
	"isoloir/register/sqlite"
	"isoloir/scrutin/note"
)

// anywhere is where tests come from.
var anywhere = ratelimit.Network{1}

// A home is where cards of a distribution are taken into use: six were handed out.
type home struct {
	*registertest.Town
	s     *access.Service
	store *sqlite.Store
	now   time.Time
	cards []registertest.Paper
}

func newHome(t *testing.T) *home {
	t.Helper()
	v := &home{Town: registertest.NewTown(t, "nord"), now: registertest.Opens.Add(-time.Hour)}
	var err error
	dir := t.TempDir()
	if v.store, err = sqlite.Open(t.Context(), filepath.Join(dir, "register.db"), filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.store.Shut() })
	clock := func() time.Time { return v.now }
	stations := &register.Service{Register: v.Register, Rho: v.Rho, Opener: v.Opener, Store: v.store, Now: clock}
	d := v.Distribution(1, 14, 6)
	papers, cards := v.Cards(t, d)
	if err := errors.Join(stations.Load(t.Context()), stations.Open(t.Context(), registertest.Text(t, d), cards)); err != nil {
		t.Fatal(err)
	}
	code, err := stations.Invite(t.Context(), "nord-1")
	if err != nil {
		t.Fatal(err)
	}
	phone := v.NewPhone(t)
	if _, err := stations.Enrol(t.Context(), code, phone.ID, phone.Key(t)); err != nil {
		t.Fatal(err)
	}
	if err := v.store.PutBox(t.Context(), register.ID{}, 1, "nord-1", register.Box{Counted: 14, Left: -1}); err != nil {
		t.Fatal(err)
	}
	v.now = registertest.Opens
	for i, p := range papers[:7] {
		if i == 6 {
			if _, err := v.store.Flush(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
		if a, _, err := stations.Scan(t.Context(), phone.Scan(t, register.Activate, p.Sealed)); a != register.Done || err != nil {
			t.Fatalf("%d %v", a, err)
		}
	}
	v.cards = papers
	v.s = access.NewService(v.Rho, v.store, v.Signer, clock)
	return v
}

// An owner is a citizen with his card and what he remembers.
type owner struct {
	registertest.Paper
	x          group.Scalar
	passphrase string
}

func (v *home) prove(t *testing.T, n register.Number, l group.Scalar, c access.Challenge) sigma.Knowledge {
	t.Helper()
	p, err := access.LoginClaim(v.Rho, n, sigma.NewElement(group.MulBase(l)), c).Prove(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// first is what the owner's device sends to take his card into use.
func (v *home) first(t *testing.T, o *owner) access.FirstRequest {
	t.Helper()
	scratch := access.FromScratch(v.Register.Codes, v.Rho, o.Number, o.Scratch)
	pass := access.FromPassphrase(v.Register.Codes, v.Rho, o.Number, o.passphrase)
	key := sigma.NewElement(group.MulBase(o.x))
	proof, err := access.KeyClaim(v.Rho, key).Prove(o.x)
	if err != nil {
		t.Fatal(err)
	}
	c := v.s.Hello(o.Number)
	return access.FirstRequest{Number: o.Number, Challenge: c, Login: v.prove(t, o.Number, scratch.Login, c), Key: key, Proof: proof,
		Masked: access.NewWay(access.Scratch, scratch, o.x).Masked, Way: access.NewWay(access.Passphrase, pass, o.x)}
}

func (v *home) open(t *testing.T, n register.Number, kind access.Kind, s account.Stretched) (access.OpenAnswer, error) {
	t.Helper()
	c := v.s.Hello(n)
	return v.s.Open(t.Context(), anywhere, access.OpenRequest{Number: n, Kind: kind, Challenge: c, Login: v.prove(t, n, s.Login, c)})
}

func (v *home) owner(i int) *owner {
	return &owner{Paper: v.cards[i], x: group.RandomScalar(), passphrase: "cheval exact pile agrafe"}
}

// TestLife takes a card into use, comes in by every way, loses and recovers.
func TestLife(t *testing.T) {
	v := newHome(t)
	ctx, o := t.Context(), v.owner(0)
	q, err := access.ParseFirstRequest(v.first(t, o).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	signed, err := v.s.First(ctx, anywhere, q)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, v.Signer.Verifier())
	number, _ := o.Number.MarshalText()
	if err != nil || !strings.Contains(n.Text, string(number)) {
		t.Fatalf("%v %q", err, signed)
	}
	if a, err := v.s.First(ctx, anywhere, v.first(t, o)); err != nil || !bytes.Equal(a, signed) {
		t.Errorf("the same key again, an answer having been lost: %v", err)
	}
	scratch := access.FromScratch(v.Register.Codes, v.Rho, o.Number, o.Scratch)
	pass := access.FromPassphrase(v.Register.Codes, v.Rho, o.Number, o.passphrase)
	for kind, s := range map[access.Kind]account.Stretched{access.Scratch: scratch, access.Passphrase: pass} {
		a, err := v.open(t, o.Number, kind, s)
		if err != nil || s.Open(a.Masked) != o.x || a.State != register.Used || a.Constituency != "nord" {
			t.Fatalf("%d: %v", kind, err)
		}
		if !a.Ways.Has(access.Scratch) || !a.Ways.Has(access.Passphrase) || a.Ways.Has(access.Passkey) {
			t.Errorf("ways in: %b", a.Ways)
		}
	}
	a, err := v.open(t, o.Number, access.Passphrase, pass)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := v.s.Word(a.Session); err != nil || !bytes.Equal(again, signed) {
		t.Errorf("its signed word, asked for later: %q %v", again, err)
	}
	key, err := access.FromPasskey(v.Rho, o.Number, [32]byte{7})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.s.PutWay(ctx, a.Session, access.NewWay(access.Passkey, key, o.x)); err != nil {
		t.Fatal(err)
	}
	if a, err := v.open(t, o.Number, access.Passkey, key); err != nil || key.Open(a.Masked) != o.x {
		t.Fatal(err)
	}
	if err := v.s.DropWay(ctx, a.Session, access.Scratch); err != nil {
		t.Fatal(err)
	}
	if _, err := v.open(t, o.Number, access.Scratch, scratch); !errors.Is(err, access.ErrLogin) {
		t.Errorf("by a card that was cut off: %v", err)
	}
	if err := errors.Join(v.s.DropWay(ctx, a.Session, access.Passphrase)); err != nil {
		t.Fatal(err)
	}
	if err := v.s.DropWay(ctx, a.Session, access.Passkey); !errors.Is(err, access.ErrLastWay) {
		t.Errorf("the last way: %v", err)
	}
	keys := func() (n int) {
		if err := v.store.Keys(ctx, "nord", func(access.Account) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, step := range []struct {
		to   register.State
		keys int
	}{{register.Suspended, 0}, {register.Used, 1}, {register.Suspended, 0}, {register.Invalid, 0}} {
		if err := v.s.Turn(ctx, a.Session, step.to); err != nil || keys() != step.keys {
			t.Errorf("to %s: %d keys; %v", step.to, keys(), err)
		}
	}
	if err := v.s.Turn(ctx, a.Session, register.Used); !errors.Is(err, access.ErrInvalid) {
		t.Errorf("alive again: %v", err)
	}
	if _, err := v.open(t, o.Number, access.Passkey, key); !errors.Is(err, access.ErrInvalid) {
		t.Errorf("into an account that is closed: %v", err)
	}
	v.s.Leave(a.Session)
	if err := v.s.Turn(ctx, a.Session, register.Used); !errors.Is(err, access.ErrSession) {
		t.Errorf("after leaving: %v", err)
	}
}

// TestFirstRefused is about who else would take a card into use.
func TestFirstRefused(t *testing.T) {
	v := newHome(t)
	honest := v.owner(0)
	used := v.first(t, honest)
	if _, err := v.s.First(t.Context(), anywhere, used); err != nil {
		t.Fatal(err)
	}
	edited := func(edit func(q *access.FirstRequest)) access.FirstRequest {
		q := v.first(t, v.owner(1))
		edit(&q)
		return q
	}
	guess := v.owner(1)
	guess.Scratch = account.NewCode(v.Register.Codes)
	thief := v.owner(0)
	twin := v.owner(1)
	twin.x = honest.x
	for name, c := range map[string]struct {
		q    access.FirstRequest
		want error
	}{
		"another code":                 {v.first(t, guess), access.ErrLogin},
		"a challenge again":            {used, access.ErrSession},
		"another's challenge":          {edited(func(q *access.FirstRequest) { q.Challenge = v.s.Hello(v.cards[2].Number) }), access.ErrSession},
		"a challenge of one's own":     {edited(func(q *access.FirstRequest) { q.Challenge[30] ^= 1 }), access.ErrSession},
		"a card that somebody uses":    {v.first(t, thief), access.ErrUsed},
		"a key that somebody has":      {v.first(t, twin), access.ErrUsed},
		"a key made from another one":  {edited(func(q *access.FirstRequest) { q.Key = sigma.NewElement(q.Key.Point().Add(group.MulBase(honest.x))) }), access.ErrFormat},
		"a card that nobody was given": {v.first(t, v.owner(9)), access.ErrLogin},
		"one handed out just now":      {v.first(t, v.owner(6)), access.ErrLogin},
	} {
		if _, err := v.s.First(t.Context(), anywhere, c.q); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
	v.now = v.now.Add(10 * time.Minute) // tries come back
	late := v.first(t, v.owner(1))
	v.now = v.now.Add(2 * time.Minute)
	if _, err := v.s.First(t.Context(), anywhere, late); !errors.Is(err, access.ErrSession) {
		t.Errorf("two minutes later: %v", err)
	}
	if _, err := v.s.First(t.Context(), anywhere, v.first(t, v.owner(1))); err != nil {
		t.Errorf("who owns the card, after all that: %v", err)
	}
}

// TestTries: an account is not opened by guessing, nor kept from its owner elsewhere; who
// changes how it is opened is alone in it from then on.
func TestTries(t *testing.T) {
	v := newHome(t)
	ctx, o := t.Context(), v.owner(0)
	if _, err := v.s.First(ctx, anywhere, v.first(t, o)); err != nil {
		t.Fatal(err)
	}
	right := access.FromPassphrase(v.Register.Codes, v.Rho, o.Number, o.passphrase)
	wrong := access.FromPassphrase(v.Register.Codes, v.Rho, o.Number, "other")
	thief, err := v.open(t, o.Number, access.Passphrase, right)
	if err != nil {
		t.Fatal(err)
	}
	var last error
	for range 20 {
		_, last = v.open(t, o.Number, access.Passphrase, wrong)
	}
	if !errors.Is(last, access.ErrWait) {
		t.Errorf("twenty guesses: %v", last)
	}
	c := v.s.Hello(o.Number)
	a, err := v.s.Open(ctx, ratelimit.Network{2}, access.OpenRequest{Number: o.Number, Kind: access.Passphrase, Challenge: c, Login: v.prove(t, o.Number, right.Login, c)})
	if err != nil {
		t.Fatalf("its owner, from elsewhere: %v", err)
	}
	key, err := access.FromPasskey(v.Rho, o.Number, [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.s.PutWay(ctx, a.Session, access.NewWay(access.Passkey, key, o.x)); err != nil {
		t.Fatal(err)
	}
	if err := v.s.Turn(ctx, thief.Session, register.Invalid); !errors.Is(err, access.ErrSession) {
		t.Errorf("who was in it before: %v", err)
	}
	if err := v.s.DropWay(ctx, a.Session, access.Scratch); err != nil {
		t.Error(err)
	}
}

// TestMessages: Serve says by a byte what was refused, and takes bytes in one form.
func TestMessages(t *testing.T) {
	v := newHome(t)
	ctx := context.Background()
	o := v.owner(0)
	first := v.first(t, o).Bytes()
	serve := func(name string, request []byte) []byte {
		a, failed := v.s.Serve(ctx, name, anywhere, request)
		if failed != nil {
			t.Errorf("%s: %v", name, failed)
		}
		return a
	}
	if a := serve("first", first[:len(first)-1]); !bytes.Equal(a, []byte{1}) {
		t.Errorf("%v", a)
	}
	if a := serve("first", first); len(a) < 2 || a[0] != 0 {
		t.Errorf("%v", a)
	}
	if a := serve("first", first); !bytes.Equal(a, []byte{3}) {
		t.Errorf("again: %v", a)
	}
	for name, size := range map[string]int{"hello": 8, "open": 8 + 1 + 56 + 64, "account": 32, "way": 97, "drop": 33, "suspend": 32, "resume": 32, "close": 32, "other": 0} {
		if a := serve(name, make([]byte, size)); len(a) != 1 || a[0] == 0 {
			t.Errorf("%s of zeros: %v", name, a)
		}
		if a := serve(name, make([]byte, size+1)); !bytes.Equal(a, []byte{1}) {
			t.Errorf("%s too long: %v", name, a)
		}
	}
}

func FuzzFirst(f *testing.F) {
	f.Add(make([]byte, 321))
	f.Fuzz(func(t *testing.T, b []byte) {
		if q, err := access.ParseFirstRequest(b); err == nil && !bytes.Equal(q.Bytes(), b) {
			t.Fatal("accepted and not canonical")
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add(make([]byte, 129))
	f.Fuzz(func(t *testing.T, b []byte) {
		if q, err := access.ParseOpenRequest(b); err == nil && !bytes.Equal(q.Bytes(), b) {
			t.Fatal("accepted and not canonical")
		}
	})
}
