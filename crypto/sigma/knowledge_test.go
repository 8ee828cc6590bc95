package sigma

import (
	"testing"

	"isoloir/crypto/group"
)

// knowledgeStatement is a claim of one of the four kinds, in bytes.
type knowledgeStatement struct {
	Kind string `json:"kind"` // name of the transcript
	record
	Run          uint32   `json:"run"`
	Holder       string   `json:"holder"`
	Clause       string   `json:"clause"`
	Coefficients hexBytes `json:"coefficients"`
	Key          hexBytes `json:"key"`
	Elector      uint32   `json:"elector"`
	Device       hexBytes `json:"device"`
}

func (s knowledgeStatement) claim() (Claim, error) {
	if s.Kind == "ceremony/constant" {
		coefficients, err := DecodeList(s.Coefficients, 1)
		if err != nil {
			return Claim{}, err
		}
		return ConstantTerm(s.context(), s.Run, s.Holder, s.Clause, coefficients)
	}
	key, err := DecodeElement(s.Key)
	if err != nil {
		return Claim{}, err
	}
	switch s.Kind {
	case "account":
		return Account(s.context(), key, s.Holder), nil
	case "device":
		return Device(s.context(), key, s.Elector, [32]byte(s.Device)), nil
	}
	return Reservation(s.context(), key, s.Elector), nil
}

func verifyKnowledgeVector(v vector[knowledgeStatement]) error {
	c, err := v.Statement.claim()
	if err != nil {
		return err
	}
	p, err := DecodeKnowledge(v.Proof)
	if err != nil {
		return err
	}
	return c.Verify(p)
}

func honestKnowledge(t *testing.T) []vector[knowledgeStatement] {
	x, other := secret("knowledge"), secret("second coefficient")
	key := group.MulBase(x)
	statements := []knowledgeStatement{
		{Kind: "ceremony/constant", record: beforeOpening(""), Run: 1, Holder: "H1", Clause: "all", Coefficients: joined(key, group.MulBase(other))},
		{Kind: "account", record: beforeOpening("A"), Key: pointHex(key), Holder: "card-17"},
		{Kind: "reserve", record: testRecord("A"), Key: pointHex(key), Elector: 17},
		{Kind: "device", record: testRecord("A"), Key: pointHex(key), Elector: 17, Device: pointHex(group.MulBase(secret("device")))},
	}
	var out []vector[knowledgeStatement]
	for _, s := range statements {
		c, err := s.claim()
		if err != nil {
			t.Fatal(err)
		}
		nonce := secret("nonce of " + s.Kind)
		p := c.prove(x, nonce)
		b := p.Bytes()
		out = append(out, vector[knowledgeStatement]{Name: s.Kind, Statement: s, Proof: b[:], Witness: &witness{
			Secrets: scalarHex(x), Nonces: scalarHex(nonce), Challenge: scalarHex(c.challenge(p.r))[0]}})
	}
	return out
}

func TestKnowledgeVectors(t *testing.T) {
	type v = vector[knowledgeStatement]
	k := secret("k")
	gk := group.MulBase(k)
	constant := func(do func(*knowledgeStatement)) func(*v) {
		return func(c *v) {
			if c.Statement.Kind == "ceremony/constant" {
				do(&c.Statement)
			}
		}
	}
	elector := func(do func(*knowledgeStatement)) func(*v) {
		return func(c *v) {
			if c.Statement.Kind == "reserve" || c.Statement.Kind == "device" {
				do(&c.Statement)
			}
		}
	}
	single := func(do func(*v)) func(*v) {
		return func(c *v) {
			if c.Statement.Kind != "ceremony/constant" {
				do(c)
			}
		}
	}
	mutations := []mutation[knowledgeStatement]{
		{"other manifest", func(c *v) { flip(c.Statement.Manifest, 0) }, ErrKnowledge},
		{"other opening record", func(c *v) { flip(c.Statement.Opening, 31) }, ErrKnowledge},
		{"other urn", func(c *v) { c.Statement.Urn += "B" }, ErrKnowledge},
		{"other kind of proof", func(c *v) {
			switch c.Statement.Kind {
			case "account":
				c.Statement.Kind = "reserve"
			case "reserve":
				c.Statement.Kind = "account"
			case "device":
				c.Statement.Kind, c.Statement.Device = "reserve", nil
			}
		}, ErrKnowledge},
		{"other run", constant(func(s *knowledgeStatement) { s.Run = 2 }), ErrKnowledge},
		{"other holder", func(c *v) {
			if c.Statement.Holder != "" {
				c.Statement.Holder += "1"
			}
		}, ErrKnowledge},
		{"other clause", constant(func(s *knowledgeStatement) { s.Clause = "class" }), ErrKnowledge},
		{"holder and clause swapped", constant(func(s *knowledgeStatement) { s.Holder, s.Clause = s.Clause, s.Holder }), ErrKnowledge},
		{"boundary of holder and clause moved", constant(func(s *knowledgeStatement) { s.Holder, s.Clause = "H1a", "ll" }), ErrKnowledge},
		{"coefficient changed", constant(func(s *knowledgeStatement) { put(s.Coefficients, 1, otherPoint[:]) }), ErrKnowledge},
		{"coefficient dropped", constant(func(s *knowledgeStatement) { s.Coefficients = s.Coefficients[:32] }), ErrKnowledge},
		{"coefficient added", constant(func(s *knowledgeStatement) { s.Coefficients = append(s.Coefficients, otherPoint[:]...) }), ErrKnowledge},
		{"coefficients swapped", constant(func(s *knowledgeStatement) { swap(s.Coefficients, 0, 1) }), ErrKnowledge},
		{"no coefficient", constant(func(s *knowledgeStatement) { s.Coefficients = nil }), ErrCount},
		{"constant term identity", constant(func(s *knowledgeStatement) { put(s.Coefficients, 0, identityBytes) }), group.ErrIdentity},
		{"coefficient not canonical", constant(func(s *knowledgeStatement) { put(s.Coefficients, 1, nonCanonical) }), group.ErrNotCanonical},
		{"coefficient truncated", constant(func(s *knowledgeStatement) { s.Coefficients = s.Coefficients[:63] }), group.ErrLength},
		{"other key", single(func(c *v) { put(c.Statement.Key, 0, otherPoint[:]) }), ErrKnowledge},
		{"key times g^k", single(func(c *v) { move(c.Statement.Key, 0, gk) }), ErrKnowledge},
		{"key times g^k, response adapted", single(func(c *v) {
			move(c.Statement.Key, 0, gk)
			challenge, _ := group.DecodeScalar(c.Witness.Challenge)
			shift(c.Proof, 1, challenge.Mul(k))
		}), ErrKnowledge},
		{"key to the k, proof adapted", single(func(c *v) {
			power(c.Statement.Key, 0, k)
			power(c.Proof, 0, k)
			s, _ := group.DecodeScalar(c.Proof[32:])
			put(c.Proof, 1, scalarHex(s.Mul(k))[0])
		}), ErrKnowledge},
		{"key inverted, proof adapted", single(func(c *v) {
			minus := group.ScalarFromUint64(1).Neg()
			power(c.Statement.Key, 0, minus)
			power(c.Proof, 0, minus)
			s, _ := group.DecodeScalar(c.Proof[32:])
			put(c.Proof, 1, scalarHex(s.Neg())[0])
		}), ErrKnowledge},
		{"key identity", single(func(c *v) { put(c.Statement.Key, 0, identityBytes) }), group.ErrIdentity},
		{"key not canonical", single(func(c *v) { put(c.Statement.Key, 0, nonCanonical) }), group.ErrNotCanonical},
		{"key truncated", single(func(c *v) { c.Statement.Key = c.Statement.Key[:31] }), group.ErrLength},
		{"other elector", elector(func(s *knowledgeStatement) { s.Elector++ }), ErrKnowledge},
		{"for another device", elector(func(s *knowledgeStatement) { s.Kind, s.Device = "device", otherPoint[:] }), ErrKnowledge},
		{"commitment and response shifted by the same", func(c *v) {
			move(c.Proof, 0, gk)
			shift(c.Proof, 1, k)
		}, ErrKnowledge},
		{"zero challenge: commitment g^s", func(c *v) {
			s := secret("s")
			put(c.Proof, 0, pointHex(group.MulBase(s)))
			put(c.Proof, 1, scalarHex(s)[0])
		}, ErrKnowledge},
	}
	mutations = append(mutations, proofMutations[knowledgeStatement](1, 1, ErrKnowledge)...)
	attack(t, "schnorr.json", "Proofs of knowledge of one logarithm: ceremony/constant (key: the first coefficient), account, reserve, device; fields that a kind does not have are empty. Proof: R, s.",
		honestKnowledge(t), func(vector[knowledgeStatement]) []mutation[knowledgeStatement] { return mutations }, verifyKnowledgeVector)
}
