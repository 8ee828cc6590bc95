package replay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const header = "urn,urn_name,electors,option,ballots\n"

func TestParseVotesRefuses(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"empty file":          {"", "the file is empty"},
		"only a header":       {header, "no urn"},
		"unknown column":      {"urn,urn_name,electors,option,votes\n", "the columns are"},
		"column missing":      {"urn,electors,option,ballots\nA,5,x,1\n", "the columns are"},
		"field missing":       {header + "A,A,5,x\n", "not CSV"},
		"negative ballots":    {header + "A,A,5,x,-1\n", "line 2: ballots: -1 is not between"},
		"huge electors":       {header + "A,A,99999999999999999999,x,1\n", "not a whole number"},
		"large electors":      {header + "A,A,10000001,x,1\n", "not between 0 and"},
		"a fraction":          {header + "A,A,5,x,1.5\n", "not a whole number"},
		"leading zero":        {header + "A,A,05,x,1\n", "not a whole number"},
		"plus sign":           {header + "A,A,5,x,+1\n", "not a whole number"},
		"no elector":          {header + "A,A,0,x,0\n", "no elector"},
		"too many ballots":    {header + "A,A,5,x,3\nA,A,5,y,3\n", "6 ballots for 5 electors"},
		"option twice":        {header + "A,A,5,x,1\nA,A,5,x,1\n", "line 3: the option \"x\" stands twice"},
		"urn comes back":      {header + "A,A,5,x,1\nB,B,5,x,1\nA,A,5,y,1\n", "line 4: the urn A comes back"},
		"another name":        {header + "A,A,5,x,1\nA,B,5,y,1\n", "line 3: the urn A has another name"},
		"other electors":      {header + "A,A,5,x,1\nA,A,6,y,1\n", "another name or number of electors"},
		"bad identifier":      {header + "A/../B,A,5,x,1\n", "must be 1 to 40 letters"},
		"plus in identifier":  {header + "A+B,A,5,x,1\n", "must be 1 to 40 letters"},
		"empty name":          {header + "A,,5,x,1\n", "a name is empty"},
		"space around option": {header + "A,A,5, x,1\n", "begins or ends with a space"},
		"not UTF-8":           {header + "A,A,5,\xff,1\n", "not UTF-8"},
		"control character":   {header + "A,A,5,\"x\ny\",1\n", "control character"},
		"long name":           {header + "A,A,5," + strings.Repeat("x", 201) + ",1\n", "longer than 200"},
		"accents apart":       {header + "A,A,5,Rene\u0301,1\n", "normal form NFC"},
		"turned direction":    {header + "A,A,5,x\u202ey,1\n", "direction of writing"},
		"replaced character":  {header + "A,A,5,x\ufffd,1\n", "control character"},
		"too many together":   {header + "A,A,9000000,x,1\nB,B,9000000,x,1\n", "18000000 electors together"},
		"nothing but blank":   {header + "A,A,5,blanc,1\n", "no option beside blank"},
	} {
		urns, err := ParseVotes(strings.NewReader(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if urns != nil {
			t.Errorf("%s: urns are returned beside the error", name)
		}
	}
}

func TestParseVotesReportsEveryMistakeButStops(t *testing.T) {
	_, err := ParseVotes(strings.NewReader(header + strings.Repeat("A,A,5,x,-1\n", 100)))
	if n := strings.Count(err.Error(), "line "); n != 20 {
		t.Fatalf("%d mistakes reported, want 20", n)
	}
}

func TestParseVotesAcceptsAnyScript(t *testing.T) {
	urns, err := ParseVotes(strings.NewReader(header + "A,Ελλάδα,9,Δημήτρης,1\nA,Ελλάδα,9,\"דוד, בן\",2\nA,Ελλάδα,9,blanc,3\nA,Ελλάδα,9,nul,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(urns) != 1 || urns[0].Ballots() != 7 || urns[0].Choices[1].Option != "דוד, בן" {
		t.Fatalf("read %+v", urns)
	}
}

func TestRealFiles(t *testing.T) {
	files, _ := filepath.Glob("../../shared/data/votes/*.csv")
	if len(files) == 0 {
		t.Skip("the public results are not beside the project (../shared/data/votes)")
	}
	want := map[string][3]int{ // urns, electors, ballots
		"fde-2022-t2.csv": {11, 1447026, 357606}, "grenoble-2017-t2.csv": {86, 84972, 33626},
		"eure-et-loir-1-2017-t2.csv": {123, 89131, 37757}, "pays-bas-2021-internet.csv": {1, 19660, 2857},
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		urns, err := ParseVotes(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := [3]int{len(urns)}
		for _, u := range urns {
			got[1] += u.Electors
			got[2] += u.Ballots()
		}
		if w, ok := want[filepath.Base(name)]; ok && got != w {
			t.Errorf("%s: %v, want %v", name, got, w)
		}
	}
}

func FuzzParseVotes(f *testing.F) {
	f.Add(header + "A,A,5,x,1\nA,A,5,blanc,1\n")
	f.Add(header + "A,A,5,\"x,y\",1\nB,B,5,y,0\n")
	f.Fuzz(func(t *testing.T, in string) {
		urns, err := ParseVotes(strings.NewReader(in))
		if (err == nil) == (len(urns) == 0) {
			t.Fatalf("%d urns with error %v", len(urns), err)
		}
		for _, u := range urns {
			if u.Electors <= 0 || u.Ballots() > u.Electors || len(u.Choices) == 0 {
				t.Fatalf("accepted %+v", u)
			}
		}
	})
}
