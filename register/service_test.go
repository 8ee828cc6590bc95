package register_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/register"
	"isoloir/register/registertest"
	"isoloir/register/sqlite"
	"isoloir/scrutin"
)

// A day is a distribution under way.
type day struct {
	*registertest.Town
	s      *register.Service
	store  *sqlite.Store
	dir    string
	now    time.Time
	papers []registertest.Paper
	phones map[string]*registertest.Phone
}

// begin opens a distribution of one constituency and two stations whose boxes are
// counted, an hour after opening, each with a device.
func begin(t *testing.T) *day {
	t.Helper()
	v := &day{Town: registertest.NewTown(t, "nord"), dir: t.TempDir(), phones: map[string]*registertest.Phone{}, now: registertest.Opens.Add(-time.Hour)}
	v.open(t)
	d := v.Distribution(1, 24, 16)
	papers, cards := v.Cards(t, d)
	v.papers = papers
	if err := v.s.Open(t.Context(), registertest.Text(t, d), cards); err != nil {
		t.Fatal(err)
	}
	for _, station := range d.Stations {
		v.enrol(t, station.ID)
		v.box(t, station.ID, register.Box{Counted: station.Cards, Left: -1})
	}
	v.now = registertest.Opens.Add(time.Hour)
	return v
}

func (v *day) open(t *testing.T) {
	t.Helper()
	var err error
	if v.store, err = sqlite.Open(t.Context(), filepath.Join(v.dir, "register.db"), filepath.Join(v.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.store.Shut() })
	v.s = &register.Service{Register: v.Register, Rho: v.Rho, Opener: v.Opener, Store: v.store, Now: func() time.Time { return v.now }}
	if err := v.s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (v *day) enrol(t *testing.T, station string) {
	t.Helper()
	code, err := v.s.Invite(t.Context(), station)
	if err != nil {
		t.Fatal(err)
	}
	p := v.NewPhone(t)
	if got, err := v.s.Enrol(t.Context(), code, p.ID, p.Key(t)); err != nil || got != station {
		t.Fatalf("%q %v", got, err)
	}
	v.phones[station] = p
}

func (v *day) box(t *testing.T, station string, b register.Box) {
	t.Helper()
	if err := v.store.PutBox(t.Context(), register.ID{}, 1, station, b); err != nil {
		t.Fatal(err)
	}
}

// of are the cards of a station.
func (v *day) of(station string) (out []registertest.Paper) {
	for _, p := range v.papers {
		if p.Station == station {
			out = append(out, p)
		}
	}
	return out
}

func (v *day) want(t *testing.T, name string, want register.Answer, q register.Scan) {
	t.Helper()
	if got, _, err := v.s.Scan(t.Context(), q); err != nil || got != want {
		t.Errorf("%s: %d, not %d; %v", name, got, want, err)
	}
}

func (v *day) scan(t *testing.T, name, station string, mode register.Mode, card registertest.Paper, want register.Answer) {
	t.Helper()
	v.want(t, name, want, v.phones[station].Scan(t, mode, card.Sealed))
}

// states are those of all cards, flushed.
func (v *day) states(t *testing.T) map[register.Number]register.State {
	t.Helper()
	out := map[register.Number]register.State{}
	if err := v.store.Cards(t.Context(), 1, func(c register.Card) error { out[c.Number] = c.State; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestScan goes through every answer (S000-08, S000-11, S000-17).
func TestScan(t *testing.T) {
	v := begin(t)
	here, there := v.of("nord-1"), v.of("nord-2")

	v.scan(t, "a new card", "nord-1", register.Activate, here[0], register.Done)
	again := v.phones["nord-1"].Scan(t, register.Activate, here[1].Sealed)
	v.want(t, "another one", register.Done, again)
	v.want(t, "the same message again", register.Done, again)
	v.scan(t, "an active card as if it was new", "nord-1", register.Activate, here[1], register.Again)
	v.scan(t, "which is dead then", "nord-1", register.Activate, here[1], register.Invalidated)
	v.want(t, "the first message once more, late", register.Done, again)
	v.scan(t, "a card taken out of use", "nord-1", register.Invalidate, here[2], register.Done)
	v.scan(t, "and not into use again", "nord-1", register.Activate, here[2], register.Invalidated)
	v.scan(t, "an active card taken out of use", "nord-1", register.Invalidate, here[0], register.Done)
	v.scan(t, "a card of another station", "nord-1", register.Activate, there[0], register.OtherStation)
	v.scan(t, "which it can be taken into use at", "nord-2", register.Activate, there[0], register.Done)

	token := register.DrawToken()
	strange, err := token.Seal(v.Rho, v.Opener.Public())
	if err != nil {
		t.Fatal(err)
	}
	v.want(t, "a sealed token of no card", register.UnknownCard, v.phones["nord-1"].Scan(t, register.Activate, strange))
	v.want(t, "noise", register.UnknownCard, v.phones["nord-1"].Scan(t, register.Activate, register.Sealed{}))
	forged := v.phones["nord-1"].Scan(t, register.Activate, here[3].Sealed)
	forged.Mode = register.Invalidate
	v.want(t, "another mode than was signed", register.UnknownDevice, forged)
	v.want(t, "a device of nobody", register.UnknownDevice, v.NewPhone(t).Scan(t, register.Activate, here[3].Sealed))
	stranger := v.NewPhone(t)
	stranger.ID = v.phones["nord-1"].ID
	v.want(t, "a device under another's name", register.UnknownDevice, stranger.Scan(t, register.Activate, here[3].Sealed))
	if err := v.store.Retire(t.Context(), v.phones["nord-2"].ID); err != nil {
		t.Fatal(err)
	}
	v.scan(t, "a device that was taken back", "nord-2", register.Activate, there[1], register.UnknownDevice)

	v.now = registertest.Opens.Add(-time.Second)
	v.scan(t, "before the opening", "nord-1", register.Activate, here[4], register.Closed)
	v.now = registertest.Closes
	v.scan(t, "at the close (S000-09)", "nord-1", register.Activate, here[4], register.Closed)
	v.scan(t, "a card that is left", "nord-1", register.Check, here[4], register.Done)

	count, err := v.store.Counts(t.Context(), 1, "nord-1")
	if want := (register.Count{Activated: 2, Invalidated: 2, Again: 1, Checked: 1}); err != nil || count != want {
		t.Errorf("%+v, not %+v; %v", count, want, err)
	}
}

// TestQuietStation: what one station's few cards become is not entered beside the many of
// another one, but with the others of its own, or once the round is over.
func TestQuietStation(t *testing.T) {
	v := begin(t)
	for _, p := range v.of("nord-1")[:10] {
		v.scan(t, "a card", "nord-1", register.Activate, p, register.Done)
	}
	quiet := v.of("nord-2")[0]
	v.scan(t, "the only one", "nord-2", register.Activate, quiet, register.Done)
	v.now = v.now.Add(15 * time.Minute)
	if err := v.s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := v.states(t); got[quiet.Number] != register.Made || got[v.of("nord-1")[0].Number] != register.Active {
		t.Errorf("the only card of a station is %s, one of ten %s", got[quiet.Number], got[v.of("nord-1")[0].Number])
	}
	v.scan(t, "the only one again", "nord-2", register.Activate, quiet, register.Again)
	v.now = registertest.Closes
	if err := v.s.Tick(t.Context()); err != nil || v.states(t)[quiet.Number] != register.Invalid {
		t.Errorf("%v", err)
	}
}

// TestNextDistribution: at an addition a card of the distribution before is somebody's, or
// dead, and never killed; what was published of that one stays.
func TestNextDistribution(t *testing.T) {
	v := begin(t)
	first := v.of("nord-1")[0]
	v.scan(t, "a card", "nord-1", register.Activate, first, register.Done)
	v.now = registertest.Closes
	if err := v.s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	next := v.Distribution(2, 24, 16)
	next.Scope = register.Addition
	later := registertest.Opens.AddDate(1, 0, 0)
	next.Rounds[0].Opens, next.Rounds[0].Closes = scrutin.TimeOf(later), scrutin.TimeOf(later.Add(time.Hour))
	papers, cards := v.Cards(t, next)
	if err := v.s.Open(t.Context(), registertest.Text(t, next), cards); err != nil {
		t.Fatal(err)
	}
	v.now = later
	if err := v.store.PutBox(t.Context(), register.ID{}, 2, "nord-1", register.Box{Counted: 24, Left: -1}); err != nil {
		t.Fatal(err)
	}
	v.scan(t, "a live card of last year", "nord-1", register.Activate, first, register.Taken)
	v.scan(t, "a dead one", "nord-1", register.Activate, v.of("nord-1")[1], register.Invalidated)
	v.scan(t, "a new one", "nord-1", register.Activate, papers[0], register.Done)
	v.now = later.Add(time.Hour)
	if err := v.s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	handed := 0
	if err := v.store.Handed(t.Context(), 1, func(_ register.Card, is bool) error {
		if is {
			handed++
		}
		return nil
	}); err != nil || handed != 1 || v.states(t)[first.Number] != register.Active {
		t.Errorf("%d handed out a year ago; %v", handed, err)
	}
	if count, err := v.store.Counts(t.Context(), 2, "nord-1"); err != nil || count.Taken != 1 || count.Activated != 1 {
		t.Errorf("%+v %v", count, err)
	}
}

// TestFinish (S000-12, S000-10): after the last close whatever is not active is invalid,
// and together they are all that was made.
func TestFinish(t *testing.T) {
	v := begin(t)
	for _, p := range v.of("nord-1")[:15] {
		v.scan(t, "a card", "nord-1", register.Activate, p, register.Done)
	}
	v.now = registertest.Closes.Add(-time.Second)
	if err := v.s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.scan(t, "in the last second", "nord-1", register.Activate, v.of("nord-1")[15], register.Done)
	v.now = registertest.Closes
	if err := v.s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	count := map[register.State]int{}
	for _, s := range v.states(t) {
		count[s]++
	}
	if count[register.Active] != 16 || count[register.Invalid] != 24 || len(count) != 2 {
		t.Errorf("%v", count)
	}
	v.scan(t, "after the end", "nord-1", register.Activate, v.of("nord-1")[20], register.Closed)
}

// TestNobodysOrder (S000-08): what scans change waits for a full batch and a slot, is found
// meanwhile, also after a restart, and leaves its sealed rows without a key.
func TestNobodysOrder(t *testing.T) {
	v := begin(t)
	cards := v.of("nord-1")
	for _, p := range cards[:9] {
		v.scan(t, "a card", "nord-1", register.Activate, p, register.Done)
	}
	v.now = v.now.Add(15 * time.Minute)
	if err := v.s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n, s := range v.states(t) {
		if s != register.Made {
			t.Fatalf("card %s of nine is %s before its batch is full", n, s)
		}
	}
	keys := listed(t, v.dir)
	v.scan(t, "one that waits is found", "nord-1", register.Activate, cards[0], register.Again)
	for _, p := range cards[9:12] {
		v.scan(t, "a card", "nord-1", register.Activate, p, register.Done)
	}
	if err := v.s.Tick(t.Context()); err != nil || v.states(t)[cards[1].Number] != register.Made {
		t.Fatalf("within a slot: %v", err)
	}
	v.store.Shut()
	v.open(t)
	v.scan(t, "after a restart too", "nord-1", register.Activate, cards[0], register.Invalidated)
	v.now = v.now.Add(15 * time.Minute)
	if err := v.s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, p := range cards[:12] {
		want := register.Active
		if i == 0 {
			want = register.Invalid
		}
		if got := v.states(t)[p.Number]; got != want {
			t.Errorf("card %d is %s", i, got)
		}
	}
	for _, k := range listed(t, v.dir) {
		for _, old := range keys {
			if k == old {
				t.Error("the key of the batch is still there")
			}
		}
	}
	wal, err := os.ReadFile(filepath.Join(v.dir, "register.db-wal"))
	if err == nil && bytes.Contains(wal, v.papers[0].Token[:]) {
		t.Error("the write-ahead log holds the batch")
	}
}

func listed(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "keys"))
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d keys; %v", len(entries), err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestCardsRefused: the cards of a distribution are exactly its own, come before its
// stations open, and once.
func TestCardsRefused(t *testing.T) {
	v := begin(t)
	next := v.Distribution(2, 24, 16)
	_, cards := v.Cards(t, next)
	if err := v.s.Open(t.Context(), registertest.Text(t, next), cards); !errors.Is(err, register.ErrInvalid) {
		t.Errorf("while the first one is under way: %v", err)
	}
	first := v.Distribution(1, 24, 16)
	if err := v.s.Open(t.Context(), registertest.Text(t, first), cards); !errors.Is(err, register.ErrOther) {
		t.Errorf("other cards: %v", err)
	}
	fresh := &day{Town: v.Town, dir: t.TempDir(), now: registertest.Opens.Add(-time.Hour)}
	fresh.open(t)
	for name, edit := range map[string]func(c []register.Card) []register.Card{
		"one less":           func(c []register.Card) []register.Card { return c[1:] },
		"one twice":          func(c []register.Card) []register.Card { c[1].Number = c[0].Number; return c },
		"at another station": func(c []register.Card) []register.Card { c[0].Station = "nord-2"; return c },
		"active already":     func(c []register.Card) []register.Card { c[0].State = register.Active; return c },
		"a wrong digit":      func(c []register.Card) []register.Card { c[0].Number++; return c },
		"no login key":       func(c []register.Card) []register.Card { c[0].Login = [32]byte{}; return c },
	} {
		_, cards := v.Cards(t, first)
		if err := fresh.s.Open(t.Context(), registertest.Text(t, first), edit(cards)); !errors.Is(err, register.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	fresh.now = registertest.Opens
	_, cards = v.Cards(t, first)
	if err := fresh.s.Open(t.Context(), registertest.Text(t, first), cards); !errors.Is(err, register.ErrInvalid) {
		t.Errorf("after the first station has opened: %v", err)
	}
}
