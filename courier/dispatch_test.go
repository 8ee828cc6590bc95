package courier_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"isoloir/courier"
)

// spool is a Spool in memory.
type spool struct {
	mu   sync.Mutex
	rows map[courier.Key]*stored
	fail error // of Settle
}

type stored struct {
	courier.Row
	state courier.State
	due   time.Time
}

func (s *spool) Claim(_ context.Context, channel courier.Channel, now, until time.Time, limit int) (rows []courier.Row, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if r.Channel == channel && r.state == courier.Pending && !r.due.After(now) && len(rows) < limit {
			r.due = until
			r.Attempts++
			rows = append(rows, r.Row)
		}
	}
	return rows, nil
}

func (s *spool) Settle(_ context.Context, results []courier.Result) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range results {
		if at := s.rows[r.Key]; at.state == courier.Pending && s.fail == nil {
			at.state, at.due = r.State, r.Next
		}
	}
	return s.fail
}

func (s *spool) Report(context.Context, string, courier.State) (bool, error) { return false, nil }
func (s *spool) Counts(context.Context) ([]courier.Count, error)             { return nil, nil }

func (s *spool) states() map[courier.State]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := map[courier.State]int{}
	for _, r := range s.rows {
		n[r.state]++
	}
	return n
}

// carrier answers for the nth call.
type carrier func(m courier.Message) error

func (c carrier) Carry(_ context.Context, m courier.Message) error { return c(m) }

type bench struct {
	*courier.Dispatcher
	spool *spool
	mu    sync.Mutex
	now   time.Time
	took  map[string]int
}

func newBench(n int, answer func(m courier.Message) error) *bench {
	b := &bench{spool: &spool{rows: map[courier.Key]*stored{}}, now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), took: map[string]int{}}
	for i := range n {
		k := courier.Key{Kind: courier.Codes, Elector: uint32(i)}
		b.spool.rows[k] = &stored{Row: courier.Row{Key: k, Name: fmt.Sprint(i), Channel: courier.Email, Address: fmt.Sprint("a", i)}, state: courier.Pending}
	}
	b.Dispatcher = &courier.Dispatcher{Spool: b.spool, Channel: courier.Email, Workers: 3,
		Now: func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now },
		Write: func(r courier.Row) (courier.Message, error) {
			return courier.Message{Name: r.Name, To: r.Address, Body: "code " + r.Name}, nil
		},
		Carrier: carrier(func(m courier.Message) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			if err := answer(m); err != nil {
				return err
			}
			b.took[m.Name]++
			return nil
		})}
	return b
}

func (b *bench) move(d time.Duration) { b.mu.Lock(); defer b.mu.Unlock(); b.now = b.now.Add(d) }

func TestDrain(t *testing.T) {
	b := newBench(500, func(courier.Message) error { return nil })
	told := 0
	b.Progress = func(courier.Summary) { told++ }
	sum, err := b.Drain(t.Context())
	if err != nil || sum != (courier.Summary{Sent: 500}) || told != 500 {
		t.Fatalf("%+v, %v, told %d times", sum, err, told)
	}
	for name, n := range b.took {
		if n != 1 {
			t.Errorf("message %s was carried %d times", name, n)
		}
	}
	if sum, err := b.Drain(t.Context()); err != nil || sum != (courier.Summary{}) {
		t.Errorf("again: %+v, %v", sum, err)
	}
}

// What is refused is not tried again; what failed is, later and later.
func TestRefusedAndPostponed(t *testing.T) {
	failing := true
	b := newBench(3, func(m courier.Message) error {
		switch {
		case m.Name == "0":
			return fmt.Errorf("%w: SMTP 550", courier.ErrRefused)
		case m.Name == "1" && failing:
			return errors.New("try again")
		}
		return nil
	})
	sum, err := b.Drain(t.Context())
	if err != nil || sum != (courier.Summary{Sent: 1, Refused: 1, Postponed: 1}) {
		t.Fatalf("%+v, %v", sum, err)
	}
	wait := b.spool.rows[courier.Key{Kind: courier.Codes, Elector: 1}].due.Sub(b.Now())
	if wait < time.Minute || wait > 2*time.Minute {
		t.Errorf("it is tried again after %v", wait)
	}
	if sum, err := b.Drain(t.Context()); err != nil || sum != (courier.Summary{}) {
		t.Errorf("at once: %+v, %v", sum, err)
	}
	b.move(2 * time.Minute)
	if sum, err := b.Drain(t.Context()); err != nil || sum.Postponed != 1 {
		t.Errorf("after two minutes: %+v, %v", sum, err)
	}
	if longer := b.spool.rows[courier.Key{Kind: courier.Codes, Elector: 1}].due.Sub(b.Now()); longer < 2*time.Minute {
		t.Errorf("the second time it is tried again after %v", longer)
	}
	for range 20 {
		b.move(6 * time.Hour)
		if _, err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	failing = false
	b.move(6 * time.Hour)
	if _, err := b.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := b.spool.states(); got[courier.Sent] != 2 || got[courier.Refused] != 1 {
		t.Errorf("%v", got)
	}
}

// A carrier that fails for everybody is left alone, and nobody is lost.
func TestTrouble(t *testing.T) {
	down, asked := true, 0
	b := newBench(300, func(courier.Message) error {
		asked++
		if down {
			return errors.New("connection refused")
		}
		return nil
	})
	if _, err := b.Drain(t.Context()); !errors.Is(err, courier.ErrTrouble) {
		t.Errorf("%v", err)
	}
	if asked > 10 {
		t.Errorf("it was asked %d times in vain", asked)
	}
	down = false
	for range 4 {
		b.move(3 * time.Minute)
		if _, err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.spool.states(); got[courier.Sent] != 300 {
		t.Errorf("%v", got)
	}
	for name, n := range b.took {
		if n != 1 {
			t.Errorf("message %s was carried %d times", name, n)
		}
	}
}

// The rate is kept, and rows are not claimed that cannot leave within their lease.
func TestRate(t *testing.T) {
	b := newBench(30, func(courier.Message) error { return nil })
	b.PerSecond = 100
	began := time.Now()
	if _, err := b.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 280*time.Millisecond {
		t.Errorf("30 messages left in %v, at 100 in a second", took)
	}
}

// A pass that is ended gives up what it has not sent, and marks what it has.
func TestEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var b *bench
	b = newBench(200, func(courier.Message) error {
		if len(b.took) == 20 {
			cancel()
		}
		return nil
	})
	if _, err := b.Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if got := b.spool.states(); got[courier.Sent] != len(b.took) || got[courier.Sent] > 30 {
		t.Errorf("%v are marked, %d carried", got, len(b.took))
	}
	b.move(3 * time.Minute)
	if _, err := b.Drain(t.Context()); err != nil || b.spool.states()[courier.Sent] != 200 {
		t.Errorf("%v, %v", b.spool.states(), err)
	}
}

// When the spool cannot be written the pass ends: nothing more leaves unmarked.
func TestSpoolFails(t *testing.T) {
	b := newBench(200, func(courier.Message) error { return nil })
	b.spool.fail = errors.New("disk full")
	if _, err := b.Drain(t.Context()); !errors.Is(err, b.spool.fail) {
		t.Errorf("%v", err)
	}
	if len(b.took) > 2*b.Workers {
		t.Errorf("%d messages left although none could be marked", len(b.took))
	}
}

func TestTable(t *testing.T) {
	counts := []courier.Count{
		{courier.Codes, courier.Email, "mail.example", "FR", courier.Sent, 80},
		{courier.Codes, courier.Email, "mail.example", "FR", courier.Bounced, 20},
		{courier.Codes, courier.Email, "dupont.example", "FR", courier.Sent, 1},
		{courier.Codes, courier.Email, "martin.example", "FR", courier.Pending, 2},
		{courier.Codes, courier.Email, "mail.example", "AR", courier.Refused, 9},
		{courier.Codes, courier.Email, "mail.example", "AR", courier.Delivered, 2},
		{courier.Information, courier.Email, "mail.example", "FR", courier.Sent, 100},
		{courier.Codes, courier.Email, "mail.example", "FR", courier.Superseded, 5},
	}
	want := []courier.Line{
		{Kind: courier.Information, Channel: courier.Email, Operator: "mail.example", Country: "FR", Sent: 100},
		{Kind: courier.Codes, Channel: courier.Email, Operator: "mail.example", Country: "AR", Refused: 9, Delivered: 2},
		{Kind: courier.Codes, Channel: courier.Email, Country: "FR", Sent: 1, Pending: 2},
		{Kind: courier.Codes, Channel: courier.Email, Operator: "mail.example", Country: "FR", Sent: 80, Bounced: 20},
	}
	got := courier.Table(counts, 5)
	if !slices.Equal(got, want) {
		t.Fatalf("%+v", got)
	}
	if got[1].Arrived() != 18 || got[3].Arrived() != 80 || got[0].Arrived() != 100 || (courier.Line{}).Arrived() != 100 {
		t.Errorf("arrived: %d, %d, %d", got[1].Arrived(), got[3].Arrived(), got[0].Arrived())
	}
	if below := courier.Below(counts, 85, 10); len(below) != 2 || below[0].Country != "AR" || below[1].Country != "FR" || below[1].Total() != 103 || below[1].Operator != "" {
		t.Errorf("below 85 %%: %+v", below)
	}
	if below := courier.Below(counts, 85, 12); len(below) != 1 {
		t.Errorf("below 85 %% of twelve: %+v", below)
	}
	slices.Reverse(counts)
	if again := courier.Table(counts, 5); !slices.Equal(again, want) {
		t.Errorf("in another order: %+v", again)
	}
}

func TestOperator(t *testing.T) {
	for _, c := range []struct {
		channel courier.Channel
		address string
		want    string
	}{{courier.Email, "a@Mail.Example", "mail.example"}, {courier.SMS, "+33612345678", "+33612"}, {courier.SMS, "+3", "+3"}, {courier.Post, "A\nB", ""}} {
		if got := courier.Operator(c.channel, c.address); got != c.want {
			t.Errorf("%s %s: %q", c.channel, c.address, got)
		}
	}
}
