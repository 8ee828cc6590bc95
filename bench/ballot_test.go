package bench

import (
	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/urn"
)

// ballots measures the voter's side and the urn's: from bytes to a judged ballot, everything but the store.
func ballots(m *measure, n int) []row {
	base := group.MulBase(group.RandomScalar())
	secrets, keys := make([]group.Scalar, n), make([]group.Point, n)
	for i := range secrets {
		secrets[i] = group.RandomScalar()
		keys[i] = base.Mul(secrets[i])
	}
	accounts, err := urn.NewAccounts(group.EncodeBatch(keys, 0))
	if err != nil {
		m.t.Fatal(err)
	}
	rules, err := urn.NewRules(urn.Params{Name: "A", Questions: 1, Base: base, Key: group.MulBase(group.RandomScalar()),
		Accounts: accounts, Leaves: []urn.LeafType{urn.Cast}})
	if err != nil {
		m.t.Fatal(err)
	}
	option := elgamal.Option([32]byte{}, "q", "a")
	cast := make([][]byte, n)
	vote := m.alone(n, func() error {
		for i := range cast {
			b, err := urn.NewBallot(rules, secrets[i], 0, urn.Hash{}, []group.Point{option})
			if err != nil {
				return err
			}
			cast[i] = b.Bytes()
		}
		return nil
	})
	judge := func(batch [][]byte) error {
		_, refused := rules.Judge(batch, 1)
		for _, err := range refused {
			if err != nil {
				return err
			}
		}
		return nil
	}
	k, err := newSignature()
	if err != nil {
		m.t.Fatal(err)
	}
	alone, kyberVerify := m.pair(n, func() error {
		for i := range cast {
			if err := judge(cast[i : i+1]); err != nil {
				return err
			}
		}
		return nil
	}, 50, repeat(50, k.verify))
	together := m.alone(n, func() error { return judge(cast) })
	return []row{
		{"ballot made by the voter's device (this program's code)", vote, 0, ""},
		{"ballot accepted alone, decoded, its two proofs (kyber v3: one Schnorr signature)", alone, kyberVerify, "1.7 times*"},
		{"ballot accepted in a batch of 1,024", together, 0, ""},
	}
}
