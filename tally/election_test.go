package tally

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// election is a sealed scrutin with every choice and every fragment in hand.
type election struct {
	*scrutintest.Fixture
	params    Params
	dir       string
	fragments map[string]map[string]group.Scalar // by clause and holder
	choices   [][][]int                          // by urn and question: numbers among Choices, −1 for no option
}

// newElection seals urns that hold these choices.
func newElection(t testing.TB, o scrutintest.Options, choices [][][]int) *election {
	t.Helper()
	e := &election{Fixture: scrutintest.New(t, o), dir: t.TempDir(), choices: choices, fragments: map[string]map[string]group.Scalar{}}
	keys := e.deal(t)
	e.params = Params{
		Manifest: e.Manifest, Fingerprint: e.Fingerprint, Opening: scrutin.Digest{1}, Seal: scrutin.Digest{2}, Mixing: scrutin.Digest{3},
		Keys: keys, Counted: e.encrypt(keys.Key), Workers: 2,
	}
	return e
}

// clone copies the election with its record.
func (e *election) clone(t testing.TB) *election {
	t.Helper()
	c := *e
	c.dir = t.TempDir()
	if err := os.CopyFS(c.dir, os.DirFS(e.dir)); err != nil {
		t.Fatal(err)
	}
	c.params.Counted = make([][][]byte, len(e.params.Counted))
	for u, lists := range e.params.Counted {
		for _, l := range lists {
			c.params.Counted[u] = append(c.params.Counted[u], slices.Clone(l))
		}
	}
	return &c
}

// deal makes keys as a ceremony would.
func (e *election) deal(t testing.TB) *keyceremony.Keys {
	keys := &keyceremony.Keys{Key: group.Identity()}
	for _, c := range e.Manifest.Clauses {
		secret, parts := fragments(c.Threshold, len(c.Holders))
		k := keyceremony.ClauseKey{Clause: c.ID, Threshold: c.Threshold, Key: group.MulBase(secret)}
		e.fragments[c.ID] = map[string]group.Scalar{}
		for i, h := range c.Holders {
			e.fragments[c.ID][h] = parts[i]
			k.Holders = append(k.Holders, keyceremony.HolderKey{Holder: h, Index: i + 1, Key: group.MulBase(parts[i])})
		}
		keys.Key = keys.Key.Add(k.Key)
		keys.Clauses = append(keys.Clauses, k)
	}
	return keys
}

func (e *election) encrypt(key group.Point) [][][]byte {
	counted := make([][][]byte, len(e.Manifest.Urns))
	for u, questions := range e.choices {
		for q, question := range e.Manifest.QuestionsOf(e.Manifest.Urns[u].ID) {
			list := []byte{}
			for _, choice := range questions[q] {
				m := group.Hash("no option", nil)
				if choice >= 0 {
					m = elgamal.Option(e.Fingerprint, question.ID, question.Choices()[choice])
				}
				c := elgamal.Encrypt(key, m, group.RandomScalar()).Bytes()
				list = append(list, c[:]...)
			}
			counted[u] = append(counted[u], list)
		}
	}
	return counted
}

// marks is what the roll counted in each urn.
func (e *election) marks() []int {
	marks := make([]int, len(e.choices))
	for u, questions := range e.choices {
		marks[u] = len(questions[0])
	}
	return marks
}

func (e *election) seal(t testing.TB) *Sealed {
	t.Helper()
	s, err := NewSealed(e.params)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (e *election) reader(t testing.TB) *record.Reader {
	t.Helper()
	r, err := record.Open(e.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func (e *election) writer(t testing.TB) *record.Writer {
	t.Helper()
	w, err := record.Resume(e.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// mix runs all mixers.
func (e *election) mix(t testing.TB) *Mixed {
	t.Helper()
	s, w := e.seal(t), e.writer(t)
	for i, m := range e.Manifest.Mixers {
		if err := s.Mix(&w.Reader, w, i+1, e.Signers[m.ID]); err != nil {
			t.Fatal(err)
		}
	}
	mixed, err := s.Mixed(&w.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return mixed
}

// share runs a holder for a clause.
func (e *election) share(t testing.TB, mixed *Mixed, clause, holder string) {
	t.Helper()
	if err := mixed.Share(e.writer(t), clause, holder, e.fragments[clause][holder], e.Signers[holder]); err != nil {
		t.Fatal(err)
	}
}

// open runs all mixers, then all holders of all clauses.
func (e *election) open(t testing.TB) *Mixed {
	t.Helper()
	mixed := e.mix(t)
	for _, c := range e.Manifest.Clauses {
		for _, h := range c.Holders {
			e.share(t, mixed, c.ID, h)
		}
	}
	return mixed
}

// count verifies mixes and shares from the record alone, and counts.
func (e *election) count(t testing.TB) (*Shares, *scrutin.Result, error) {
	t.Helper()
	in := e.reader(t)
	mixed, err := e.seal(t).Mixed(in)
	if err != nil {
		return nil, nil, err
	}
	shares, err := mixed.Shares(in)
	if err != nil {
		return nil, nil, err
	}
	r, err := shares.Result(e.marks())
	return shares, r, err
}

// expect fails the test unless the result is that of the choices.
func (e *election) expect(t testing.TB, r *scrutin.Result) {
	t.Helper()
	cells := e.seal(t).Cells()
	if len(r.Cells) != len(cells) {
		t.Fatalf("results of %d cells, not %d", len(r.Cells), len(cells))
	}
	for i, c := range cells {
		got := r.Cells[i]
		electors := 0
		for _, u := range c.Urns {
			electors += e.Manifest.Urns[u].Electors
		}
		if got.Cell != c.Name || got.Ballots != c.Ballots || got.Marks != c.Ballots || got.Electors != electors || len(got.Urns) != len(c.Urns) {
			t.Fatalf("cell %s: %+v", c.Name, got)
		}
		for q, question := range got.Questions {
			want := make([]int, len(question.Options)+2)
			for _, u := range c.Urns {
				for _, choice := range e.choices[u][q] {
					if choice < 0 {
						choice = len(want) - 1
					}
					want[choice]++
				}
			}
			var counts []int
			for _, o := range question.Options {
				counts = append(counts, o.Ballots)
			}
			if counts = append(counts, question.Blank, question.Nul); !slices.Equal(counts, want) {
				t.Fatalf("cell %s, question %s: %v, not %v", c.Name, question.Question, counts, want)
			}
		}
	}
	if _, err := scrutin.Text(r); err != nil {
		t.Fatal(err)
	}
}

func (e *election) read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(e.dir, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (e *election) write(t testing.TB, path string, data []byte) {
	t.Helper()
	file := filepath.Join(e.dir, filepath.FromSlash(path))
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, data, 0o644)); err != nil {
		t.Fatal(err)
	}
}

func (e *election) remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(filepath.Join(e.dir, filepath.FromSlash(path))); err != nil {
		t.Fatal(err)
	}
}

func (e *election) swap(t testing.TB, one, other string) {
	t.Helper()
	x, y := e.read(t, one), e.read(t, other)
	e.write(t, one, y)
	e.write(t, other, x)
}

// resign writes a statement changed by edit, signed again by its party: what an
// adversary does who holds that party's key.
func resign[T any, P interface {
	*T
	scrutin.Record
}](t testing.TB, e *election, path, party string, edit func(*T)) {
	t.Helper()
	text, err := note.Text(e.read(t, path))
	if err != nil {
		t.Fatal(err)
	}
	r, err := scrutin.Parse[T, P](text)
	if err != nil {
		t.Fatal(err)
	}
	edit(r)
	signed, err := scrutin.Sign(P(r), e.Signers[party])
	if err != nil {
		t.Fatal(err)
	}
	e.write(t, path, signed)
}

// restate makes a mixer's statement fit whatever the files of the record are.
func (e *election) restate(t testing.TB, stage int) {
	t.Helper()
	s := e.seal(t)
	resign(t, e, record.Mix(stage), e.Manifest.Mixers[stage-1].ID, func(m *scrutin.Mix) {
		for at, c := range s.filled() {
			for q, question := range c.questions {
				stated := &m.Cells[at].Questions[q]
				stated.Input = scrutin.DigestOf(c.inputs[q])
				if stage > 1 {
					stated.Input = scrutin.DigestOf(e.read(t, record.MixList(c.number, question.ID, stage-1)))
				}
				stated.Output = scrutin.DigestOf(e.read(t, record.MixList(c.number, question.ID, stage)))
				stated.Proof = scrutin.DigestOf(e.read(t, record.MixProof(c.number, question.ID, stage)))
			}
		}
	})
}
