package roll_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/rolltest"
	"isoloir/roll/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

var ctx = context.Background()

func newStore(t testing.TB) roll.Store {
	t.Helper()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "roll.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shut() })
	return s
}

func reserve(t *testing.T, f *rolltest.Fixture, s *roll.Service, number, elector int) roll.Hash {
	t.Helper()
	q := f.Request(t, number, elector)
	a := s.Reserve(ctx, []roll.ReserveRequest{q})[0]
	if a.Err != nil {
		t.Fatal(a.Err)
	}
	token := rolltest.HashOf(a.Token)
	want := scrutin.CastingText{Kind: scrutin.Authorisation, Opening: scrutin.Digest(f.Rules[number].Opening), Urn: f.Rules[number].Name,
		Value: scrutin.AuthorisationValue(scrutin.Digest(token), q.Device)}
	if err := scrutin.OpenCasting(a.Authorisation, want, f.Roll.Verifier()); err != nil {
		t.Fatal(err)
	}
	return token
}

// TestReceipts tries to be marked without the urn's word.
func TestReceipts(t *testing.T) {
	f := rolltest.New(t, 2, 4)
	s := f.Service(newStore(t))
	token, other := reserve(t, f, s, 0, 1), reserve(t, f, s, 0, 2)
	good := f.Says(t, scrutin.Appended, 0, token)
	sign := func(c scrutin.CastingText, key note.Signer) []byte {
		b, err := scrutin.SignCasting(c, key)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	appended := scrutin.CastingText{Kind: scrutin.Appended, Opening: scrutin.Digest(f.Rules[0].Opening), Urn: f.Rules[0].Name, Value: scrutin.Digest(token)}
	elsewhere := appended
	elsewhere.Opening[0] ^= 1
	for name, c := range map[string]struct {
		receipt []byte
		want    error
	}{
		"none":                      {nil, roll.ErrReservation},
		"a promise":                 {f.Says(t, scrutin.Promise, 0, token), roll.ErrReceipt},
		"a void":                    {f.Says(t, scrutin.Voided, 0, token), roll.ErrReceipt},
		"of another urn":            {f.Says(t, scrutin.Appended, 1, token), roll.ErrReceipt},
		"of another opening record": {sign(elsewhere, f.Urn), roll.ErrReceipt},
		"signed by the roll":        {sign(appended, f.Roll), roll.ErrReceipt},
		"a letter changed":          {bytes.Replace(good, []byte("a"), []byte("b"), 1), roll.ErrReceipt},
		"for another elector's τ":   {f.Says(t, scrutin.Appended, 0, other), roll.ErrReservation},
		"for nobody's τ":            {f.Says(t, scrutin.Appended, 0, sha256.Sum256(nil)), roll.ErrReservation},
	} {
		a := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: f.Request(t, 0, 1), Receipt: c.receipt}})[0]
		if !errors.Is(a.Err, c.want) || a.Marked != nil {
			t.Errorf("%s: %v, not %v", name, a.Err, c.want)
		}
	}
	if a := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: f.Request(t, 0, 3), Receipt: good}})[0]; !errors.Is(a.Err, roll.ErrReservation) {
		t.Errorf("another elector: %v", a.Err)
	}
	if a := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: roll.ReserveRequest{Urn: 9, Signed: f.Request(t, 0, 1).Signed}, Receipt: good}})[0]; !errors.Is(a.Err, roll.ErrUrn) {
		t.Errorf("no such urn: %v", a.Err)
	}
	first := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: f.Request(t, 0, 1), Receipt: good}})[0]
	again := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: f.Request(t, 0, 1), Receipt: good}})[0]
	if first.Err != nil || again.Err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Errorf("marked: %v, then %v", first.Err, again.Err)
	}
	if err := f.Statement(0, 1).Verify(first.Signature); err != nil {
		t.Error(err)
	}
	unowned := f.Request(t, 0, 1)
	unowned.Device[3] ^= 1
	if a := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: unowned, Receipt: good}})[0]; !errors.Is(a.Err, roll.ErrDevice) || a.Marked != nil {
		t.Errorf("a device that he did not sign for asks whether he is marked: %v", a.Err)
	}
	prying := f.Request(t, 0, 2)
	prying.Elector = 1
	if a := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: prying, Receipt: good}})[0]; !errors.Is(a.Err, roll.ErrSignature) || a.Marked != nil {
		t.Errorf("another elector asks whether this one is marked: %v", a.Err)
	}
	mark := roll.Signed{Elector: 1, Signature: first.Signature}
	marked := scrutin.CastingText{Kind: scrutin.Marked, Opening: appended.Opening, Urn: appended.Urn, Value: scrutin.Digest(mark.Hash())}
	if err := scrutin.OpenCasting(first.Marked, marked, f.Roll.Verifier()); err != nil {
		t.Error(err)
	}
}

func TestReserveAnswers(t *testing.T) {
	f := rolltest.New(t, 2, 4)
	now := time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	end := now.Add(time.Hour)
	c := f.Config(newStore(t))
	c.Now, c.Open = func() time.Time { return now }, func(at time.Time) bool { return at.Before(end) }
	s := roll.NewService(c)
	first := reserve(t, f, s, 0, 0)
	forged := f.Request(t, 0, 1)
	forged.Elector = 2
	a := s.Reserve(ctx, []roll.ReserveRequest{f.Request(t, 0, 1), forged, f.Request(t, 1, 3), {Urn: 7}})
	if a[0].Err != nil || !errors.Is(a[1].Err, roll.ErrSignature) || a[2].Err != nil || !errors.Is(a[3].Err, roll.ErrUrn) {
		t.Errorf("%v, %v, %v, %v", a[0].Err, a[1].Err, a[2].Err, a[3].Err)
	}
	now = end
	if again := reserve(t, f, s, 0, 0); again != first {
		t.Error("another authorisation after the end")
	}
	if a := s.Reserve(ctx, []roll.ReserveRequest{f.Request(t, 0, 3)})[0]; !errors.Is(a.Err, roll.ErrClosed) {
		t.Errorf("after the end: %v", a.Err)
	}
}

// TestDevices tries to have an elector's authorisation made out to a device that
// he did not sign for, here and now.
func TestDevices(t *testing.T) {
	f := rolltest.New(t, 2, 4)
	s := f.Service(newStore(t))
	other := f.Request(t, 0, 1)
	of := func(device [32]byte, edit func(*roll.Statement)) [roll.SignatureSize]byte {
		statement := f.Statement(0, 1)
		edit(&statement)
		q, err := statement.Request(0, device, f.Secrets[0][1])
		if err != nil {
			t.Fatal(err)
		}
		return q.DeviceSignature
	}
	var requests []roll.ReserveRequest
	var wants []error
	for _, c := range []struct {
		want error
		edit func(q *roll.ReserveRequest)
	}{
		{nil, func(q *roll.ReserveRequest) {}},
		{roll.ErrDevice, func(q *roll.ReserveRequest) { q.Device = other.Device }},
		{roll.ErrDevice, func(q *roll.ReserveRequest) { q.Device[31] ^= 0x80 }},
		{roll.ErrDevice, func(q *roll.ReserveRequest) { q.DeviceSignature = other.DeviceSignature }},
		{roll.ErrDevice, func(q *roll.ReserveRequest) { q.DeviceSignature = q.Signature }},
		{roll.ErrDevice, func(q *roll.ReserveRequest) { q.DeviceSignature[32] ^= 1 }},
		{roll.ErrFormat, func(q *roll.ReserveRequest) { q.DeviceSignature = [roll.SignatureSize]byte{} }},
		{roll.ErrDevice, func(q *roll.ReserveRequest) {
			q.DeviceSignature = of(q.Device, func(s *roll.Statement) { s.Urn = "urn-2" })
		}},
		{roll.ErrDevice, func(q *roll.ReserveRequest) {
			q.DeviceSignature = of(q.Device, func(s *roll.Statement) { s.Opening[0] ^= 1 })
		}},
		{roll.ErrDevice, func(q *roll.ReserveRequest) {
			q.DeviceSignature = of(q.Device, func(s *roll.Statement) { s.Manifest[0] ^= 1 })
		}},
		{roll.ErrDevice, func(q *roll.ReserveRequest) {
			q.DeviceSignature = of(q.Device, func(s *roll.Statement) { s.Elector = 2 })
		}},
		{roll.ErrDevice, func(q *roll.ReserveRequest) { // another elector's, signed as this one
			statement := f.Statement(0, 2)
			statement.Elector = 1
			his, err := statement.Request(0, q.Device, f.Secrets[0][2])
			if err != nil {
				t.Fatal(err)
			}
			q.DeviceSignature = his.DeviceSignature
		}},
		{roll.ErrSignature, func(q *roll.ReserveRequest) { q.Signature = q.DeviceSignature }},
		{nil, func(q *roll.ReserveRequest) { q.Signature = other.Signature }}, // his own, of another time
	} {
		q := f.Request(t, 0, 1)
		c.edit(&q)
		requests, wants = append(requests, q), append(wants, c.want)
		if a, err := roll.ParseReserveAnswer(s.ServeReserve(ctx, q.Bytes())); err != nil || !errors.Is(a.Err, c.want) || c.want == nil && a.Err != nil {
			t.Errorf("number %d: %v, %v, not %v", len(requests)-1, err, a.Err, c.want)
		}
	}
	answers := s.Reserve(ctx, requests)
	for i, a := range answers {
		if !errors.Is(a.Err, wants[i]) || a.Err != nil && a.Authorisation != nil {
			t.Errorf("number %d of a batch: %v, not %v", i, a.Err, wants[i])
		}
	}
	last := len(answers) - 1
	if answers[0].Token != answers[last].Token || bytes.Equal(answers[0].Authorisation, answers[last].Authorisation) {
		t.Error("two devices of one elector have not one τ, with a word for each")
	}
}

// oracle is an urn that says what it is told to.
type oracle struct {
	f     *rolltest.Fixture
	t     *testing.T
	kinds map[roll.Hash]string
	lie   func(token roll.Hash) []byte
}

func (o *oracle) Fate(_ context.Context, number uint16, tokens []roll.Hash) ([][]byte, error) {
	out := make([][]byte, len(tokens))
	for i, token := range tokens {
		switch {
		case o.lie != nil:
			out[i] = o.lie(token)
		case o.kinds[token] != "":
			out[i] = o.f.Says(o.t, o.kinds[token], int(number), token)
		}
	}
	return out, nil
}

func (o *oracle) Void(ctx context.Context, number uint16, tokens []roll.Hash) ([][]byte, error) {
	for _, token := range tokens {
		if o.kinds[token] == "" {
			o.kinds[token] = scrutin.Voided
		}
	}
	return o.Fate(ctx, number, tokens)
}

func TestReconcile(t *testing.T) {
	f := rolltest.New(t, 2, 8)
	now := time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	c := f.Config(newStore(t))
	c.Now = func() time.Time { return now }
	s := roll.NewService(c)
	urn := &oracle{f: f, t: t, kinds: map[roll.Hash]string{}}
	for i := range 6 {
		token := reserve(t, f, s, i%2, i)
		switch i {
		case 0, 1, 2:
			urn.kinds[token] = scrutin.Appended
		case 3:
			urn.kinds[token] = scrutin.Voided
		}
	}
	if got, err := s.Reconcile(ctx, urn, now); err != nil || got != (roll.Reconciliation{}) {
		t.Errorf("too young: %+v, %v", got, err)
	}
	if _, err := s.Statement(ctx, 0, &bytes.Buffer{}); !errors.Is(err, roll.ErrReservation) {
		t.Errorf("a statement with electors in between: %v", err)
	}
	s.Behind = func() bool { return true }
	if _, err := s.Statement(ctx, 0, &bytes.Buffer{}); !errors.Is(err, roll.ErrBusy) {
		t.Errorf("a statement before an amendment is taken up: %v", err)
	}
	s.Behind = nil
	later := now.Add(time.Minute)
	for name, lie := range map[string]func(roll.Hash) []byte{
		"another token's fate": func(roll.Hash) []byte { return f.Says(t, scrutin.Voided, 0, sha256.Sum256(nil)) },
		"a promise":            func(h roll.Hash) []byte { return f.Says(t, scrutin.Promise, 0, h) },
		"the other urn's word": func(h roll.Hash) []byte { return f.Says(t, scrutin.Voided, 1, h) },
		"nonsense":             func(roll.Hash) []byte { return []byte("void") },
	} {
		urn.lie = lie
		if got, err := s.Reconcile(ctx, urn, later); !errors.Is(err, roll.ErrReceipt) || got != (roll.Reconciliation{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	urn.lie = nil
	if got, err := s.Reconcile(ctx, urn, later); err != nil || got != (roll.Reconciliation{Marked: 3, Released: 1, Waiting: 2}) {
		t.Errorf("reconciled: %+v, %v", got, err)
	}
	if err := s.Release(ctx, urn, 0, 4); err != nil {
		t.Errorf("release: %v", err)
	}
	if err := s.Release(ctx, urn, 0, 4); !errors.Is(err, roll.ErrReservation) {
		t.Errorf("released twice: %v", err)
	}
	if err := s.Release(ctx, urn, 0, 3); !errors.Is(err, roll.ErrReservation) {
		t.Errorf("released without a reservation, with another elector's after it: %v", err)
	}
	token := reserve(t, f, s, 0, 4)
	urn.kinds[token] = scrutin.Appended
	if err := s.Release(ctx, urn, 0, 4); !errors.Is(err, roll.ErrMarked) {
		t.Errorf("released after voting: %v", err)
	}
	if got, err := s.Settle(ctx, urn, later); err != nil || got != (roll.Reconciliation{Released: 1}) {
		t.Errorf("settled: %+v, %v", got, err)
	}
	for number, want := range []int{3, 1} {
		var marks bytes.Buffer
		st, err := s.Statement(ctx, uint16(number), &marks)
		if err != nil {
			t.Fatal(err)
		}
		found, err := f.Rules[number].ReadMarks(&marks, 1, nil)
		if err != nil || st.Marks != want || found.Count != want || scrutin.Digest(found.File) != st.File || st.Electors != 8 || st.Chain.IsZero() {
			t.Errorf("urn %d: %+v, %+v, %v", number, st, found, err)
		}
		if _, err := scrutin.Text(st); err != nil {
			t.Error(err)
		}
	}
}

// TestMarkAgain lets a marked elector, and nobody else, have his mark without the
// urn's receipt: long after the vote, from another device.
func TestMarkAgain(t *testing.T) {
	f := rolltest.New(t, 1, 3)
	s := f.Service(newStore(t))
	again := func(signer, elector int) roll.MarkAnswer {
		q := f.Request(t, 0, signer)
		q.Elector = uint32(elector)
		answer, err := roll.ParseMarkAnswer(s.ServeMark(ctx, roll.MarkRequest{ReserveRequest: q}.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if a := again(1, 1); !errors.Is(a.Err, roll.ErrReservation) {
		t.Errorf("before any reservation: %v", a.Err)
	}
	token := reserve(t, f, s, 0, 1)
	if a := again(1, 1); !errors.Is(a.Err, roll.ErrReservation) {
		t.Errorf("before the ballot: %v", a.Err)
	}
	first := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: f.Request(t, 0, 1), Receipt: f.Says(t, scrutin.Appended, 0, token)}})[0]
	if a := again(1, 1); a.Err != nil || a.Signature != first.Signature || !bytes.Equal(a.Marked, first.Marked) {
		t.Errorf("after the mark: %v", a.Err)
	}
	if a := again(2, 1); !errors.Is(a.Err, roll.ErrSignature) {
		t.Errorf("somebody else asks: %v", a.Err)
	}
}
