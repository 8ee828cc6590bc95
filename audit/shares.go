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
)

// holderShares is what one holder gave for one clause. A list that does not
// hold is no fault of the export: the holder is named in the result and left
// out. It is one if the result calls it valid.
type holderShares struct {
	clause    *scrutin.Clause
	holder    string
	key       sigma.Element
	stated    *scrutin.Shares // nil where there is no such statement
	valid     bool            // so the result says
	statement error           // why the statement does not hold
	lists     error           // why its lists do not
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
		switch {
		case !h.valid && h.statement == nil && h.lists == nil:
			v.enter(1004, "", fmt.Errorf("the result refuses the shares of %s, which are valid", who))
		case h.valid && h.statement != nil:
			v.enter(901, "", fmt.Errorf("the result accepts the shares of %s: %w", who, h.statement))
		case h.valid && h.lists != nil:
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
	data, err := v.read(path, note.MaxSize)
	if err != nil {
		return err
	}
	n, err := note.Open(data, key)
	if err != nil {
		text, textErr := note.Text(data)
		if textErr != nil {
			return textErr
		}
		n = &note.Note{Text: text}
	}
	v.countSignatures(data, n)
	v.texts[path] = scrutin.TextDigest(n.Text)
	s, parseErr := scrutin.Parse[scrutin.Shares](n.Text)
	if parseErr != nil {
		return parseErr
	}
	if s.Clause != h.clause.ID || s.Holder != h.holder || s.Seal != v.s {
		err = errors.Join(err, fmt.Errorf("the statement is of %s for clause %s and seal %s", s.Holder, s.Clause, s.Seal))
	}
	if shapeErr := v.shapeError(shareCells(s)); shapeErr != nil {
		return errors.Join(err, shapeErr)
	}
	v.bound(path, s.Manifest, s.Opening)
	h.stated = s
	return err
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
	at := slices.IndexFunc(h.stated.Cells, func(s scrutin.ShareCell) bool { return s.Cell == c.Name })
	stated, question := h.stated.Cells[at].Questions[q], c.questions[q].ID
	path := record.SharesList(c.number, question, h.clause.ID, h.holder)
	fail := func(err error) { h.lists = errors.Join(h.lists, fmt.Errorf("%s: %w", path, err)) }
	if h.valid {
		v.figures.expect(figShares, c.Ballots)
	}
	data, err := v.read(path, int64(c.Ballots)*group.PointSize)
	if err != nil {
		fail(err)
		return
	}
	if stated.List != v.digest(path) || stated.Ballots != c.Ballots {
		fail(errors.New("the list is not the one stated"))
	}
	claim, err := sigma.Shares(v.context(v.o, c.Name), v.s, question, h.clause.ID, h.holder, h.key, inputs)
	if err != nil {
		fail(err)
		return
	}
	proof, err := sigma.DecodeEquality(slices.Concat(stated.Commitments[0][:], stated.Commitments[1][:], stated.Response[:]))
	if err == nil {
		_, err = claim.Verify(data, proof, v.opt.Workers)
	}
	if err != nil {
		fail(err)
	}
	if h.valid {
		v.figures.add(figShares, c.Ballots)
	}
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
		h.valid = at >= 0 && v.result.Shares[at].Valid
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
		if h.clause == clause && h.valid && h.stated != nil && len(quorum) < clause.Threshold {
			quorum = append(quorum, h)
		}
	}
	return quorum
}
