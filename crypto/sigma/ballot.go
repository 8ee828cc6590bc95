package sigma

import (
	"fmt"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// Ballots is what the ballots of one urn have in common. It is safe for
// concurrent use.
type Ballots struct {
	t       *transcript.Transcript
	urnBase *base
}

// NewBallots is for the urn that ctx names, with its generator ĝ and the
// scrutin's key Y. group.ErrIdentity if one of them is the identity.
func NewBallots(ctx transcript.Context, urnBase, key Element) (*Ballots, error) {
	if urnBase.point.IsIdentity() || key.point.IsIdentity() {
		return nil, fmt.Errorf("generator or key of the urn: %w", group.ErrIdentity)
	}
	t := transcript.New("ballot", ctx)
	t.Append("base", g.encoded[:])
	t.Append("urn-base", urnBase.encoded[:])
	t.Append("key", key.encoded[:])
	return &Ballots{t, &base{urnBase.point, group.NewTable(urnBase.point, windowOfUrn)}}, nil
}

// BallotClaim says: I know x with account = ĝ^x and, for every question, r_q
// with c1_q = g^{r_q}, and with x I sign this ballot (docs/protocol.md §7). It
// is the AND of Schnorr proofs under one challenge.
type BallotClaim struct {
	urn         *Ballots
	t           *transcript.Transcript
	account     group.Point
	ciphertexts elgamal.List
}

// Claim is the claim of an account on its ballot: counter and previous are
// those of its chain, ciphertexts are one for each question. ErrCount if there
// is none, group.ErrIdentity if the account or a c1 is the identity.
func (b *Ballots) Claim(account Element, counter uint32, previous [32]byte, ciphertexts elgamal.List) (BallotClaim, error) {
	if ciphertexts.Len() == 0 {
		return BallotClaim{}, fmt.Errorf("ballot without a ciphertext: %w", ErrCount)
	}
	if account.point.IsIdentity() {
		return BallotClaim{}, fmt.Errorf("account: %w", group.ErrIdentity)
	}
	for _, c1 := range ciphertexts.C1() {
		if c1.IsIdentity() {
			return BallotClaim{}, fmt.Errorf("c1: %w", group.ErrIdentity)
		}
	}
	t := b.t.Clone()
	t.Append("account", account.encoded[:])
	t.AppendUint32("counter", counter)
	t.Append("previous", previous[:])
	t.Append("ciphertexts", ciphertexts.Bytes())
	return BallotClaim{b, t, account.point, ciphertexts}, nil
}

// BallotProof is (R_1 … R_w, R_x, s_1 … s_w, s_x) for w questions.
type BallotProof struct {
	r []Element
	s []group.Scalar
}

// BallotProofSize returns the length in bytes of a proof for so many questions.
func BallotProofSize(questions int) int { return 64 * (questions + 1) }

// Bytes returns R_1 ‖ … ‖ R_w ‖ R_x ‖ s_1 ‖ … ‖ s_w ‖ s_x, as in a ballot.
func (p BallotProof) Bytes() []byte {
	b := p.commitments()
	for _, s := range p.s {
		e := s.Bytes()
		b = append(b, e[:]...)
	}
	return b
}

// DecodeBallotProof reads the proof of a ballot of so many questions. No
// commitment is the identity.
func DecodeBallotProof(b []byte, questions int) (BallotProof, error) {
	if questions < 1 || len(b) != BallotProofSize(questions) {
		return BallotProof{}, fmt.Errorf("proof of %d bytes for %d questions: %w", len(b), questions, group.ErrLength)
	}
	n := questions + 1
	p := BallotProof{make([]Element, n), make([]group.Scalar, n)}
	var err error
	for i := range n {
		if p.r[i], err = DecodeElement(b[32*i : 32*i+32]); err != nil {
			return BallotProof{}, fmt.Errorf("commitment %d: %w", i, err)
		}
		if p.s[i], err = group.DecodeScalar(b[32*(n+i) : 32*(n+i)+32]); err != nil {
			return BallotProof{}, fmt.Errorf("response %d: %w", i, err)
		}
	}
	return p, nil
}

// Prove proves the claim with the randomness of each ciphertext, in order, and
// the account's secret, in constant time. ErrCount unless there is one r for
// each ciphertext, ErrSecret if a secret is not that of the claim.
func (c BallotClaim) Prove(r []group.Scalar, x group.Scalar) (BallotProof, error) {
	if len(r) != c.ciphertexts.Len() {
		return BallotProof{}, fmt.Errorf("%d secrets for %d ciphertexts: %w", len(r), c.ciphertexts.Len(), ErrCount)
	}
	for i, c1 := range c.ciphertexts.C1() {
		if !group.MulBase(r[i]).Equal(c1) {
			return BallotProof{}, fmt.Errorf("randomness of ciphertext %d: %w", i, ErrSecret)
		}
	}
	if !c.urn.urnBase.table.MulConstTime(x).Equal(c.account) {
		return BallotProof{}, fmt.Errorf("account: %w", ErrSecret)
	}
	secrets := slices.Concat(r, []group.Scalar{x})
	nonces := make([]group.Scalar, len(secrets))
	defer clear(secrets)
	defer clear(nonces)
	for i := range nonces {
		nonces[i] = c.t.Nonce(secrets...)
	}
	return c.prove(secrets, nonces), nil
}

func (c BallotClaim) prove(secrets, nonces []group.Scalar) BallotProof {
	last := len(secrets) - 1
	p := BallotProof{make([]Element, last+1), make([]group.Scalar, last+1)}
	for i := range last {
		p.r[i] = NewElement(group.MulBase(nonces[i]))
	}
	p.r[last] = NewElement(c.urn.urnBase.table.MulConstTime(nonces[last]))
	e := c.challenge(p)
	for i := range secrets {
		p.s[i] = nonces[i].Add(e.Mul(secrets[i]))
	}
	return p
}

// Verify checks a proof of the claim. ErrBallot if it does not hold, ErrCount
// if it is for another number of questions.
func (c BallotClaim) Verify(p BallotProof) error {
	return VerifyBallots([]BallotClaim{c}, []BallotProof{p}, 1)
}

// VerifyBallots checks proofs[i] against claims[i], all in one equation; the
// claims have the same number of questions and may be of several urns. A batch
// that fails gives a *[Culprits] naming each failure; a batch of one gives
// ErrBallot alone.
func VerifyBallots(claims []BallotClaim, proofs []BallotProof, workers int) error {
	if len(claims) != len(proofs) {
		return fmt.Errorf("%d claims, %d proofs: %w", len(claims), len(proofs), ErrCount)
	}
	if len(claims) == 0 {
		return nil
	}
	width := claims[0].ciphertexts.Len() + 1
	for i := range claims {
		if claims[i].ciphertexts.Len()+1 != width || len(proofs[i].r) != width {
			return fmt.Errorf("questions of ballot %d: %w", i, ErrCount)
		}
	}
	rows := make([]row, width*len(claims))
	parallel.Each(len(claims), workers, func(i int) {
		claims[i].rows(&proofs[i], rows[width*i:width*i+width])
	})
	return verifyAll(rows, width, workers, ErrBallot)
}

func (c *BallotClaim) rows(p *BallotProof, rows []row) {
	e := c.challenge(*p)
	last := len(rows) - 1
	c1 := c.ciphertexts.C1()
	for q := range last {
		rows[q] = row{base: baseG(), r: &p.r[q].point, key: &c1[q], s: p.s[q], c: e}
	}
	rows[last] = row{base: c.urn.urnBase, r: &p.r[last].point, key: &c.account, s: p.s[last], c: e}
}

// challenge leaves the claim's transcript as it was.
func (c BallotClaim) challenge(p BallotProof) group.Scalar {
	t := c.t.Clone()
	t.Append("commitment", p.commitments())
	return t.Challenge("c")
}

func (p BallotProof) commitments() []byte {
	b := make([]byte, 0, BallotProofSize(len(p.r)-1))
	for _, r := range p.r {
		b = append(b, r.encoded[:]...)
	}
	return b
}
