package pages

import (
	"slices"
	"time"

	"isoloir/scrutin"
)

// A date is a line of the calendar: a moment, or a day.
type date struct {
	key string
	at  time.Time
	day bool
}

// dates are the moments of the vote in their order.
func (v *Visit) dates() []date {
	s := v.Manifest.Schedule
	out := []date{{key: "dates.open", at: s.Open.Time}, {key: "dates.close", at: v.Closes()}}
	if s.PollingDay != "" {
		out = append(out, date{"dates.polling", v.pollingDay(), true})
	}
	if a := v.Progress.Act(scrutin.ActProclaim); a != nil && v.Phase == Published {
		out = append(out, date{key: "dates.proclaimed", at: a.Time.Time})
	}
	return out
}

// dated are the bureau's acts that change when one may vote.
func (v *Visit) dated() (acts []*scrutin.Act) {
	for _, a := range v.Progress.Acts {
		if slices.Contains([]string{scrutin.ActOpen, scrutin.ActSuspend, scrutin.ActResume, scrutin.ActExtend, scrutin.ActClose}, a.Type) {
			acts = append(acts, a)
		}
	}
	return acts
}

// Ends is the end of voting for those who were connected before it closed.
func (v *Visit) Ends() time.Time { return v.Manifest.Schedule.Ends(scrutin.TimeOf(v.Closes())) }

// Grace says whether those who were connected in time may finish now.
func (v *Visit) Grace() bool { return !v.Now.Before(v.Closes()) && v.Now.Before(v.Ends()) }

// PollingDay writes the day of the vote at the polling stations.
func (v *Visit) PollingDay() string { return v.Day(v.pollingDay(), v.Zone) }

func (v *Visit) pollingDay() time.Time {
	day, _ := time.ParseInLocation(time.DateOnly, string(v.Manifest.Schedule.PollingDay), v.Zone)
	return day
}

func (s *Site) dates(v *Visit) (View, error) {
	return View{Title: v.Say("link.dates"), Body: dates(v)}, nil
}
