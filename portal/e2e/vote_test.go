package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"isoloir/scrutin"
	"isoloir/server/demonstration"
)

// A cast is a vote as the voter remembers it.
type cast struct {
	who        demonstration.Voter
	made       ballot
	code, file string
}

// the dozen ways through the vote.
func dozen(w *world) []struct {
	who  demonstration.Voter
	made ballot
	how  way
} {
	type row = struct {
		who  demonstration.Voter
		made ballot
		how  way
	}
	council := []string{"vivre-au-bord-de-l-eau", "montclair-en-commun", "le-quartier-d-abord", scrutin.Blank}
	return []row{
		{w.voter("centre", 0), ballot{"conseil": council[0]}, way{language: "fr", width: 1280, codes: "typed"}},
		{w.voter("centre", 1), ballot{"conseil": council[1]}, way{language: "en", width: 390, touch: true, codes: "pasted"}},
		{w.voter("centre", 2), ballot{"conseil": council[1]}, way{language: "fr", width: 320, touch: true, codes: "linked"}},
		{w.voter("centre", 3), ballot{"conseil": council[3]}, way{language: "fr", width: 768, codes: "typed"}},
		{w.voter("rives", 0), ballot{"conseil": council[2], "place": "oui"}, way{language: "fr", width: 1280, keyboard: true, codes: "typed"}},
		{w.voter("rives", 1), ballot{"conseil": council[2], "place": scrutin.Blank}, way{language: "en", width: 320, touch: true, codes: "linked"}},
		{w.voter("rives", 2), ballot{"conseil": scrutin.Blank, "place": "non"}, way{language: "fr", width: 390, codes: "pasted", judged: true}},
		{w.voter("agents", 0), ballot{"place": "oui"}, way{language: "fr", width: 390, touch: true, codes: "typed"}},
		{w.voter("agents", 1), ballot{"place": scrutin.Blank}, way{language: "en", width: 1280, keyboard: true, codes: "typed"}},
		{w.voter("agents", 2), ballot{"place": "non"}, way{language: "fr", width: 768, codes: "linked"}},
		{w.voter("associations", 0), ballot{"place": "non"}, way{language: "fr", width: 320, codes: "pasted", judged: true}},
		{w.voter("associations", 1), ballot{"place": "oui"}, way{language: "en", width: 1280, codes: "typed"}},
	}
}

// TestVote is the whole way: a dozen voters, the close, the count, and what each of
// them finds afterwards. (S003-27-3, S002-s5)
func TestVote(t *testing.T) {
	w := newWorld(t, 0)
	w.untold(t)
	var mu sync.Mutex
	var casts []cast
	t.Run("voters", func(t *testing.T) {
		for _, row := range dozen(w) {
			t.Run(fmt.Sprintf("%s %s", row.who.Urn, row.who.Reference), func(t *testing.T) {
				t.Parallel()
				v := w.visit(t, row.how.width)
				code, file := v.vote(row.who, row.made, row.how)
				if n := eval[int](v, "localStorage.length + sessionStorage.length"); n != 0 {
					t.Errorf("after the vote the device keeps %d entries: %s", n, v.kept())
				}
				kept := strings.ToLower(v.kept())
				for _, secret := range secrets(row.who, row.made) {
					if strings.Contains(kept, strings.ToLower(secret)) {
						t.Errorf("after the vote the device keeps %q: %s", secret, kept)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				casts = append(casts, cast{row.who, row.made, code, file})
			})
		}
	})
	if len(casts) != len(dozen(w)) {
		t.Fatalf("%d votes of %d were cast", len(casts), len(dozen(w)))
	}
	w.received(t, casts[0])
	w.secretive(t, casts)
	w.untold(t)
	w.finish(t)
	t.Run("after", func(t *testing.T) {
		t.Run("results", func(t *testing.T) {
			t.Parallel()
			w.counted(t, casts)
		})
		t.Run("receipts", func(t *testing.T) {
			t.Parallel()
			w.found(t, casts)
		})
		t.Run("marks", func(t *testing.T) {
			t.Parallel()
			w.marked(t, casts)
		})
	})
}
