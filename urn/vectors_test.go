package urn_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

var update = flag.Bool("update", false, "make the vectors of challenges anew")

const vectorsPath = "../spec/vectors/challenge.json"

// challengeVector is a challenge as somebody has it who knows the urn, its key, and what
// its questions offer. Choice is empty where it is refused.
type challengeVector struct {
	Name      string              `json:"name"`
	Manifest  string              `json:"manifest"`
	Opening   string              `json:"opening"`
	Urn       uint16              `json:"urn"`
	Key       string              `json:"key"`
	Questions []challengeQuestion `json:"questions"`
	Record    string              `json:"record"`
	Code      string              `json:"code"`
	Refused   string              `json:"refused"`
	Choice    []string            `json:"choice"`
}

type challengeQuestion struct {
	Question string   `json:"question"`
	Options  []string `json:"options"`
}

// TestVectors judges the vectors of section 12.1.
func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	raw, err := os.ReadFile(vectorsPath)
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Cases []challengeVector }
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Cases) < 8 {
		t.Errorf("%d cases", len(document.Cases))
	}
	for _, v := range document.Cases {
		rules := rulesOf(t, v)
		c, err := urn.ParseChallenge(unhexed(t, v.Record), rules.Questions)
		if err == nil {
			err = rules.VerifyChallenge(c, urn.Hash(unhexed(t, v.Code)))
		}
		var refused urn.ChallengeRefusal
		if err != nil && !errors.As(err, &refused) && errors.Is(err, urn.ErrFormat) {
			refused = "format"
		}
		if string(refused) != v.Refused || err != nil && refused == "" {
			t.Errorf("%s: %v, not %q", v.Name, err, v.Refused)
		}
		for q := range v.Choice {
			if got := v.Questions[q].Options[c.Places[q]]; got != v.Choice[q] {
				t.Errorf("%s: %s was chosen, not %s", v.Name, got, v.Choice[q])
			}
		}
	}
}

func unhexed(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func rulesOf(t *testing.T, v challengeVector) *urn.Rules {
	t.Helper()
	key, err := group.Decode(unhexed(t, v.Key))
	if err != nil {
		t.Fatal(err)
	}
	p := urn.Params{Manifest: urn.Hash(unhexed(t, v.Manifest)), Opening: urn.Hash(unhexed(t, v.Opening)), Number: v.Urn, Name: "urn-1",
		Questions: len(v.Questions), Base: group.Base(), Key: key}
	for _, q := range v.Questions {
		var codes []group.Point
		for _, o := range q.Options {
			codes = append(codes, elgamal.Option(p.Manifest, q.Question, o))
		}
		p.Options = append(p.Options, codes)
	}
	r, err := urn.NewRules(p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// writeVectors makes a challenge of two questions, and what differs from it.
func writeVectors(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Questions: 2})
	r := f.Rules[0]
	shown, c := f.Opened(t, 0, 0, 1)
	other, d := f.Opened(t, 0, 1, 2)
	foreign, e := f.Opened(t, 1, 1, 0)
	code := shown.Hash()
	base := challengeVector{Manifest: hex.EncodeToString(r.Manifest[:]), Opening: hex.EncodeToString(r.Opening[:]), Urn: r.Number}
	y := r.Params.Key.Bytes()
	base.Key = hex.EncodeToString(y[:])
	for q := range f.Options {
		base.Questions = append(base.Questions, challengeQuestion{fmt.Sprint("question-", q+1), []string{"option-0", "option-1", "option-2"}})
	}
	var cases []challengeVector
	add := func(name string, record []byte, code urn.Hash, refused string, choice ...string) {
		v := base
		v.Name, v.Record, v.Code, v.Refused, v.Choice = name, hex.EncodeToString(record), hex.EncodeToString(code[:]), refused, choice
		if choice == nil {
			v.Choice = []string{}
		}
		cases = append(cases, v)
	}
	key := sha256.Sum256(append([]byte("isoloir/v1/challenge-box"), code[:]...))
	cipher, err := chacha20poly1305.New(key[:])
	if err != nil {
		t.Fatal(err)
	}
	add("what was shown", c.Bytes(), code, "", "option-1", "option-1")
	add("another one", d.Bytes(), other.Hash(), "", "option-2", "option-2")
	add("a byte less", c.Bytes()[1:], code, "format")
	add("a coin that is zero", slices.Concat(c.Bytes()[:34], make([]byte, 32), c.Bytes()[66:]), code, "format")
	add("a coin that is not reduced", slices.Concat(c.Bytes()[:34], slices.Repeat([]byte{0xff}, 32), c.Bytes()[66:]), code, "format")
	add("another's code", c.Bytes(), other.Hash(), "name")
	add("another's box", slices.Concat(c.Bytes()[:100], d.Bytes()[100:]), code, "box")
	add("another ballot in the box", slices.Concat(c.Bytes()[:100], cipher.Seal(nil, make([]byte, 12), other.Bytes(), nil)), code, "code")
	add("a ballot of another urn", e.Bytes(), foreign.Hash(), "ballot")
	first := slices.Clone(shown.Bytes())
	first[71] = 1
	var coins []group.Scalar
	for _, b := range c.Coins {
		r, err := group.DecodeScalar(b[:])
		if err != nil {
			t.Fatal(err)
		}
		coins = append(coins, r)
	}
	add("a first ballot that names one before it", urn.NewChallenge(first, c.Places, coins).Bytes(), sha256.Sum256(first), "ballot")
	add("another choice", slices.Concat(c.Bytes()[:32], []byte{0, 0}, c.Bytes()[34:]), code, "opening")
	add("no option", slices.Concat(c.Bytes()[:32], []byte{3, 0}, c.Bytes()[34:]), code, "opening")
	add("another's coins", slices.Concat(c.Bytes()[:32], d.Bytes()[32:100], c.Bytes()[100:]), code, "opening")
	out, err := json.MarshalIndent(map[string]any{"about": "Challenges of an urn of two questions (docs/protocol.md, section 12.1), each with the code that its device had shown, and the name of the first rule that refuses it, " +
		"format where the record is not one; options in the order of their places.", "cases": cases}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsPath, append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
