package audit

import (
	"fmt"

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
	lists     []elgamal.List // by question, as the last stage gave them
}

// formCells divides the urns into cells from the recomputed counts.
func (v *verification) formCells() bool {
	counted := make([]int, len(v.urns))
	for i, u := range v.urns {
		counted[i] = u.voters
	}
	var names []string
	for i, c := range v.m.Cells(counted) {
		s := &cellState{Cell: c, number: i + 1, questions: v.urns[c.Urns[0]].questions}
		for _, number := range c.Urns {
			s.urns = append(s.urns, v.urns[number])
		}
		v.cells, names = append(v.cells, s), append(names, c.Name)
		var err error
		if c.Small(v.m.MinimumSize) && !v.allowed[c.Name] {
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
		if c.Ballots == 0 {
			v.enter(802, c.Name, nil)
			continue
		}
		if !v.mixCell(c, filled, stages) {
			return false
		}
		filled++
		v.enter(802, c.Name, nil)
	}
	v.enter(801, "", nil)
	return true
}

// mixCell follows one cell, the n-th of those that hold a ballot.
func (v *verification) mixCell(c *cellState, n int, stages []*scrutin.Mix) bool {
	c.lists = make([]elgamal.List, len(c.questions))
	for q, question := range c.questions {
		list := c.counted(q)
		in, err := elgamal.DecodeList(list, v.opt.Workers)
		if err != nil {
			v.enter(802, c.Name, err)
			return false
		}
		input := scrutin.DigestOf(list)
		for i := range stages {
			stated := stages[i].Cells[n].Questions[q]
			if stated.Input != input || stated.Ballots != c.Ballots {
				v.refuse(801, "", record.Mix(i+1), fmt.Errorf("cell %s, question %s: another list of %d ballots went in", c.Name, question.ID, stated.Ballots))
			}
			v.sameFile(801, "", record.MixList(c.number, question.ID, i+1), stated.Output)
			v.sameFile(801, "", record.MixProof(c.number, question.ID, i+1), stated.Proof)
			out, err := v.mixStage(c, question.ID, i+1, in)
			if err != nil {
				if v.enter(802, c.Name, err); out.Len() == 0 {
					return false
				}
			}
			in, input = out, scrutin.DigestOf(out.Bytes())
		}
		c.lists[q] = in
	}
	return true
}

// mixStage reads the list that a stage gave and verifies its proof. The list is
// returned even if the proof is false, and empty if it cannot be read.
func (v *verification) mixStage(c *cellState, question string, stage int, in elgamal.List) (elgamal.List, error) {
	v.figures.expect(figMixed, c.Ballots)
	list, proof := record.MixList(c.number, question, stage), record.MixProof(c.number, question, stage)
	data, err := v.read(list, int64(c.Ballots)*elgamal.Size)
	if err != nil {
		return elgamal.List{}, err
	}
	out, err := elgamal.DecodeList(data, v.opt.Workers)
	if err != nil {
		return elgamal.List{}, fmt.Errorf("%s: %w", list, err)
	}
	if out.Len() != c.Ballots {
		return elgamal.List{}, fmt.Errorf("%s: %d ciphertexts, %d ballots are counted", list, out.Len(), c.Ballots)
	}
	data, err = v.read(proof, int64(shuffle.ProofSize(c.Ballots)))
	if err != nil {
		return out, err
	}
	st := shuffle.Statement{Context: v.context(v.o, c.Name), Seal: v.s, Question: question, Stage: uint32(stage), Key: v.key}
	progress := func(done, total int) { v.step("mix of "+c.Name, done, total) }
	v.figures.add(figMixed, out.Len())
	if err := shuffle.VerifyReencryption(st, in, out, data, v.generators, v.opt.Workers, progress); err != nil {
		return out, fmt.Errorf("%s: %w", proof, err)
	}
	return out, nil
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

// sameShape says whether a statement goes through every cell that holds a
// ballot, and every question of it, in order.
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
		if c.Ballots == 0 {
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
		return fmt.Errorf("%d cells are stated, %d hold ballots", len(s), n)
	}
	return nil
}
