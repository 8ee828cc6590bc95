package scrutin

import (
	"fmt"
	"time"
)

// A ClockChange says that an hour of legal time is no instant, since the change of the clocks skips it, or two, since it comes twice.
type ClockChange struct{ Hour string }

// Error is the sentence in English.
func (c ClockChange) Error() string { return c.Sentence("en") }

// Sentence says it in "fr" or else in English, with what to do.
func (c ClockChange) Sentence(language string) string {
	if language == "fr" {
		return fmt.Sprintf("ce jour-là on change d'heure, et %s n'existe pas ou vient deux fois : prendre une autre heure", c.Hour)
	}
	return fmt.Sprintf("on that day the clocks change, and %s is skipped or comes twice: take another hour", c.Hour)
}

// LocalTime reads an hour of legal time, in a form of package time with neither seconds nor zone. The error is a [ClockChange] where the clocks of the
// zone make it no instant or two, which are an hour apart.
func LocalTime(form, text string, zone *time.Location) (Time, error) {
	t, err := time.ParseInLocation(form, text, zone)
	if err != nil {
		return Time{}, fmt.Errorf("%w: %q is no hour of the calendar", ErrMalformed, text)
	}
	again := func(d time.Duration) bool { return t.Add(d).Format(form) == text }
	if !again(0) || again(time.Hour) || again(-time.Hour) {
		return Time{}, ClockChange{text}
	}
	return TimeOf(t), nil
}
