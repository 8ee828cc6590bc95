// Package meter shows the progress of long work to a person: a bar that moves on a terminal, elsewhere a line now and then.
package meter

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// A Meter writes progress to one place. It may be used by several goroutines.
type Meter struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	now      func() time.Time
	stage    string
	drawn    time.Time
	open     bool // the cursor stands behind a bar
}

// How often something is drawn at most: a bar, a line for a new stage, and a line for one that goes on.
const (
	barEvery   = 100 * time.Millisecond
	stageEvery = time.Second
	lineEvery  = 20 * time.Second
)

// New returns a meter on w.
func New(w io.Writer) *Meter {
	f, ok := w.(*os.File)
	return &Meter{w: w, terminal: ok && term.IsTerminal(int(f.Fd())), now: time.Now}
}

// Report says that done of total steps of a stage are made.
func (m *Meter) Report(stage string, done, total int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, same := m.now(), stage == m.stage
	if !m.terminal {
		if since := now.Sub(m.drawn); since >= lineEvery || !same && since >= stageEvery {
			fmt.Fprintf(m.w, "  %s %d/%d\n", stage, done, total)
			m.stage, m.drawn = stage, now
		}
		return
	}
	if same && done < total && now.Sub(m.drawn) < barEvery {
		return
	}
	m.stage, m.drawn, m.open = stage, now, true
	const width = 30
	full := 0
	if total > 0 {
		full = max(0, min(width, width*done/total))
	}
	fmt.Fprintf(m.w, "\r\x1b[K  %-28s [%s%s] %d/%d", stage, strings.Repeat("#", full), strings.Repeat(".", width-full), done, total)
}

// End erases the bar, so that what is printed next stands on a line of its own.
func (m *Meter) End() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open {
		fmt.Fprint(m.w, "\r\x1b[K")
		m.open = false
	}
}
