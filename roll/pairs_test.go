package roll_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

const extractHeader = "reference,urn,number,country\n"

// companion has two urns of two electors.
func companion(t *testing.T) *scrutin.Manifest {
	return scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: 2}).Manifest
}

// leading is a roll of five electors in urn 3.
func leading(reference string) (roll.Place, bool) {
	var n uint32
	if _, err := fmt.Sscanf(reference, "M%d", &n); err != nil || n >= 5 {
		return roll.Place{}, false
	}
	return roll.Place{Urn: 3, Elector: n}, true
}

func readPairs(t *testing.T, text string) (all []roll.Pair, wrong []string) {
	t.Helper()
	for p, err := range roll.ReadPairs(strings.NewReader(text), companion(t), leading) {
		if err == nil {
			all = append(all, p)
			continue
		}
		var m *roll.Mistake
		if wrong = append(wrong, err.Error()); !errors.Is(err, roll.ErrFormat) || !errors.As(err, &m) || !strings.HasPrefix(m.Sentence("fr"), "extrait") {
			t.Errorf("%v is no mistake of an extract", err)
		}
	}
	return all, wrong
}

func TestReadPairs(t *testing.T) {
	pair := func(elector uint32, urn uint16, number uint32) roll.Pair {
		return roll.Pair{Place: roll.Place{Urn: 3, Elector: elector}, In: roll.Place{Urn: urn, Elector: number}}
	}
	want := []roll.Pair{pair(4, 0, 1), pair(0, 1, 0), pair(1, 0, 0), pair(3, 1, 1)}
	got, wrong := readPairs(t, extractHeader+"M4,urn-1,1,FR\nM0,urn-2,0,\nM1,urn-1,0,FR\nM3,urn-2,1,BE\n")
	if len(wrong) > 0 || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v, %v", got, wrong)
	}
	all := "M4,urn-1,1,FR\nM0,urn-2,0,\nM1,urn-1,0,FR\n"
	for name, c := range map[string]struct{ text, says string }{
		"another header":             {"reference,urn,number\n", "first line"},
		"who is not on the roll":     {extractHeader + all + "M5,urn-2,1,\n", `extract, line 5: the elector of reference "M5" is not on the roll of the leading`},
		"no such urn":                {extractHeader + all + "M3,urn-3,1,\n", `no urn "urn-3"`},
		"a number that is too large": {extractHeader + all + "M3,urn-2,2,\n", `the number "2" is none of urn urn-2`},
		"a number in another form":   {extractHeader + all + "M3,urn-2,01,\n", `the number "01" is none of urn urn-2`},
		"a reference twice":          {extractHeader + all + "M4,urn-2,1,\n", "stands in line 2 too"},
		"a number twice":             {extractHeader + all + "M3,urn-2,0,\n", "the number 0 of urn urn-2 stands twice"},
		"one missing":                {extractHeader + all, "1 of the companion's 4 electors are missing"},
		"a line of another form":     {extractHeader + all + "M3,urn-2\n", "wrong number of fields"},
	} {
		if _, wrong := readPairs(t, c.text); len(wrong) == 0 || !strings.Contains(wrong[0], c.says) {
			t.Errorf("%s: %q", name, wrong)
		}
	}
}

// FuzzReadPairs reads whatever there is: no pair is wrong, and none stands twice.
func FuzzReadPairs(f *testing.F) {
	f.Add(extractHeader + "M4,urn-1,1,FR\nM0,urn-2,0,\n")
	f.Add(extractHeader + "\"M4\nM1\",urn-1,1,FR\n\xff,,,\n")
	m := scrutintest.New(f, scrutintest.Options{Urns: 2, Electors: 2}).Manifest
	f.Fuzz(func(t *testing.T, text string) {
		here, there := map[roll.Place]bool{}, map[roll.Place]bool{}
		for p, err := range roll.ReadPairs(strings.NewReader(text), m, leading) {
			if err != nil {
				continue
			}
			if here[p.Place] || there[p.In] || p.In.Urn > 1 || p.In.Elector > 1 {
				t.Fatalf("%+v", p)
			}
			here[p.Place], there[p.In] = true, true
		}
	})
}
