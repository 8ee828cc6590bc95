package account

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/crypto/group"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// anonymised is a scrutin whose accounts are made, with every elector's secret.
type anonymised struct {
	*scrutintest.Fixture
	*Procedure
	dir     string
	secrets map[Number]group.Scalar
}

func newProcedure(f *scrutintest.Fixture) *Procedure {
	return &Procedure{Manifest: f.Manifest, Fingerprint: f.Fingerprint, Workers: 2}
}

func anonymise(t testing.TB, o scrutintest.Options) *anonymised {
	t.Helper()
	a := &anonymised{Fixture: scrutintest.New(t, o), dir: t.TempDir(), secrets: map[Number]group.Scalar{}}
	a.Procedure = newProcedure(a.Fixture)
	w, err := record.Create(a.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, i := range a.Fixture.Manifest.Issuers {
		if err := a.Issue(w, i.ID, a.Signers[i.ID], func(e Number, half group.Scalar) error {
			a.secrets[e] = a.secrets[e].Add(half)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	source, err := a.Enrolment(&w.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range a.Fixture.Manifest.Mixers {
		if err := a.Anonymise(&w.Reader, w, source, i+1, a.Signers[m.ID]); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// verify is what everybody does with the record.
func (a *anonymised) verify() ([]Accounts, error) {
	in, err := record.Open(a.dir)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	p := newProcedure(a.Fixture)
	source, err := p.Enrolment(in)
	if err != nil {
		return nil, err
	}
	all := make([]Accounts, len(a.Fixture.Manifest.Urns))
	_, err = p.Verify(in, source, func(urn int, accounts Accounts) error {
		all[urn] = accounts
		return nil
	})
	return all, err
}

func TestAccountsAreThoseOfTheElectors(t *testing.T) {
	a := anonymise(t, scrutintest.Options{Urns: 2, Electors: 17})
	all, err := a.verify()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 {
		t.Fatalf("accounts of %d urns", len(all))
	}
	for i, u := range a.Fixture.Manifest.Urns {
		accounts := all[i]
		if accounts.Urn != u.ID || accounts.Population.Keys.Len() != u.Electors || accounts.Root != merkle.Root(accounts.Population.Keys.Bytes(), group.PointSize) {
			t.Fatalf("urn %s: %d accounts of urn %s", u.ID, accounts.Population.Keys.Len(), accounts.Urn)
		}
		place := map[[32]byte]int{}
		for j, y := range accounts.Population.Keys.Points() {
			place[y.Bytes()] = j
		}
		moved := 0
		for n := range u.Electors {
			j, ok := place[accounts.Population.Generator.Mul(a.secrets[Number{u.ID, uint32(n)}]).Bytes()]
			if !ok {
				t.Fatalf("elector %d of urn %s has no account", n, u.ID)
			}
			if j != n {
				moved++
			}
		}
		if moved < 5 {
			t.Errorf("%d of %d accounts moved in the mix of urn %s", moved, u.Electors, u.ID)
		}
	}
}

// resign writes a statement changed by edit, signed again by its party: what an
// adversary does who holds that party's key.
func resign[T any, P interface {
	*T
	scrutin.Record
}](t *testing.T, a *anonymised, path, party string, edit func(*T)) {
	t.Helper()
	file := filepath.Join(a.dir, filepath.FromSlash(path))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := note.Text(data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := scrutin.Parse[T, P](text)
	if err != nil {
		t.Fatal(err)
	}
	edit(r)
	signed, err := scrutin.Sign(P(r), a.Signers[party])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, signed, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (a *anonymised) read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(a.dir, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (a *anonymised) write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, filepath.FromSlash(path)), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (a *anonymised) swap(t *testing.T, one, other string) {
	t.Helper()
	x, y := a.read(t, one), a.read(t, other)
	a.write(t, one, y)
	a.write(t, other, x)
}

// restate makes a mixer's statement fit whatever the files of its stage are.
func (a *anonymised) restate(t *testing.T, stage int) {
	t.Helper()
	resign(t, a, record.Anonymisation(stage), a.Fixture.Manifest.Mixers[stage-1].ID, func(s *scrutin.Anonymisation) {
		for i := range s.Urns {
			g, keys := s.Urns[i].Generator, a.read(t, record.AnonymisationKeys(s.Urns[i].Urn, stage))
			s.Urns[i].Electors = len(keys) / 32
			s.Urns[i].Output = scrutin.DigestOf(append(g[:], keys...))
			s.Urns[i].Proof = scrutin.DigestOf(a.read(t, record.AnonymisationProof(s.Urns[i].Urn, stage)))
			if stage > 1 {
				previous := a.statement(t, stage-1)
				s.Urns[i].Input = previous.Urns[i].Output
			}
		}
	})
}

func (a *anonymised) statement(t *testing.T, stage int) *scrutin.Anonymisation {
	t.Helper()
	text, err := note.Text(a.read(t, record.Anonymisation(stage)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scrutin.Parse[scrutin.Anonymisation](text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The mixer reads what the stage before stated, and nothing else.
func TestMixerRefusesAReplacedInput(t *testing.T) {
	a := anonymise(t, scrutintest.Options{Urns: 1, Electors: 5})
	path := record.AnonymisationKeys("urn-1", 2)
	k := a.read(t, path)
	p := group.MulBase(group.RandomScalar()).Bytes()
	copy(k, p[:])
	a.write(t, path, k)
	in, err := record.Open(a.dir)
	if err != nil {
		t.Fatal(err)
	}
	out, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Anonymise(in, out, nil, 3, a.Signers["mixer-3"]); !errors.Is(err, ErrFile) {
		t.Fatalf("%v, not ErrFile", err)
	}
}

// Nothing of an elector's secret, nor of a mixer's, stands in the record.
func TestNoSecretInTheRecord(t *testing.T) {
	a := anonymise(t, scrutintest.Options{Urns: 1, Electors: 4})
	err := filepath.WalkDir(a.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for e, x := range a.secrets {
			b := x.Bytes()
			if bytes.Contains(data, b[:]) || strings.Contains(string(data), scrutin.ScalarOf(x).String()) {
				t.Errorf("%s holds the secret of elector %v", path, e)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestProgressEndsAtTheTotal(t *testing.T) {
	a := anonymise(t, scrutintest.Options{Urns: 2, Electors: 9})
	last, total := 0, 0
	p := newProcedure(a.Fixture)
	p.Progress = func(done, all int) {
		if done < last {
			t.Errorf("progress goes back from %d to %d", last, done)
		}
		last, total = done, all
	}
	in, err := record.Open(a.dir)
	if err != nil {
		t.Fatal(err)
	}
	source, err := p.Enrolment(in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Verify(in, source, func(int, Accounts) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if last != total || total != 2*9 {
		t.Errorf("progress ends at %d of %d", last, total)
	}
}
