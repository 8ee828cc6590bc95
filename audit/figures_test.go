package audit

import "testing"

// Every figure is called otherwise in French.
func TestFiguresAreSaid(t *testing.T) {
	for _, f := range new(figures).list() {
		if f.Said(French) == f.Name || f.Said(English) != f.Name {
			t.Errorf("%q is said %q in French, and %q in English", f.Name, f.Said(French), f.Said(English))
		}
	}
}
