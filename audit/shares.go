package audit

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/tally"
)

// holderShares is what one holder gave for one clause. Whatever is wrong with it
// is no fault of the export: the holder is named in the result and left out. It
// is one if the result calls it valid, or gives another reason.
type holderShares struct {
	clause    *scrutin.Clause
	holder    string
	key       sigma.Element
	stated    *scrutin.Shares      // nil where its lists cannot be looked up
	verdict   scrutin.ShareVerdict // of the result
	statement error                // why the statement does not hold
	lists     error                // why its lists do not
	reason    tally.Reason         // of the first of these
}

// refuse keeps the reason of the first failure, and returns it.
func (h *holderShares) refuse(reason tally.Reason, err error) error {
	if h.reason == "" {
		h.reason = reason
	}
	return err
}

// checkShares reads what every holder gave and what the result says of it, and puts
// the lists off, cell by cell.
func (v *verification) checkShares() bool {
	for i := range v.m.Clauses {
		if err := v.readClause(&v.m.Clauses[i]); err != nil {
			v.enter(903, "", err)
			return false
		}
	}
	v.compareVerdicts()
	for _, c := range v.cells {
		for _, question := range c.questions {
			for _, h := range v.shares {
				if c.opens && h.stated != nil {
					v.laterShares(h, c, question.ID)
				}
			}
		}
	}
	v.then(v.concludeShares)
	v.checkClauses()
	return true
}

// laterShares puts one list off.
func (v *verification) laterShares(h *holderShares, c *cellState, question string) {
	if h.verdict.Valid {
		v.figures.expect(figShares, c.Ballots)
	}
	v.later(Piece{Kind: Shares, Subject: c.Name, Question: question, Clause: h.clause.ID, Holder: h.holder, To: c.Ballots}, func(o *outcome) {
		for _, f := range o.Findings {
			h.lists = errors.Join(h.lists, h.refuse(tally.Reason(o.Reason), f.err()))
		}
		if h.verdict.Valid {
			v.figures.add(figShares, o.Figures[figShares])
		}
	})
}

// concludeShares compares what was found with what the result says.
func (v *verification) concludeShares() {
	for _, h := range v.shares {
		who := h.holder + " for clause " + h.clause.ID
		switch valid := h.verdict.Valid; {
		case !valid && h.reason == "":
			v.enter(1004, "", fmt.Errorf("the result refuses the shares of %s, which are valid", who))
		case !valid && h.verdict.Reason != string(h.reason):
			v.enter(1004, "", fmt.Errorf("the result refuses the shares of %s for %q, and the reason is %q: %w", who, h.verdict.Reason, h.reason, errors.Join(h.statement, h.lists)))
		case valid && h.statement != nil:
			v.enter(901, "", fmt.Errorf("the result accepts the shares of %s: %w", who, h.statement))
		case valid && h.lists != nil:
			v.enter(902, "", fmt.Errorf("the result accepts the shares of %s: %w", who, h.lists))
		}
	}
	for _, number := range []int{901, 902, 1004} {
		v.enter(number, "", nil)
	}
}

// readClause reads the statements of a clause's holders, as far as they gave
// any.
func (v *verification) readClause(clause *scrutin.Clause) error {
	keys, ok := v.opening.Clause(clause.ID)
	if !ok {
		return fmt.Errorf("the opening record has no key of clause %s", clause.ID)
	}
	for _, k := range keys.Holders {
		holder, ok := v.m.Holder(k.Holder)
		if !ok || clause.Index(k.Holder) == 0 {
			return fmt.Errorf("%s is no holder of clause %s", k.Holder, clause.ID)
		}
		point, err := k.Key.Decode()
		if err != nil {
			return fmt.Errorf("verification key of %s: %w", k.Holder, err)
		}
		path := record.Shares(clause.ID, k.Holder)
		if _, there := v.found[path]; !there {
			continue
		}
		h := &holderShares{clause: clause, holder: k.Holder, key: sigma.NewElement(point)}
		h.statement = v.readShares(h, path, holder.Verifier())
		v.shares = append(v.shares, h)
	}
	return nil
}

// readShares reads a holder's statement. The error says why it does not hold.
func (v *verification) readShares(h *holderShares, path string, key note.Verifier) error {
	v.claimShares(h)
	data, err := v.read(path, note.MaxSize)
	if err != nil {
		return h.refuse(tally.ReasonSignature, err)
	}
	n, err := note.Open(data, key)
	if err != nil {
		text, textErr := note.Text(data)
		if textErr != nil {
			return h.refuse(tally.ReasonSignature, textErr)
		}
		n = &note.Note{Text: text}
	}
	v.countSignatures(data)
	v.texts[path] = scrutin.TextDigest(n.Text)
	s, parseErr := scrutin.Parse[scrutin.Shares](n.Text)
	if parseErr != nil {
		return h.refuse(tally.ReasonSignature, errors.Join(err, parseErr))
	}
	if s.Manifest != v.f || s.Opening != v.o {
		err = errors.Join(err, fmt.Errorf("the statement names the manifest %s and the opening record %s", s.Manifest, s.Opening))
	}
	if err != nil {
		h.refuse(tally.ReasonSignature, err)
	}
	if s.Seal != v.s || s.Mix != v.mixing {
		err = errors.Join(err, h.refuse(tally.ReasonSeal, fmt.Errorf("the statement is for the seal %s and the act mix %s", s.Seal, s.Mix)))
	}
	if s.Clause != h.clause.ID || s.Holder != h.holder {
		err = errors.Join(err, h.refuse(tally.ReasonStatement, fmt.Errorf("the statement is of %s for clause %s", s.Holder, s.Clause)))
	}
	if shapeErr := v.sharesShape(s); shapeErr != nil {
		return errors.Join(err, h.refuse(tally.ReasonStatement, shapeErr))
	}
	h.stated = s
	return err
}

// claimShares says that a holder's lists have a place in the export, whatever is
// wrong with his statement.
func (v *verification) claimShares(h *holderShares) {
	for _, c := range v.cells {
		for _, q := range c.questions {
			if c.opens {
				v.claim(record.SharesList(c.number, q.ID, h.clause.ID, h.holder))
			}
		}
	}
}

// sharesShape says whether a statement goes through the cells that hold ballots,
// their questions and their numbers of ballots.
func (v *verification) sharesShape(s *scrutin.Shares) error {
	if err := v.shapeError(shareCells(s)); err != nil {
		return err
	}
	for _, c := range v.cells {
		if !c.opens {
			continue
		}
		for _, q := range statedCell(s, c).Questions {
			if q.Ballots != c.Ballots {
				return fmt.Errorf("cell %s, question %s: %d ballots are stated, %d are counted", c.Name, q.Question, q.Ballots, c.Ballots)
			}
		}
	}
	return nil
}

// statedCell is what a statement of the right shape says of a cell.
func statedCell(s *scrutin.Shares, c *cellState) *scrutin.ShareCell {
	return &s.Cells[slices.IndexFunc(s.Cells, func(s scrutin.ShareCell) bool { return s.Cell == c.Name })]
}

func shareCells(s *scrutin.Shares) (cells shape) {
	for _, c := range s.Cells {
		cell := shapeCell{name: c.Cell}
		for _, q := range c.Questions {
			cell.questions = append(cell.questions, q.Question)
		}
		cells = append(cells, cell)
	}
	return cells
}

// judgeShares is the work of one list: it verifies it against its proof.
func (v *verification) judgeShares(o *outcome, h *holderShares, c *cellState, q, workers int) {
	path := record.SharesList(c.number, c.questions[q].ID, h.clause.ID, h.holder)
	reason, err := v.shareList(h, path, c, q, workers)
	if err != nil {
		o.Reason = string(reason)
		o.find(902, fmt.Errorf("%s: %w", path, err))
	}
	if err == nil || reason != tally.ReasonFile {
		o.Figures[figShares] += c.Ballots
	}
}

// shareList verifies a list; reason is what failed, or the last thing that could.
func (v *verification) shareList(h *holderShares, path string, c *cellState, q, workers int) (tally.Reason, error) {
	stated, question := statedCell(h.stated, c).Questions[q], c.questions[q].ID
	data, err := v.read(path, int64(c.Ballots)*group.PointSize)
	if err != nil {
		return tally.ReasonFile, err
	}
	if stated.List != scrutin.DigestOf(data) || len(data) != c.Ballots*group.PointSize {
		return tally.ReasonFile, errors.New("the list is not the one stated")
	}
	inputs, err := v.firstHalves(c, q, workers)
	if err != nil {
		return tally.ReasonProof, err
	}
	claim, err := sigma.Shares(v.context(v.o, c.Name), v.s, question, h.clause.ID, h.holder, h.key, inputs)
	if err != nil {
		return tally.ReasonProof, err
	}
	proof, err := sigma.DecodeEquality(slices.Concat(stated.Commitments[0][:], stated.Commitments[1][:], stated.Response[:]))
	if err != nil {
		if _, err := sigma.DecodeList(data, workers); err != nil {
			return tally.ReasonShare, err
		}
		return tally.ReasonProof, err
	}
	_, err = claim.Verify(data, proof, workers)
	if err != nil && !errors.Is(err, sigma.ErrShare) {
		return tally.ReasonShare, err
	}
	return tally.ReasonProof, err
}

// firstHalves is what shares are of: the first halves of the last list.
func (v *verification) firstHalves(c *cellState, q, workers int) (sigma.List, error) {
	data, err := v.read(record.MixList(c.number, c.questions[q].ID, len(v.m.Mixers)), int64(c.Ballots)*elgamal.Size)
	if err != nil {
		return sigma.List{}, err
	}
	return sigma.DecodeList(halves(data, 0), workers)
}

// halves gives the first or second halves of ciphertexts.
func halves(ciphertexts []byte, which int) []byte {
	column := make([]byte, 0, len(ciphertexts)/2)
	for c := range slices.Chunk(ciphertexts, elgamal.Size) {
		column = append(column, c[which*group.PointSize:(which+1)*group.PointSize]...)
	}
	return column
}

// compareVerdicts takes from the result which shares it used, and sees that it
// names every statement, clause by clause in the clause's order.
func (v *verification) compareVerdicts() {
	if len(v.result.Shares) != len(v.shares) {
		v.enter(1004, "", fmt.Errorf("the result names %d statements of shares, %d are there", len(v.result.Shares), len(v.shares)))
	}
	for i, h := range v.shares {
		at := slices.IndexFunc(v.result.Shares, func(s scrutin.ShareVerdict) bool { return s.Clause == h.clause.ID && s.Holder == h.holder })
		if at != i {
			v.enter(1004, "", fmt.Errorf("the result does not name the shares of %s for clause %s in their place", h.holder, h.clause.ID))
		}
		if at >= 0 {
			h.verdict = v.result.Shares[at]
		}
	}
}

// checkClauses sees that so many holders of each clause as its threshold says
// gave shares that the result accepts.
func (v *verification) checkClauses() {
	for i := range v.m.Clauses {
		clause := &v.m.Clauses[i]
		if got := len(v.quorumOf(clause)); got < clause.Threshold {
			v.enter(903, "", fmt.Errorf("clause %s: shares of %d holders, %d are needed", clause.ID, got, clause.Threshold))
		}
	}
	v.enter(903, "", nil)
}

// quorumOf is the first holders of a clause whose shares the result accepts, no
// more than its threshold.
func (v *verification) quorumOf(clause *scrutin.Clause) (quorum []*holderShares) {
	for _, h := range v.shares {
		if h.clause == clause && h.verdict.Valid && h.stated != nil && len(quorum) < clause.Threshold {
			quorum = append(quorum, h)
		}
	}
	return quorum
}
