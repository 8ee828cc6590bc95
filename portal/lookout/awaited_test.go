package lookout_test

import (
	"slices"
	"testing"

	"isoloir/portal/lookout"
)

// A role that never answered is no incident before the act open; its silence is one from then on, and before it too once it has answered, also where
// another process heard it, and so is another role in its place.
func TestAwaited(t *testing.T) {
	awaited := func(s *site) (names []string) {
		for _, seen := range s.look.Seen() {
			if seen.Awaited {
				names = append(names, seen.Role)
			}
		}
		return names
	}
	away := func() *site {
		s := newSite(t)
		s.opened = false
		s.away["roll"], s.away["urn"] = true, true
		if heard := s.rounds(4); len(heard) != 0 || !slices.Equal(awaited(s), []string{"roll", "urn"}) {
			t.Fatalf("before the act: %v, awaited %v", heard, awaited(s))
		}
		return s
	}
	for name, c := range map[string]struct {
		then func(*site)
		want []string
	}{
		"the vote is opened": {func(s *site) { s.opened = true }, []string{"roll silent ", "urn silent "}},
		"one answers": {func(s *site) {
			s.away["urn"] = false
			if heard := s.rounds(1); len(heard) != 0 || !slices.Equal(awaited(s), []string{"roll"}) {
				t.Errorf("one answers: %v, awaited %v", heard, awaited(s))
			}
			s.away["urn"] = true
		}, []string{"urn silent "}},
		"it answers, and the process is another": {func(s *site) {
			s.away["urn"] = false
			s.rounds(1)
			s.away["urn"] = true
			s.start(t)
		}, []string{"urn silent "}},
		"another process hears it": {func(s *site) {
			first := s.look
			s.start(t)
			s.away["urn"] = false
			s.rounds(1)
			s.look, s.away["urn"] = first, true
		}, []string{"urn silent "}},
		"another role is in its place": {func(s *site) { s.away["urn"], s.states["urn"].Role = false, "roll" }, []string{"urn silent "}},
	} {
		s := away()
		c.then(s)
		if heard := s.rounds(1); len(heard) != 0 {
			t.Errorf("%s: told too early: %v", name, heard)
		}
		if heard := s.rounds(1); !slices.Equal(heard, c.want) {
			t.Errorf("%s: %v, want %v", name, heard, c.want)
		}
	}
}

// Each of the roles answers in the end, and none is awaited any more.
func TestAwaitedNoMore(t *testing.T) {
	s := newSite(t)
	s.opened = false
	s.away["issuer-a"] = true
	s.rounds(2)
	s.away["issuer-a"] = false
	if heard := s.rounds(2); len(heard) != 0 || slices.ContainsFunc(s.look.Seen(), func(s lookout.Seen) bool { return s.Awaited }) {
		t.Errorf("%v, %+v", heard, s.look.Seen())
	}
}
