package bve

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// person is somebody with keys of his own; he was born the later the higher his number is.
func person(t testing.TB, id, class string, born int) Person {
	t.Helper()
	key, err := note.GenerateKey(id)
	if err != nil {
		t.Fatal(err)
	}
	return Person{ID: id, Label: "M. " + id, Class: class, Born: scrutin.Date(fmt.Sprintf("%d-01-01", 1950+born)), Key: key.Verifier().String(),
		Reception: scrutin.PointOf(group.MulBase(group.RandomScalar()))}
}

func (p Person) with(substitute Person) Person {
	p.Substitute = &substitute
	return p
}

// manifest is a valid one with this composition.
func manifest(t testing.TB, profile string, c Composition) *scrutin.Manifest {
	t.Helper()
	return scrutintest.New(t, scrutintest.Options{Holders: 1, Clauses: []scrutintest.Clause{{ID: "x", Threshold: 1, Holders: []int{1}}}, Edit: func(m *scrutin.Manifest) {
		m.Scrutin.Profile = profile
		if profile == scrutin.FrenchAbroad {
			m.Schedule.GraceMinutes, m.Schedule.PollingDay = 0, scrutin.Date(m.Schedule.Close.AddDate(0, 0, 4).Format("2006-01-02"))
			m.Schedule.Count, m.Publication.Release = scrutin.TimeOf(m.Schedule.Close.AddDate(0, 0, 5)), "global-proclamation"
		}
		c.In(m)
	}}).Manifest
}

// can says whether these members, present, adopt an act together.
func can(t testing.TB, m *scrutin.Manifest, signers []string, present ...string) error {
	t.Helper()
	if len(present) == 0 {
		present = signers
	}
	sitting, err := m.Sitting(present)
	if err != nil {
		t.Fatal(err)
	}
	return sitting.Adopted(signers)
}

func ids(list []scrutin.Holder) (out []string) {
	for _, h := range list {
		out = append(out, h.Member)
	}
	return out
}

func decree(t testing.TB) *scrutin.Manifest {
	var assessors [4]Person
	for i := range assessors {
		id := fmt.Sprintf("assesseur-%d", i+1)
		assessors[i] = person(t, id, "afe", 10+i).with(person(t, "suppleant-"+id, "afe", 30+i))
	}
	c, err := Decree2009(person(t, "president", "conseil-etat", 1).with(person(t, "suppleant-president", "conseil-etat", 2)), assessors, person(t, "secretaire", "ministere", 5),
		Advisers{Committee: []Person{person(t, "comite", "anssi", 6)}, Experts: []Person{person(t, "expert", "expert", 7)}, Delegates: []Person{person(t, "delegue", "liste-a", 8)}})
	if err != nil {
		t.Fatal(err)
	}
	return manifest(t, scrutin.FrenchAbroad, c)
}

func TestDecree2009(t *testing.T) {
	m := decree(t)
	titulars := []string{"president", "assesseur-1", "assesseur-2", "assesseur-3", "assesseur-4"}
	t.Run("S004-10a composition", func(t *testing.T) {
		var got []string
		for _, b := range m.Bureau.Members {
			if b.Rank == scrutin.Titular && b.Voice == scrutin.Deliberative {
				got = append(got, b.ID)
			}
		}
		if !slices.Equal(got, titulars) {
			t.Error(got)
		}
		if _, err := Decree2009(person(t, "seul", "x", 1), [4]Person{}, Person{}, Advisers{}); err == nil {
			t.Error("a titular without a substitute")
		}
	})
	t.Run("S004-10b succession", func(t *testing.T) {
		for _, x := range []struct {
			present []string
			chair   Chair
			keeper  Chair
			says    string
		}{
			{[]string{"president", "assesseur-1", "secretaire"}, Chair{"president", scrutin.President, Titular}, Chair{"secretaire", scrutin.Secretary, Titular}, "M. president préside."},
			{[]string{"suppleant-president", "assesseur-2", "assesseur-1"}, Chair{"suppleant-president", scrutin.President, Substitute}, Chair{"assesseur-2", scrutin.Secretary, Youngest}, "son suppléant, M. suppleant-president, préside (décret 2009-525, art. 10)."},
			{[]string{"assesseur-1", "assesseur-3"}, Chair{"assesseur-1", scrutin.President, Eldest}, Chair{"assesseur-3", scrutin.Secretary, Youngest}, "le plus âgé des assesseurs présents, M. assesseur-1, préside (décret 2009-525, art. 10)."},
			{[]string{"expert"}, Chair{"", scrutin.President, Nobody}, Chair{"", scrutin.Secretary, Nobody}, "Nul ne peut présider (décret 2009-525, art. 10)."},
		} {
			present := ordered(m, x.present)
			if got := Presiding(m, present); got != x.chair {
				t.Errorf("%v: %+v presides", present, got)
			}
			if got := Keeping(m, present); got != x.keeper {
				t.Errorf("%v: %+v keeps the minutes", present, got)
			}
			if got := Presiding(m, present).Sentence(m, "fr"); !strings.HasSuffix(got, x.says) {
				t.Errorf("%q", got)
			}
			for _, language := range []string{"fr", "en"} {
				for _, c := range []Chair{Presiding(m, present), Keeping(m, present)} {
					if s := c.Sentence(m, language); s == "" || strings.Contains(s, "%!") {
						t.Errorf("%q", s)
					}
				}
			}
		}
	})
	t.Run("S004-10c four members", func(t *testing.T) {
		if err := can(t, m, titulars[:3]); !errors.Is(err, scrutin.RuleQuorum) {
			t.Error(err)
		}
		if err := can(t, m, titulars[:4]); err != nil {
			t.Error(err)
		}
	})
	t.Run("S004-10d the secretary's voice", func(t *testing.T) {
		if err := can(t, m, ordered(m, append(slices.Clone(titulars[:3]), "secretaire"))); !errors.Is(err, scrutin.RuleQuorum) {
			t.Error("a consultative voice made the fourth: ", err)
		}
	})
	t.Run("S004-18a a key for each", func(t *testing.T) {
		for _, id := range titulars {
			for _, h := range []string{id, "suppleant-" + id} {
				if _, ok := m.Holder(h); !ok {
					t.Errorf("%s holds no fragment", h)
				}
			}
		}
		if len(m.Seats()) != 10 || len(m.Holders) != 10 || m.Clauses[0].Threshold != 4 {
			t.Errorf("%d seats, %d holders, %d open", len(m.Seats()), len(m.Holders), m.Clauses[0].Threshold)
		}
	})
}

// ordered are members in the manifest's order.
func ordered(m *scrutin.Manifest, members []string) (out []string) {
	for _, b := range m.Bureau.Members {
		if slices.Contains(members, b.ID) {
			out = append(out, b.ID)
		}
	}
	return out
}

func TestConsular(t *testing.T) {
	officials := []Person{person(t, "dfae", "administration", 11), person(t, "dmat", "administration", 12), person(t, "anssi", "administration", 13), person(t, "numerique", "administration", 14)}
	afe := []Person{person(t, "afe-1", AFE, 20).with(person(t, "suppleant-afe-1", AFE, 21)), person(t, "afe-2", AFE, 22), person(t, "afe-3", AFE, 23)}
	president, secretary := person(t, "president", "conseil-etat", 1), person(t, "secretaire", "ministere", 2)
	c, err := Consular(president, slices.Concat(officials, afe), secretary, Advisers{})
	if err != nil {
		t.Fatal(err)
	}
	m := manifest(t, scrutin.FrenchAbroad, c)
	t.Run("CE-1 four officials and nobody of the AFE", func(t *testing.T) {
		if err := can(t, m, []string{"president", "dfae", "dmat", "anssi"}); !errors.Is(err, scrutin.RuleClause) {
			t.Error(err)
		}
		if err := can(t, m, []string{"president", "dfae", "dmat", "afe-2"}); err != nil {
			t.Error(err)
		}
	})
	t.Run("CE-1 a tie is the president's", func(t *testing.T) {
		all := ordered(m, []string{"president", "dfae", "dmat", "anssi", "numerique", "afe-1", "afe-2", "afe-3"})
		if err := can(t, m, ordered(m, []string{"president", "dfae", "dmat", "afe-1"}), all...); err != nil {
			t.Error(err)
		}
		if err := can(t, m, ordered(m, []string{"dfae", "dmat", "anssi", "afe-1"}), all...); !errors.Is(err, scrutin.RuleMajority) {
			t.Error(err)
		}
	})
	t.Run("CE-1 a substitute may sit beside his titular", func(t *testing.T) {
		both := ordered(m, []string{"president", "dfae", "afe-1", "suppleant-afe-1"})
		if err := can(t, m, both); !errors.Is(err, scrutin.RuleQuorum) {
			t.Error("one seat has two voices: ", err)
		}
	})
	t.Run("CE-7", func(t *testing.T) {
		if _, err := Consular(president, officials, secretary, Advisers{}); err == nil {
			t.Error("a consular board without the AFE")
		}
	})
}

func panel(t testing.TB, name string, delegates int) Panel {
	p := Panel{President: person(t, "president-"+name, "administration", 1), Secretary: person(t, "secretaire-"+name, "administration", 2),
		Advisers: Advisers{Experts: []Person{person(t, "expert-"+name, "expert", 3)}, Committee: []Person{person(t, "comite-"+name, "cellule", 4)}}}
	for i := range delegates {
		p.Delegates = append(p.Delegates, person(t, fmt.Sprintf("delegue-%s-%d", name, i+1), fmt.Sprintf("liste-%d", i+1), 10+i))
	}
	return p
}

func TestPublicService(t *testing.T) {
	a, b, err := TwoBureaux(panel(t, "cap", 3), panel(t, "csa", 1))
	if err != nil {
		t.Fatal(err)
	}
	m := manifest(t, scrutin.PublicService, a)
	t.Run("FP-8 FP-3 president and one delegate", func(t *testing.T) {
		for _, x := range []struct {
			want    scrutin.Rule
			signers []string
		}{
			{scrutin.RuleQuorum, []string{"president-cap", "delegue-cap-1", "expert-cap", "comite-cap"}},
			{scrutin.RuleClause, []string{"delegue-cap-1", "delegue-cap-2", "delegue-cap-3"}},
			{scrutin.RuleClause, []string{"president-cap", "secretaire-cap", "delegue-cap-3"}},
			{"", []string{"secretaire-cap", "delegue-cap-2", "delegue-cap-3"}},
			{"", []string{"president-cap", "delegue-cap-1", "delegue-cap-3"}},
		} {
			if err := can(t, m, ordered(m, x.signers)); x.want == "" && err != nil || x.want != "" && !errors.Is(err, x.want) {
				t.Errorf("%v: %v, expected %q", x.signers, err, string(x.want))
			}
		}
		if len(m.Clauses) != 2 || m.Clauses[0].Threshold != 1 || m.Clauses[1].Threshold != 2 || len(m.Clauses[1].Holders) != 3 {
			t.Errorf("%+v", m.Clauses)
		}
	})
	t.Run("FP-3 one delegate", func(t *testing.T) {
		m := manifest(t, scrutin.PublicService, b)
		if err := can(t, m, []string{"president-csa", "delegue-csa-1"}); err != nil {
			t.Error(err)
		}
		if _, err := PublicService(panel(t, "x", 2)); err == nil {
			t.Error("two delegates, none of whom can be lost")
		}
		if _, err := PublicService(panel(t, "x", 0)); err == nil {
			t.Error("no delegate")
		}
	})
	t.Run("S003-25a presidents first", func(t *testing.T) {
		if m.Holders[0].Member != "president-cap" || ids(m.Holders)[1] != "secretaire-cap" {
			t.Error(ids(m.Holders))
		}
	})
	t.Run("FP-10 who runs the platform holds nothing", func(t *testing.T) {
		p := panel(t, "x", 3)
		p.Secretary.Class = scrutin.Operator
		c, err := PublicService(p)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(ids(c.Holders), "secretaire-x") || slices.Contains(FragmentOrder(&c.Bureau), "secretaire-x") || slices.Contains(FragmentOrder(&c.Bureau), "expert-x") {
			t.Error(ids(c.Holders))
		}
	})
	t.Run("S003-29b two presidents", func(t *testing.T) {
		one := panel(t, "x", 3)
		other := panel(t, "y", 3)
		other.President = one.President
		if _, _, err := TwoBureaux(one, other); err == nil {
			t.Error("one person presides over both")
		}
	})
}

func TestTownCouncil(t *testing.T) {
	c, err := TownCouncil(person(t, "maire", "majorite", 1), []Person{person(t, "groupe-a", "a", 2), person(t, "groupe-b", "b", 3)}, person(t, "secretaire", "mairie", 4), Advisers{})
	if err != nil {
		t.Fatal(err)
	}
	m := manifest(t, scrutin.Assembly, c)
	if err := can(t, m, []string{"maire", "groupe-b"}); err != nil {
		t.Error(err)
	}
	if err := can(t, m, []string{"groupe-a", "secretaire"}); !errors.Is(err, scrutin.RuleQuorum) {
		t.Error(err)
	}
	if _, err := TownCouncil(person(t, "maire", "majorite", 1), nil, person(t, "secretaire", "mairie", 4), Advisers{}); err == nil {
		t.Error("a mayor alone")
	}
}

// S004-16: a party names a delegate where it stands in three constituencies.
func TestDelegates(t *testing.T) {
	if err := EntitledToDelegate("Liste A", []string{"asie", "afrique", "asie"}); err == nil || !strings.Contains(err.Error(), "art. 16") {
		t.Error(err)
	}
	if err := EntitledToDelegate("Liste A", []string{"asie", "afrique", "europe"}); err != nil {
		t.Error(err)
	}
}
