package tally

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/keyceremony"
)

var update = flag.Bool("update", false, "write spec/vectors again")

// combineVector is the opening of one ciphertext by the shares of a quorum.
type combineVector struct {
	Name         string     `json:"name"`
	Manifest     string     `json:"manifest"`
	Question     string     `json:"question"`
	Options      []string   `json:"options"`
	Codes        []string   `json:"codes"`
	Quorum       [][]int    `json:"quorum"`       // indices of the holders, for each clause
	Coefficients [][]string `json:"coefficients"` // Lagrange's at 0, likewise
	C2           string     `json:"c2"`
	Shares       []string   `json:"shares"` // in the order of the quorum
	Option       int        `json:"option"` // number among options, −1 for none
}

// fixed is a scalar that everybody can compute.
func fixed(name string) group.Scalar {
	b := group.Hash("isoloir/v1/vectors/combine", []byte(name)).Bytes()
	var wide [64]byte
	copy(wide[:], b[:])
	return group.ScalarFromWide(wide)
}

func hexOf(b [32]byte) string { return hex.EncodeToString(b[:]) }

func combineCase(t *testing.T, name string, option int, thresholds []int, quorum [][]int) combineVector {
	f := fixed("manifest").Bytes()
	v := combineVector{Name: name, Manifest: hexOf(f), Question: "question-1", Options: []string{"option-1", "option-2", "blank"}, Quorum: quorum, Option: option}
	for _, o := range v.Options {
		v.Codes = append(v.Codes, hexOf(elgamal.Option(f, v.Question, o).Bytes()))
	}
	m := group.Hash("no option", nil)
	if option >= 0 {
		m = elgamal.Option(f, v.Question, v.Options[option])
	}
	c1 := group.MulBase(fixed(name + "/r"))
	c2 := m
	for c, indices := range quorum {
		lambda, err := keyceremony.Lagrange(indices)
		if err != nil {
			t.Fatal(err)
		}
		var coefficients []string
		for _, l := range lambda {
			coefficients = append(coefficients, hexOf(l.Bytes()))
		}
		v.Coefficients = append(v.Coefficients, coefficients)
		polynomial := make([]group.Scalar, thresholds[c])
		for k := range polynomial {
			polynomial[k] = fixed(name + "/" + string(rune('a'+c)) + string(rune('0'+k)))
		}
		c2 = c2.Add(c1.Mul(polynomial[0]))
		for _, x := range indices {
			v.Shares = append(v.Shares, hexOf(c1.Mul(evaluate(polynomial, x)).Bytes()))
		}
	}
	v.C2 = hexOf(c2.Bytes())
	return v
}

func TestCombineVectors(t *testing.T) {
	cases := []combineVector{
		combineCase(t, "one holder", 0, []int{1}, [][]int{{1}}),
		combineCase(t, "two of three", 1, []int{2}, [][]int{{1, 3}}),
		combineCase(t, "four of six and one of two", 2, []int{4, 1}, [][]int{{2, 3, 5, 6}, {2}}),
		combineCase(t, "four of eleven", 0, []int{4}, [][]int{{1, 4, 7, 11}}),
		combineCase(t, "three clauses", 1, []int{2, 3, 1}, [][]int{{2, 5}, {1, 4, 9}, {3}}),
		combineCase(t, "no option", -1, []int{2}, [][]int{{1, 2}}),
		combineCase(t, "a share too few", -1, []int{3}, [][]int{{1, 2}}),
	}
	const file = "../spec/vectors/combine.json"
	want, err := json.MarshalIndent(struct {
		About string          `json:"about"`
		Cases []combineVector `json:"cases"`
	}{"docs/protocol.md §10: from c2 and the shares of a quorum to the option, by its number among options; -1 where the ciphertext holds none.", cases}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what is computed now; a change of the protocol needs -update and a reason", file)
	}
	var read struct{ Cases []combineVector }
	if err := json.Unmarshal(got, &read); err != nil {
		t.Fatal(err)
	}
	for _, v := range read.Cases {
		answers, err := Answers(decodePoints(t, v.Codes), v.Quorum, decodePoints(t, []string{v.C2}), lists(decodePoints(t, v.Shares)), 1)
		if err != nil || answers[0] != v.Option {
			t.Errorf("%s: option %v, not %d: %v", v.Name, answers, v.Option, err)
		}
	}
}

func decodePoints(t *testing.T, encoded []string) []group.Point {
	t.Helper()
	var points []group.Point
	for _, s := range encoded {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		p, err := group.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p)
	}
	return points
}

// lists gives each share a list of its own.
func lists(shares []group.Point) [][]group.Point {
	var out [][]group.Point
	for i := range shares {
		out = append(out, shares[i:i+1])
	}
	return out
}
