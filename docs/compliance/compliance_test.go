package compliance

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var writes = flag.Bool("write", false, "write docs/compliance.md anew")

// TestPage: docs/compliance.md is what requirements and sources give.
func TestPage(t *testing.T) {
	want, err := Page("../..")
	if err != nil {
		t.Fatal(err)
	}
	const file = "../compliance.md"
	if *writes {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/compliance.md is another than requirements and tests give, %v: run make compliance", err)
	}
}

// TestRefused: a row that nothing shows, an id that no text has and a reference that leads nowhere make no page.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, rows, says string
		tests            map[string][]string
	}{
		{"a row that nothing shows", `{id: CoE-1, text: "easy"}`, "is shown by nothing", nil},
		{"two rows that lean on each other", `{id: CoE-1, text: "easy", like: [CoE-2]}, {id: CoE-2, text: "for all", like: [CoE-1]}`, "is shown by nothing", nil},
		{"an id that no text has", `{id: CoE-1, text: "easy"}`, "which no text has", map[string][]string{"CoE-1": {"a.TestA"}, "CoE-51": {"a.TestB"}}},
		{"no such attack", `{id: CoE-1, text: "easy", attacks: [B99]}`, "which docs/attacks.md has not", nil},
		{"no such document", `{id: CoE-1, text: "easy", pages: [nothing.md]}`, "which is not in docs", nil},
		{"no such row", `{id: CoE-1, text: "easy", like: [CoE-3]}`, "which is no other row", nil},
		{"an id twice", `{id: CoE-1, text: "easy", lacks: "time"}, {id: CoE-1, text: "easy", lacks: "time"}`, "stands twice", nil},
		{"a word that is not known", `{id: CoE-1, text: "easy", done: "yes"}`, "field done not found", nil},
	} {
		texts, err := read([]byte("- {title: T, note: N, rows: [" + c.rows + "]}"))
		if err == nil {
			_, err = page("../..", texts, c.tests)
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, not %q", c.name, err, c.says)
		}
	}
	texts, err := read([]byte(`- {title: T, note: N, rows: [{id: S004-22a, text: "kept"}, {id: S004-22b, text: "destroyed"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := page("../..", texts, map[string][]string{"S004-22": {"a.TestA"}}); err != nil || bytes.Count(out, []byte("`a.TestA`")) != 2 {
		t.Errorf("an article's id is not that of both rows: %v", err)
	}
}
