package tally

import (
	"fmt"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/shuffle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Mix is a mixer's whole work at its stage, from 1: it reads what the stage
// before gave (at the first, the sealed ballots), re-encrypts and shuffles every
// list, and writes lists, proofs and the signed statement. Orders and coins are
// forgotten; a stage that was stopped half way is begun again in another
// directory. in and out may be one directory. It refuses a signer that is not
// the mixer's (ErrStatement) and an input that is not the one stated (ErrFile).
func (s *Sealed) Mix(in *record.Reader, out *record.Writer, stage int, signer note.Signer) error {
	if stage < 1 || stage > len(s.Manifest.Mixers) || s.Manifest.Mixers[stage-1].Verifier() != signer.Verifier() {
		return fmt.Errorf("%s signs for mixer number %d: %w", signer.Verifier().Name(), stage, ErrStatement)
	}
	statement := &scrutin.Mix{OpenHead: s.head(), Seal: s.Seal, Mixer: s.Manifest.Mixers[stage-1].ID, Stage: stage}
	for _, c := range s.filled() {
		statement.Cells = append(statement.Cells, scrutin.MixCell{Cell: c.Name, Questions: make([]scrutin.MixQuestion, len(c.questions))})
	}
	var before *scrutin.Mix
	if stage > 1 {
		var err error
		if before, _, err = s.mixStatement(in, stage-1); err != nil {
			return err
		}
	}
	err := s.each(1, func(u unit, workers int, progress func(done, total int)) error {
		stated, err := s.mixUnit(in, out, before, stage, u, workers, progress)
		statement.Cells[u.at].Questions[u.q] = stated
		return err
	})
	if err != nil {
		return err
	}
	signed, err := scrutin.Sign(statement, signer)
	if err != nil {
		return err
	}
	return out.Write(record.Mix(stage), signed)
}

func (s *Sealed) mixUnit(in *record.Reader, out *record.Writer, before *scrutin.Mix, stage int, u unit, workers int, progress func(done, total int)) (stated scrutin.MixQuestion, err error) {
	raw := u.input
	if before != nil {
		path := record.MixList(u.number, u.question.ID, stage-1)
		if raw, err = readNamed(in, path, len(u.input), before.Cells[u.at].Questions[u.q].Output); err != nil {
			return stated, err
		}
	}
	input, err := elgamal.DecodeList(raw, workers)
	if err != nil {
		return stated, err
	}
	output, proof, err := shuffle.Reencrypt(s.mixing(u, stage), input, &s.generators, workers, progress)
	if err != nil {
		return stated, err
	}
	if err := out.Write(record.MixList(u.number, u.question.ID, stage), output.Bytes()); err != nil {
		return stated, err
	}
	return scrutin.MixQuestion{
		Question: u.question.ID, Ballots: u.Ballots,
		Input: scrutin.DigestOf(raw), Output: scrutin.DigestOf(output.Bytes()), Proof: scrutin.DigestOf(proof),
	}, out.Write(record.MixProof(u.number, u.question.ID, stage), proof)
}

func (s *Sealed) mixing(u unit, stage int) shuffle.Statement {
	return shuffle.Statement{Context: s.context(u), Seal: s.Seal, Question: u.question.ID, Stage: uint32(stage), Key: s.Keys.Key}
}

func (s *Sealed) head() scrutin.OpenHead {
	return scrutin.OpenHead{Head: scrutin.Head{Manifest: s.Fingerprint}, Opening: s.Opening}
}

// mixStatement reads the statement of a stage, which its mixer has signed for
// this seal and for every question of every cell that holds ballots.
func (s *Sealed) mixStatement(in *record.Reader, stage int) (*scrutin.Mix, scrutin.Digest, error) {
	mixer := s.Manifest.Mixers[stage-1]
	m, digest, err := open[scrutin.Mix](s, in, record.Mix(stage), mixer.Verifier())
	if err != nil {
		return nil, digest, err
	}
	if m.Seal != s.Seal {
		return nil, digest, fmt.Errorf("mix, stage %d: %w", stage, ErrSeal)
	}
	cells := s.filled()
	if m.Mixer != mixer.ID || m.Stage != stage || len(m.Cells) != len(cells) {
		return nil, digest, fmt.Errorf("mix by %s, stage %d, of %d cells, in the place of stage %d by %s: %w", m.Mixer, m.Stage, len(m.Cells), stage, mixer.ID, ErrStatement)
	}
	for i, c := range cells {
		if m.Cells[i].Cell != c.Name || len(m.Cells[i].Questions) != len(c.questions) {
			return nil, digest, fmt.Errorf("mix, stage %d: cell %s in the place of %s: %w", stage, m.Cells[i].Cell, c.Name, ErrStatement)
		}
		for q, question := range m.Cells[i].Questions {
			if question.Question != c.questions[q].ID || question.Ballots != c.Ballots {
				return nil, digest, fmt.Errorf("mix, stage %d, cell %s: question %s, %d ballots, in the place of %s, %d ballots: %w", stage, c.Name, question.Question, question.Ballots, c.questions[q].ID, c.Ballots, ErrStatement)
			}
		}
	}
	return m, digest, nil
}

// Mixed is the outcome of all the mixers: verified, or not to be had.
type Mixed struct {
	// Statements names the mixers' statements, in the manifest's order.
	Statements []scrutin.Statement

	s    *Sealed
	in   *record.Reader
	last *scrutin.Mix
}

// Mixed reads the statements of all mixers of the manifest, in their order, and
// verifies every stage of every list: that the first starts from the sealed
// ballots and each from what the one before gave (ErrChain), the files
// (ErrFile), the proofs (ErrProof), and that there is no further stage
// (ErrStatement). What it returns can be opened, and nothing else can.
func (s *Sealed) Mixed(in *record.Reader) (*Mixed, error) {
	m := &Mixed{s: s, in: in}
	var stages []*scrutin.Mix
	for i, mixer := range s.Manifest.Mixers {
		statement, digest, err := s.mixStatement(in, i+1)
		if err != nil {
			return nil, err
		}
		stages = append(stages, statement)
		m.last = statement
		m.Statements = append(m.Statements, scrutin.Statement{Party: mixer.ID, Digest: digest})
	}
	if extra := len(stages) + 1; in.Exists(record.Mix(extra)) {
		return nil, fmt.Errorf("mix, stage %d, which no mixer of the manifest made: %w", extra, ErrStatement)
	}
	err := s.each(len(stages), func(u unit, workers int, progress func(done, total int)) error {
		current, err := elgamal.DecodeList(u.input, workers)
		if err != nil {
			return err
		}
		for i, statement := range stages {
			step := func(done, total int) { progress(i*total+done, len(stages)*total) }
			if current, err = s.verifyUnit(in, statement, u, current, workers, step); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// verifyUnit verifies one stage of one list and returns its output.
func (s *Sealed) verifyUnit(in *record.Reader, statement *scrutin.Mix, u unit, input elgamal.List, workers int, progress func(done, total int)) (output elgamal.List, err error) {
	stage, stated := statement.Stage, statement.Cells[u.at].Questions[u.q]
	if stated.Input != scrutin.DigestOf(input.Bytes()) {
		return output, fmt.Errorf("stage %d: %w", stage, ErrChain)
	}
	path := record.MixList(u.number, u.question.ID, stage)
	raw, err := readNamed(in, path, len(u.input), stated.Output)
	if err != nil {
		return output, err
	}
	if output, err = elgamal.DecodeList(raw, workers); err != nil {
		return output, fmt.Errorf("%s: %w: %w", path, ErrProof, err)
	}
	path = record.MixProof(u.number, u.question.ID, stage)
	proof, err := readNamed(in, path, shuffle.ProofSize(u.Ballots), stated.Proof)
	if err != nil {
		return output, err
	}
	if err := shuffle.VerifyReencryption(s.mixing(u, stage), input, output, proof, &s.generators, workers, progress); err != nil {
		return output, fmt.Errorf("%s: %w: %w", path, ErrProof, err)
	}
	return output, nil
}

// list reads the last list of a unit, as it was verified.
func (m *Mixed) list(u unit) ([]byte, error) {
	path := record.MixList(u.number, u.question.ID, m.last.Stage)
	return readNamed(m.in, path, len(u.input), m.last.Cells[u.at].Questions[u.q].Output)
}
