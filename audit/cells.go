package audit

import (
	"fmt"
	"maps"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/shuffle"
	"isoloir/record"
	"isoloir/scrutin"
)

// cellState is what the auditor knows of one cell.
type cellState struct {
	scrutin.Cell
	number    int // from 1, in paths
	urns      []*urnState
	questions []*scrutin.Question
	counts    [][]int // by question, what the shares open: ballots by option, then blank, then null
	opens     bool    // it is mixed and opened
	closed    bool    // a list could not be opened
}

// formCells divides the urns into cells from the recomputed counts.
func (v *verification) formCells() bool {
	counted := make([]int, len(v.urns))
	for i, u := range v.urns {
		counted[i] = u.voters
	}
	var names []string
	allowed := slices.Collect(maps.Keys(v.allowed))
	for i, c := range v.m.Cells(counted) {
		s := &cellState{Cell: c, number: i + 1, questions: v.urns[c.Urns[0]].questions}
		for _, number := range c.Urns {
			s.urns = append(s.urns, v.urns[number])
		}
		v.cells, names = append(v.cells, s), append(names, c.Name)
		s.opens = v.m.Opens(c, allowed)
		var err error
		if s.opens && c.Small(v.m.MinimumSize) && !v.allowed[c.Name] {
			err = fmt.Errorf("%d ballots, fewer than %d, and no act allows to open them", c.Ballots, v.m.MinimumSize)
		}
		v.enter(803, c.Name, err)
	}
	v.expect(PerCell, names)
	return len(names) > 0
}

// counted is the list that goes into the first stage for a question: the counted
// ballots of the cell's urns in log order.
func (c *cellState) counted(question int) []byte {
	list := make([]byte, 0, c.Ballots*elgamal.Size)
	for _, u := range c.urns {
		list = append(list, u.counted[question]...)
	}
	return list
}

// checkMix follows the mix: for every cell and question, from the counted ballots
// through every stage.
func (v *verification) checkMix() bool {
	stages := make([]*scrutin.Mix, len(v.m.Mixers))
	for i, mixer := range v.m.Mixers {
		path := record.Mix(i + 1)
		m, _ := readNote[scrutin.Mix](v, 801, "", path, mixer.Verifier())
		if m == nil {
			return false
		}
		if m.Mixer != mixer.ID || m.Stage != i+1 || m.Seal != v.s {
			v.refuse(801, "", path, fmt.Errorf("the statement is of %s for stage %d and seal %s", m.Mixer, m.Stage, m.Seal))
		}
		if !v.sameShape(801, path, mixCells(m)) {
			return false
		}
		stages[i] = m
	}
	filled := 0
	for _, c := range v.cells {
		if c.opens {
			v.mixCell(c, filled, stages)
			filled++
		}
		v.enter(802, c.Name, nil)
	}
	v.enter(801, "", nil)
	return true
}

// mixCell follows one cell, the n-th of those that hold a ballot: each stage begins
// with what the one before it gave. The proofs are put off.
func (v *verification) mixCell(c *cellState, n int, stages []*scrutin.Mix) {
	for q, question := range c.questions {
		input := scrutin.DigestOf(c.counted(q))
		for i := range stages {
			stage, stated := i+1, stages[i].Cells[n].Questions[q]
			list, proof := record.MixList(c.number, question.ID, stage), record.MixProof(c.number, question.ID, stage)
			v.claim(list)
			v.claim(proof)
			if stated.Input != input || stated.Ballots != c.Ballots {
				v.refuse(801, "", record.Mix(stage), fmt.Errorf("cell %s, question %s: another list of %d ballots went in", c.Name, question.ID, stated.Ballots))
			}
			v.sameFile(801, "", list, stated.Output)
			v.sameFile(801, "", proof, stated.Proof)
			v.figures.expect(figMixed, c.Ballots)
			v.later(Piece{Kind: Mix, Subject: c.Name, Question: question.ID, Stage: stage, To: c.Ballots}, func(o *outcome) { v.enterAll(c.Name, o) })
			input = v.digest(list)
		}
	}
}

// mixed decodes what goes into a stage, from 1, or comes out of the last one.
func (v *verification) mixed(c *cellState, q, stage, workers int) (elgamal.List, error) {
	if stage == 1 {
		return elgamal.DecodeList(c.counted(q), workers)
	}
	path := record.MixList(c.number, c.questions[q].ID, stage-1)
	data, err := v.read(path, int64(c.Ballots)*elgamal.Size)
	if err != nil {
		return elgamal.List{}, err
	}
	list, err := elgamal.DecodeList(data, workers)
	if err == nil && list.Len() != c.Ballots {
		err = fmt.Errorf("%d ciphertexts, %d ballots are counted", list.Len(), c.Ballots)
	}
	if err != nil {
		return elgamal.List{}, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

// judgeMix is the work of a stage of the mix.
func (v *verification) judgeMix(o *outcome, c *cellState, q, stage, workers int) {
	question := c.questions[q].ID
	in, err := v.mixed(c, q, stage, workers)
	if err != nil {
		o.find(802, err)
		return
	}
	out, err := v.mixed(c, q, stage+1, workers)
	if err != nil {
		o.find(802, err)
		return
	}
	path := record.MixProof(c.number, question, stage)
	proof, err := v.read(path, int64(shuffle.ProofSize(c.Ballots)))
	if err != nil {
		o.find(802, err)
		return
	}
	st := shuffle.Statement{Context: v.context(v.o, c.Name), Seal: v.s, Question: question, Stage: uint32(stage), Key: v.key}
	o.Figures[figMixed] += out.Len()
	if err := shuffle.VerifyReencryption(st, in, out, proof, v.generators, workers, nil); err != nil {
		o.find(802, fmt.Errorf("%s: %w", path, err))
	}
}

// shape is the names of cells and questions that a statement goes through.
type shape []shapeCell

type shapeCell struct {
	name      string
	questions []string
}

func mixCells(m *scrutin.Mix) (s shape) {
	for _, c := range m.Cells {
		cell := shapeCell{name: c.Cell}
		for _, q := range c.Questions {
			cell.questions = append(cell.questions, q.Question)
		}
		s = append(s, cell)
	}
	return s
}

// sameShape says whether a statement goes through every cell that is opened,
// and every question of it, in order.
func (v *verification) sameShape(check int, path string, s shape) bool {
	err := v.shapeError(s)
	if err != nil {
		v.refuse(check, "", path, err)
	}
	return err == nil
}

func (v *verification) shapeError(s shape) error {
	n := 0
	for _, c := range v.cells {
		if !c.opens {
			continue
		}
		if n >= len(s) || s[n].name != c.Name || len(s[n].questions) != len(c.questions) {
			return fmt.Errorf("cell %s is not in its place", c.Name)
		}
		for q, question := range c.questions {
			if s[n].questions[q] != question.ID {
				return fmt.Errorf("cell %s: question %s is not in its place", c.Name, question.ID)
			}
		}
		n++
	}
	if n != len(s) {
		return fmt.Errorf("%d cells are stated, %d are opened", len(s), n)
	}
	return nil
}
