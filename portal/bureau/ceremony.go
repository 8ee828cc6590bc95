package bureau

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"isoloir/bve"
	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/trustee"
)

// steps are those of a run, and then the rehearsals from each medium.
var steps = []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep, keyceremony.CheckStep, keyceremony.SealStep,
	keyceremony.RehearsalStep1, keyceremony.RehearsalStep2}

// A ceremonyState is where the key ceremony stands, for who sits before it.
type ceremonyState struct {
	run      int
	step     keyceremony.Step // that is due; Done when all have sealed
	holders  []string
	given    map[string][]keyceremony.Step // by holder, of this run
	board    scrutin.Digest                // what each step's messages carry; the ceremony digest at the end
	faults   []keyceremony.Fault
	complete bool // and every medium has opened the test text
}

// shown says whether the room has something to see of it.
func (c *ceremonyState) shown() bool { return len(c.given) > 0 && !c.complete }

// A boardCache keeps the state of a board: it changes by the files that are on it.
type boardCache struct {
	files string
	state *ceremonyState
}

// ceremony judges the board by the rules of the ceremony; nil where there is no record.
func (x *exchange) ceremony() (*ceremonyState, error) {
	if x.record == nil {
		return nil, nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	paths, err := x.listed("ceremony/")
	if err != nil {
		return nil, err
	}
	if files := strings.Join(paths, "\n"); x.board.state == nil || x.board.files != files {
		b, err := trustee.ReadBoard(&x.record.Reader)
		if err != nil {
			return nil, err
		}
		state, err := stateOf(b)
		if err != nil {
			return nil, err
		}
		x.board = boardCache{files, state}
	}
	return x.board.state, nil
}

func stateOf(b *trustee.Board) (*ceremonyState, error) {
	s, faults, err := b.Progress(0)
	if err != nil {
		return nil, err
	}
	c := &ceremonyState{run: s.Run, step: s.Step, holders: s.Holders(), given: map[string][]keyceremony.Step{}, board: s.Board, faults: append(faults, s.Faults...)}
	for _, m := range b.Messages {
		if m.Run == s.Run && !slices.Contains(c.given[m.Holder], m.Step) {
			c.given[m.Holder] = append(c.given[m.Holder], m.Step)
		}
	}
	if k := s.Keys(); k != nil {
		c.complete = b.Ceremony.VerifyRehearsals(k, b.Messages) == nil
	}
	return c, nil
}

// awaited are the holders whose message of the step that is due is missing.
func (c *ceremonyState) awaited() (who []string) {
	for _, h := range c.holders {
		if !slices.Contains(c.given[h], c.due(h)) && c.due(h) != keyceremony.Done {
			who = append(who, h)
		}
	}
	return who
}

// due is what a holder has to give now; Done for nothing.
func (c *ceremonyState) due(holder string) keyceremony.Step {
	if c.step != keyceremony.Done {
		return c.step
	}
	for _, s := range steps[4:] {
		if !slices.Contains(c.given[holder], s) {
			return s
		}
	}
	return keyceremony.Done
}

// mark is how a step of a holder is shown: done, now or later.
func (c *ceremonyState) mark(holder string, s keyceremony.Step) string {
	switch {
	case slices.Contains(c.given[holder], s):
		return bve.Done
	case c.due(holder) == s:
		return "now"
	}
	return bve.Later
}

// bringMessage puts messages on the board, each verified as one of its holder that comes
// in its turn, and that the bureau still takes; of several the earlier steps first. A second
// one for a step stands beside the first, against who signed it; of rehearsals, which are
// verified by their proofs, the first one is enough.
func (x *exchange) bringMessage(data []byte, takes func(keyceremony.Step) error) ([]*keyceremony.Message, error) {
	all, err := unpack(data)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	b, err := trustee.ReadBoard(&x.record.Reader)
	if err != nil {
		return nil, err
	}
	var messages, taken []*keyceremony.Message
	for _, f := range all {
		m, err := b.Ceremony.Open(f.data)
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	slices.SortStableFunc(messages, func(a, b *keyceremony.Message) int { return slices.Index(steps, a.Step) - slices.Index(steps, b.Step) })
	for _, m := range messages {
		rehearsal := slices.Contains(steps[4:], m.Step)
		if known := slices.ContainsFunc(b.Messages, func(o *keyceremony.Message) bool { return o.Path() == m.Path() && (rehearsal || o.Hash == m.Hash) }); known {
			continue
		}
		if err := takes(m.Step); err != nil {
			return taken, err
		}
		if x.record.Exists(m.Path()) {
			if err := m.PutAt(record.CeremonyAgain(m.Run, string(m.Step), m.Holder)); err != nil {
				return taken, err
			}
		}
		state, _, err := b.Ceremony.Progress(0, append(slices.Clone(b.Messages), m))
		if err != nil {
			return taken, err
		}
		if rehearsal {
			if err := b.Ceremony.VerifyRehearsal(state.Keys(), m); err != nil {
				return taken, errors.Join(errRehearsal, err)
			}
		}
		if err := x.record.Write(m.Path(), m.Bytes()); err != nil {
			return taken, err
		}
		b.Messages, taken = append(b.Messages, m), append(taken, m)
	}
	return taken, nil
}

// errRehearsal says that a rehearsal does not open the test text of the ceremony.
var errRehearsal = errors.New("the rehearsal does not hold")

func (s *site) ceremony(v *visit) (view, error) {
	c, err := s.exchange.ceremony()
	if err != nil {
		return view{}, err
	}
	p := working(v, "ceremony.title", 5)
	p.body = ceremonyPage(v, c)
	return p, nil
}

// board is the file that a holder fetches: the manifest and all messages. It is called by what he does with it.
func (s *site) board(v *visit) (view, error) {
	c, err := s.exchange.ceremony()
	if err != nil {
		return view{}, err
	}
	if c == nil {
		return view{}, errNoPage
	}
	return view{serve: s.exchange.take(c.folder("tableau", c.due(v.who.ID))+".tar", func(path string) bool {
		return path == record.Manifest || path == record.Standing || strings.HasPrefix(path, "ceremony/")
	})}, nil
}

// bring is what answers to a file that a script sends, or to a message that a form does.
func (s *site) bring(take func(v *visit, data []byte) (string, error)) func(*visit) (view, error) {
	return func(v *visit) (view, error) {
		if s.exchange.record == nil {
			return view{}, errNoPage
		}
		return view{serve: func(w http.ResponseWriter, r *http.Request) {
			data, err := io.ReadAll(r.Body)
			said := ""
			if err == nil {
				said, err = take(v, data)
			}
			s.tell(w, v, said, err)
		}}, nil
	}
}

// tell answers a script by a sentence.
func (s *site) tell(w http.ResponseWriter, v *visit, said string, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		said = v.because(err)
	}
	io.WriteString(w, said)
}

func (s *site) message(v *visit, data []byte) (string, error) {
	var taken []*keyceremony.Message
	if err := s.Office.Bring(v.r.Context(), func(now *bve.State) (err error) {
		taken, err = s.exchange.bringMessage(data, now.TakesMessage)
		return err
	}); err != nil {
		return "", notTaken(v, err)
	}
	if len(taken) == 0 {
		return v.Say("ceremony.known"), nil
	}
	var who []string
	for _, m := range taken {
		who = append(who, v.name(m.Holder)+" – "+v.Say("ceremony.step-"+string(m.Step)))
	}
	return v.Say("ceremony.taken", "Which", strings.Join(who, ", ")), nil
}

// A saying is a refusal that is already in words.
type saying struct {
	text string
	err  error
}

func (s saying) Error() string          { return s.err.Error() }
func (s saying) Unwrap() error          { return s.err }
func (s saying) Sentence(string) string { return s.text }

// notTaken says why a message or a share is not taken.
func notTaken(v *visit, err error) error {
	for key, reason := range map[string]error{"early": keyceremony.ErrEarly, "foreign": keyceremony.ErrForeign, "misplaced": keyceremony.ErrMisplaced,
		"over": keyceremony.ErrComplete, "form": errBrought, "different": record.ErrDifferent, "waiting": errVerifying, "shares": errShares, "rehearsed": errRehearsal} {
		if errors.Is(err, reason) {
			return saying{v.Say("ceremony.not-" + key), err}
		}
	}
	var rule *bve.Refusal
	if errors.As(err, &rule) {
		return rule
	}
	return saying{v.Say("ceremony.not-form"), err}
}

// fault is the key of why a run is void.
func fault(f keyceremony.Fault) string {
	for key, reason := range map[string]error{"absent": keyceremony.ErrAbsent, "double": keyceremony.ErrDouble, "board": keyceremony.ErrBoard,
		"share": keyceremony.ErrShare, "complaint": keyceremony.ErrComplaint} {
		if errors.Is(f.Reason, reason) {
			return "ceremony.fault-" + key
		}
	}
	return "ceremony.fault-other"
}

// verb is what trustee calls a step.
func verb(s keyceremony.Step) string {
	if slices.Contains(steps[4:], s) {
		return "rehearse"
	}
	return string(s)
}

// folder is what holds one step of a run on a holder's machine, where each has its own.
func (c *ceremonyState) folder(what string, s keyceremony.Step) string {
	return fmt.Sprintf("%s-%d-%s", what, c.run, verb(s))
}

// rehearsed is the file of both rehearsals of a holder.
const rehearsed = "essais.tar"

// command is what a holder types on his machine for the step that is due, and given the file that he then brings.
func (v *visit) command(c *ceremonyState) (typed, given string) {
	due := c.due(v.who.ID)
	board, message := c.folder("tableau", due), c.folder("message", due)
	typed = "mkdir " + board + " && tar -xf " + board + ".tar -C " + board + "\ntrustee " + verb(due) + " -record " + board + v.mediaFlags() + " -out " + message
	if verb(due) != string(due) {
		return typed + "\ntar -cf " + rehearsed + " -C " + message + " ceremony", rehearsed
	}
	return typed, message + "/" + record.Ceremony(c.run, string(due), v.who.ID)
}

// mediaFlags name both media on a command line.
func (v *visit) mediaFlags() string {
	return " -medium " + v.Say("ceremony.medium", "Number", 1) + " -second " + v.Say("ceremony.medium", "Number", 2)
}

// A quorum is one of those that have opened the test text.
type quorum struct {
	clause string
	number int
	who    []string
}

// quorums are two of each clause that have opened the test text, or its only one: of neighbours in the order of the clause, as the rule of the rehearsal
// takes them (protocol, section 4).
func (v *visit) quorums(c *ceremonyState) (all []quorum) {
	for _, clause := range v.m.Clauses {
		holders := slices.DeleteFunc(slices.Clone(clause.Holders), func(h string) bool { return !slices.Contains(c.holders, h) })
		n, t := len(holders), clause.Threshold
		around := slices.Concat(holders, holders)
		all = append(all, quorum{clause.Label, 1, around[:t]})
		if t < n {
			all = append(all, quorum{clause.Label, 2, around[n-1 : n-1+t]})
		}
	}
	return all
}
