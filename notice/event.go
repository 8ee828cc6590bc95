package notice

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"isoloir/scrutin/canon"
)

// ErrEvent says that what is to be announced is no event.
var ErrEvent = errors.New("not an event that can be announced")

// An Event is what is announced of a consultation.
type Event struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Territory are the constituencies that it is for; empty for all.
	Territory []string  `json:"territory"`
	Opens     time.Time `json:"opens"`
	Closes    time.Time `json:"closes"`
	// Updated is when it was published, or changed last.
	Updated time.Time `json:"updated"`
	URL     string    `json:"url"` // of its public page; plain http is for this machine alone
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Validate says what is wrong with an event, wrapped in ErrEvent.
func (e *Event) Validate() error {
	u, err := url.Parse(e.URL)
	switch {
	case !idPattern.MatchString(e.ID):
		return fmt.Errorf("%w: id: %q is no name", ErrEvent, e.ID)
	case e.Title == "" || !utf8.ValidString(e.Title) || utf8.RuneCountInString(e.Title) > 400 || strings.ContainsFunc(e.Title, unicode.IsControl):
		return fmt.Errorf("%w: title: one line of up to 400 characters", ErrEvent)
	case !e.Opens.Before(e.Closes) || e.Updated.IsZero():
		return fmt.Errorf("%w: opens, closes, updated: it closes before it opens, or a time is missing", ErrEvent)
	case err != nil || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1") || u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "":
		return fmt.Errorf("%w: url: write an address that begins with https:// and says nothing of its reader", ErrEvent)
	}
	return nil
}

// For says whether an event is of a territory; "" is every one.
func (e *Event) For(territory string) bool {
	return territory == "" || len(e.Territory) == 0 || slices.Contains(e.Territory, territory)
}

// Of gives the events of a territory, the one that opens first at the head.
func Of(events []Event, territory string) []Event {
	out := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return !e.For(territory) })
	slices.SortStableFunc(out, func(a, b Event) int { return cmp.Or(a.Opens.Compare(b.Opens), cmp.Compare(a.ID, b.ID)) })
	return out
}

// ReadEvents reads the events of a directory, each a file ID.json.
func ReadEvents(dir string) (events []Event, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		e, err := ParseEvent(text)
		if err == nil && e.ID+".json" != filepath.Base(path) {
			err = fmt.Errorf("%w: the file of %s has another name", ErrEvent, e.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		events = append(events, e)
	}
	return events, nil
}

// ParseEvent reads the JSON of an event: every field of it, and no other.
func ParseEvent(text []byte) (e Event, err error) {
	if err := canon.Known(text, &e); err != nil {
		return e, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	return e, e.Validate()
}
