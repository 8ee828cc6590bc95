package faults

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWrites looks whether the stores still make the statements by which a wire knows the
// steps: one that is not met any more would be struck by nothing.
func TestWrites(t *testing.T) {
	for role, all := range writes {
		files, err := filepath.Glob(filepath.Join("..", "..", role, "postgres", "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no store of the %s: %v", role, err)
		}
		var sources []byte
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, text...)
		}
		for _, w := range all {
			said := w.statement
			if table, copies := strings.CutPrefix(said, "copy "); copies {
				said = "t.Copy(" + strings.TrimSpace(table)
			}
			if !bytes.Contains(sources, []byte(said)) {
				t.Errorf("the store of the %s makes no statement %q (%s)", role, said, w.step)
			}
		}
	}
}

// TestMessages reads what is and is not a message of PostgreSQL's protocol.
func TestMessages(t *testing.T) {
	for name, c := range map[string]struct {
		in     string
		before int
		want   int // length, 0 for an error
	}{
		"a query":                 {"Q\x00\x00\x00\x0bcommit\x00rest", 1, 12},
		"the first message":       {"\x00\x00\x00\x08\x00\x03\x00\x00", 0, 8},
		"nothing":                 {"", 1, 0},
		"cut short":               {"Q\x00\x00\x00\x0bcom", 1, 0},
		"a length that is none":   {"Q\x00\x00\x00\x03", 1, 0},
		"a length beyond all use": {"Q\xff\xff\xff\xff", 1, 0},
	} {
		m, err := message(strings.NewReader(c.in), c.before)
		if (err != nil) != (c.want == 0) || err == nil && len(m) != c.want {
			t.Errorf("%s: %q, %v", name, m, err)
		}
	}
}
