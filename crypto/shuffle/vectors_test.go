package shuffle

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

var update = flag.Bool("update", false, "write the vectors again")

const vectorDir = "../../spec/vectors"

// vector is one case, all values in hexadecimal but names and numbers.
type vector struct {
	Name      string   `json:"name"`
	Refused   []string `json:"refused,omitempty"` // what fails; accepted if absent
	Manifest  string   `json:"manifest"`
	Opening   string   `json:"opening"`
	Urn       string   `json:"urn"`
	Seal      string   `json:"seal,omitempty"`
	Question  string   `json:"question,omitempty"`
	Stage     uint32   `json:"stage"`
	Key       string   `json:"key,omitempty"`
	Generator string   `json:"generator,omitempty"`
	Raised    string   `json:"raised,omitempty"`
	Inputs    string   `json:"inputs"`
	Outputs   string   `json:"outputs"`
	Proof     string   `json:"proof"`
	U         []string `json:"u,omitempty"` // the weights, for accepted cases
	C         string   `json:"c,omitempty"` // the challenge, for accepted cases
}

type vectorFile struct {
	About      string   `json:"about"`
	Generators []string `json:"generators"` // h_0, h_1 …
	Cases      []vector `json:"cases"`
}

// refusals are the names of what can fail, as the files spell it.
var refusals = map[string]error{
	"empty": ErrEmpty, "length": ErrLength, "encoding": ErrEncoding, "identity": ErrIdentity, "statement": ErrStatement,
	"t1": ErrPermutation, "t2": ErrProduct, "t3": ErrCommitment, "t4-t5": ErrReencryption, "chain": ErrChain,
}

// names returns what err stands for, sorted.
func names(err error) (list []string) {
	for name, e := range refusals {
		if errors.Is(err, e) {
			list = append(list, name)
		}
	}
	if errors.Is(err, ErrExponent) {
		list = append(list, "t4-t5")
	}
	for _, lower := range []error{group.ErrNotCanonical, group.ErrLength, group.ErrIdentity} {
		if err != nil && len(list) == 0 && errors.Is(err, lower) {
			list = append(list, map[error]string{group.ErrNotCanonical: "encoding", group.ErrLength: "length", group.ErrIdentity: "identity"}[lower])
		}
	}
	slices.Sort(list)
	return list
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (v *vector) context(t *testing.T) transcript.Context {
	return transcript.Context{Manifest: [32]byte(unhex(t, v.Manifest)), Opening: [32]byte(unhex(t, v.Opening)), Urn: v.Urn}
}

func (v *vector) point(t *testing.T, s string) group.Point {
	p, err := group.Decode(unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (v *vector) statement(t *testing.T) Statement {
	return Statement{Context: v.context(t), Seal: [32]byte(unhex(t, v.Seal)), Question: v.Question, Stage: v.Stage, Key: v.point(t, v.Key)}
}

func (v *vector) keyStatement(t *testing.T) KeyStatement {
	return KeyStatement{Context: v.context(t), Stage: v.Stage, Generator: v.point(t, v.Generator)}
}

// verify reads and verifies a case of either kind.
func (v *vector) verify(t *testing.T) error {
	in, out, proof := unhex(t, v.Inputs), unhex(t, v.Outputs), unhex(t, v.Proof)
	if v.Key == "" {
		st := v.keyStatement(t)
		inputs, err := DecodeKeys(in, 0)
		if err != nil {
			return err
		}
		outputs, err := DecodeKeys(out, 0)
		if err != nil {
			return err
		}
		return VerifyExponentiation(st, v.point(t, v.Raised), inputs, outputs, proof, new(Generators), 0, nil)
	}
	st := v.statement(t)
	inputs, err := elgamal.DecodeList(in, 0)
	if err != nil {
		return err
	}
	outputs, err := elgamal.DecodeList(out, 0)
	if err != nil {
		return err
	}
	return VerifyReencryption(st, inputs, outputs, proof, new(Generators), 0, nil)
}

// story tells the case to the specification's verifier.
func (v *vector) story(t *testing.T) *story {
	if v.Key == "" {
		st := v.keyStatement(t)
		in, err := DecodeKeys(unhex(t, v.Inputs), 0)
		if err != nil {
			t.Fatal(err)
		}
		out, err := DecodeKeys(unhex(t, v.Outputs), 0)
		if err != nil {
			t.Fatal(err)
		}
		return keyStory(st, v.point(t, v.Raised), in, out, scalar{})
	}
	st := v.statement(t)
	in, err := elgamal.DecodeList(unhex(t, v.Inputs), 0)
	if err != nil {
		t.Fatal(err)
	}
	out, err := elgamal.DecodeList(unhex(t, v.Outputs), 0)
	if err != nil {
		t.Fatal(err)
	}
	return ballotStory(st, in, out, nil)
}

func TestVectors(t *testing.T) {
	for _, name := range []string{"shuffle.json", "exponentiation.json"} {
		path := filepath.Join(vectorDir, name)
		if *update {
			writeVectors(t, path)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file vectorFile
		d := json.NewDecoder(strings.NewReader(string(b)))
		d.DisallowUnknownFields()
		if err := d.Decode(&file); err != nil {
			t.Fatal(err)
		}
		for i, h := range file.Generators {
			if want := group.Generator(Label, uint64(i)).Bytes(); h != hex.EncodeToString(want[:]) {
				t.Errorf("%s: generator %d differs", name, i)
			}
		}
		if len(file.Cases) < 10 {
			t.Errorf("%s has %d cases", name, len(file.Cases))
		}
		for _, v := range file.Cases {
			t.Run(name+"/"+v.Name, func(t *testing.T) {
				err := v.verify(t)
				if got := names(err); !slices.Equal(got, v.Refused) {
					t.Fatalf("refused for %v (%v), want %v", got, err, v.Refused)
				}
				if err == nil {
					v.checkChallenges(t)
				}
			})
		}
	}
}

// checkChallenges compares u and c with the specification's.
func (v *vector) checkChallenges(t *testing.T) {
	u, c := v.challenges(t)
	if !slices.Equal(u, v.U) || c != v.C {
		t.Error("the challenges differ")
	}
	s := v.story(t)
	if !s.accepts(parse(unhex(t, v.Proof), s.n), group.Generators(Label, s.n+1, 0), "") {
		t.Error("the specification's verifier refuses")
	}
}

func (v *vector) challenges(t *testing.T) (u []string, c string) {
	s := v.story(t)
	p := parse(unhex(t, v.Proof), s.n)
	tr := s.begin("", p.permutation)
	for _, w := range weightsOf(tr, s.n) {
		b := w.Bytes()
		u = append(u, hex.EncodeToString(b[:16]))
	}
	b := s.finish(tr, "", p).Bytes()
	return u, hex.EncodeToString(b[:])
}
