package tally

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
)

// ErrQuorum says that a clause has fewer valid lists of shares than its
// threshold: the urn stays closed.
var ErrQuorum = errors.New("not enough valid shares")

// quorum is, for each clause, the first holders with valid shares, as many as
// its threshold.
func (a *Shares) quorum() (holders []given, indices [][]int, err error) {
	for _, c := range a.m.s.Keys.Clauses {
		valid := a.valid[c.Clause]
		if len(valid) < c.Threshold {
			return nil, nil, fmt.Errorf("clause %s: %d valid lists of the %d needed: %w", c.Clause, len(valid), c.Threshold, ErrQuorum)
		}
		var of []int
		for _, h := range valid[:c.Threshold] {
			holders = append(holders, h)
			of = append(of, h.key.Index)
		}
		indices = append(indices, of)
	}
	return holders, indices, nil
}

// Count opens every list with the shares of the quorum and returns what each
// cell holds, empty cells included: marks is the number of electors marked in
// each urn of the manifest. Lists are read as streams and compared again with
// what was verified.
func (a *Shares) Count(marks []int) ([]scrutin.CellResult, error) {
	s := a.m.s
	holders, indices, err := a.quorum()
	if err != nil {
		return nil, err
	}
	if len(marks) != len(s.Manifest.Urns) {
		return nil, fmt.Errorf("marks of %d urns for %d: %w", len(marks), len(s.Manifest.Urns), ErrInput)
	}
	results := make([]scrutin.CellResult, len(s.cells))
	for i, c := range s.cells {
		results[i] = s.emptyResult(c, marks)
	}
	err = s.each(1, func(u unit, workers int, progress func(done, total int)) error {
		opener, err := newOpener(s.codes(u.question), indices)
		if err != nil {
			return err
		}
		counts, err := a.countUnit(u, opener, holders, workers, progress)
		if err != nil {
			return err
		}
		result := &results[u.number-1].Questions[u.q]
		for i := range result.Options {
			result.Options[i].Ballots = counts[i]
		}
		result.Blank, result.Nul = counts[len(result.Options)], counts[len(result.Options)+1]
		return nil
	})
	return results, err
}

// codes returns the codes of a question's options, then that of blank.
func (s *Sealed) codes(q *scrutin.Question) []group.Point {
	var codes []group.Point
	for _, id := range q.Choices() {
		codes = append(codes, elgamal.Option(s.Fingerprint, q.ID, id))
	}
	return codes
}

func (s *Sealed) emptyResult(c cell, marks []int) scrutin.CellResult {
	r := scrutin.CellResult{Cell: c.Name, Ballots: c.Ballots}
	for _, u := range c.Urns {
		electors := s.Manifest.Urns[u].Electors
		if s.Electors != nil {
			electors = s.Electors[u]
		}
		r.Urns = append(r.Urns, s.Manifest.Urns[u].ID)
		r.Electors += electors
		r.Marks += marks[u]
	}
	for _, q := range c.questions {
		result := scrutin.QuestionResult{Question: q.ID}
		for _, o := range q.Options {
			result.Options = append(result.Options, scrutin.OptionCount{Option: o.ID})
		}
		r.Questions = append(r.Questions, result)
	}
	return r
}

// chunkBallots is how many ballots a worker opens at a time.
const chunkBallots = 1024

// countUnit returns the number of ballots for each code, and in the last place
// that of ballots which hold none.
func (a *Shares) countUnit(u unit, o *opener, holders []given, workers int, progress func(done, total int)) ([]int, error) {
	files := make([]*namedStream, 0, 1+len(holders))
	defer func() {
		for _, f := range files {
			f.Close()
		}
	}()
	last := a.m.last
	f, err := openNamed(a.m.in, record.MixList(u.number, u.question.ID, last.Stage), last.Cells[u.at].Questions[u.q].Output)
	if err != nil {
		return nil, err
	}
	files = append(files, f)
	for _, h := range holders {
		f, err := openNamed(a.in, record.SharesList(u.number, u.question.ID, h.clause, h.key.Holder), h.statement.Cells[u.at].Questions[u.q].List)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	workers = parallel.Workers(workers)
	t := &totals{counts: make([]int, len(o.option)+1)}
	work := make(chan [][]byte, workers)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for piece := range work {
				t.add(o, piece)
			}
		})
	}
	for done := 0; done < u.Ballots && err == nil; {
		n := min(chunkBallots, u.Ballots-done)
		var piece [][]byte
		if piece, err = nextPiece(files, n); err == nil {
			work <- piece
			done += n
			progress(done, u.Ballots)
		}
	}
	close(work)
	all.Wait()
	for _, f := range files {
		err = errors.Join(err, f.check())
	}
	return t.counts, errors.Join(err, t.err)
}

// nextPiece reads what concerns the next n ballots from each file.
func nextPiece(files []*namedStream, n int) ([][]byte, error) {
	piece := make([][]byte, len(files))
	for i, f := range files {
		size := n * group.PointSize
		if i == 0 {
			size = n * elgamal.Size
		}
		piece[i] = make([]byte, size)
		if _, err := io.ReadFull(f, piece[i]); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", f.path, ErrFile, err)
		}
	}
	return piece, nil
}

// totals adds up what workers find.
type totals struct {
	mu     sync.Mutex
	counts []int
	err    error
}

func (t *totals) add(o *opener, piece [][]byte) {
	found, err := o.openBytes(piece)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.err = err
		return
	}
	for _, option := range found {
		if option < 0 {
			option = len(t.counts) - 1
		}
		t.counts[option]++
	}
}

// openBytes opens ciphertexts, the first of piece, by the lists of shares that
// follow.
func (o *opener) openBytes(piece [][]byte) ([]int, error) {
	c2, err := group.DecodeBatch(column(piece[0], 1), 1)
	if err != nil {
		return nil, err
	}
	shares := make([][]group.Point, len(piece)-1)
	for j := range shares {
		if shares[j], err = group.DecodeBatch(piece[j+1], 1); err != nil {
			return nil, err
		}
	}
	return o.open(c2, shares), nil
}

// namedStream is a file that is hashed as it is read.
type namedStream struct {
	io.ReadSeekCloser
	path   string
	digest scrutin.Digest
	hash   hash.Hash
}

func openNamed(in *record.Reader, path string, digest scrutin.Digest) (*namedStream, error) {
	f, _, err := in.Stream(path)
	if err != nil {
		return nil, err
	}
	return &namedStream{f, path, digest, sha256.New()}, nil
}

func (f *namedStream) Read(b []byte) (int, error) {
	n, err := f.ReadSeekCloser.Read(b)
	f.hash.Write(b[:n])
	return n, err
}

// check says whether what was read is the file that was named.
func (f *namedStream) check() error {
	if scrutin.Digest(f.hash.Sum(nil)) != f.digest {
		return fmt.Errorf("%s: %w", f.path, ErrFile)
	}
	return nil
}
