package keyceremony

import (
	"slices"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/scrutin"
)

// judge reads the one message of a holder in the step that is due.
func (s *State) judge(m *Message) {
	var err error
	switch m.Step {
	case CommitStep:
		err = s.judgeCommit(m)
	case RevealStep:
		err = s.judgeReveal(m)
	case CheckStep:
		err = s.judgeCheck(m)
	case SealStep:
		err = s.judgeSeal(m)
	}
	if err != nil {
		s.blame(m.Holder, err)
	}
}

func (s *State) onBoard(h Header) error {
	if h.Board != s.Board {
		return ErrBoard
	}
	return nil
}

func (s *State) judgeCommit(m *Message) error {
	body := new(Commit)
	if err := m.decode(body); err != nil {
		return err
	}
	s.commits[m.Holder] = body
	return s.onBoard(body.Header)
}

func (s *State) judgeReveal(m *Message) error {
	body := new(Reveal)
	if err := m.decode(body); err != nil {
		return err
	}
	if err := s.onBoard(body.Header); err != nil {
		return err
	}
	panels := s.party.of(m.Holder)
	if len(body.Clauses) != len(panels) {
		return ErrMalformed
	}
	commitments := make([]Commitment, len(panels))
	dealt := map[string]Commitment{}
	for i, g := range panels {
		d := body.Clauses[i]
		if d.Clause != g.clause || !slices.EqualFunc(d.Boxes, g.seats, sealedFor) {
			return ErrMalformed
		}
		if len(d.Coefficients) != g.threshold {
			return ErrThreshold
		}
		commitment, err := decodeCommitment(d)
		if err != nil {
			return err
		}
		commitments[i], dealt[g.clause] = commitment, commitment
	}
	if s.party.coefficientsDigest(m.Holder, commitments) != s.commits[m.Holder].Coefficients {
		return ErrCommitment
	}
	for i, g := range panels {
		claim, err := s.constantTerm(m.Holder, g.clause, commitments[i])
		if err != nil || claim.Verify(body.Clauses[i].Proof) != nil {
			return ErrProof
		}
	}
	s.reveals[m.Holder], s.dealt[m.Holder] = body, dealt
	return nil
}

// sealedFor says whether a box is for the holder of a seat, and its ephemeral
// key is none that everybody can open.
func sealedFor(box SealedShare, s seat) bool {
	_, err := box.Ephemeral.Decode()
	return box.Holder == s.holder && err == nil
}

// decodeCommitment refuses the identity as the constant term.
func decodeCommitment(d Dealing) (Commitment, error) {
	out := make(Commitment, len(d.Coefficients))
	for k, c := range d.Coefficients {
		p, err := group.Decode(c[:])
		if err != nil {
			return nil, ErrMalformed
		}
		out[k] = p
	}
	if out[0].IsIdentity() {
		return nil, ErrProof
	}
	return out, nil
}

func (s *State) judgeCheck(m *Message) error {
	body := new(Check)
	if err := m.decode(body); err != nil {
		return err
	}
	if err := s.onBoard(body.Header); err != nil {
		return err
	}
	for i, complaint := range body.Complaints {
		if !s.admissible(m.Holder, complaint) || i > 0 && s.compare(body.Complaints[i-1], complaint) >= 0 {
			return ErrMalformed
		}
	}
	var false_ error
	for _, complaint := range body.Complaints {
		if s.upheld(m.Holder, complaint) {
			s.blame(complaint.Dealer, ErrShare)
		} else {
			false_ = ErrComplaint
		}
	}
	return false_
}

// admissible says whether both sit in the clause.
func (s *State) admissible(complainer string, c Complaint) bool {
	i := slices.IndexFunc(s.party.panels, func(g panel) bool { return g.clause == c.Clause })
	return i >= 0 && s.party.panels[i].index(complainer) > 0 && s.party.panels[i].index(c.Dealer) > 0
}

// compare orders complaints by clause, then by dealer.
func (s *State) compare(a, b Complaint) int {
	place := func(c Complaint) int {
		clause := slices.IndexFunc(s.party.panels, func(g panel) bool { return g.clause == c.Clause })
		return clause*len(s.party.members) + slices.Index(s.party.members, c.Dealer)
	}
	return place(a) - place(b)
}

// upheld opens the box with the key that the complaint shows.
func (s *State) upheld(complainer string, c Complaint) bool {
	sealed, index := s.sealed(c.Clause, c.Dealer, complainer)
	ephemeral, err := sigma.DecodeElement(sealed.Ephemeral[:])
	if err != nil {
		return false
	}
	shared, err := sigma.DecodeElement(c.Shared[:])
	if err != nil {
		return false
	}
	reception := s.party.holders[complainer].reception
	claim := sigma.Complaint(s.party.context(), uint32(s.Run), c.Clause, c.Dealer, complainer, reception, ephemeral, shared)
	if claim.Verify(c.Proof) != nil {
		return false
	}
	share, err := s.address(c.Clause, c.Dealer, complainer).open(sealed, reception, c.Shared)
	return err != nil || !group.MulBase(share).Equal(s.dealt[c.Dealer][c.Clause].At(index))
}

// sealed returns the box that a dealer made for a receiver, and the receiver's
// index.
func (s *State) sealed(clause, dealer, receiver string) (SealedShare, int) {
	for i, g := range s.party.of(dealer) {
		if g.clause != clause {
			continue
		}
		for k, seat := range g.seats {
			if seat.holder == receiver {
				return s.reveals[dealer].Clauses[i].Boxes[k], seat.index
			}
		}
	}
	return SealedShare{}, 0
}

func (s *State) address(clause, dealer, receiver string) address {
	return address{s.party.manifest, s.Run, clause, dealer, receiver}
}

// combine computes the keys when all shares were accepted.
func (s *State) combine() {
	s.keys = &Keys{Key: group.Identity()}
	for _, g := range s.party.panels {
		sum := make(Commitment, g.threshold)
		for k := range sum {
			sum[k] = group.Identity()
			for _, seat := range g.seats {
				sum[k] = sum[k].Add(s.dealt[seat.holder][g.clause][k])
			}
		}
		key := ClauseKey{Clause: g.clause, Threshold: g.threshold, Key: sum[0]}
		degenerate := sum[0].IsIdentity()
		for _, seat := range g.seats {
			v := sum.At(seat.index)
			degenerate = degenerate || v.IsIdentity()
			key.Holders = append(key.Holders, HolderKey{seat.holder, seat.index, v})
		}
		s.keys.Key = s.keys.Key.Add(sum[0])
		s.keys.Clauses = append(s.keys.Clauses, key)
		if degenerate {
			for _, seat := range g.seats {
				s.blame(seat.holder, ErrDegenerate)
			}
		}
	}
	if s.keys.Key.IsIdentity() {
		for _, h := range s.party.members {
			s.blame(h, ErrDegenerate)
		}
	}
}

func (s *State) judgeSeal(m *Message) error {
	body := new(Seal)
	if err := m.decode(body); err != nil {
		return err
	}
	if err := s.onBoard(body.Header); err != nil {
		return err
	}
	want := s.keys.seal()
	if body.Key != want.Key || !slices.EqualFunc(body.Clauses, want.Clauses, sameKeys) {
		return ErrSeal
	}
	return nil
}

func sameKeys(a, b scrutin.ClauseKey) bool {
	return a.Clause == b.Clause && a.Key == b.Key && slices.Equal(a.Holders, b.Holders)
}
