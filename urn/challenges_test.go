package urn_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// TestChallenge opens a ballot, and has everything that differs from what a device had
// shown refused by its name. (CoE-15)
func TestChallenge(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Questions: 2})
	s := f.Service(t, newStore(t))
	r := f.Rules[0]
	shown, c := f.Opened(t, 0, 0, 1)
	if err := r.VerifyChallenge(c, shown.Hash()); err != nil {
		t.Fatal(err)
	}
	signed, err := s.Challenge(ctx, 0, c.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := scrutin.NewVoice(f.Urn.Verifier(), time.Now, nil).Open(signed, text(r, scrutin.Challenged, sha256.Sum256(c.Bytes()))); err != nil {
		t.Error(err)
	}
	code, record, err := s.Challenged(ctx, 0, urn.NameOf(shown.Hash()))
	if err != nil || code != (urn.Hash{}) || !bytes.Equal(record, c.Bytes()) {
		t.Fatalf("%x, %x, %v", code, record, err)
	}
	if _, record, err := s.Challenged(ctx, 1, c.Name); err != nil || record != nil {
		t.Errorf("another urn has it: %v", err)
	}

	coins := func(c urn.Challenge) (out []group.Scalar) {
		for _, raw := range c.Coins {
			r, err := group.DecodeScalar(raw[:])
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
		return out
	}
	other, d := f.Opened(t, 0, 1, 0)
	_, e := f.Opened(t, 1, 1, 0)
	_, g := urntest.New(t, urntest.Size{Urns: 1, Questions: 2}).Opened(t, 0, 0, 1)
	ballotOf := func(c urn.Challenge, b []byte) urn.Challenge { return urn.NewChallenge(b, c.Places, coins(c)) }
	for name, test := range map[string]struct {
		c    urn.Challenge
		code urn.Hash
		want error
	}{
		"another ballot's code": {c, other.Hash(), urn.ChallengeName},
		"another ballot's box":  {urn.Challenge{Name: c.Name, Places: c.Places, Coins: c.Coins, Box: d.Box}, shown.Hash(), urn.ChallengeBox},
		"another choice":        {urn.Challenge{Name: c.Name, Places: []uint16{1, 0}, Coins: c.Coins, Box: c.Box}, shown.Hash(), urn.ChallengeOpening},
		"another coin":          {urn.Challenge{Name: c.Name, Places: c.Places, Coins: d.Coins, Box: c.Box}, shown.Hash(), urn.ChallengeOpening},
		"no option":             {urn.Challenge{Name: c.Name, Places: []uint16{1, 9}, Coins: c.Coins, Box: c.Box}, shown.Hash(), urn.ChallengeOpening},
		"coins exchanged":       {urn.Challenge{Name: c.Name, Places: c.Places, Coins: [][32]byte{c.Coins[1], c.Coins[0]}, Box: c.Box}, shown.Hash(), urn.ChallengeOpening},
		"no ballot":             {ballotOf(c, []byte("nothing")), sha256.Sum256([]byte("nothing")), urn.ChallengeBallot},
	} {
		if err := r.VerifyChallenge(test.c, test.code); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, not %v", name, err, test.want)
		}
	}
	// A box that its code opens, with another ballot in it: only who makes it can.
	code = shown.Hash()
	key := sha256.Sum256(append([]byte("isoloir/v1/challenge-box"), code[:]...))
	cipher, err := chacha20poly1305.New(key[:])
	if err != nil {
		t.Fatal(err)
	}
	forged := c
	forged.Box = cipher.Seal(nil, make([]byte, cipher.NonceSize()), other.Bytes(), nil)
	if err := r.VerifyChallenge(forged, code); !errors.Is(err, urn.ChallengeCode) {
		t.Errorf("another ballot in the box: %v", err)
	}
	for name, test := range map[string]struct {
		urn    uint16
		record []byte
		want   error
	}{
		"no urn":                  {7, c.Bytes(), urn.ErrUrn},
		"cut":                     {0, c.Bytes()[1:], urn.ErrFormat},
		"no option":               {0, urn.Challenge{Name: d.Name, Places: []uint16{0, 3}, Coins: d.Coins, Box: d.Box}.Bytes(), urn.ErrFormat},
		"no coin":                 {0, urn.Challenge{Name: d.Name, Places: d.Places, Coins: [][32]byte{{}, d.Coins[1]}, Box: d.Box}.Bytes(), urn.ErrFormat},
		"a coin not reduced":      {0, urn.Challenge{Name: d.Name, Places: d.Places, Coins: [][32]byte{{31: 0xff}, d.Coins[1]}, Box: d.Box}.Bytes(), urn.ErrFormat},
		"one coin twice":          {0, urn.Challenge{Name: d.Name, Places: d.Places, Coins: [][32]byte{d.Coins[0], d.Coins[0]}, Box: d.Box}.Bytes(), urn.ErrCopy},
		"a coin of the first":     {0, urn.Challenge{Name: d.Name, Places: d.Places, Coins: [][32]byte{d.Coins[0], c.Coins[0]}, Box: d.Box}.Bytes(), urn.ErrCopy},
		"another box":             {0, urn.Challenge{Name: c.Name, Places: c.Places, Coins: c.Coins, Box: d.Box}.Bytes(), urn.ErrCopy},
		"the same in another urn": {1, c.Bytes(), urn.ErrCopy},
	} {
		if _, err := s.Challenge(ctx, test.urn, test.record); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, not %v", name, err, test.want)
		}
	}
	if a := s.Append(ctx, []urn.AppendRequest{f.Request(t, urntest.Token(), shown)}); !errors.Is(a[0].Err, urn.ErrCopy) {
		t.Errorf("a challenged ballot is cast: %v", a[0].Err)
	}
	cast, late := f.Opened(t, 0, 0, 1)
	if a := s.Append(ctx, []urn.AppendRequest{f.Request(t, urntest.Token(), cast)}); a[0].Err != nil {
		t.Errorf("who challenged does not vote: %v", a[0].Err)
	}
	if _, err := s.Challenge(ctx, 0, late.Bytes()); !errors.Is(err, urn.ErrCopy) {
		t.Errorf("a cast ballot is challenged, for a receipt: %v", err)
	}
	for name, foreign := range map[string]urn.Challenge{"another urn's": e, "another scrutin's": g} {
		if _, err := s.Challenge(ctx, 0, foreign.Bytes()); err != nil {
			t.Errorf("%s opening is a choice and a coin: %v", name, err)
		}
	}
}

// TestContest counts what is contested, and what its code shows to be false.
func TestContest(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	store := newStore(t)
	s := f.Service(t, store)
	good, c := f.Opened(t, 0, 0, 1)
	flipped, d := f.Opened(t, 0, 1, 1)
	_, lie := f.Opened(t, 0, 2, 2)
	lie.Name, lie.Box = d.Name, d.Box // shown with one choice, opened with another
	silent, e := f.Opened(t, 0, 3, 0)
	for _, c := range []urn.Challenge{c, lie, e} {
		if _, err := s.Challenge(ctx, 0, c.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		request []byte
		want    byte
	}{
		"no code":   {[]byte{0, 0}, 1},
		"one byte":  {[]byte{0}, 1},
		"no urn":    {append([]byte{9, 0}, make([]byte, 32)...), 3},
		"not made":  {append([]byte{0, 0}, make([]byte, 32)...), 17},
		"a name":    {append([]byte{0, 0}, e.Name[:]...), 17},
		"the code":  {append([]byte{0, 0}, hashed(good)...), 0},
		"the other": {append([]byte{0, 0}, hashed(flipped)...), 0},
	} {
		if a := s.ServeContest(ctx, test.request); !bytes.Equal(a, []byte{test.want}) {
			t.Errorf("%s: %x, not %d", name, a, test.want)
		}
	}
	if a := s.ServeChallenged(ctx, append([]byte{0, 0}, c.Name[:]...)); !bytes.Equal(a, append(append([]byte{0, 1}, hashed(good)...), c.Bytes()...)) {
		t.Errorf("%x", a)
	}
	for name, test := range map[string]struct{ request, want []byte }{
		"no name":   {[]byte{0, 0, 1}, []byte{1}},
		"no urn":    {append([]byte{9, 0}, make([]byte, 32)...), []byte{3}},
		"none":      {append([]byte{0, 0}, make([]byte, 32)...), []byte{0, 0}},
		"by a code": {append([]byte{0, 0}, hashed(silent)...), []byte{0, 0}},
	} {
		if a := s.ServeChallenged(ctx, test.request); !bytes.Equal(a, test.want) {
			t.Errorf("%s: %x, not %x", name, a, test.want)
		}
	}
	var list bytes.Buffer
	st, err := s.ChallengeStatement(ctx, 0, &list)
	if err != nil || st.Challenges != 3 || st.Contested != 2 || st.Failed != 1 || list.Len() != 3*(32+urn.ChallengeSize(1)) || st.File != scrutin.DigestOf(list.Bytes()) {
		t.Fatalf("%+v, %d bytes, %v", st, list.Len(), err)
	}
	if a := s.ServeChallenge(ctx, append([]byte{0, 0}, e.Bytes()...)); len(a) < 3 || a[0] != 0 || int(binary.LittleEndian.Uint16(a[1:])) != len(a)-3 {
		t.Errorf("%x", a)
	}
	if a := s.ServeChallenge(ctx, nil); !bytes.Equal(a, []byte{1}) {
		t.Errorf("%x", a)
	}
}

func hashed(b *urn.Ballot) []byte {
	h := b.Hash()
	return h[:]
}

// TestChallengeLate takes none when the vote is suspended or over, and answers the same as
// before for one that is in.
func TestChallengeLate(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	config, open := f.Config(newStore(t)), true
	config.Open = func(time.Time) bool { return open }
	s, err := urn.NewService(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	shown, c := f.Opened(t, 0, 0, 1)
	if _, err := s.Challenge(ctx, 0, c.Bytes()); err != nil {
		t.Fatal(err)
	}
	open = false
	_, d := f.Opened(t, 0, 1, 1)
	if _, err := s.Challenge(ctx, 0, d.Bytes()); !errors.Is(err, urn.ErrClosed) {
		t.Error(err)
	}
	if _, err := s.Challenge(ctx, 0, c.Bytes()); err != nil {
		t.Error(err)
	}
	if err := s.Contest(ctx, 0, shown.Hash()); !errors.Is(err, urn.ErrClosed) {
		t.Error(err)
	}
}

// A list is a store whose urns have so many challenges.
type list struct {
	urn.Store
	held int
}

func (l *list) Challenge(_ context.Context, _ urn.Scope, c urn.ChallengeEntry) error {
	if l.held >= c.Most {
		return urn.ErrFull
	}
	return nil
}

// TestFilled has somebody fill the list as soon as it has room: it has more with the next
// slot.
func TestFilled(t *testing.T) {
	const first, hourly = 4096, urn.HourlyChallenges
	f := urntest.New(t, urntest.Size{})
	noon := time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)
	now, store := noon, &list{newStore(t), first + f.Rules[0].Size()}
	config := f.Config(store)
	config.Now, config.Begins, config.Period = func() time.Time { return now }, func() time.Time { return noon }, 30*time.Minute
	s, err := urn.NewService(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	_, c := f.Opened(t, 0, 0, 1)
	want := func(what string, at time.Duration, want error) {
		t.Helper()
		now = noon.Add(at)
		if _, err := s.Challenge(ctx, 0, c.Bytes()); !errors.Is(err, want) {
			t.Errorf("%s: %v, not %v", what, err, want)
		}
	}
	want("before the vote", -time.Hour, urn.ErrFull)
	want("in the slot in which it was filled", 29*time.Minute, urn.ErrFull)
	want("in the next slot", 30*time.Minute, nil)
	store.held += hourly/2 - 1
	want("one less than a slot has", 30*time.Minute, nil)
	store.held++
	want("as many as a slot has", 59*time.Minute, urn.ErrFull)
	want("in the one after it", time.Hour, nil)
	store.held += 191 * hourly
	want("for eight days", 8*24*time.Hour-time.Second, urn.ErrFull)
	want("after eight days", 8*24*time.Hour, nil)
}

// FuzzParseChallenge reads records: what is accepted is written again as it was.
func FuzzParseChallenge(f *testing.F) {
	fix := urntest.New(f, urntest.Size{Electors: 2, Questions: 2})
	_, c := fix.Opened(f, 0, 0, 1)
	f.Add(c.Bytes())
	f.Add(make([]byte, urn.ChallengeSize(2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := urn.ParseChallenge(b, 2)
		if err != nil {
			return
		}
		if !bytes.Equal(c.Bytes(), b) {
			t.Errorf("read %x, which is written %x", b, c.Bytes())
		}
		_ = fix.Rules[0].VerifyChallenge(c, urn.Hash{1})
	})
}
