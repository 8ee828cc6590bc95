package issuer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/crypto/group"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// led is a station that leads one companion: its elector n is number 4-n of urn 1 here.
type led struct {
	*issuertest.Bench
	companion *scrutintest.Fixture
	there     *issuertest.Roll  // of the companion
	own       *issuertest.Bench // the companion's own station of the same issuer
}

const companions = 5

func leading(t *testing.T, edit func(*issuer.Config)) led {
	t.Helper()
	l := led{companion: scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: companions, Edit: issuertest.Cheap})}
	f := scrutintest.New(t, scrutintest.Options{Electors: 20, Edit: func(m *scrutin.Manifest) {
		issuertest.Cheap(m)
		m.Companions = []scrutin.Digest{l.companion.Fingerprint}
	}})
	l.there = &issuertest.Roll{Fixture: l.companion, Got: map[exchange.Elector]exchange.Deposit{}}
	var secret issuer.Secret
	l.Bench = issuertest.New(t, f, 0, func(c *issuer.Config) {
		secret = c.Secret
		c.Companions = []issuer.Companion{l.described(c.Issuer)}
		if edit != nil {
			edit(c)
		}
	})
	l.own = issuertest.New(t, l.companion, 0, func(c *issuer.Config) { c.Secret, c.Led, c.Roll = secret, true, nil })
	return l
}

// described is the companion as the station is told of it.
func (l led) described(id string) issuer.Companion {
	return issuer.Companion{Manifest: l.companion.Manifest, Fingerprint: l.companion.Fingerprint, Signer: l.companion.Signers[id], Roll: l.there}
}

// extract is that of the companion's roll, with a change.
func (l led) extract(change ...string) issuer.File {
	var text strings.Builder
	text.WriteString("reference,urn,number,country\n")
	for n := range companions {
		fmt.Fprintf(&text, "R1-%d,urn-1,%d,FR\n", companions-1-n, n)
	}
	return issuer.File{Name: "companion.csv", Reader: strings.NewReader(strings.NewReplacer(change...).Replace(text.String()))}
}

func (l led) paired(t *testing.T) {
	t.Helper()
	l.Import(t)
	if n, err := l.ImportCompanion(t.Context(), l.companion.Fingerprint, l.extract()); n != companions || err != nil {
		t.Fatal(n, err)
	}
}

// opensThere says whether the code that elector n of urn 1 was sent last opens what lies
// with the companion's roll, where the half is that which the companion's own station
// enrolled.
func (l led) opensThere(t *testing.T, n int, code string) bool {
	t.Helper()
	_, code, _ = strings.Cut(code, "-")
	c, err := account.ParseCode(l.Manifest.Codes, code)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Stretch(l.Manifest.Codes, l.Fingerprint, account.Number{Urn: "urn-2", Index: uint32(n)}, l.Station.Issuer).Companion(l.companion.Fingerprint, l.Station.Issuer)
	d := l.there.Last(exchange.Elector{Number: uint32(companions - 1 - n)})
	masked, err := d.Masked.Decode()
	if err != nil {
		t.Fatal(err)
	}
	half := enrolled(t, l.own, 0)[companions-1-n]
	return scrutin.PointOf(group.MulBase(s.Login)) == d.Login && group.MulBase(s.Open(masked)).Equal(half)
}

// The codes of the leading scrutin open what its issuer leaves with the companion's roll;
// a renewed one is dead in both.
func TestCompanionDeposits(t *testing.T) {
	l := leading(t, nil)
	if _, err := l.Deposit(t.Context(), l.Roll, nil); !errors.Is(err, issuer.ErrCompanion) {
		t.Fatalf("deposits before the companion's electors are known: %v", err)
	}
	l.paired(t)
	l.Mail(t)
	if len(l.there.Got) != companions || len(l.Roll.Got) != 40 {
		t.Fatalf("%d and %d deposits", len(l.Roll.Got), len(l.there.Got))
	}
	address := issuertest.Address(courier.Email, 1, 3)
	old := last(t, l.Bench, address)
	if !l.opensThere(t, 3, old) {
		t.Error("the code does not open the companion")
	}
	if n, err := renewBy(t, l.Bench, address); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if l.opensThere(t, 3, old) || l.there.Last(exchange.Elector{Number: 1}).Generation != 1 {
		t.Error("the old code still opens the companion")
	}
	if _, err := l.Dispatch(t.Context(), courier.Email, nil); err != nil {
		t.Fatal(err)
	}
	if !l.opensThere(t, 3, last(t, l.Bench, address)) {
		t.Error("the new code does not open the companion")
	}
}

// A companion that was enrolled with another secret is found out by any of its keys.
func TestEnrolledWithTheSameSecret(t *testing.T) {
	l := leading(t, nil)
	other := issuertest.New(t, l.companion, 0, nil)
	if key := enrolled(t, l.own, 0)[0].Bytes(); !l.Enrolled(0, "urn-1", key) {
		t.Error("its own enrolment is not known")
	}
	if key := enrolled(t, other, 0)[0].Bytes(); l.Enrolled(0, "urn-1", key) {
		t.Error("the enrolment of another secret passes")
	}
}

// As long as one roll does not take a deposit nobody's code leaves, and a renewed one
// waits.
func TestCompanionTakesAllOrAgain(t *testing.T) {
	l := leading(t, nil)
	l.paired(t)
	trouble := errors.New("unplugged")
	for _, r := range []*issuertest.Roll{l.there, l.Roll} {
		r.Fail = trouble
		if _, err := l.Deposit(t.Context(), l.Roll, nil); !errors.Is(err, trouble) {
			t.Fatal(err)
		}
		if _, missing, err := l.Bench.Store.Undeposited(t.Context(), 1); missing != 40 || err != nil {
			t.Fatalf("%d are missing: %v", missing, err)
		}
		r.Fail = nil
	}
	l.Mail(t)
	address := issuertest.Address(courier.Email, 1, 2)
	before := len(l.Box.To(address))
	l.there.Fail = trouble
	if _, err := renewBy(t, l.Bench, address); !errors.Is(err, trouble) {
		t.Fatal(err)
	}
	if _, err := l.Dispatch(t.Context(), courier.Email, nil); err != nil || len(l.Box.To(address)) != before {
		t.Fatalf("a code left that the companion does not know: %v", err)
	}
	// Once the companion has closed, its roll is not waited for.
	l.Companions[0].Closed = func(time.Time) bool { return true }
	if n, err := l.Deposit(t.Context(), l.Roll, nil); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := l.Dispatch(t.Context(), courier.Email, nil); err != nil || len(l.Box.To(address)) != before+1 {
		t.Fatalf("the code did not leave: %v", err)
	}
}

// Codes are renewed as long as any of the votes lasts.
func TestRenewalsOutlastTheLeadingVote(t *testing.T) {
	over := [2]bool{}
	l := leading(t, func(c *issuer.Config) {
		c.Closed = func(time.Time) bool { return over[0] }
		c.Companions[0].Closed = func(time.Time) bool { return over[1] }
	})
	l.paired(t)
	l.Mail(t)
	for n, phase := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
		over = phase
		want := 1
		if phase == [2]bool{true, true} {
			want = 0
		}
		got, err := renewBy(t, l.Bench, issuertest.Address(courier.Email, 1, n))
		if got != want || (want == 0) != errors.Is(err, issuer.ErrClosed) {
			t.Errorf("%v: %d, %v", phase, got, err)
		}
	}
}

// An extract that is wrong changes nothing, and says so by its lines.
func TestImportCompanionRefuses(t *testing.T) {
	l := leading(t, nil)
	l.Import(t)
	for name, c := range map[string]struct {
		change []string
		says   string
	}{
		"who is not on the roll": {[]string{"R1-3,", "R9-3,"}, `companion.csv, line 3: the elector of reference "R9-3" is not on the roll of the leading scrutin`},
		"a number twice":         {[]string{"urn-1,1", "urn-1,0"}, "line 3: the number 0 of urn urn-1 stands twice"},
		"a reference twice":      {[]string{"R1-3,", "R1-4,"}, "line 3: the reference R1-4 stands already on line 2"},
		"one missing":            {[]string{"R1-0,urn-1,4,FR\n", ""}, "1 of the 5 electors are missing"},
		"another urn":            {[]string{"R1-3,urn-1", "R1-3,urn-2"}, `line 3: the manifest has no urn "urn-2"`},
	} {
		_, err := l.ImportCompanion(t.Context(), l.companion.Fingerprint, l.extract(c.change...))
		var ps issuer.Problems
		if !errors.As(err, &ps) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, err := l.Bench.Store.Paired(t.Context(), 0); n != 0 || err != nil {
		t.Fatalf("%d are kept of what was refused: %v", n, err)
	}
	if _, err := l.ImportCompanion(t.Context(), scrutin.Digest{1}, l.extract()); !errors.Is(err, issuer.ErrCompanion) {
		t.Errorf("of no companion: %v", err)
	}
	if _, err := l.Deposit(t.Context(), l.Roll, nil); !errors.Is(err, issuer.ErrCompanion) {
		t.Errorf("deposits without it: %v", err)
	}
	l.paired(t)
	if _, err := l.Deposit(t.Context(), l.Roll, nil); err != nil {
		t.Fatal(err)
	}
	if n, err := l.ImportCompanion(t.Context(), l.companion.Fingerprint, l.extract()); n != companions || err != nil {
		t.Errorf("the same again: %d, %v", n, err)
	}
	if _, missing, err := l.Bench.Store.Undeposited(t.Context(), 1); missing != 0 || err != nil {
		t.Errorf("after it %d deposits are missing: %v", missing, err)
	}
	if _, err := l.ImportCompanion(t.Context(), l.companion.Fingerprint, l.extract("R1-3,", "R1-2,", "R1-2,", "R1-3,")); !errors.Is(err, issuer.ErrOtherPeople) {
		t.Errorf("others: %v", err)
	}
}

// A station is made only for companions as the manifests have them.
func TestNewRefusesCompanions(t *testing.T) {
	l := leading(t, nil)
	for name, c := range map[string]struct {
		edit func(*issuer.Config)
		want error
	}{
		"not named": {func(c *issuer.Config) { c.Companions[0].Fingerprint = scrutin.Digest{1} }, issuer.ErrCompanion},
		"twice":     {func(c *issuer.Config) { c.Companions = append(c.Companions, c.Companions[0]) }, issuer.ErrCompanion},
		"another's key": {func(c *issuer.Config) {
			c.Companions[0].Signer = l.companion.Signers[l.companion.Manifest.Issuers[1].ID]
		}, issuer.ErrNotIssuer},
		"other issuers": {func(c *issuer.Config) {
			other := *c.Companions[0].Manifest
			other.Issuers = []scrutin.Issuer{other.Issuers[1], other.Issuers[0]}
			c.Companions[0].Manifest = &other
		}, issuer.ErrCompanion},
		"the one it has": {func(*issuer.Config) {}, nil},
	} {
		config := l.Config
		config.Companions = []issuer.Companion{l.described(config.Issuer)}
		c.edit(&config)
		if _, err := issuer.New(config); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A companion's own station enrols, and sends six digits; codes, and what announces or
// renews them, leave from the leading scrutin's.
func TestLedStation(t *testing.T) {
	l := leading(t, nil)
	l.own.Import(t)
	ctx := t.Context()
	for name, do := range map[string]func() error{
		"information": func() error { _, err := l.own.Inform(ctx); return err },
		"deposits":    func() error { _, err := l.own.Deposit(ctx, l.there, nil); return err },
		"codes":       func() error { _, err := l.own.Release(ctx); return err },
		"a request":   func() error { return l.own.Ask(ctx, issuertest.Address(courier.Email, 0, 1), true) },
		"renewals":    func() error { _, err := l.own.Renewals(ctx); return err },
		"a renewal":   func() error { return l.own.RenewReference(ctx, "R0-1") },
	} {
		if err := do(); !errors.Is(err, issuer.ErrLed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	v := exchange.Validation{Elector: exchange.Elector{Number: 1}, ID: [16]byte{1}, Digits: "123456", Expires: l.own.Now().Add(time.Minute)}
	if _, err := l.own.Validate(ctx, v); err != nil {
		t.Error(err)
	}
	if err := l.own.Voted(ctx, []exchange.Elector{{Number: 1}}); err != nil {
		t.Error(err)
	}
	if sum, err := l.own.Dispatch(ctx, courier.Email, nil); sum.Sent != 1 || err != nil {
		t.Errorf("%+v, %v", sum, err)
	}
}
