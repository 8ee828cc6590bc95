package account

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// Every change of the record by whoever holds the platform's keys and those of
// the parties named is refused, for the reason that names it.
func TestChangedRecordsAreRefused(t *testing.T) {
	enrolled := record.EnrolmentKeys("urn-1", "issuer-1")
	keys, proof := record.AnonymisationKeys("urn-1", 2), record.AnonymisationProof("urn-1", 2)
	for _, c := range []struct {
		name   string
		change func(t *testing.T, a *anonymised)
		want   error
	}{
		{"an issuer's key changed", func(t *testing.T, a *anonymised) {
			k := a.read(t, enrolled)
			p := group.MulBase(group.RandomScalar()).Bytes()
			copy(k[64:], p[:])
			a.write(t, enrolled, k)
		}, ErrFile},
		{"an issuer's key changed and stated", func(t *testing.T, a *anonymised) {
			k := a.read(t, enrolled)
			p := group.MulBase(group.RandomScalar()).Bytes()
			copy(k[64:], p[:])
			a.write(t, enrolled, k)
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Urns[0].Keys = scrutin.DigestOf(k) })
		}, ErrUnproven},
		{"a victim's key times g^5, registered without proof (B24)", func(t *testing.T, a *anonymised) {
			k := a.read(t, enrolled)
			victim, err := group.Decode(k[:32])
			if err != nil {
				t.Fatal(err)
			}
			related := victim.Add(group.MulBase(group.ScalarFromUint64(5))).Bytes()
			copy(k[96:], related[:])
			a.write(t, enrolled, k)
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Urns[0].Keys = scrutin.DigestOf(k) })
		}, ErrUnproven},
		{"an issuer's keys of two urns swapped with their proofs", func(t *testing.T, a *anonymised) {
			a.swap(t, enrolled, record.EnrolmentKeys("urn-2", "issuer-1"))
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) {
				s.Urns[0], s.Urns[1] = s.Urns[1], s.Urns[0]
				s.Urns[0].Urn, s.Urns[1].Urn = s.Urns[1].Urn, s.Urns[0].Urn
			})
		}, ErrUnproven},
		{"an issuer states one elector more", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Urns[0].Electors++ })
		}, ErrStatement},
		{"an issuer states urns in another order", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Urns[0], s.Urns[1] = s.Urns[1], s.Urns[0] })
		}, ErrStatement},
		{"an issuer leaves an urn out", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Urns = s.Urns[:1] })
		}, ErrStatement},
		{"an issuer's statement under another's name", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Issuer = "issuer-2" })
		}, ErrStatement},
		{"an issuer's statement signed by the roll", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Enrolment("issuer-1"), "roll", func(*scrutin.Enrolment) {})
		}, note.ErrUnknownSigner},
		{"a statement of another scrutin", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Manifest[0]++ })
		}, scrutin.ErrOtherScrutin},
		{"a response replaced", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Urns[0].Response = scrutin.ScalarOf(group.RandomScalar()) })
		}, ErrUnproven},
		{"an identity as commitment", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Enrolment("issuer-1"), "issuer-1", func(s *scrutin.Enrolment) { s.Urns[0].Commitment = scrutin.Point{} })
		}, ErrUnproven},
		{"an issuer's keys cut", func(t *testing.T, a *anonymised) {
			a.write(t, enrolled, a.read(t, enrolled)[:32])
		}, ErrFile},
		{"an issuer's keys lost", func(t *testing.T, a *anonymised) {
			if err := os.Remove(filepath.Join(a.dir, enrolled)); err != nil {
				t.Fatal(err)
			}
		}, fs.ErrNotExist},

		{"the keys of two urns swapped at a stage", func(t *testing.T, a *anonymised) {
			a.swap(t, keys, record.AnonymisationKeys("urn-2", 2))
		}, ErrFile},
		{"the keys of two urns swapped with their proofs and restated", func(t *testing.T, a *anonymised) {
			a.swap(t, keys, record.AnonymisationKeys("urn-2", 2))
			a.swap(t, proof, record.AnonymisationProof("urn-2", 2))
			resign(t, a, record.Anonymisation(2), "mixer-2", func(s *scrutin.Anonymisation) {
				s.Urns[0].Generator, s.Urns[1].Generator = s.Urns[1].Generator, s.Urns[0].Generator
			})
			a.restate(t, 2)
			a.restate(t, 3)
		}, ErrProof},
		{"the files of two stages swapped (B26)", func(t *testing.T, a *anonymised) {
			a.swap(t, keys, record.AnonymisationKeys("urn-1", 1))
			a.swap(t, proof, record.AnonymisationProof("urn-1", 1))
		}, ErrFile},
		{"the files of two stages swapped and restated (B26)", func(t *testing.T, a *anonymised) {
			a.swap(t, keys, record.AnonymisationKeys("urn-1", 1))
			a.swap(t, proof, record.AnonymisationProof("urn-1", 1))
			first, second := a.statement(t, 1), a.statement(t, 2)
			resign(t, a, record.Anonymisation(1), "mixer-1", func(s *scrutin.Anonymisation) { s.Urns[0].Generator = second.Urns[0].Generator })
			resign(t, a, record.Anonymisation(2), "mixer-2", func(s *scrutin.Anonymisation) { s.Urns[0].Generator = first.Urns[0].Generator })
			for stage := range 3 {
				a.restate(t, stage+1)
			}
		}, ErrProof},
		{"the statements of two stages swapped", func(t *testing.T, a *anonymised) {
			a.swap(t, record.Anonymisation(1), record.Anonymisation(2))
		}, note.ErrUnknownSigner},
		{"a mixer states another's stage", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Anonymisation(2), "mixer-2", func(s *scrutin.Anonymisation) { s.Stage = 1 })
		}, ErrStatement},
		{"a stage that starts from another input (B26)", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Anonymisation(2), "mixer-2", func(s *scrutin.Anonymisation) { s.Urns[0].Input[0]++ })
		}, ErrChain},
		{"a first stage that starts from other keys (B26)", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Anonymisation(1), "mixer-1", func(s *scrutin.Anonymisation) { s.Urns[0].Input[0]++ })
		}, ErrChain},
		{"a stage left out", func(t *testing.T, a *anonymised) {
			if err := os.Remove(filepath.Join(a.dir, record.Anonymisation(3))); err != nil {
				t.Fatal(err)
			}
		}, fs.ErrNotExist},
		{"a stage too many", func(t *testing.T, a *anonymised) {
			a.write(t, record.Anonymisation(4), a.read(t, record.Anonymisation(3)))
		}, ErrStatement},
		{"a key replaced at the last stage and stated", func(t *testing.T, a *anonymised) {
			path := record.AnonymisationKeys("urn-2", 3)
			k := a.read(t, path)
			p := group.MulBase(group.RandomScalar()).Bytes()
			copy(k, p[:])
			a.write(t, path, k)
			a.restate(t, 3)
		}, ErrProof},
		{"an account key doubled at the last stage and stated", func(t *testing.T, a *anonymised) {
			path := record.AnonymisationKeys("urn-2", 3)
			k := a.read(t, path)
			copy(k, k[32:64])
			a.write(t, path, k)
			a.restate(t, 3)
		}, ErrProof},
		{"a phantom elector at the last stage", func(t *testing.T, a *anonymised) {
			path := record.AnonymisationKeys("urn-2", 3)
			p := group.MulBase(group.RandomScalar()).Bytes()
			a.write(t, path, append(a.read(t, path), p[:]...))
		}, ErrFile},
		{"a phantom elector at the last stage, stated", func(t *testing.T, a *anonymised) {
			path := record.AnonymisationKeys("urn-2", 3)
			p := group.MulBase(group.RandomScalar()).Bytes()
			a.write(t, path, append(a.read(t, path), p[:]...))
			a.restate(t, 3)
		}, ErrChain},
		{"an identity among the keys", func(t *testing.T, a *anonymised) {
			path := record.AnonymisationKeys("urn-2", 3)
			k := a.read(t, path)
			clear(k[:32])
			a.write(t, path, k)
			a.restate(t, 3)
		}, shuffle.ErrIdentity},
		{"another generator", func(t *testing.T, a *anonymised) {
			resign(t, a, record.Anonymisation(3), "mixer-3", func(s *scrutin.Anonymisation) {
				s.Urns[0].Generator = scrutin.PointOf(group.MulBase(group.RandomScalar()))
			})
			a.restate(t, 3)
		}, ErrProof},
		{"a proof changed", func(t *testing.T, a *anonymised) {
			p := a.read(t, proof)
			p[len(p)-32]++
			a.write(t, proof, p)
		}, ErrFile},
		{"a proof cut", func(t *testing.T, a *anonymised) {
			a.write(t, proof, a.read(t, proof)[:100])
		}, ErrFile},
		{"the proof of another urn, stated", func(t *testing.T, a *anonymised) {
			a.write(t, proof, a.read(t, record.AnonymisationProof("urn-2", 2)))
			a.restate(t, 2)
			a.restate(t, 3)
		}, ErrProof},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := anonymise(t, scrutintest.Options{Urns: 2, Electors: 6})
			c.change(t, a)
			if _, err := a.verify(); !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
}

// A mixer who raises one key to a second exponent cannot prove it (B25), though
// it restates the rest of the chain.
func TestTwoExponentsRefused(t *testing.T) {
	a := anonymise(t, scrutintest.Options{Urns: 1, Electors: 8})
	path := record.AnonymisationKeys("urn-1", 3)
	k := a.read(t, path)
	y, err := group.Decode(k[32:64])
	if err != nil {
		t.Fatal(err)
	}
	marked := y.Mul(group.RandomScalar()).Bytes()
	copy(k[32:], marked[:])
	a.write(t, path, k)
	a.restate(t, 3)
	if _, err := a.verify(); !errors.Is(err, ErrProof) || !errors.Is(err, shuffle.ErrStatement) {
		t.Fatalf("a second exponent: %v, not ErrProof", err)
	}
}

// Two issuers who together give one key to two electors, in one urn or in two,
// prove all they know and are refused all the same.
func TestEqualKeysRefused(t *testing.T) {
	for name, second := range map[string]Number{"in one urn": {"urn-1", 3}, "in two urns": {"urn-2", 0}} {
		t.Run(name, func(t *testing.T) {
			f := scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: 5})
			a := &anonymised{Fixture: f, Procedure: newProcedure(f), dir: t.TempDir()}
			w, err := record.Create(a.dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, issuer := range f.Manifest.Issuers {
				a.issueTwice(t, w, issuer.ID, Number{"urn-1", 1}, second)
			}
			source, err := a.Enrolment(&w.Reader)
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range f.Manifest.Mixers {
				if err := a.Anonymise(&w.Reader, w, source, i+1, f.Signers[m.ID]); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := a.verify(); !errors.Is(err, ErrEqualKeys) {
				t.Fatalf("%v, not ErrEqualKeys", err)
			}
		})
	}
}

// issueTwice is Issue by an issuer that gives two electors the same half.
func (a *anonymised) issueTwice(t *testing.T, w *record.Writer, issuer string, one, other Number) {
	t.Helper()
	same := group.RandomScalar()
	s := &scrutin.Enrolment{Head: scrutin.Head{Manifest: a.Fixture.Fingerprint}, Issuer: issuer}
	for _, u := range a.Fixture.Manifest.Urns {
		secrets := make([]group.Scalar, u.Electors)
		points := make([]group.Point, u.Electors)
		for i := range secrets {
			secrets[i] = group.RandomScalar()
			if n := (Number{u.ID, uint32(i)}); n == one || n == other {
				secrets[i] = same
			}
			points[i] = group.MulBase(secrets[i])
		}
		keys := sigma.NewList(points, 1)
		claim, err := sigma.Enrolment(a.context(u.ID), issuer, keys)
		if err != nil {
			t.Fatal(err)
		}
		proof, err := claim.Prove(secrets)
		if err != nil {
			t.Fatal(err)
		}
		b := proof.Bytes()
		s.Urns = append(s.Urns, scrutin.EnrolledUrn{Urn: u.ID, Electors: u.Electors, Keys: scrutin.DigestOf(keys.Bytes()), Commitment: scrutin.Point(b[:32]), Response: scrutin.Scalar(b[32:])})
		if err := w.Write(record.EnrolmentKeys(u.ID, issuer), keys.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	signed, err := scrutin.Sign(s, a.Signers[issuer])
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(record.Enrolment(issuer), signed); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyThePartySigns(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 3})
	p := newProcedure(f)
	w, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sink := func(Number, group.Scalar) error { t.Fatal("an elector's half is drawn"); return nil }
	if err := p.Issue(w, "issuer-1", f.Signers["issuer-2"], sink); !errors.Is(err, ErrStatement) {
		t.Errorf("issuer-2 for issuer-1: %v, not ErrStatement", err)
	}
	if err := p.Issue(w, "nobody", f.Signers["issuer-2"], sink); !errors.Is(err, ErrStatement) {
		t.Errorf("issuer-2 for nobody: %v, not ErrStatement", err)
	}
	for _, stage := range []int{0, 1, 3, 4} {
		if err := p.Anonymise(&w.Reader, w, nil, stage, f.Signers["mixer-2"]); !errors.Is(err, ErrStatement) {
			t.Errorf("mixer-2 at stage %d: %v, not ErrStatement", stage, err)
		}
	}
}
