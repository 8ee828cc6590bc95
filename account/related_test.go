package account

import (
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
)

// Why enrolment asks for proofs (B24): a key that is a known function of a
// victim's, and that nobody had to prove, finds the victim's account on the
// other side of an honest mix.
func TestRelatedKeysLinkWithoutProofs(t *testing.T) {
	const n, victim = 24, 11
	five := group.ScalarFromUint64(5)
	for name, relation := range map[string]func(y, g group.Point) group.Point{
		"y·g^5": func(y, g group.Point) group.Point { return y.Add(g.Mul(five)) },
		"y^5":   func(y, _ group.Point) group.Point { return y.Mul(five) },
	} {
		t.Run(name, func(t *testing.T) {
			var secrets []group.Scalar
			var keys []group.Point
			for range n {
				secrets = append(secrets, group.RandomScalar())
				keys = append(keys, group.MulBase(secrets[len(secrets)-1]))
			}
			keys = append(keys, relation(keys[victim], group.Base()))
			list, err := shuffle.EncodeKeys(keys, 1)
			if err != nil {
				t.Fatal(err)
			}
			generator := group.Base()
			var gens shuffle.Generators
			for stage := range 3 {
				st := shuffle.KeyStatement{Context: testContext, Stage: uint32(stage + 1), Generator: generator}
				raised, out, proof, err := shuffle.Exponentiate(st, list, &gens, 1, nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := shuffle.VerifyExponentiation(st, raised, list, out, proof, &gens, 1, nil); err != nil {
					t.Fatalf("the mix is honest: %v", err)
				}
				generator, list = raised, out
			}
			found := -1
			for i, y := range list.Points() {
				for _, z := range list.Points() {
					if relation(y, generator).Equal(z) {
						found = i
					}
				}
			}
			if found < 0 {
				t.Fatal("the relation did not survive: the test shows nothing")
			}
			if !list.Points()[found].Equal(generator.Mul(secrets[victim])) {
				t.Fatal("the relation points to somebody else")
			}
		})
	}
}
