package replay

import (
	"strings"
	"testing"
)

func TestCompareTable(t *testing.T) {
	votes, err := ParseVotes(strings.NewReader(header + "A,a,30,x,5\nA,a,30,blanc,1\nA,a,30,\"y, z\",7\nB,b,12,x,1\nB,b,12,\"y, z\",2\nB,b,12,nul,3\nC,c,9,w,4\n"))
	if err != nil {
		t.Fatal(err)
	}
	const (
		head  = "urn,option,ballots\n"
		a     = "A,x,5\nA,\"y, z\",7\nA,blanc,1\n"
		b     = "B,x,1\nB,\"y, z\",2\nB,blanc,0\nB,nul,3\n"
		c     = "C,w,4\nC,blanc,0\n"
		apart = head + a + b + c
		whole = head + "A+B,x,6\nA+B,\"y, z\",9\nA+B,blanc,1\nA+B,nul,3\n" + c
	)
	for name, table := range map[string]string{"each urn": apart, "joined": whole, "another order of groups": head + c + a + b} {
		if err := CompareTable(strings.NewReader(table), votes); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, bad := range map[string]struct{ table, want string }{
		"empty":               {"", "begins with"},
		"another header":      {strings.Replace(apart, "ballots", "votes", 1), "begins with"},
		"only a header":       {head, "lacks the urn A"},
		"one more":            {strings.Replace(apart, "A,x,5", "A,x,6", 1), `["A" "x" "6"], the file makes ["A" "x" "5"]`},
		"one moved":           {strings.Replace(strings.Replace(apart, "A,x,5", "A,x,4", 1), "B,x,1", "B,x,2", 1), "the file makes"},
		"sum not made":        {strings.Replace(whole, "A+B,x,6", "A+B,x,5", 1), "the file makes"},
		"leading zero":        {strings.Replace(apart, "A,x,5", "A,x,05", 1), "the file makes"},
		"urn missing":         {head + a + b, "lacks the urn C"},
		"urn twice":           {apart + c, `the urn "C", in "C", which`},
		"unknown urn":         {apart + "D,w,0\n", `the urn "D"`},
		"row missing":         {head + a + b + "C,w,4\n", `lacks the row ["C" "blanc" "0"]`},
		"row in the middle":   {head + "A,x,5\nA,blanc,1\n" + b + c, `the file makes ["A" "y, z" "7"]`},
		"nul missing":         {head + a + "B,x,1\nB,\"y, z\",2\nB,blanc,0\n" + c, "the file makes"},
		"nul where none":      {head + a + "A,nul,0\n" + b + c, `the urn "A", in "A"`},
		"options exchanged":   {head + "A,\"y, z\",7\nA,x,5\nA,blanc,1\n" + b + c, "the file makes"},
		"joined with another": {head + "A+C,x,5\n" + b, "joins urns of different options"},
		"joined with itself":  {head + "A+A,x,10\n", `the urn "A", in "A+A"`},
		"one field more":      {strings.Replace(apart, "A,x,5", "A,x,5,", 1), "not CSV"},
		"a broken quote":      {head + "A,\"x,5\n", "not CSV"},
	} {
		err := CompareTable(strings.NewReader(bad.table), votes)
		if err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: error %v, want %q", name, err, bad.want)
		}
	}
}
