package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// A meter shows how far the verification is: a bar that moves on a terminal,
// elsewhere one line per stage.
type meter struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	stage    string
	drawn    time.Time
}

func newMeter(w io.Writer) *meter {
	f, ok := w.(*os.File)
	return &meter{w: w, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// report says that done of total steps of a stage are made.
func (m *meter) report(stage string, done, total int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.terminal {
		if stage != m.stage {
			fmt.Fprintln(m.w, stage)
		}
		m.stage = stage
		return
	}
	if stage != m.stage && m.stage != "" {
		fmt.Fprintln(m.w)
	}
	now := time.Now()
	if stage == m.stage && done < total && now.Sub(m.drawn) < 100*time.Millisecond {
		return
	}
	m.stage, m.drawn = stage, now
	if total <= 0 {
		fmt.Fprintf(m.w, "\r\x1b[K%-24s %d", stage, done)
		return
	}
	const width = 30
	full := min(width, width*done/total)
	fmt.Fprintf(m.w, "\r\x1b[K%-24s [%s%s] %d/%d", stage, strings.Repeat("#", full), strings.Repeat(".", width-full), done, total)
}

// end leaves the cursor on a new line.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.terminal && m.stage != "" {
		fmt.Fprintln(m.w)
	}
}
