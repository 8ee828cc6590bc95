package halves_test

import (
	"bytes"
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
	"isoloir/register/cards"
	"isoloir/register/halves"
	"isoloir/register/registertest"
	"isoloir/register/sqlite"
	"isoloir/scrutin"
)

// A post is two senders and whoever puts their halves together.
type post struct {
	*registertest.Town
	d             *register.Distribution
	text          []byte
	delta         scrutin.Digest
	first, second *halves.Sender
	a, b          []halves.List
}

func newPost(t testing.TB) *post {
	t.Helper()
	p := &post{Town: registertest.NewTown(t, "nord")}
	p.d = p.Distribution(1, 10, 2)
	p.text = registertest.Text(t, p.d)
	p.delta = scrutin.DigestOf(p.text)
	p.first = &halves.Sender{Register: p.Register, Rho: p.Rho, Delta: p.delta, Which: access.FirstHalf, Secret: halves.DrawSecret()}
	p.second = &halves.Sender{Register: p.Register, Rho: p.Rho, Delta: p.delta, Which: access.SecondHalf, Secret: halves.DrawSecret()}
	p.a, p.b = p.lists(t, p.first), p.lists(t, p.second)
	return p
}

// lists are what a sender's file says.
func (p *post) lists(t testing.TB, s *halves.Sender) []halves.List {
	t.Helper()
	lists, err := s.Lists(p.d, 2)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := halves.WriteLists(&file, p.Rho, p.delta, s.Which, lists); err != nil {
		t.Fatal(err)
	}
	back, err := halves.ReadLists(file.Bytes(), p.Rho, p.delta, s.Which)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// TestTwoCodes: somebody whom a list names gets two codes by two ways and takes his account
// into use as from a card; one of the codes, or a place of another, opens nothing.
func TestTwoCodes(t *testing.T) {
	p, ctx, dir := newPost(t), t.Context(), t.TempDir()
	made, places, err := halves.Together(p.d, p.delta, p.a, p.b, nil, 2)
	if err != nil || len(made) != 12 || len(places["nord-1"]) != 10 {
		t.Fatalf("%d %v %v", len(made), places, err)
	}
	var list bytes.Buffer
	if err := cards.WriteList(&list, p.Rho, p.delta, made); err != nil {
		t.Fatal(err)
	}
	read, err := cards.ReadList(&list, p.Rho, p.delta, p.d)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, "register.db"), filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut()
	clock := func() time.Time { return registertest.Opens.Add(-time.Hour) }
	desk := &register.Service{Register: p.Register, Rho: p.Rho, Opener: p.Opener, Store: store, Now: clock}
	if err := errors.Join(desk.Load(ctx), desk.Open(ctx, p.text, read)); err != nil {
		t.Fatal(err)
	}
	sign := func(last []byte) ([]byte, error) {
		return register.Act{Kind: register.ActSent, Distribution: 1, By: "Mme Petit", Reason: "codes partis"}.Sign(last, p.Rho, p.Signer)
	}
	if n, err := store.Sent(ctx, 1, sign); err != nil || n != 12 {
		t.Fatalf("%d %v", n, err)
	}
	if n, err := store.Sent(ctx, 1, sign); err != nil || n != 0 {
		t.Errorf("a second time: %d %v", n, err)
	}
	service := access.NewService(p.Rho, store, p.Signer, clock)
	try := func(a, b account.Code) error {
		n, way := access.FromHalves(p.Register.Codes, p.Rho, a, b)
		x := group.RandomScalar()
		key := sigma.NewElement(group.MulBase(x))
		proof, err := access.KeyClaim(p.Rho, key).Prove(x)
		if err != nil {
			t.Fatal(err)
		}
		c := service.Hello(n)
		login, err := access.LoginClaim(p.Rho, n, sigma.NewElement(group.MulBase(way.Login)), c).Prove(way.Login)
		if err != nil {
			t.Fatal(err)
		}
		pass := access.FromPassphrase(p.Register.Codes, p.Rho, n, "cheval exact pile agrafe")
		_, err = service.First(ctx, ratelimit.Network{1}, access.FirstRequest{Number: n, Challenge: c, Login: login, Key: key, Proof: proof,
			Masked: access.NewWay(access.Scratch, way, x).Masked, Way: access.NewWay(access.Passphrase, pass, x)})
		return err
	}
	mine, other := places["nord-1"][3], places["nord-1"][4]
	for name, codes := range map[string][2]account.Code{
		"another's second code": {p.first.Code("nord-1", mine), p.second.Code("nord-1", other)},
		"the wrong way round":   {p.second.Code("nord-1", mine), p.first.Code("nord-1", mine)},
		"one and a guess":       {p.first.Code("nord-1", mine), account.NewCode(p.Register.Codes)},
	} {
		if err := try(codes[0], codes[1]); !errors.Is(err, access.ErrLogin) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := try(p.first.Code("nord-1", mine), p.second.Code("nord-1", mine)); err != nil {
		t.Errorf("his own: %v", err)
	}
	if err := try(p.first.Code("nord-1", mine), p.second.Code("nord-1", mine)); !errors.Is(err, access.ErrUsed) {
		t.Errorf("a second time: %v", err)
	}
}

// TestCardsAreScanned: an act that codes have left hands out no card of a station's box.
func TestCardsAreScanned(t *testing.T) {
	w, dir := registertest.NewTown(t, "nord"), t.TempDir()
	d := w.Distribution(1, 10, 2)
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "register.db"), filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut()
	_, made := w.Cards(t, d)
	if err := store.Open(t.Context(), registertest.Text(t, d), 1, made); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Sent(t.Context(), 1, nil); !errors.Is(err, register.ErrOther) {
		t.Error(err)
	}
}

// TestRefused: a sender that takes the other's keys into its own, other files, and numbers
// that are taken.
func TestRefused(t *testing.T) {
	p := newPost(t)
	known := p.lists(t, p.second)
	one, err := group.Decode(p.a[0].Keys[:group.PointSize])
	if err != nil {
		t.Fatal(err)
	}
	rogue := group.Base().Sub(one).Bytes() // the product of both would be g, whose exponent everybody knows
	copy(known[0].Keys, rogue[:])
	if _, _, err := halves.Together(p.d, p.delta, p.a, known, nil, 2); !errors.Is(err, account.ErrUnproven) {
		t.Errorf("a key made of the other sender's: %v", err)
	}
	for name, lists := range map[string][2][]halves.List{"two of one sender": {p.a, p.a}, "a station less": {p.a, p.b[:1]}, "in another order": {p.a, {p.b[1], p.b[0]}}} {
		if _, _, err := halves.Together(p.d, p.delta, lists[0], lists[1], nil, 2); !errors.Is(err, halves.ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	made, places, err := halves.Together(p.d, p.delta, p.a, p.b, nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	taken := map[register.Number]bool{made[0].Number: true}
	again, others, err := halves.Together(p.d, p.delta, p.a, p.b, taken, 2)
	if err != nil || again[0].Number == made[0].Number || others["nord-1"][0] == places["nord-1"][0] || len(again) != len(made) {
		t.Errorf("a number that is taken: %v", err)
	}
	for _, l := range p.a {
		for i := range l.Parts {
			l.Parts[i] = 7
		}
	}
	for _, l := range p.b {
		for i := range l.Parts {
			l.Parts[i] = 8
		}
	}
	if _, _, err := halves.Together(p.d, p.delta, p.a, p.b, nil, 2); !errors.Is(err, halves.ErrFull) {
		t.Errorf("one number for all: %v", err)
	}
	if strings.Contains(p.first.Code("nord-1", 1).String(), p.first.Code("nord-1", 1).Reveal()) {
		t.Error("a code prints itself")
	}
}

// FuzzReadLists: what is accepted is written again to the same bytes.
func FuzzReadLists(f *testing.F) {
	p := newPost(f)
	var file bytes.Buffer
	if err := halves.WriteLists(&file, p.Rho, p.delta, access.FirstHalf, p.a); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		lists, err := halves.ReadLists(data, p.Rho, p.delta, access.FirstHalf)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := halves.WriteLists(&again, p.Rho, p.delta, access.FirstHalf, lists); err != nil || !bytes.Equal(again.Bytes(), data) {
			t.Errorf("accepted, and written otherwise: %v", err)
		}
	})
}
