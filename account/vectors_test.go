package account

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/merkle"
	"isoloir/scrutin"
)

var update = flag.Bool("update", false, "write spec/vectors again")

type hexBytes []byte

func (b hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// chainVector is the accounts of an urn from the issuers' files to the root, or
// what is refused of it: number, unproven, equal, chain, proof.
type chainVector struct {
	Name      string         `json:"name"`
	Manifest  hexBytes       `json:"manifest"`
	Opening   hexBytes       `json:"opening"`   // zero before it exists
	Amendment uint32         `json:"amendment"` // of the roll; 0 for none
	Urn       string         `json:"urn"`
	Electors  int            `json:"electors"`
	Issuers   []issuerVector `json:"issuers"`
	Accounts  hexBytes       `json:"accounts"`
	Stages    []stageVector  `json:"stages"`
	Root      hexBytes       `json:"root"`
	Refused   string         `json:"refused"`
}

type issuerVector struct {
	Issuer string   `json:"issuer"`
	Keys   hexBytes `json:"keys"`
	Proof  hexBytes `json:"proof"`
}

type stageVector struct {
	Input     hexBytes `json:"input"`
	Generator hexBytes `json:"generator"`
	Keys      hexBytes `json:"keys"`
	Output    hexBytes `json:"output"`
	Proof     hexBytes `json:"proof"`
}

func (v *chainVector) context() transcript.Context {
	return transcript.Context{Manifest: [32]byte(v.Manifest), Opening: [32]byte(v.Opening), Urn: v.Urn, Amendment: v.Amendment}
}

// verify follows the chain and says what is refused first.
func (v *chainVector) verify() (refused string, err error) {
	var lists []HalfList
	for _, i := range v.Issuers {
		proof, err := sigma.DecodeKnowledge(i.Proof)
		if err != nil {
			return "unproven", err
		}
		lists = append(lists, HalfList{i.Issuer, i.Keys, proof})
	}
	current, err := Halves(v.context(), v.Electors, lists, 1)
	switch {
	case errors.Is(err, ErrNumber):
		return "number", err
	case err != nil:
		return "unproven", err
	case !bytes.Equal(current.Keys.Bytes(), v.Accounts):
		return "accounts", nil
	}
	var distinct Distinct
	distinct.Add(v.Urn, current.Keys.Bytes())
	if err := distinct.Check(); err != nil {
		return "equal", err
	}
	var gens shuffle.Generators
	for i, s := range v.Stages {
		if digest := current.Digest(); !bytes.Equal(s.Input, digest[:]) {
			return "chain", nil
		}
		keys, err := shuffle.DecodeKeys(s.Keys, 1)
		if err != nil {
			return "proof", err
		}
		generator, err := group.DecodeNonIdentity(s.Generator)
		if err != nil {
			return "proof", err
		}
		next := Population{generator, keys}
		if digest := next.Digest(); !bytes.Equal(s.Output, digest[:]) {
			return "chain", nil
		}
		st := shuffle.KeyStatement{Context: v.context(), Stage: uint32(i + 1), Generator: current.Generator}
		if err := shuffle.VerifyExponentiation(st, generator, current.Keys, keys, s.Proof, &gens, 1, nil); err != nil {
			return "proof", err
		}
		current = next
	}
	if root := merkle.Root(current.Keys.Bytes(), group.PointSize); !bytes.Equal(root[:], v.Root) {
		return "root", nil
	}
	return "", nil
}

// restate makes the digests fit the lists.
func (v *chainVector) restate() {
	digest := func(parts ...[]byte) hexBytes {
		d := scrutin.DigestOf(bytes.Join(parts, nil))
		return d[:]
	}
	base := group.Base().Bytes()
	input := digest(base[:], v.Accounts)
	for i := range v.Stages {
		s := &v.Stages[i]
		s.Input, s.Output = input, digest(s.Generator, s.Keys)
		input = s.Output
	}
	root := merkle.Root(v.Stages[len(v.Stages)-1].Keys, group.PointSize)
	v.Root = root[:]
}

func makeChain(t *testing.T, electors int) chainVector {
	t.Helper()
	f := scrutin.DigestOf([]byte("isoloir/v1/vectors/anonymisation"))
	return makeVector(t, chainVector{Name: "honest", Manifest: f[:], Opening: make([]byte, 32), Urn: "urn-1", Electors: electors})
}

func makeVector(t *testing.T, v chainVector) chainVector {
	t.Helper()
	electors := v.Electors
	var lists []HalfList
	for _, issuer := range []string{"email", "post"} {
		list, _ := drawn(t, v.context(), issuer, electors)
		proof := list.Proof.Bytes()
		lists = append(lists, list)
		v.Issuers = append(v.Issuers, issuerVector{issuer, list.Keys, proof[:]})
	}
	current, err := Halves(v.context(), electors, lists, 1)
	if err != nil {
		t.Fatal(err)
	}
	v.Accounts = current.Keys.Bytes()
	var gens shuffle.Generators
	for stage := uint32(1); stage <= 3; stage++ {
		st := shuffle.KeyStatement{Context: v.context(), Stage: stage, Generator: current.Generator}
		raised, keys, proof, err := shuffle.Exponentiate(st, current.Keys, &gens, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		g := raised.Bytes()
		v.Stages = append(v.Stages, stageVector{Generator: g[:], Keys: keys.Bytes(), Proof: proof})
		current = Population{raised, keys}
	}
	v.restate()
	return v
}

// doubled is a chain in which both issuers gave one half to two electors.
func doubled(t *testing.T) chainVector {
	t.Helper()
	v := makeChain(t, 3)
	v.Name, v.Refused = "two electors with one key, proved", "equal"
	for i, issuer := range v.Issuers {
		secrets := []group.Scalar{group.RandomScalar(), group.RandomScalar(), {}}
		secrets[2] = secrets[0]
		var points []group.Point
		for _, x := range secrets {
			points = append(points, group.MulBase(x))
		}
		keys := sigma.NewList(points, 1)
		claim, err := sigma.Enrolment(v.context(), issuer.Issuer, keys)
		if err != nil {
			t.Fatal(err)
		}
		proof, err := claim.Prove(secrets)
		if err != nil {
			t.Fatal(err)
		}
		b := proof.Bytes()
		v.Issuers[i] = issuerVector{issuer.Issuer, keys.Bytes(), b[:]}
	}
	list := func(i int) HalfList {
		proof, err := sigma.DecodeKnowledge(v.Issuers[i].Proof)
		if err != nil {
			t.Fatal(err)
		}
		return HalfList{v.Issuers[i].Issuer, v.Issuers[i].Keys, proof}
	}
	p, err := Halves(v.context(), 3, []HalfList{list(0), list(1)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	v.Accounts = p.Keys.Bytes()
	v.restate()
	return v
}

func chainCases(t *testing.T) []chainVector {
	honest := makeChain(t, 3)
	one := makeChain(t, 1)
	one.Name = "honest, one elector"
	o := scrutin.DigestOf([]byte("isoloir/v1/vectors/opening"))
	added := makeVector(t, chainVector{Name: "honest, an amendment", Manifest: honest.Manifest, Opening: o[:], Amendment: 2, Urn: "urn-1", Electors: 3})
	cases := []chainVector{honest, one, doubled(t), added}
	for _, c := range []struct {
		name, refused string
		change        func(v *chainVector)
	}{
		{"an amendment as if it were another one", "unproven", func(v *chainVector) { v.Amendment++ }},
		{"an amendment as if it were of the opening", "unproven", func(v *chainVector) { v.Amendment = 0 }},
		{"an amendment under another opening record", "unproven", func(v *chainVector) { v.Opening[0] ^= 1 }},
		{"stages of the opening for an amendment", "proof", func(v *chainVector) { v.Stages = honest.Stages }},
	} {
		v := cloneVector(t, added)
		v.Name, v.Refused = c.name, c.refused
		c.change(&v)
		v = cloneVector(t, v) // what is restated is its own
		v.restate()
		cases = append(cases, v)
	}
	other := group.Generator("isoloir/v1/vectors/anonymisation", 0).Bytes()
	for _, c := range []struct {
		name, refused string
		change        func(v *chainVector)
	}{
		{"one elector more than keys", "number", func(v *chainVector) { v.Electors++ }},
		{"keys of another urn", "unproven", func(v *chainVector) { v.Urn = "urn-2" }},
		{"keys of another scrutin", "unproven", func(v *chainVector) { v.Manifest[0] ^= 1 }},
		{"issuers' files swapped", "unproven", func(v *chainVector) {
			v.Issuers[0].Keys, v.Issuers[1].Keys = v.Issuers[1].Keys, v.Issuers[0].Keys
		}},
		{"an issuer's key replaced", "unproven", func(v *chainVector) { copy(v.Issuers[0].Keys[32:], other[:]) }},
		{"an issuer's keys in another order", "unproven", func(v *chainVector) {
			v.Issuers[1].Keys = append(bytes.Clone(v.Issuers[1].Keys[32:]), v.Issuers[1].Keys[:32]...)
		}},
		{"two stages swapped", "proof", func(v *chainVector) { v.Stages[0], v.Stages[1] = v.Stages[1], v.Stages[0] }},
		{"a stage left out", "proof", func(v *chainVector) { v.Stages = v.Stages[1:] }},
		{"a stage done twice", "proof", func(v *chainVector) { v.Stages = append(v.Stages, v.Stages[2]) }},
		{"a key replaced at the last stage", "proof", func(v *chainVector) { copy(v.Stages[2].Keys, other[:]) }},
		{"a key doubled at the last stage", "proof", func(v *chainVector) { copy(v.Stages[2].Keys[32:], v.Stages[2].Keys[:32]) }},
		{"a phantom elector at the last stage", "proof", func(v *chainVector) { v.Stages[2].Keys = append(v.Stages[2].Keys, other[:]...) }},
		{"an identity among the keys", "proof", func(v *chainVector) { clear(v.Stages[2].Keys[:32]) }},
		{"another generator", "proof", func(v *chainVector) { copy(v.Stages[1].Generator, other[:]) }},
		{"an identity as generator", "proof", func(v *chainVector) { clear(v.Stages[1].Generator) }},
		{"the proof of another stage", "proof", func(v *chainVector) { v.Stages[1].Proof = v.Stages[2].Proof }},
	} {
		v := cloneVector(t, honest)
		v.Name, v.Refused = c.name, c.refused
		c.change(&v)
		v.restate()
		cases = append(cases, v)
	}
	v := cloneVector(t, honest)
	v.Name, v.Refused = "a stage that states another input", "chain"
	v.Stages[1].Input[0] ^= 1
	return append(cases, v)
}

func cloneVector(t *testing.T, v chainVector) (c chainVector) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const vectorsFile = "../spec/vectors/anonymisation.json"

type chainVectors struct {
	About string        `json:"about"`
	Cases []chainVector `json:"cases"`
}

func readVectors(t testing.TB) []chainVector {
	t.Helper()
	data, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var read chainVectors
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	return read.Cases
}

func TestAnonymisationVectors(t *testing.T) {
	if *update {
		out, err := json.MarshalIndent(chainVectors{"docs/protocol.md §§5 and 6: the accounts of an urn, from the issuers' keys (proof: R, s) through three stages to the RFC 6962 root; with an amendment of the roll, those whom it adds (§6.1). A refused case names the first rule that fails: number, unproven, equal (account keys), chain (digests of populations), proof.", chainCases(t)}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorsFile, append(out, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cases := readVectors(t)
	if len(cases) < 20 {
		t.Errorf("%d cases", len(cases))
	}
	for _, v := range cases {
		if refused, err := v.verify(); refused != v.Refused {
			t.Errorf("%s: refused as %q, the file says %q: %v", v.Name, refused, v.Refused, err)
		}
	}
}
