// Package alert tells what a check of a store has found (package integrity): once, as
// long as it lasts, to whoever listens, and into a log that is kept.
//
// What it promises. What is found is in the log, on the medium, before anybody is told,
// and everybody is told at once; the same finding again is told again only after a whole
// check has missed it, or when the first telling is no longer in the log. What has not
// left for everybody when the process ends is told again by the next one: a file beside
// the log, PATH.left, says how many of its alerts have. An alert says
// which role, table, urn and row, and since which check all was well; it holds no name,
// no code, no secret. Other programs can follow the log: one line of JSON for each
// alert, only added to.
package alert

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"isoloir/integrity"
	"isoloir/scrutin/canon"
)

// A Severity says how soon somebody must look.
type Severity string

// Severities.
const (
	Critical Severity = "critical" // the store is not what the service wrote
	Warning  Severity = "warning"  // it could not be looked at
	Notice   Severity = "notice"   // a whole check misses what was found before
)

// An Event is an alert.
type Event struct {
	Time     time.Time `json:"time"` // UTC, whole seconds
	Severity Severity  `json:"severity"`
	Role     string    `json:"role"`
	integrity.Finding
	Since time.Time `json:"since"` // the end of the last whole check that found nothing; zero if there was none
}

// String is the event in a line.
func (e Event) String() string {
	since := "no check has ended before"
	if !e.Since.IsZero() {
		since = "all was well at " + e.Since.Format(time.RFC3339)
	}
	if e.Severity == Notice {
		return fmt.Sprintf("%s %s: %s: not found any more", e.Time.Format(time.RFC3339), e.Role, e.Finding)
	}
	return fmt.Sprintf("%s %s: %s; %s", e.Time.Format(time.RFC3339), e.Role, e.Finding, since)
}

// A Log is the alerts of one role. It is safe for concurrent use.
type Log struct {
	Role  string
	Now   func() time.Time
	Since func() time.Time // the end of the last whole check that found nothing
	// Tell is told of new events, after they are in the log, and when it is opened of
	// those that did not leave before. It does not wait long, and calls left once
	// everybody has them.
	Tell func(events []Event, left func())
	// Failed hears that it could not be kept what has left.
	Failed func(error)

	mu    sync.Mutex
	file  *os.File
	open  map[integrity.Finding]bool // told, and not missed since
	lines int                        // alerts in the log

	leaving sync.Mutex
	beside  string   // the file that says how many have left
	under   []*batch // on their way, in the order of the log
}

// A batch is alerts that are told together, up to a line of the log.
type batch struct {
	end  int
	left bool
}

// ErrLog says that the file is not a log of alerts, or the one beside it no number of
// those that have left.
var ErrLog = errors.New("this is not a log of alerts: keep it, and begin another one in its place")

// leftSuffix is that of the file beside a log: how many of its alerts have left, in
// decimal, and a newline.
const leftSuffix = ".left"

// Open opens the log at path, or makes it, for its owner alone, and tells what has not
// left. A line that an interruption left incomplete is ended.
func (l *Log) Open(path string) error {
	l.open, l.lines, l.beside = map[integrity.Finding]bool{}, 0, path+leftSuffix
	gone, err := l.gone()
	if err != nil {
		return err
	}
	var waiting []Event
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("log of alerts: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		var e Event
		if err := canon.Known(lines.Bytes(), &e); err != nil {
			if !lines.Scan() && !bytes.HasSuffix(raw, []byte("\n")) {
				break
			}
			return fmt.Errorf("%s: %w: %w", path, ErrLog, err)
		}
		l.open[e.Finding] = e.Severity != Notice
		if l.lines++; l.lines > gone {
			waiting = append(waiting, e)
		}
	}
	if l.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return fmt.Errorf("log of alerts: %w", err)
	}
	if len(raw) > 0 && !bytes.HasSuffix(raw, []byte("\n")) {
		if at := bytes.LastIndexByte(raw, '\n') + 1; json.Valid(raw[at:]) {
			_, err = l.file.WriteString("\n")
		} else {
			err = l.file.Truncate(int64(at))
		}
	}
	if err == nil && len(waiting) > 0 && l.Tell != nil {
		l.Tell(waiting, l.departure())
	}
	return err
}

// Read reads the log at path, as far as its lines are whole; none where there is no log.
func Read(path string) (events []Event, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for line := range bytes.Lines(raw) {
		var e Event
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", path, ErrLog, err)
		}
		events = append(events, e)
	}
	return events, err
}

// gone is how many alerts have left, as the file beside says.
func (l *Log) gone() (n int, err error) {
	raw, err := os.ReadFile(l.beside)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("log of alerts: %w", err)
	}
	line, whole := strings.CutSuffix(string(raw), "\n")
	if n, err = strconv.Atoi(line); err != nil || !whole || n < 0 || strconv.Itoa(n) != line {
		return 0, fmt.Errorf("%s: %w", l.beside, ErrLog)
	}
	return n, nil
}

// departure begins a batch that ends with the last line of the log, and gives what is
// called once it has left. The file follows when all before have left too.
func (l *Log) departure() (left func()) {
	b := &batch{end: l.lines}
	l.leaving.Lock()
	defer l.leaving.Unlock()
	l.under = append(l.under, b)
	return func() {
		l.leaving.Lock()
		defer l.leaving.Unlock()
		b.left = true
		end := -1
		for ; len(l.under) > 0 && l.under[0].left; l.under = l.under[1:] {
			end = l.under[0].end
		}
		if end < 0 {
			return
		}
		if err := integrity.Replace(l.beside, fmt.Appendln(nil, end)); err != nil && l.Failed != nil {
			l.Failed(fmt.Errorf("alerts that have left: %w", err))
		}
	}
}

// Close closes the log.
func (l *Log) Close() error { return l.file.Close() }

// Found tells of findings, those that were not told.
func (l *Log) Found(findings []integrity.Finding) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.found(findings)
}

func (l *Log) found(findings []integrity.Finding) error {
	var events []Event
	for _, f := range findings {
		if !l.open[f] {
			severity := Critical
			if f.What == integrity.Unread {
				severity = Warning
			}
			events = append(events, l.event(severity, f))
			l.open[f] = true
		}
	}
	return l.write(events)
}

// Settled tells of all that a whole check has found, and of what it misses.
func (l *Log) Settled(findings []integrity.Finding) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.found(findings)
	there := map[integrity.Finding]bool{}
	for _, f := range findings {
		there[f] = true
	}
	var over []Event
	for f, open := range l.open {
		if open && !there[f] {
			over = append(over, l.event(Notice, f))
			l.open[f] = false
		}
	}
	return errors.Join(err, l.write(over))
}

func (l *Log) event(s Severity, f integrity.Finding) Event {
	return Event{l.Now().UTC().Truncate(time.Second), s, l.Role, f, l.Since()}
}

// write keeps events and then tells them, also when they could not be kept.
func (l *Log) write(events []Event) error {
	if len(events) == 0 {
		return nil
	}
	var lines []byte
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	_, err := l.file.Write(lines)
	err = errors.Join(err, l.file.Sync())
	left := func() {}
	if err == nil {
		l.lines += len(events)
		left = l.departure()
	}
	if l.Tell != nil {
		l.Tell(events, left)
	}
	if err != nil {
		return fmt.Errorf("log of alerts: %w", err)
	}
	return nil
}
