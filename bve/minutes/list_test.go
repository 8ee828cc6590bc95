package minutes_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"isoloir/bve/minutes"
	"isoloir/bve/minutes/minutestest"
	"isoloir/scrutin"
)

func electors(n int) iter.Seq2[minutes.Elector, error] {
	return func(yield func(minutes.Elector, error) bool) {
		for i := range n {
			e := minutes.Elector{Family: fmt.Sprintf("Nom%04d, dit \"%d\"", i, i), Given: strings.Repeat("Prénom ", i%9) + "x", Born: "1971-05-24", Voted: i%3 == 0}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func list(t testing.TB, v *minutestest.Vote, n int, language string) *minutes.List {
	t.Helper()
	l, err := minutes.MakeList(v.Manifest, v.Fingerprint, scrutin.DigestOf([]byte("o")), v.Manifest.Urns[0].ID, "", v.Manifest.Schedule.Close, language, electors(n))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// S004-06b, S002-10: the list has exactly its electors, the mention of those who voted, and its totals, in pages and in CSV; two extractions of the
// same roll are two identical copies.
func TestList(t *testing.T) {
	v := minutestest.New(t)
	for _, n := range []int{0, 1, 500} {
		for _, language := range minutes.Languages {
			l := list(t, v, n, language)
			text, err := scrutin.Text(l)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := scrutin.Parse[minutes.List](text); err != nil || again.Last() != list(t, v, n, language).Last() {
				t.Fatal(err)
			}
			if l.Electors != n || l.Voted != (n+2)/3 {
				t.Errorf("%d electors, %d voted", l.Electors, l.Voted)
			}
			rows, err := csv.NewReader(strings.NewReader(string(l.CSV()))).ReadAll()
			if err != nil || len(rows) != n+2 {
				t.Fatalf("%d lines of CSV for %d electors: %v", len(rows), n, err)
			}
			for i, r := range rows[1 : n+1] {
				if r[1] != fmt.Sprintf("Nom%04d, dit \"%d\"", i, i) || (r[4] != "") != (i%3 == 0) {
					t.Fatalf("line %d is %v", i+2, r)
				}
			}
			if last := rows[n+1]; last[3] != fmt.Sprint(n) || last[4] != fmt.Sprint((n+2)/3) {
				t.Errorf("the totals are %v", last)
			}
		}
	}
}

// A list whose marks, pages or totals were changed is refused.
func TestListForged(t *testing.T) {
	for name, forge := range map[string]func(l *minutes.List){
		"a mark more":       func(l *minutes.List) { l.Pages[0].Blocks[1].Rows[1].Cells[4] = "a voté par internet" },
		"another total":     func(l *minutes.List) { l.Voted++ },
		"a page taken away": func(l *minutes.List) { l.Pages = slices.Delete(l.Pages, 1, 2) },
		"a table of others": func(l *minutes.List) {
			b := &l.Pages[0].Blocks[1]
			b.Columns = b.Columns[:4]
			for i := range b.Rows {
				b.Rows[i].Cells = b.Rows[i].Cells[:4]
			}
		},
		"another urn's": func(l *minutes.List) { l.Title += "." },
	} {
		l := list(t, minutestest.New(t), 200, "fr")
		forge(l)
		if _, err := scrutin.Text(l); !errors.Is(err, scrutin.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	v := minutestest.New(t)
	if _, err := minutes.MakeList(v.Manifest, v.Fingerprint, v.Fingerprint, "nowhere", "", v.Manifest.Schedule.Close, "fr", electors(1)); err == nil {
		t.Error("there is a list of no urn")
	}
	broken := errors.New("the roll broke off")
	if _, err := minutes.MakeList(v.Manifest, v.Fingerprint, v.Fingerprint, v.Manifest.Urns[0].ID, "", v.Manifest.Schedule.Close, "fr", func(yield func(minutes.Elector, error) bool) {
		yield(minutes.Elector{}, broken)
	}); !errors.Is(err, broken) {
		t.Errorf("a list of a part of the roll: %v", err)
	}
}
