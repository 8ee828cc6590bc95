package sigma

import (
	"errors"
	"fmt"
	"testing"

	"isoloir/crypto/group"
)

// singleStatement is a share statement of one ciphertext, at its place in a
// list.
type singleStatement struct {
	record
	Seal     hexBytes `json:"seal"`
	Question string   `json:"question"`
	Clause   string   `json:"clause"`
	Holder   string   `json:"holder"`
	Key      hexBytes `json:"key"`
	Index    int      `json:"index"`
	Input    hexBytes `json:"input"`
	Output   hexBytes `json:"output"`
}

// claim puts the ciphertext at its place in a list of others.
func (s singleStatement) claim() (EqualityClaim, error) {
	inputs := NewList(shareInputs(s.Index+1), 1)
	copy(inputs.encoded[32*s.Index:], s.Input)
	list, err := shareStatement{s.record, s.Seal, s.Question, s.Clause, s.Holder, s.Key, inputs.encoded, nil}.claim()
	if err != nil {
		return EqualityClaim{}, err
	}
	share, err := DecodeElement(s.Output)
	if err != nil {
		return EqualityClaim{}, err
	}
	return list.At(s.Index, share), nil
}

func verifySingleVector(v vector[singleStatement]) error {
	c, err := v.Statement.claim()
	if err != nil {
		return err
	}
	p, err := DecodeEquality(v.Proof)
	if err != nil {
		return err
	}
	return c.Verify(p)
}

func TestSingleShareVectors(t *testing.T) {
	type v = vector[singleStatement]
	l, x, nonce := honestShare(t, 3).Statement, fragment(), secret("nonce of single share")
	s := singleStatement{l.record, l.Seal, l.Question, l.Clause, l.Holder, l.Key, 2, l.Inputs[64:96], l.Outputs[64:96]}
	c, err := s.claim()
	if err != nil {
		t.Fatal(err)
	}
	p := c.prove(x, nonce)
	b := p.Bytes()
	honest := v{Name: "third of a list", Statement: s, Proof: b[:],
		Witness: &witness{Secrets: scalarHex(x), Nonces: scalarHex(nonce), Challenge: scalarHex(c.challenge(p))[0]}}
	k := secret("k")
	mutations := append([]mutation[singleStatement]{
		{"other manifest", func(c *v) { flip(c.Statement.Manifest, 4) }, ErrEquality},
		{"other opening record", func(c *v) { flip(c.Statement.Opening, 4) }, ErrEquality},
		{"other cell", func(c *v) { c.Statement.Urn = "A" }, ErrEquality},
		{"other seal", func(c *v) { flip(c.Statement.Seal, 1) }, ErrEquality},
		{"other question", func(c *v) { c.Statement.Question = "q2" }, ErrEquality},
		{"other clause", func(c *v) { c.Statement.Clause = "class" }, ErrEquality},
		{"other holder", func(c *v) { c.Statement.Holder = "H2" }, ErrEquality},
		{"other key", func(c *v) { put(c.Statement.Key, 0, otherPoint[:]) }, ErrEquality},
		{"other place", func(c *v) { c.Statement.Index = 1 }, ErrEquality},
		{"other c1", func(c *v) { put(c.Statement.Input, 0, otherPoint[:]) }, ErrEquality},
		{"other share", func(c *v) { put(c.Statement.Output, 0, otherPoint[:]) }, ErrEquality},
		{"c1 and share swapped", func(c *v) { s := &c.Statement; s.Input, s.Output = s.Output, s.Input }, ErrEquality},
		{"c1 and share to the k, commitment adapted", func(c *v) {
			power(c.Statement.Input, 0, k)
			power(c.Statement.Output, 0, k)
			power(c.Proof, 1, k)
		}, ErrEquality},
		{"share identity", func(c *v) { c.Statement.Output = identityBytes }, group.ErrIdentity},
		{"share not canonical", func(c *v) { c.Statement.Output = nonCanonical }, group.ErrNotCanonical},
		{"c1 identity", func(c *v) { c.Statement.Input = identityBytes }, group.ErrIdentity},
	}, proofMutations[singleStatement](2, 1, ErrEquality)...)
	attack(t, "share_single.json", "Proofs of one share of a list. Proof: R1, R2, s.", []v{honest},
		func(v) []mutation[singleStatement] { return mutations }, verifySingleVector)
}

// A holder whose list is refused shows by proofs on single shares which of its
// values are right; the others are found.
func TestSingleSharesFindTheCulprits(t *testing.T) {
	const n = 40
	v := honestShare(t, n)
	for _, i := range []int{3, 17, 18, 39} {
		move(v.Statement.Outputs, i, group.Base())
	}
	if err := verifyShareVector(v); !errors.Is(err, ErrShare) {
		t.Fatalf("false shares: %v", err)
	}
	c, err := v.Statement.claim()
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := DecodeList(v.Statement.Outputs, 1)
	if err != nil {
		t.Fatal(err)
	}
	claims, proofs := make([]EqualityClaim, n), make([]Equality, n)
	for i := range n {
		claims[i] = c.At(i, outputs.At(i))
		proofs[i] = claims[i].prove(fragment(), claims[i].t.Nonce(fragment()))
	}
	err = VerifyEquality(claims, proofs, 2)
	var culprits *Culprits
	if !errors.As(err, &culprits) || fmt.Sprint(culprits.Indices) != "[3 17 18 39]" || !errors.Is(err, ErrEquality) {
		t.Fatalf("culprits: %v", err)
	}
	if _, err := claims[3].Prove(fragment()); !errors.Is(err, ErrSecret) {
		t.Fatalf("proof of a false share: %v", err)
	}
	// A proof on one share is no proof on another, nor at another place.
	if err := c.At(1, outputs.At(0)).Verify(proofs[0]); !errors.Is(err, ErrEquality) {
		t.Fatalf("proof of share 0 for c1 number 1: %v", err)
	}
	shifted := c.At(0, outputs.At(0))
	other, err := Shares(v.Statement.context(), [32]byte(v.Statement.Seal), "q2", "all", "H1", c.key, c.inputs)
	if err != nil {
		t.Fatal(err)
	}
	if shifted.Verify(proofs[0]) != nil || !errors.Is(other.At(0, outputs.At(0)).Verify(proofs[0]), ErrEquality) {
		t.Fatal("a proof on one share serves another question")
	}
}
