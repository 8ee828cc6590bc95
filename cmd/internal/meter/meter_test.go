package meter

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func meter(terminal bool) (*Meter, *bytes.Buffer, *time.Time) {
	var out bytes.Buffer
	now := time.Unix(1_000_000, 0)
	m := New(&out)
	m.terminal, m.now = terminal, func() time.Time { return now }
	return m, &out, &now
}

func TestLinesNowAndThen(t *testing.T) {
	m, out, now := meter(false)
	for i := range 100 {
		m.Report("mix", i, 100)
		m.Report("count", i, 100) // two at a time
		*now = now.Add(300 * time.Millisecond)
	}
	m.End()
	if n := strings.Count(out.String(), "\n"); n < 2 || n > 31 {
		t.Errorf("%d lines in half a minute:\n%s", n, out)
	}
	if !strings.HasPrefix(out.String(), "  mix 0/100\n") {
		t.Errorf("begins with %q", out)
	}
	if strings.ContainsAny(out.String(), "\r\x1b") {
		t.Error("controls of a terminal in a file")
	}
	out.Reset()
	for range 100 {
		m.Report("shares", 1, 2)
		*now = now.Add(time.Second)
	}
	if n := strings.Count(out.String(), "shares 1/2\n"); n != 5 {
		t.Errorf("one stage of 100 s has %d lines:\n%s", n, out)
	}
}

func TestBar(t *testing.T) {
	m, out, now := meter(true)
	m.Report("mix", 0, 0)
	m.Report("mix", 1, 2)
	*now = now.Add(time.Second)
	m.Report("mix", 1, 2)
	m.Report("mix", 2, 2)
	m.Report("mix", 5, 2)
	if got := out.String(); !strings.Contains(got, "[###############...............] 1/2") || !strings.Contains(got, "[##############################] 2/2") {
		t.Errorf("drew %q", got)
	}
	m.End()
	if !strings.HasSuffix(out.String(), "\r\x1b[K") {
		t.Errorf("the bar stands after the end: %q", out)
	}
	n := out.Len()
	m.End()
	if out.Len() != n {
		t.Error("a bar is erased twice")
	}
}
