package keyceremony

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"isoloir/scrutin"
)

// ErrEarly says that a message stands on the board before its step has begun.
// It accuses nobody: take it away and let it come in its turn.
var ErrEarly = errors.New("the message comes before its step")

// State is where a run stands.
type State struct {
	Run int
	// Step is the step that is due, or where the run became void; Done when all
	// have sealed.
	Step Step
	// Pending are the holders whose message of Step is missing, in the
	// manifest's order; none once the run is void.
	Pending []string
	// Board is the digest of the messages of the steps before Step, which its
	// messages carry. When the run is done it is the ceremony digest.
	Board scrutin.Digest
	// Faults say why the run is void and who is left out of the next, in the
	// manifest's order.
	Faults []Fault

	party   *party
	commits map[string]*Commit
	reveals map[string]*Reveal
	dealt   map[string]map[string]Commitment // dealer, clause
	keys    *Keys
}

// Void says whether the run can only be followed by another one.
func (s *State) Void() bool { return len(s.Faults) > 0 }

// Holders returns those who take part in the run, in the manifest's order.
func (s *State) Holders() []string { return slices.Clone(s.party.members) }

// Keys returns the keys of a run that is done, else nil.
func (s *State) Keys() *Keys {
	if s.Step != Done {
		return nil
	}
	return s.keys
}

// Header returns the head of a holder's message of the step that is due.
func (s *State) Header(holder string) Header {
	return s.header(holder, s.Step, s.Board)
}

func (s *State) header(holder string, step Step, board scrutin.Digest) Header {
	return Header{Record: recordPrefix + string(step), Manifest: s.party.manifest, Run: s.Run, Holder: holder, Board: board}
}

// RunState is a pure function of the number of a run (from 1), the holders
// left out of it and the messages so far, in any order; messages of other runs
// are passed over. The error is ErrTooFew, or says which message has no place
// on the board (ErrForeign, ErrEarly, ErrMisplaced); it accuses nobody.
func (c *Ceremony) RunState(run int, excluded []string, messages []*Message) (*State, error) {
	p, err := c.party(run, excluded)
	if err != nil {
		return nil, err
	}
	board, err := p.board(messages)
	if err != nil {
		return nil, err
	}
	s := &State{
		Run: run, party: p,
		commits: map[string]*Commit{}, reveals: map[string]*Reveal{}, dealt: map[string]map[string]Commitment{},
	}
	digest := sha256.New()
	for _, step := range steps {
		s.Step = step
		s.Board = scrutin.Digest(digest.Sum(nil))
		for _, holder := range p.members {
			said := board[step][holder]
			switch {
			case len(said) == 0:
				s.Pending = append(s.Pending, holder)
			case len(said) > 1:
				s.blame(holder, ErrDouble)
			default:
				digest.Write(said[0].Hash[:])
				s.judge(said[0])
			}
		}
		if s.Void() {
			s.Pending = nil
		}
		if s.Void() || len(s.Pending) > 0 {
			return s, board.nothingAfter(step)
		}
		if step == CheckStep {
			if s.combine(); s.Void() {
				return s, board.nothingAfter(step)
			}
		}
	}
	s.Step, s.Board = Done, scrutin.Digest(digest.Sum(nil))
	s.keys.Digest = s.Board
	return s, nil
}

func (s *State) blame(holder string, reason error) {
	for _, f := range s.Faults {
		if f.Holder == holder {
			return
		}
	}
	after := slices.Index(s.party.members, holder)
	at := slices.IndexFunc(s.Faults, func(f Fault) bool { return slices.Index(s.party.members, f.Holder) > after })
	if at < 0 {
		at = len(s.Faults)
	}
	s.Faults = slices.Insert(s.Faults, at, Fault{s.Run, s.Step, holder, reason})
}

// board holds the messages of one run: by step and holder, those that differ.
type board map[Step]map[string][]*Message

func (p *party) board(messages []*Message) (board, error) {
	b := board{}
	var second []*Message
	for _, m := range messages {
		if m.Run != p.run {
			continue
		}
		if m.second {
			second = append(second, m)
		}
		if !slices.Contains(p.members, m.Holder) {
			return nil, fmt.Errorf("%s: %w: %s does not take part in run %d", m.Path(), ErrForeign, m.Holder, p.run)
		}
		if b[m.Step] == nil {
			b[m.Step] = map[string][]*Message{}
		}
		said := b[m.Step][m.Holder]
		if !slices.ContainsFunc(said, func(o *Message) bool { return o.Hash == m.Hash }) {
			b[m.Step][m.Holder] = append(said, m)
		}
	}
	for _, m := range second {
		if len(b[m.Step][m.Holder]) < 2 {
			return nil, fmt.Errorf("%s: %w: there is no other message beside it", m.Path(), ErrMisplaced)
		}
	}
	return b, nil
}

// nothingAfter refuses messages of later steps than the one reached.
func (b board) nothingAfter(step Step) error {
	later := append(slices.Clone(steps[slices.Index(steps[:], step)+1:]), RehearsalStep1, RehearsalStep2)
	for _, l := range later {
		for _, said := range b[l] {
			return fmt.Errorf("%s: %w: the run stands at %s", said[0].Path(), ErrEarly, step)
		}
	}
	return nil
}

// Errors of a ceremony as a whole.
var (
	// ErrComplete says that a run follows one that was done.
	ErrComplete = errors.New("the run before was complete: its keys stand, and no other run may follow")
	// ErrIncomplete says that the last run is not done.
	ErrIncomplete = errors.New("the ceremony is not complete")
	// ErrRunOver says that a later run than the one asked for has begun.
	ErrRunOver = errors.New("the run is over: a later one has begun")
)

// Progress returns the state of a run and the faults of all runs before it. Run
// 0 is the one that is under way: the last of which there are messages, or the
// next when that one is void. Asking for a later run closes those before it:
// whoever has not sent the message that was due is named as absent.
func (c *Ceremony) Progress(run int, messages []*Message) (*State, []Fault, error) {
	last := max(run, 1)
	for _, m := range messages {
		last = max(last, m.Run)
	}
	if run > 0 && last > run {
		return nil, nil, fmt.Errorf("run %d: %w", run, ErrRunOver)
	}
	var faults []Fault
	var excluded []string
	for r := 1; ; r++ {
		s, err := c.RunState(r, excluded, messages)
		if err != nil {
			return nil, faults, err
		}
		if r >= last && (run > 0 || !s.Void()) {
			return s, faults, nil
		}
		if s.Step == Done {
			return nil, faults, fmt.Errorf("run %d: %w", r, ErrComplete)
		}
		for _, absent := range s.Pending {
			s.blame(absent, ErrAbsent)
		}
		for _, f := range s.Faults {
			faults, excluded = append(faults, f), append(excluded, f.Holder)
		}
	}
}

// Verify checks the complete ceremony: why each run but the last is void, and
// the last one from its first message to its keys. The messages are those of
// all runs; rehearsals are checked by [Ceremony.VerifyRehearsals].
func (c *Ceremony) Verify(messages []*Message) (*Keys, error) {
	s, faults, err := c.Progress(0, messages)
	if err != nil {
		return nil, err
	}
	if s.Step != Done {
		return nil, fmt.Errorf("%w: run %d stands at %s and awaits %v", ErrIncomplete, s.Run, s.Step, s.Pending)
	}
	keys := s.Keys()
	keys.Faults = faults
	return keys, nil
}
