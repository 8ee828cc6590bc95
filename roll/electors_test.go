package roll_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// readAll gives the electors, or the error that ended the reading.
func readAll(file string, m *scrutin.Manifest) (out []roll.Elector, err error) {
	for e, err := range roll.ReadElectors(strings.NewReader(file), m) {
		if err != nil {
			return out, err
		}
		e.Channels = slices.Clone(e.Channels)
		out = append(out, e)
	}
	return out, nil
}

func manifest(t testing.TB, electors int) *scrutin.Manifest {
	return scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: electors, Edit: func(m *scrutin.Manifest) {
		m.Stations = []scrutin.Station{{ID: "mairie", Label: "Mairie", Territory: m.Territories[0].ID, Urns: []string{"urn-1"}, Hours: []scrutin.Interval{}}}
	}}).Manifest
}

const header = "reference,urn,station,college,country,language,channels,birth_date,family_name,given_names\n"

func rollFile(electors int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range 2 * electors {
		fmt.Fprintf(&b, "r-%d,urn-%d,,agents,FR,fr,email sms,1971-05-24,\"Maréchal, née Пётр\",Zoé %d\n", i, i%2+1, i)
	}
	return b.String()
}

func TestReadElectors(t *testing.T) {
	m := manifest(t, 50)
	first, err := readAll(rollFile(50), m)
	if err != nil || len(first) != 100 {
		t.Fatalf("%d electors, %v", len(first), err)
	}
	numbers := [2]map[uint32]bool{{}, {}}
	inOrder := 0
	for i, e := range first {
		if int(e.Urn) != i%2 || e.Number >= 50 || numbers[e.Urn][e.Number] || e.Reference != fmt.Sprint("r-", i) || e.Family != "Maréchal, née Пётр" {
			t.Fatalf("line %d: %+v", i+2, e)
		}
		numbers[e.Urn][e.Number] = true
		if int(e.Number) == i/2 {
			inOrder++
		}
	}
	if inOrder > 20 {
		t.Errorf("%d of 100 electors have the number of their line", inOrder)
	}
	second, err := readAll(rollFile(50), m)
	if err != nil || slices.EqualFunc(first, second, func(a, b roll.Elector) bool { return a.Number == b.Number }) {
		t.Errorf("two imports draw the same numbers: %v", err)
	}
}

func TestReadElectorsRefuses(t *testing.T) {
	m := manifest(t, 2)
	good := rollFile(2)
	if _, err := readAll(good, m); err != nil {
		t.Fatal(err)
	}
	line := "r-0,urn-1,,agents,FR,fr,email sms,1971-05-24"
	for name, c := range map[string]struct{ file, says string }{
		"empty":                   {"", "first line"},
		"another header":          {strings.Replace(good, "given_names", "given", 1), "first line"},
		"a byte order mark":       {"\ufeff" + good, "first line"},
		"a column more":           {strings.Replace(good, "Zoé 0", "Zoé 0,x", 1), "wrong number of fields"},
		"an unknown urn":          {strings.Replace(good, "r-0,urn-1", "r-0,urn-9", 1), "line 2: the manifest has no urn \"urn-9\""},
		"one elector too few":     {good[:strings.LastIndex(strings.TrimSpace(good), "\n")+1], "1 electors fewer"},
		"one elector too many":    {good + strings.Replace(good[len(header):strings.Index(good, "\nr-1")+1], "r-0", "r-9", 1), "line 6: urn urn-1 has more electors than the 2"},
		"another college":         {strings.Replace(good, line, strings.Replace(line, "agents", "elus", 1), 1), "college"},
		"an unknown station":      {strings.Replace(good, line, strings.Replace(line, ",,agents", ",gare,agents", 1), 1), "station"},
		"a station of other urns": {strings.Replace(good, "r-1,urn-2,,", "r-1,urn-2,mairie,", 1), "line 3: the manifest has no station"},
		"a country":               {strings.Replace(good, line, strings.Replace(line, "FR", "fr", 1), 1), "country"},
		"a language":              {strings.Replace(good, line, strings.Replace(line, ",fr,", ",French,", 1), 1), "language"},
		"no channel":              {strings.Replace(good, line, strings.Replace(line, "email sms", "", 1), 1), "channels"},
		"an unknown channel":      {strings.Replace(good, line, strings.Replace(line, "email sms", "pigeon", 1), 1), "channels"},
		"channels out of order":   {strings.Replace(good, line, strings.Replace(line, "email sms", "sms email", 1), 1), "channels"},
		"a channel twice":         {strings.Replace(good, line, strings.Replace(line, "email sms", "sms sms", 1), 1), "channels"},
		"two spaces":              {strings.Replace(good, line, strings.Replace(line, "email sms", "email  sms", 1), 1), "channels"},
		"a birth date":            {strings.Replace(good, line, strings.Replace(line, "1971-05-24", "1971-02-30", 1), 1), "birth date"},
		"no reference":            {strings.Replace(good, "r-0,", ",", 1), "reference"},
		"no family name":          {strings.Replace(good, "\"Maréchal, née Пётр\"", "", 1), "name"},
		"a name with a newline":   {strings.Replace(good, "née", "n\née", 1), "name"},
		"a name that is no UTF-8": {strings.Replace(good, "née", "n\xe9e", 1), "name"},
		"a bare quote":            {strings.Replace(good, "Zoé 0", "Zo\"é 0", 1), "quote"},
	} {
		_, err := readAll(c.file, m)
		if !errors.Is(err, roll.ErrFormat) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
		var wrong *roll.Mistake
		if !errors.As(err, &wrong) || strings.Contains(wrong.Sentence("fr")+wrong.Sentence("en"), "%!") || !strings.HasPrefix(wrong.Sentence("fr"), "fichier des électeurs") {
			t.Errorf("%s in French: %v", name, wrong)
		}
	}
	if _, err := readAll(strings.Replace(good, line, strings.Replace(line, ",,agents", ",mairie,agents", 1), 1), m); err != nil {
		t.Errorf("a station of this urn: %v", err)
	}
}

func FuzzReadElectors(f *testing.F) {
	m := manifest(f, 2)
	f.Add(rollFile(2))
	f.Add(header)
	f.Fuzz(func(t *testing.T, file string) {
		got, err := readAll(file, m)
		if err != nil {
			if !errors.Is(err, roll.ErrFormat) {
				t.Errorf("refused as %v", err)
			}
			return
		}
		if len(got) != 4 {
			t.Errorf("%d electors", len(got))
		}
	})
}
