package audit

import (
	"fmt"
	"runtime/debug"
	"slices"

	"isoloir/crypto/shuffle"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
)

// Verify checks the export that source holds. It reads nothing else. The error
// is ErrInternal, or that of a file that could not be read; every fault of the
// export itself is in the report.
func Verify(source Source, opt Options) (*Report, error) {
	p, err := Prepare(source, opt)
	if err != nil {
		return nil, err
	}
	outcomes, err := p.JudgeAll()
	if err != nil {
		return nil, err
	}
	return p.Conclude(outcomes)
}

// Prepared is an export of which everything is checked but the pieces, where
// points are decoded and proofs verified: nearly all of the work. Whoever prepares
// the same export has the same pieces, and finds the same bytes in each.
type Prepared struct {
	v       *verification
	pending []pending
}

// pending is a piece, and what the verification does with its outcome.
type pending struct {
	piece Piece
	fold  func(*outcome)
}

// Prepare reads the export and checks what needs no piece. Errors are those of
// Verify.
func Prepare(source Source, opt Options) (p *Prepared, err error) {
	defer internal(&err)
	v := &verification{
		ledger: newLedger(), files: newFiles(source), opt: opt, out: new(Report), texts: make(map[string]scrutin.Digest),
		allowed: make(map[string]bool), appended: make(map[scrutin.Adopted]bool), generators: new(shuffle.Generators), figures: new(figures), amended: make(map[*population]*scrutin.AmendedUrn),
	}
	v.off = opt.off
	v.asked[1201], v.asked[1202] = opt.Fingerprint != nil, len(opt.Witnesses) > 0
	v.run()
	if err := v.fault(); err != nil {
		return nil, err
	}
	return &Prepared{v, v.pending}, nil
}

// internal turns a panic into ErrInternal.
func internal(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v\n%s", ErrInternal, p, debug.Stack())
	}
}

// Record is the SHA-256 of the list of contents, which names all other files by
// theirs: it tells exports apart.
func (p *Prepared) Record() scrutin.Digest { return p.v.first(record.Contents) }

// Pieces are to be judged each, in any order.
func (p *Prepared) Pieces() []Piece {
	pieces := make([]Piece, len(p.pending))
	for i, q := range p.pending {
		pieces[i] = q.piece
	}
	return pieces
}

// Judge judges a piece with so many workers, and gives what Conclude wants of it:
// the same bytes whenever and wherever it is judged. It may be called from several
// goroutines. It refuses what is no piece of this export (ErrPiece); other errors
// are those of Verify.
func (p *Prepared) Judge(piece Piece, workers int) (outcome []byte, err error) {
	defer internal(&err)
	o, err := p.v.judge(piece, workers)
	if err := p.v.fault(); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", piece, err)
	}
	return o.encode()
}

// JudgeAll judges all pieces in this process, large ones one after the other, small
// ones side by side, and gives what Conclude takes.
func (p *Prepared) JudgeAll() ([][]byte, error) {
	sizes, outcomes := make([]int, len(p.pending)), make([][]byte, len(p.pending))
	for i, q := range p.pending {
		sizes[i] = q.piece.Size()
	}
	progress := func(done, total int) { p.v.step("proofs", done, total) }
	err := parallel.Uneven(sizes, p.v.opt.Workers, progress, func(i, workers int, _ func(done, total int)) (err error) {
		outcomes[i], err = p.Judge(p.pending[i].piece, workers)
		return err
	})
	return outcomes, err
}

// Holds says whether nothing was found against the export in a piece. It refuses what
// says that, and not that all of the piece was verified and counted (ErrOutcome): such
// bytes are to be judged again, as findings are.
func (p *Prepared) Holds(piece Piece, outcome []byte) (bool, error) {
	o, err := decodeOutcome(outcome)
	if err == nil && len(o.Findings) == 0 && !p.v.whole(piece, o) {
		err = fmt.Errorf("%w: of %s", ErrOutcome, piece)
	}
	return err == nil && len(o.Findings) == 0, err
}

// figureOf is what is verified in the elements of a piece, each once. An enrolment has
// the keys of each issuer too.
var figureOf = map[Kind]figure{Enrolment: figAnonymised, Anonymisation: figAnonymised, Ballots: figBallots, Marks: figMarks, Mix: figMixed, Shares: figShares, Opening: figOpened}

// whole says whether an outcome without findings has what it is compared with.
func (v *verification) whole(p Piece, o *outcome) bool {
	want, counted := [figureCount]int{}, 0
	if want[figureOf[p.Kind]] = p.Size(); p.Kind == Enrolment {
		want[figKeys] = p.Size() * len(v.m.Enrollers())
	}
	for _, n := range o.Counts {
		if counted += n; n < 0 {
			return false
		}
	}
	switch p.Kind {
	case Enrolment:
		return o.Figures == want && len(o.keys) > 0
	case Opening:
		at := slices.IndexFunc(v.m.Questions, func(q scrutin.Question) bool { return q.ID == p.Question })
		return o.Figures == want && counted == p.Size() && at >= 0 && len(o.Counts) == len(v.m.Questions[at].Options)+2
	}
	return o.Figures == want
}

// Conclude takes the outcomes of all pieces, in the order of Pieces, and reports. It
// is called once. It refuses other bytes than Judge gives (ErrOutcome).
func (p *Prepared) Conclude(outcomes [][]byte) (report *Report, err error) {
	defer internal(&err)
	if len(outcomes) != len(p.pending) {
		return nil, fmt.Errorf("%w: %d for %d pieces", ErrOutcome, len(outcomes), len(p.pending))
	}
	for i, q := range p.pending {
		o, err := decodeOutcome(outcomes[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.piece, err)
		}
		q.fold(o)
	}
	v := p.v
	for _, f := range v.last {
		f()
	}
	if err := v.fault(); err != nil {
		return nil, err
	}
	v.out.Counted = v.figures.list()
	v.out.conclude(v.ledger)
	return v.out, nil
}

// later puts a piece off until all else is checked. What the auditor goes on with
// depends on no outcome.
func (v *verification) later(p Piece, fold func(*outcome)) {
	v.pending = append(v.pending, pending{p, fold})
}

// then puts off what compares the outcomes of several pieces.
func (v *verification) then(f func()) { v.last = append(v.last, f) }

// inRanges puts a list of n elements off, range by range.
func (v *verification) inRanges(p Piece, n int, fold func(*outcome)) {
	size := v.opt.PieceSize
	if size <= 0 {
		size = defaultPiece
	}
	for p.From = 0; p.From < n; p.From = p.To {
		p.To = min(n, p.From+size)
		v.later(p, fold)
	}
}

// defaultPiece is how many elements of a list are one piece: enough for one
// equation over all of them to be at its best.
const defaultPiece = 1 << 12

// enterAll enters what was found in a piece of an urn or cell.
func (v *verification) enterAll(subject string, o *outcome) {
	for _, f := range o.Findings {
		of := subject
		if v.entries[f.Check].check.Per == Whole {
			of = ""
		}
		v.enter(f.Check, of, f.err())
	}
	for k, n := range o.Figures {
		v.figures.add(figure(k), n)
	}
}

// judge does the work of a piece.
func (v *verification) judge(p Piece, workers int) (*outcome, error) {
	o := new(outcome)
	if p.From < 0 || p.To < p.From {
		return nil, ErrPiece
	}
	switch p.Kind {
	case Enrolment, Anonymisation, Ballots, Marks:
		for _, u := range v.urns {
			if u.name() == p.Subject {
				return o, v.judgeUrn(o, p, u, workers)
			}
		}
	case Mix, Shares, Opening:
		for _, c := range v.cells {
			for q, question := range c.questions {
				if c.Name == p.Subject && question.ID == p.Question {
					return o, v.judgeCell(o, p, c, q, workers)
				}
			}
		}
	}
	return nil, ErrPiece
}

func (v *verification) judgeUrn(o *outcome, p Piece, u *urnState, workers int) error {
	of := u.population(p.Amendment)
	switch {
	case of == nil:
		return ErrPiece
	case p.Kind == Enrolment && len(of.anonymisation) > 0 && of.anonymisation[0] != nil:
		v.judgeEnrolment(o, of, workers)
	case p.Kind == Anonymisation && p.Stage >= 2 && p.Stage <= len(of.anonymisation) && of.anonymisation[p.Stage-1] != nil:
		v.judgeStage(o, of, p.Stage, workers)
	case p.Kind == Ballots && of.proofs != nil && p.To < len(u.offsets):
		return v.judgeBallots(o, u, p.From, p.To, workers)
	case p.Kind == Marks && p.To <= u.marks:
		return v.judgeMarks(o, u, p.From, p.To, workers)
	default:
		return ErrPiece
	}
	return nil
}

func (v *verification) judgeCell(o *outcome, p Piece, c *cellState, q, workers int) error {
	if !c.opens {
		return ErrPiece
	}
	switch {
	case p.Kind == Mix && p.Stage >= 1 && p.Stage <= len(v.m.Mixers):
		v.judgeMix(o, c, q, p.Stage, workers)
		return nil
	case p.Kind == Opening && p.To <= c.Ballots:
		v.judgeOpening(o, c, q, p.From, p.To, workers)
		return nil
	case p.Kind == Shares:
		for _, h := range v.shares {
			if h.clause.ID == p.Clause && h.holder == p.Holder && h.stated != nil {
				v.judgeShares(o, h, c, q, workers)
				return nil
			}
		}
	}
	return ErrPiece
}
