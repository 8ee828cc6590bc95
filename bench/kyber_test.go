package bench

import (
	"go.dedis.ch/kyber/v3"
	"go.dedis.ch/kyber/v3/group/edwards25519"
	"go.dedis.ch/kyber/v3/proof"
	"go.dedis.ch/kyber/v3/proof/dleq"
	"go.dedis.ch/kyber/v3/shuffle"
	"go.dedis.ch/kyber/v3/sign/schnorr"
)

// neff is kyber's own shuffle on edwards25519, the reference of ours.
type neff struct {
	suite      *edwards25519.SuiteEd25519
	key        kyber.Point
	in, out    [2][]kyber.Point
	prover     proof.Prover
	transcript []byte
}

func newNeff(n int) *neff {
	k := &neff{suite: edwards25519.NewBlakeSHA256Ed25519()}
	random := k.suite.RandomStream()
	k.key = k.suite.Point().Mul(k.suite.Scalar().Pick(random), nil)
	for range n {
		r := k.suite.Scalar().Pick(random)
		k.in[0] = append(k.in[0], k.suite.Point().Mul(r, nil))
		k.in[1] = append(k.in[1], k.suite.Point().Mul(r, k.key))
	}
	return k
}

func (k *neff) mix() error {
	k.out[0], k.out[1], k.prover = shuffle.Shuffle(k.suite, nil, k.key, k.in[0], k.in[1], k.suite.RandomStream())
	var err error
	k.transcript, err = proof.HashProve(k.suite, "bench", k.prover)
	return err
}

func (k *neff) verify() error {
	return proof.HashVerify(k.suite, "bench", shuffle.Verifier(k.suite, nil, k.key, k.in[0], k.in[1], k.out[0], k.out[1]), k.transcript)
}

// equality is kyber's proof of equal logarithms, the reference of a share.
type equality struct {
	suite      *edwards25519.SuiteEd25519
	x          kyber.Scalar
	h, xg, xh  kyber.Point
	proof      *dleq.Proof
	provenLast error
}

func newEquality() *equality {
	suite := edwards25519.NewBlakeSHA256Ed25519()
	e := &equality{suite: suite, x: suite.Scalar().Pick(suite.RandomStream()), h: suite.Point().Pick(suite.RandomStream())}
	e.prove()
	return e
}

func (e *equality) prove() error {
	e.proof, e.xg, e.xh, e.provenLast = dleq.NewDLEQProof(e.suite, e.suite.Point().Base(), e.h, e.x)
	return e.provenLast
}

func (e *equality) verify() error {
	return e.proof.Verify(e.suite, e.suite.Point().Base(), e.h, e.xg, e.xh)
}

// signature is kyber's Schnorr signature, the nearest thing it has to a ballot's proof: one proof of one logarithm.
type signature struct {
	suite *edwards25519.SuiteEd25519
	key   kyber.Point
	sig   []byte
}

func newSignature() (*signature, error) {
	suite := edwards25519.NewBlakeSHA256Ed25519()
	x := suite.Scalar().Pick(suite.RandomStream())
	sig, err := schnorr.Sign(suite, x, []byte("bench"))
	return &signature{suite: suite, key: suite.Point().Mul(x, nil), sig: sig}, err
}

func (s *signature) verify() error { return schnorr.Verify(s.suite, s.key, []byte("bench"), s.sig) }
