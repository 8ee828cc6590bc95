package roll_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"isoloir/roll"
	"isoloir/scrutin"
)

// TestMistakes wants every mistake of a file, each with its line.
func TestMistakes(t *testing.T) {
	m := manifest(t, 2)
	lines := strings.SplitAfter(rollFile(2), "\n")
	lines[1] = strings.Replace(lines[1], ",FR,", ",fr,", 1)
	lines[2] = "r-1\n"
	lines[4] = strings.Replace(lines[4], "r-3", "r-2", 1)
	var said []string
	for _, err := range roll.ReadElectors(strings.NewReader(strings.Join(lines, "")), m) {
		if err != nil {
			if !errors.Is(err, roll.ErrFormat) {
				t.Error(err)
			}
			said = append(said, err.Error())
		}
	}
	want := []string{"line 2: the country", "line 3: this is not CSV", "line 5: the reference r-2 stands in line 4 too", "urn urn-1 has 1 electors fewer", "urn urn-2 has 2 electors fewer"}
	if !slices.EqualFunc(said, want, strings.Contains) {
		t.Errorf("%q", said)
	}
}

// TestCompare reads files beside the roll that was imported.
func TestCompare(t *testing.T) {
	m, scope := manifest(t, 50), roll.Scope{Organisation: "ville", Scrutin: "conseil"}
	read := func(file string, m *scrutin.Manifest) *roll.Comparison {
		t.Helper()
		return compare(t, m, scope, file)
	}
	if c := read(rollFile(50), m); !c.Equal() || c.Same != 100 {
		t.Errorf("the same file: %+v", c)
	}
	file := strings.Replace(rollFile(50), "r-7,", "s-7,", 1)
	file = strings.Replace(file, "Zoé 9\n", "Zoë 9\n", 1)
	if c := read(file, m); c.Same != 98 || !slices.Equal(c.NewOnes, []string{"s-7"}) || !slices.Equal(c.GoneOnes, []string{"r-7"}) || !slices.Equal(c.ChangedOnes, []string{"r-9"}) || c.Equal() {
		t.Errorf("%+v", c)
	}
}

func compare(t *testing.T, m *scrutin.Manifest, scope roll.Scope, file string) *roll.Comparison {
	t.Helper()
	store := newStore(t)
	if err := store.Import(ctx, scope, roll.ReadElectors(strings.NewReader(rollFile(50)), m)); err != nil {
		t.Fatal(err)
	}
	c, err := roll.Compare(ctx, store, scope, len(m.Urns), roll.ReadElectors(strings.NewReader(file), m))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := roll.Compare(ctx, store, scope, len(m.Urns), roll.ReadElectors(strings.NewReader(header), m)); !errors.Is(err, roll.ErrFormat) {
		t.Errorf("a file of no elector: %v", err)
	}
	return c
}
