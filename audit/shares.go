package audit

import (
	"errors"
	"fmt"
	"slices"

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

// checkShares verifies every list of every holder, cell by cell, compares the
// outcome with what the result says of each, and sees that every clause is met.
func (v *verification) checkShares() bool {
	for i := range v.m.Clauses {
		if err := v.readClause(&v.m.Clauses[i]); err != nil {
			v.enter(903, "", err)
			return false
		}
	}
	v.compareVerdicts()
	for _, c := range v.cells {
		for q := range c.lists {
			inputs := sigma.NewList(c.lists[q].C1(), v.opt.Workers)
			for i, h := range v.shares {
				if h.stated != nil {
					v.checkShareList(h, c, q, inputs)
				}
				v.step("shares of "+c.Name, i+1, len(v.shares))
			}
		}
	}
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
	return v.checkClauses()
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
	v.countSignatures(data, n)
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
	if s.Seal != v.s {
		err = errors.Join(err, h.refuse(tally.ReasonSeal, fmt.Errorf("the statement is for the seal %s", s.Seal)))
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
			if c.Ballots > 0 {
				v.claimed[record.SharesList(c.number, q.ID, h.clause.ID, h.holder)] = true
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
		if c.Ballots == 0 {
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

// checkShareList verifies one list against its proof.
func (v *verification) checkShareList(h *holderShares, c *cellState, q int, inputs sigma.List) {
	stated, question := statedCell(h.stated, c).Questions[q], c.questions[q].ID
	path := record.SharesList(c.number, question, h.clause.ID, h.holder)
	reason, err := v.shareList(h, stated, path, c, question, inputs)
	if err != nil {
		h.lists = errors.Join(h.lists, h.refuse(reason, fmt.Errorf("%s: %w", path, err)))
	}
	if h.verdict.Valid {
		v.figures.expect(figShares, c.Ballots)
		if reason != tally.ReasonFile {
			v.figures.add(figShares, c.Ballots)
		}
	}
}

// shareList verifies a list; reason is what failed, or the last thing that could.
func (v *verification) shareList(h *holderShares, stated scrutin.ShareQuestion, path string, c *cellState, question string, inputs sigma.List) (tally.Reason, error) {
	data, err := v.read(path, int64(c.Ballots)*group.PointSize)
	if err != nil {
		return tally.ReasonFile, err
	}
	if stated.List != scrutin.DigestOf(data) || len(data) != c.Ballots*group.PointSize {
		return tally.ReasonFile, errors.New("the list is not the one stated")
	}
	claim, err := sigma.Shares(v.context(v.o, c.Name), v.s, question, h.clause.ID, h.holder, h.key, inputs)
	if err != nil {
		return tally.ReasonProof, err
	}
	proof, err := sigma.DecodeEquality(slices.Concat(stated.Commitments[0][:], stated.Commitments[1][:], stated.Response[:]))
	if err != nil {
		if _, err := sigma.DecodeList(data, v.opt.Workers); err != nil {
			return tally.ReasonShare, err
		}
		return tally.ReasonProof, err
	}
	_, err = claim.Verify(data, proof, v.opt.Workers)
	if err != nil && !errors.Is(err, sigma.ErrShare) {
		return tally.ReasonShare, err
	}
	return tally.ReasonProof, err
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
func (v *verification) checkClauses() bool {
	for i := range v.m.Clauses {
		clause := &v.m.Clauses[i]
		if got := len(v.quorumOf(clause)); got < clause.Threshold {
			v.enter(903, "", fmt.Errorf("clause %s: shares of %d holders, %d are needed", clause.ID, got, clause.Threshold))
		}
	}
	v.enter(903, "", nil)
	return true
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
