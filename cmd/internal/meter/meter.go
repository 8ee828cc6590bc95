// Package meter shows the progress of long work to a person: a bar that moves on a terminal, elsewhere a plain line for each stage.
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
	stage    string
	drawn    time.Time
	open     bool // the cursor stands behind a bar
}

// New returns a meter on w.
func New(w io.Writer) *Meter {
	f, ok := w.(*os.File)
	return &Meter{w: w, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// Report says that done of total steps of a stage are made.
func (m *Meter) Report(stage string, done, total int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.terminal {
		if stage != m.stage {
			fmt.Fprintf(m.w, "  %s\n", stage)
		}
		m.stage = stage
		return
	}
	now := time.Now()
	if stage == m.stage && done < total && now.Sub(m.drawn) < 100*time.Millisecond {
		return
	}
	m.stage, m.drawn, m.open = stage, now, true
	const width = 30
	full := width
	if total > 0 {
		full = min(width, width*done/total)
	}
	fmt.Fprintf(m.w, "\r\x1b[K  %-28s [%s%s] %d/%d", stage, strings.Repeat("#", full), strings.Repeat(".", width-full), done, total)
}

// Line erases the bar and writes a line that stays.
func (m *Meter) Line(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.erase()
	fmt.Fprintf(m.w, format+"\n", args...)
	m.stage = ""
}

// End erases the bar.
func (m *Meter) End() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.erase()
}

func (m *Meter) erase() {
	if m.open {
		fmt.Fprint(m.w, "\r\x1b[K")
		m.open = false
	}
}
