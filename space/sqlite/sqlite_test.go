package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/sqlite"
)

var ctx = context.Background()

// crossings tries every method of the store with what another space has: nothing of it is
// seen, and nothing of it is changed.
var crossings = map[string]func(s space.Store, org string) (found int, err error){
	"PutOrganisation": func(s space.Store, org string) (int, error) { return 0, s.PutOrganisation(ctx, org, []byte("other")) },
	"Organisation":    func(s space.Store, org string) (int, error) { t, err := s.Organisation(ctx, org); return len(t), err },
	"AddPerson":       func(s space.Store, org string) (int, error) { return 0, s.AddPerson(ctx, org, space.Person{ID: "p2"}) },
	"Person": func(s space.Store, org string) (int, error) {
		p, err := s.Person(ctx, org, "p1")
		return len(p.Label), err
	},
	"People":    func(s space.Store, org string) (int, error) { p, err := s.People(ctx, org); return named(p), err },
	"EndPerson": func(s space.Store, org string) (int, error) { return 0, s.EndPerson(ctx, org, "p1") },
	"Keep": func(s space.Store, org string) (int, error) {
		return 0, s.Keep(ctx, org, space.Fact{Kind: "k", Name: "n2"})
	},
	"Fact": func(s space.Store, org string) (int, error) {
		v, _, err := s.Fact(ctx, org, "k", "n")
		return len(v), err
	},
	"Facts": func(s space.Store, org string) (int, error) {
		all, err := s.Facts(ctx, org, "k")
		n := 0
		for _, f := range all {
			n += len(f.Value)
		}
		return n, err
	},
	"AddConsultation": func(s space.Store, org string) (int, error) {
		return 0, s.AddConsultation(ctx, org, "c2", draft("other"))
	},
	"Consultation": func(s space.Store, org string) (int, error) {
		c, err := s.Consultation(ctx, org, "c1")
		return len(c.ID), ignore(err)
	},
	"Consultations": func(s space.Store, org string) (int, error) {
		all, err := s.Consultations(ctx, org)
		n := 0
		for _, c := range all {
			if c.Draft.Title == "of a" {
				n++
			}
		}
		return n, err
	},
	"Save": func(s space.Store, org string) (int, error) { return 0, s.Save(ctx, org, "c1", 1, draft("crossed")) },
	"Publish": func(s space.Store, org string) (int, error) {
		return 0, s.Publish(ctx, org, "c1", 1, scrutin.Digest{1}, space.Act{})
	},
	"Change": func(s space.Store, org string) (int, error) {
		return 0, s.Change(ctx, org, "c1", 1, draft("crossed"), space.Act{})
	},
	"Acts": func(s space.Store, org string) (int, error) { all, err := s.Acts(ctx, org, "c1"); return len(all), err },
	"PutFile": func(s space.Store, org string) (int, error) {
		return 0, s.PutFile(ctx, org, space.File{Digest: scrutin.Digest{8}, Data: []byte{}})
	},
	"File": func(s space.Store, org string) (int, error) {
		f, err := s.File(ctx, org, scrutin.Digest{7})
		return len(f.Data), err
	},
	"AddArgument": func(s space.Store, org string) (int, error) { return s.AddArgument(ctx, org, "c1", space.Argument{}) },
	"Arguments": func(s space.Store, org string) (int, error) {
		all, err := s.Arguments(ctx, org, "c1")
		return len(all), err
	},
	"JudgeArgument": func(s space.Store, org string) (int, error) {
		return 0, s.JudgeArgument(ctx, org, "c1", 1, space.Refused, space.Act{})
	},
	"SignArgument": func(s space.Store, org string) (int, error) {
		return 0, s.SignArgument(ctx, org, "c1", 1, "p9", space.Signed{Name: "Nine"})
	},
	"AddPosition": func(s space.Store, org string) (int, error) {
		return 0, s.AddPosition(ctx, org, "c1", space.Position{})
	},
	"Positions": func(s space.Store, org string) (int, error) {
		all, err := s.Positions(ctx, org, "c1")
		return len(all), err
	},
	"AddVote": func(s space.Store, org string) (int, error) {
		return 0, s.AddVote(ctx, org, "c1", space.Vote{}, space.Act{})
	},
	"AddRegistration": func(s space.Store, org string) (int, error) {
		return 0, s.AddRegistration(ctx, org, space.Registration{ID: "r2", State: space.Asked}, "x")
	},
	"Registrations": func(s space.Store, org string) (int, error) {
		all, err := s.Registrations(ctx, org)
		n := 0
		for _, r := range all {
			n += len(r.Name)
		}
		return n, err
	},
	"DecideRegistration": func(s space.Store, org string) (int, error) {
		return 0, s.DecideRegistration(ctx, org, "r1", space.Accepted, "x", "x")
	},
	"ForgetRegistrations": func(s space.Store, org string) (int, error) { return 0, s.ForgetRegistrations(ctx, org, 99) },
	"Votes": func(s space.Store, org string) (int, error) {
		all, err := s.Votes(ctx, org, "c1")
		return len(all), err
	},
}

func ignore(err error) error {
	if errors.Is(err, space.ErrUnknown) {
		return nil
	}
	return err
}

func named(all []space.Person) (n int) {
	for _, p := range all {
		n += len(p.Label)
	}
	return n
}

func draft(title string) []byte {
	d := space.NewDraft(&space.Organisation{})
	d.Title = title
	text, err := d.Bytes()
	if err != nil {
		panic(err)
	}
	return text
}

// fill gives a space something under every table.
func fill(t *testing.T, s space.Store, org string) {
	t.Helper()
	n, err := 0, error(nil)
	for _, err := range []error{
		s.PutOrganisation(ctx, org, []byte("text of "+org)),
		s.AddPerson(ctx, org, space.Person{ID: "p1", Label: "Claire Dubois", Role: space.Publisher}),
		s.Keep(ctx, org, space.Fact{Kind: "k", Name: "n", Value: []byte(org)}),
		s.AddConsultation(ctx, org, "c1", draft("of "+org)),
		s.AddRegistration(ctx, org, space.Registration{ID: "r1", Name: "Anne Petit", State: space.Asked, Day: 9}, "anne petit"),
		s.PutFile(ctx, org, space.File{Digest: scrutin.Digest{7}, Media: "text/plain", Data: []byte(org)}),
		s.AddPosition(ctx, org, "c1", space.Position{Person: "p1", Question: 1, Position: "pour", Reasons: []string{"Une raison.", "", "Deux."}, At: time.Unix(9, 0)}),
		s.AddVote(ctx, org, "c1", space.Vote{Person: "p1", Question: 1, Vote: "pour", By: "Claire Dubois", At: time.Unix(9, 0)}, space.Act{Kind: space.ActVote, By: "Claire Dubois", At: time.Unix(9, 0)}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err = s.AddArgument(ctx, org, "c1", space.Argument{Author: "p1", Name: "Claire Dubois", Side: space.For, Title: "Oui", Text: []string{"Parce que."}}); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if err := errors.Join(s.JudgeArgument(ctx, org, "c1", 1, space.Shown, space.Act{}), s.SignArgument(ctx, org, "c1", 1, "p2", space.Signed{Name: "Amadou Sarr"})); err != nil {
		t.Fatal(err)
	}
}

// TestSpacesApart tries to cross from one space into another by every method there is.
func TestSpacesApart(t *testing.T) {
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "space.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shut()
	fill(t, s, "a")
	before := everything(t, s, "a")
	methods := reflect.TypeFor[space.Store]()
	for i := range methods.NumMethod() {
		name := methods.Method(i).Name
		if name == "Shut" {
			continue
		}
		cross, covered := crossings[name]
		if !covered {
			t.Errorf("%s: no test tries to cross by it", name)
			continue
		}
		if takes := methods.Method(i).Type; takes.NumIn() < 2 || takes.In(1).Kind() != reflect.String {
			t.Errorf("%s takes no organisation", name)
		}
		if found, err := cross(s, "b"); found > 0 {
			t.Errorf("%s of b gives something of a: %d, %v", name, found, err)
		}
		if after := everything(t, s, "a"); !reflect.DeepEqual(before, after) {
			t.Fatalf("%s of b changes a: %v, was %v", name, after, before)
		}
	}
	fill(t, s, "c") // the same names in another space are others
	if got := everything(t, s, "a"); !reflect.DeepEqual(before, got) {
		t.Errorf("another space changed a: %v", got)
	}
}

// everything is all that a space has.
func everything(t *testing.T, s space.Store, org string) []any {
	t.Helper()
	var all []any
	add := func(v any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	add(s.Organisation(ctx, org))
	add(s.People(ctx, org))
	add(s.Facts(ctx, org, "k"))
	add(s.Consultations(ctx, org))
	add(s.Acts(ctx, org, "c1"))
	add(s.File(ctx, org, scrutin.Digest{7}))
	add(s.Arguments(ctx, org, "c1"))
	add(s.Registrations(ctx, org))
	add(s.Positions(ctx, org, "c1"))
	add(s.Votes(ctx, org, "c1"))
	return all
}

// TestRevisions lets nobody save over what somebody else has saved, nor into what is published.
func TestRevisions(t *testing.T) {
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "space.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shut()
	fill(t, s, "a")
	act := space.Act{Kind: space.ActPublish, By: "Claire Dubois", At: time.Unix(10, 0)}
	if err := s.Save(ctx, "a", "c1", 1, draft("second")); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"an older revision":      s.Save(ctx, "a", "c1", 1, draft("third")),
		"published, but older":   s.Publish(ctx, "a", "c1", 1, scrutin.Digest{1}, act),
		"changed while a draft":  s.Change(ctx, "a", "c1", 2, draft("third"), act),
		"no such consultation":   s.Save(ctx, "a", "c9", 1, draft("third")),
		"published, another one": s.Publish(ctx, "a", "c9", 1, scrutin.Digest{1}, act),
	} {
		if !errors.Is(err, space.ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Publish(ctx, "a", "c1", 2, scrutin.Digest{1}, act); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(ctx, "a", "c1", 3, draft("fourth")); !errors.Is(err, space.ErrStale) {
		t.Errorf("a draft that is published: %v", err)
	}
	if err := s.Change(ctx, "a", "c1", 3, draft("longer"), act); err != nil {
		t.Fatal(err)
	}
	c, err := s.Consultation(ctx, "a", "c1")
	if err != nil || c.State != space.Published || c.Revision != 4 || c.Draft.Title != "longer" || c.Fingerprint != (scrutin.Digest{1}) {
		t.Errorf("%+v, %v", c, err)
	}
	if acts, err := s.Acts(ctx, "a", "c1"); err != nil || len(acts) != 4 || acts[3].Number != 4 {
		t.Errorf("%+v, %v", acts, err)
	}
}
