package scrutin_test

import (
	"errors"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

const form = "2006-01-02T15:04"

// An hour that the change of the clocks skips or makes twice is no hour of an act: to the minute on both sides.
func TestLocalTime(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2027-03-28T01:59": "2027-03-28T00:59:00Z", "2027-03-28T02:00": "", "2027-03-28T02:59": "", "2027-03-28T03:00": "2027-03-28T01:00:00Z",
		"2027-10-31T01:59": "2027-10-30T23:59:00Z", "2027-10-31T02:00": "", "2027-10-31T02:59": "", "2027-10-31T03:00": "2027-10-31T02:00:00Z",
		"2027-07-14T12:00": "2027-07-14T10:00:00Z",
	} {
		got, err := scrutin.LocalTime(form, text, zone)
		if (want == "") != errors.As(err, new(scrutin.ClockChange)) || err == nil && got.String() != want {
			t.Errorf("%s is %s, %v, and must be %q", text, got, err, want)
		}
	}
	if _, err := scrutin.LocalTime(form, "2027-02-30T12:00", zone); !errors.Is(err, scrutin.ErrMalformed) {
		t.Errorf("the thirtieth of February: %v", err)
	}
}

// S003-30: a vote that is extended over a change of the clocks, also into the hour that comes twice, closes at the instant of the act and the time of
// grace after it, to the second.
func TestExtendedOverAChange(t *testing.T) {
	for _, c := range []struct{ close, extended time.Time }{
		{time.Date(2027, 3, 27, 18, 0, 0, 0, time.UTC), time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC)},    // the first instant of summer time
		{time.Date(2027, 10, 30, 18, 0, 0, 0, time.UTC), time.Date(2027, 10, 31, 0, 30, 0, 0, time.UTC)}, // half past two, the first time
		{time.Date(2027, 10, 31, 0, 30, 0, 0, time.UTC), time.Date(2027, 10, 31, 1, 30, 0, 0, time.UTC)}, // and the second time
	} {
		for _, grace := range []int{0, 15, 30} {
			b := newBoard(t, scrutintest.Options{Open: c.close.AddDate(0, 0, -5), Edit: func(m *scrutin.Manifest) {
				m.Schedule.Close, m.Schedule.GraceMinutes = scrutin.TimeOf(c.close), grace
			}})
			b.until(t, scrutin.ActClose)
			b.at = c.close.Add(-time.Hour)
			extend := b.draft(scrutin.ActExtend)
			extend.Body.Close = scrutin.TimeOf(c.extended)
			if err := b.p.Apply(b.sign(extend, b.present...)); err != nil {
				t.Fatal(err)
			}
			end := c.extended.Add(time.Duration(grace) * time.Minute)
			if !b.p.Ends().Equal(end) {
				t.Errorf("extended to %s with %d minutes it ends at %s", c.extended, grace, b.p.Ends())
			}
			b.refused(t, scrutin.ActClose, scrutin.RuleTime, func(a *scrutin.Act) { a.Time = scrutin.TimeOf(end.Add(-time.Second)) })
			b.at = end
			b.do(t, scrutin.ActClose)
		}
	}
}
