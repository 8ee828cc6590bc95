package mixte_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"isoloir/mixte"
)

// TestSheet computes results again from the downloaded file alone, as a spreadsheet does: by its formulas over its cells.
func TestSheet(t *testing.T) {
	for seed := range uint64(60) {
		v := random(rand.New(rand.NewPCG(seed, 3)).IntN)
		rules := v.rules
		r, err := v.compute()
		if err != nil {
			t.Fatal(err)
		}
		in := csv.NewReader(bytes.NewReader(r.Sheet(rules)))
		in.FieldsPerRecord = -1
		cells, err := in.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, line := range cells {
			if len(line) != 4 || !strings.HasPrefix(line[1], "=") {
				continue
			}
			found++
			for i, tally := range []mixte.Tally{r.Mixed, r.Members, r.Citizens} {
				if got, want := spreadsheet(t, cells, line[1+i]), of(&tally, rules, line[0]); got.Cmp(want.Rat()) != 0 {
					t.Fatalf("seed %d, %s: %s gives %s, not %s", seed, line[0], line[1+i], got.RatString(), want)
				}
			}
		}
		if found != len(rules.Options)+3 {
			t.Fatalf("seed %d: %d answers have formulas", seed, found)
		}
	}
}

func of(t *mixte.Tally, rules mixte.Rules, answer string) *mixte.Fraction {
	for i, o := range rules.Options {
		if o == answer {
			return &t.Options[i]
		}
	}
	return map[string]*mixte.Fraction{mixte.Blank: &t.Blank, mixte.Abstain: &t.Abstain, mixte.Nul: &t.Nul}[answer]
}

var (
	product = regexp.MustCompile(`^=SUMPRODUCT\(([A-Z]+)2:([A-Z]+)(\d+)\*G2:G(\d+)/H2:H(\d+)\)$`)
	chosen  = regexp.MustCompile(`^=SUMPRODUCT\(\(A2:A(\d+)="(members|citizens)"\)\*([A-Z]+)2:([A-Z]+)(\d+)\)$`)
)

// spreadsheet evaluates a formula over cells, exactly.
func spreadsheet(t *testing.T, cells [][]string, formula string) *big.Rat {
	t.Helper()
	sum := new(big.Rat)
	column := func(name string) (n int) {
		for _, letter := range name {
			n = 26*n + int(letter-'A') + 1
		}
		return n - 1
	}
	number := func(row int, name string) *big.Rat {
		x, ok := new(big.Rat).SetString(cells[row-1][column(name)])
		if !ok {
			t.Fatalf("%s%d is %q", name, row, cells[row-1][column(name)])
		}
		return x
	}
	var last int
	if f := product.FindStringSubmatch(formula); f != nil {
		fmt.Sscan(f[3], &last)
		for row := 2; row <= last; row++ {
			x := new(big.Rat).Mul(number(row, f[1]), number(row, "G"))
			sum.Add(sum, x.Quo(x, number(row, "H")))
		}
		return sum
	}
	f := chosen.FindStringSubmatch(formula)
	if f == nil {
		t.Fatalf("a spreadsheet does not read %s", formula)
	}
	fmt.Sscan(f[1], &last)
	for row := 2; row <= last; row++ {
		if cells[row-1][0] == f[2] {
			sum.Add(sum, number(row, f[3]))
		}
	}
	return sum
}
