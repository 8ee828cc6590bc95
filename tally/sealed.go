package tally

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/transcript"
	"isoloir/keyceremony"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Refusals of what is to be opened, of statements and of the files they name.
var (
	// ErrInput says that the counted ciphertexts do not fit the manifest.
	ErrInput = errors.New("the counted ballots do not fit the manifest")
	// ErrSmall says that a cell holds too few ballots to be opened.
	ErrSmall = errors.New("fewer ballots than the minimum, and no act of the bureau names this cell")
	// ErrStatement says that a statement is not the one expected: of another
	// party, stage, cell, question or number of ballots.
	ErrStatement = errors.New("the statement is not the one expected here")
	// ErrSeal says that a statement was made for another seal.
	ErrSeal = errors.New("made for another seal")
	// ErrFile says that a file is not the one that its statement names.
	ErrFile = errors.New("the file is not the one that its statement names")
	// ErrChain says that a mix did not start from what the one before gave.
	ErrChain = errors.New("the mix does not start from the list of the one before")
	// ErrProof says that the proof of a mix does not hold.
	ErrProof = errors.New("the proof of the mix does not hold")
)

// Params is what is known once the urns are sealed.
type Params struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest    // f
	Opening     scrutin.Digest    // o
	Seal        scrutin.Digest    // S
	Mixing      scrutin.Digest    // M, of the act mix; zero until the mixes are adopted: nothing is opened then
	Keys        *keyceremony.Keys // of the ceremony
	// Counted holds, for each urn of the manifest and each question asked in it,
	// in their orders, the ciphertexts of the counted ballots in log order, 64
	// bytes each (urn.Count).
	Counted [][][]byte
	// Electors is how many each urn of the manifest has by the register; nil where no
	// amendment of the roll changed the manifest's numbers.
	Electors []int
	// Small names the cells under the minimum size that acts allow to open.
	Small   []string
	Workers int
	// Progress, which may be nil, is told how many ciphertexts of all are done.
	// Calls come one at a time.
	Progress func(done, total int)
}

// Sealed is what mixers mix, holders open and everybody verifies. It is safe
// for concurrent use.
type Sealed struct {
	Params
	cells      []cell
	generators shuffle.Generators
}

// cell is one cell with what is asked in it.
type cell struct {
	scrutin.Cell
	number    int  // in the paths of the record, from 1
	opens     bool // it is mixed and opened
	questions []*scrutin.Question
	inputs    [][]byte // for each question
}

// NewSealed divides the counted ballots into cells. It refuses lists that are
// not those of the manifest's urns and questions (ErrInput), and a cell under
// the minimum size that no act names (ErrSmall), which in a scrutin of accounts
// stays closed.
func NewSealed(p Params) (*Sealed, error) {
	counted, err := ballotsPerUrn(p.Manifest, p.Counted)
	if err != nil {
		return nil, err
	}
	s := &Sealed{Params: p}
	for i, c := range p.Manifest.Cells(counted) {
		if p.Manifest.Accounts() == nil && c.Small(p.Manifest.MinimumSize) && !slices.Contains(p.Small, c.Name) {
			return nil, fmt.Errorf("cell %s, %d ballots of at least %d: %w", c.Name, c.Ballots, p.Manifest.MinimumSize, ErrSmall)
		}
		questions := p.Manifest.QuestionsOf(p.Manifest.Urns[c.Urns[0]].ID)
		inputs := make([][]byte, len(questions))
		for _, u := range c.Urns {
			if len(p.Counted[u]) != len(questions) {
				return nil, fmt.Errorf("cell %s: its urns differ in their questions: %w", c.Name, ErrInput)
			}
			for q, list := range p.Counted[u] {
				inputs[q] = append(inputs[q], list...)
			}
		}
		s.cells = append(s.cells, cell{c, i + 1, p.Manifest.Opens(c, p.Small), questions, inputs})
	}
	return s, nil
}

func ballotsPerUrn(m *scrutin.Manifest, counted [][][]byte) ([]int, error) {
	if len(counted) != len(m.Urns) {
		return nil, fmt.Errorf("ballots of %d urns for %d: %w", len(counted), len(m.Urns), ErrInput)
	}
	ballots := make([]int, len(counted))
	for u, lists := range counted {
		id := m.Urns[u].ID
		if len(lists) != len(m.QuestionsOf(id)) {
			return nil, fmt.Errorf("urn %s: answers to %d questions: %w", id, len(lists), ErrInput)
		}
		for _, list := range lists {
			if len(list)%elgamal.Size != 0 || len(list) != len(lists[0]) {
				return nil, fmt.Errorf("urn %s: a list of %d bytes: %w", id, len(list), ErrInput)
			}
		}
		ballots[u] = len(lists[0]) / elgamal.Size
	}
	return ballots, nil
}

// Cells returns the cells, numbered from 1 in their order.
func (s *Sealed) Cells() []scrutin.Cell {
	cells := make([]scrutin.Cell, len(s.cells))
	for i, c := range s.cells {
		cells[i] = c.Cell
	}
	return cells
}

// unit is what is mixed and opened at a time: one question of one cell.
type unit struct {
	*cell
	question *scrutin.Question
	input    []byte
	at, q    int // of the cell among those that hold ballots, and of the question in it
}

func (u unit) String() string { return fmt.Sprintf("cell %s, question %s", u.Name, u.question.ID) }

// order is the place of the unit among all.
func (u unit) order() int { return u.at<<16 | u.q }

func (s *Sealed) context(u unit) transcript.Context {
	return transcript.Context{Manifest: s.Fingerprint, Opening: s.Opening, Urn: u.Name}
}

// filled returns the cells that are opened: those that statements list.
func (s *Sealed) filled() []*cell {
	var cells []*cell
	for i := range s.cells {
		if s.cells[i].opens {
			cells = append(cells, &s.cells[i])
		}
	}
	return cells
}

// each calls f for every question of every cell that holds ballots, as parallel.Uneven does: side by side where they are small. It returns the error of the
// first unit in their order.
func (s *Sealed) each(passes int, f func(u unit, workers int, progress func(done, total int)) error) error {
	var units []unit
	var sizes []int
	for at, c := range s.filled() {
		for q := range c.questions {
			units = append(units, unit{c, c.questions[q], c.inputs[q], at, q})
			sizes = append(sizes, c.Ballots)
		}
	}
	report := s.Progress
	if report != nil {
		report = func(done, total int) { s.Progress(done*passes, total*passes) }
	}
	return parallel.Uneven(sizes, s.Workers, report, func(i, workers int, progress func(done, total int)) error {
		if err := f(units[i], workers, progress); err != nil {
			return fmt.Errorf("%s: %w", units[i], err)
		}
		return nil
	})
}

// open reads a record signed by one party after the opening.
func open[T any, P interface {
	*T
	scrutin.Record
}](s *Sealed, in *record.Reader, path string, party note.Verifier) (*T, scrutin.Digest, error) {
	data, err := in.Read(path, note.MaxSize)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	r, n, err := scrutin.Open[T, P](data, s.Fingerprint, s.Opening, party)
	if err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, scrutin.TextDigest(n.Text), nil
}

// readNamed reads a file of a known size and digest: ErrFile for any other.
func readNamed(in *record.Reader, path string, size int, digest scrutin.Digest) ([]byte, error) {
	data, err := in.Read(path, int64(size))
	if errors.Is(err, record.ErrTooLarge) || err == nil && (len(data) != size || scrutin.DigestOf(data) != digest) {
		return nil, fmt.Errorf("%s: %w", path, ErrFile)
	}
	return data, err
}
