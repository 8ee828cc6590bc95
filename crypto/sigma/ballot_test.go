package sigma

import (
	"fmt"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

type ballotStatement struct {
	record
	UrnBase     hexBytes `json:"urn_base"`
	Key         hexBytes `json:"key"`
	Account     hexBytes `json:"account"`
	Counter     uint32   `json:"counter"`
	Previous    hexBytes `json:"previous"`
	Ciphertexts hexBytes `json:"ciphertexts"`
}

func (s ballotStatement) claim() (BallotClaim, error) {
	base, err := DecodeElement(s.UrnBase)
	if err != nil {
		return BallotClaim{}, err
	}
	key, err := DecodeElement(s.Key)
	if err != nil {
		return BallotClaim{}, err
	}
	urn, err := NewBallots(s.context(), base, key)
	if err != nil {
		return BallotClaim{}, err
	}
	account, err := DecodeElement(s.Account)
	if err != nil {
		return BallotClaim{}, err
	}
	ciphertexts, err := elgamal.DecodeList(s.Ciphertexts, 1)
	if err != nil {
		return BallotClaim{}, err
	}
	return urn.Claim(account, s.Counter, [32]byte(s.Previous), ciphertexts)
}

func verifyBallotVector(v vector[ballotStatement]) error {
	c, err := v.Statement.claim()
	if err != nil {
		return err
	}
	p, err := DecodeBallotProof(v.Proof, len(v.Statement.Ciphertexts)/elgamal.Size)
	if err != nil {
		return err
	}
	return c.Verify(p)
}

// urnBase and electionKey are those of the honest cases, x the account's secret.
func urnBase() group.Point     { return group.MulBase(secret("alpha")) }
func electionKey() group.Point { return group.MulBase(secret("election key")) }

func honestBallot(t *testing.T, questions int, counter uint32) vector[ballotStatement] {
	name := fmt.Sprintf("%d questions, counter %d", questions, counter)
	x := secret("account")
	s := ballotStatement{record: testRecord("A"), UrnBase: pointHex(urnBase()), Key: pointHex(electionKey()),
		Account: pointHex(urnBase().Mul(x)), Counter: counter, Previous: make([]byte, 32)}
	if counter > 0 {
		h := secret("previous").Bytes()
		s.Previous = h[:]
	}
	var secrets, nonces []group.Scalar
	for q := range questions {
		r := secret(fmt.Sprint(name, " r", q))
		m := elgamal.Option([32]byte(s.Manifest), fmt.Sprint("q", q+1), "yes")
		b := elgamal.Encrypt(electionKey(), m, r).Bytes()
		s.Ciphertexts = append(s.Ciphertexts, b[:]...)
		secrets = append(secrets, r)
		nonces = append(nonces, secret(fmt.Sprint(name, " nonce", q)))
	}
	secrets, nonces = append(secrets, x), append(nonces, secret(name+" nonce x"))
	c, err := s.claim()
	if err != nil {
		t.Fatal(err)
	}
	p := c.prove(secrets, nonces)
	return vector[ballotStatement]{Name: name, Statement: s, Proof: p.Bytes(),
		Witness: &witness{Secrets: scalarHex(secrets...), Nonces: scalarHex(nonces...), Challenge: scalarHex(c.challenge(p))[0]}}
}

func TestBallotVectors(t *testing.T) {
	type v = vector[ballotStatement]
	k := secret("k")
	gk := group.MulBase(k)
	other := secret("another account")
	responseX := func(c *v) int { return len(c.Proof)/32 - 1 }
	challenge := func(c *v) group.Scalar { e, _ := group.DecodeScalar(c.Witness.Challenge); return e }
	two := func(do func(*v)) func(*v) {
		return func(c *v) {
			if len(c.Statement.Ciphertexts) > elgamal.Size {
				do(c)
			}
		}
	}
	mutations := []mutation[ballotStatement]{
		{"other manifest", func(c *v) { flip(c.Statement.Manifest, 3) }, ErrBallot},
		{"other opening record", func(c *v) { flip(c.Statement.Opening, 3) }, ErrBallot},
		{"other urn", func(c *v) { c.Statement.Urn = "B" }, ErrBallot},
		{"other urn base", func(c *v) { put(c.Statement.UrnBase, 0, otherPoint[:]) }, ErrBallot},
		{"other key", func(c *v) { put(c.Statement.Key, 0, otherPoint[:]) }, ErrBallot},
		{"other account", func(c *v) { put(c.Statement.Account, 0, otherPoint[:]) }, ErrBallot},
		{"other counter", func(c *v) { c.Statement.Counter++ }, ErrBallot},
		{"other previous ballot", func(c *v) { flip(c.Statement.Previous, 31) }, ErrBallot},
		{"c1 replaced", func(c *v) { put(c.Statement.Ciphertexts, 0, otherPoint[:]) }, ErrBallot},
		{"c2 replaced", func(c *v) { put(c.Statement.Ciphertexts, 1, otherPoint[:]) }, ErrBallot},
		{"choice changed inside c2", func(c *v) {
			f := [32]byte(c.Statement.Manifest)
			move(c.Statement.Ciphertexts, 1, elgamal.Option(f, "q1", "no").Sub(elgamal.Option(f, "q1", "yes")))
		}, ErrBallot},
		{"c2 identity", func(c *v) { put(c.Statement.Ciphertexts, 1, identityBytes) }, ErrBallot},
		{"c1 and c2 swapped", func(c *v) { swap(c.Statement.Ciphertexts, 0, 1) }, ErrBallot},
		{"questions swapped", two(func(c *v) { swap(c.Statement.Ciphertexts, 0, 2); swap(c.Statement.Ciphertexts, 1, 3) }), ErrBallot},
		{"questions and proofs swapped", two(func(c *v) {
			swap(c.Statement.Ciphertexts, 0, 2)
			swap(c.Statement.Ciphertexts, 1, 3)
			swap(c.Proof, 0, 1)
			swap(c.Proof, len(c.Proof)/64, len(c.Proof)/64+1)
		}), ErrBallot},
		{"ciphertext copied over another", two(func(c *v) { copy(c.Statement.Ciphertexts[64:128], c.Statement.Ciphertexts[:64]) }), ErrBallot},
		{"copy re-randomised, response adapted", func(c *v) {
			move(c.Statement.Ciphertexts, 0, gk)
			move(c.Statement.Ciphertexts, 1, electionKey().Mul(k))
			shift(c.Proof, len(c.Proof)/64, challenge(c).Mul(k))
		}, ErrBallot},
		{"ciphertext to the k, proof adapted", func(c *v) {
			at := len(c.Proof) / 64
			power(c.Statement.Ciphertexts, 0, k)
			power(c.Statement.Ciphertexts, 1, k)
			power(c.Proof, 0, k)
			s, _ := group.DecodeScalar(c.Proof[32*at : 32*at+32])
			put(c.Proof, at, scalarHex(s.Mul(k))[0])
		}, ErrBallot},
		{"copied under another account, its own signature", func(c *v) {
			nonce := secret("copy")
			c.Statement.Account = pointHex(urnBase().Mul(other))
			put(c.Proof, responseX(c)/2, pointHex(urnBase().Mul(nonce)))
			put(c.Proof, responseX(c), scalarHex(nonce.Add(challenge(c).Mul(other)))[0])
		}, ErrBallot},
		{"account times g^k, response adapted", func(c *v) {
			move(c.Statement.Account, 0, urnBase().Mul(k))
			shift(c.Proof, responseX(c), challenge(c).Mul(k))
		}, ErrBallot},
		{"account and urn base to the k", func(c *v) {
			power(c.Statement.Account, 0, k)
			power(c.Statement.UrnBase, 0, k)
			power(c.Proof, responseX(c)/2, k)
		}, ErrBallot},
		{"errors that cancel between two questions", two(func(c *v) {
			at := len(c.Proof) / 64
			shift(c.Proof, at, k)
			shift(c.Proof, at+1, k.Neg())
		}), ErrBallot},
		{"zero challenge: commitments of the responses", func(c *v) {
			n := len(c.Proof) / 64
			for i := range n {
				s, _ := group.DecodeScalar(c.Proof[32*(n+i) : 32*(n+i)+32])
				base := group.Base()
				if i == n-1 {
					base = urnBase()
				}
				put(c.Proof, i, pointHex(base.Mul(s)))
			}
		}, ErrBallot},
		{"last question dropped", two(func(c *v) { c.Statement.Ciphertexts = c.Statement.Ciphertexts[:64] }), group.ErrLength},
		{"question added", func(c *v) { c.Statement.Ciphertexts = append(c.Statement.Ciphertexts, c.Statement.Ciphertexts[:64]...) }, group.ErrLength},
		{"ciphertext truncated", func(c *v) { c.Statement.Ciphertexts = c.Statement.Ciphertexts[:63] }, group.ErrLength},
		{"no ciphertext", func(c *v) { c.Statement.Ciphertexts, c.Proof = nil, c.Proof[:64] }, ErrCount},
		{"c1 identity", func(c *v) { put(c.Statement.Ciphertexts, 0, identityBytes) }, group.ErrIdentity},
		{"c1 not canonical", func(c *v) { put(c.Statement.Ciphertexts, 0, nonCanonical) }, group.ErrNotCanonical},
		{"c2 not canonical", func(c *v) { put(c.Statement.Ciphertexts, 1, nonCanonical) }, group.ErrNotCanonical},
		{"account identity", func(c *v) { c.Statement.Account = identityBytes }, group.ErrIdentity},
		{"account not canonical", func(c *v) { c.Statement.Account = nonCanonical }, group.ErrNotCanonical},
		{"urn base identity", func(c *v) { c.Statement.UrnBase = identityBytes }, group.ErrIdentity},
		{"key identity", func(c *v) { c.Statement.Key = identityBytes }, group.ErrIdentity},
	}
	attack(t, "ballot.json", "Proofs of a ballot. Proof: R_1 … R_w, R_x, s_1 … s_w, s_x; secrets and nonces in the same order.",
		[]vector[ballotStatement]{honestBallot(t, 1, 0), honestBallot(t, 2, 3)},
		func(h v) []mutation[ballotStatement] {
			n := len(h.Proof) / 64
			return append(mutations[:len(mutations):len(mutations)], proofMutations[ballotStatement](n, n, ErrBallot)...)
		}, verifyBallotVector)
}
