package faults

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/bench/voters"
	"isoloir/integrity/alert"
	"isoloir/merkle"
	"isoloir/observe"
	"isoloir/roll/login"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/demonstration"
	"isoloir/urn"
	"isoloir/voter"
)

// The reconciler's period: it asks so often about those who got their authorisation so long
// ago.
const (
	reconcileEvery = time.Minute
	reconcileAfter = 2 * time.Minute
)

// expected are the ballots that must be in: of those who hold a receipt, and of those who
// left before and whose ballot the urn has.
func (w *world) expected(ctx context.Context, c *crowd, urns *urn.Service) (ends []voters.End, left int, err error) {
	for _, v := range c.visits {
		end := voters.End{Place: v.who.Place, Err: v.err}
		switch {
		case v.err != nil:
		case v.held != nil:
			end.Receipt = v.held.Receipt()
		default:
			end.Receipt = v.first.Receipt()
			place, err := urns.Store.Find(ctx, urns.Scope, end.Receipt)
			if err != nil {
				return nil, 0, err
			}
			if in := place.State != urn.Absent; in != (v.state == login.Voted) || in != (v.until == voter.Appended) {
				return nil, 0, fmt.Errorf("elector %d of urn %d left at stage %d, his ballot is in state %d, and the roll tells him %d", v.who.Elector, v.who.Urn, v.until, place.State, v.state)
			} else if !in {
				continue
			}
			left++
		}
		ends = append(ends, end)
	}
	return ends, left, nil
}

// judge compares everything when nobody votes any more, closes the vote, counts it, has it
// audited, and compares again.
func (w *world) judge(ctx context.Context, t *testing.T, c *crowd, out io.Writer) {
	d, err := demonstration.Open(w.dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	stopped := w.clock.now()
	if err := d.Clock.Forward(stopped); err != nil {
		t.Fatal(err)
	}
	h := server.NewHouse(d.Config, []string{"urn", "roll"}, d.Clock.Now, observe.Silent())
	defer func() {
		if err := h.Shut(); err != nil {
			t.Error(err)
		}
	}()
	if err := h.Open(ctx); err != nil {
		t.Fatal(err)
	}
	r, u := h.Roles.Roll, h.Roles.Urn
	ends, left, err := w.expected(ctx, c, u.Service)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(out, "%d voters, %d of whom left with their ballot in the urn; when the processes were stopped:\n", len(c.visits), left)
	if err := w.Check(ctx, h.Roles, ends, out); err != nil {
		t.Error(err)
	}
	for number := range w.Rules {
		if err := w.between(ctx, r, u, uint16(number), stopped.Add(-reconcileAfter-reconcileEvery)); err != nil {
			t.Error(err)
		}
	}
	if err := d.Finish(ctx, h.Roles, demonstration.Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}); err != nil {
		t.Error(err)
	}
	fmt.Fprintln(out, "after the close:")
	if err := w.Check(ctx, h.Roles, ends, out); err != nil {
		t.Error(err)
	}
	for number := range w.Rules {
		held, err := r.Store.Held(ctx, r.Service.Scope, uint16(number), time.Unix(1<<40, 0), -1, 10)
		if err != nil || len(held) > 0 {
			t.Errorf("urn %d: %d electors hold an authorisation after the close: %v", number, len(held), err)
		}
		if err := w.consistent(ctx, u.Service, uint16(number), c, ends, out); err != nil {
			t.Error(err)
		}
	}
	if unseen := w.blind(ctx, u.Service, c, ends); len(unseen) > 0 {
		t.Errorf("not seen: %s", strings.Join(unseen, "; "))
	}
	if err := w.untouched(ctx, h.Roles); err != nil {
		t.Error(err)
	}
	verdict := strings.Split(strings.TrimSpace(d.Verdict(audit.English)), "\n")
	if last := verdict[len(verdict)-1]; last != "Verdict: verified" {
		t.Errorf("the auditor says %q", last)
	}
	fmt.Fprintf(out, "the auditor says: %s\n", verdict[len(verdict)-1])
}

// blind says what the comparison of an urn's log would not see.
func (w *world) blind(ctx context.Context, u *urn.Service, c *crowd, ends []voters.End) (unseen []string) {
	number := ends[0].Urn
	if w.consistent(ctx, u, number, c, ends[1:], io.Discard) == nil {
		unseen = append(unseen, "a ballot that nobody expects")
	}
	other := slices.Clone(ends)
	other[0].Receipt[0] ^= 1
	if w.consistent(ctx, u, number, c, other, io.Discard) == nil {
		unseen = append(unseen, "a ballot that is not there")
	}
	fork := note.Checkpoint{Size: 1, Root: sha256.Sum256(nil)}
	if w.consistent(ctx, u, number, &crowd{seen: map[uint16]map[string]note.Checkpoint{number: {"": fork}}}, ends, io.Discard) == nil {
		unseen = append(unseen, "a checkpoint of another log")
	}
	return unseen
}

// between looks for electors whose authorisation was given before an instant, and whose
// ballot is in: the reconciler should have marked them.
func (w *world) between(ctx context.Context, r *server.Roll, u *server.Urn, number uint16, before time.Time) error {
	held, err := r.Store.Held(ctx, r.Service.Scope, number, before, -1, 1<<20)
	if err != nil {
		return err
	}
	tokens := make([]urn.Hash, len(held))
	for i, h := range held {
		tokens[i] = sha256.Sum256(h.Token[:])
	}
	fates, err := u.Service.Store.Fates(ctx, u.Service.Scope, number, tokens)
	if err != nil {
		return err
	}
	for i, f := range fates {
		if f != urn.Unknown {
			err = errors.Join(err, fmt.Errorf("urn %d: elector %d is between roll and urn since %v, before %v", number, held[i].Elector, held[i].Since, before))
		}
	}
	return err
}

// consistent looks whether the log has exactly the expected ballots, and whether every
// checkpoint that was signed, or that any voter has seen, is of its beginning.
func (w *world) consistent(ctx context.Context, u *urn.Service, number uint16, c *crowd, ends []voters.End, out io.Writer) error {
	r := w.Rules[number]
	want := map[urn.Hash]bool{}
	for _, e := range ends {
		if e.Urn == number && e.Err == nil {
			want[e.Receipt] = true
		}
	}
	var tree merkle.Frontier
	roots := []urn.Hash{tree.Root()}
	var wrong []error
	if err := u.Store.Leaves(ctx, u.Scope, number, 0, 1<<40, func(leaf []byte) error {
		if ballot := sha256.Sum256(leaf[1:]); !want[ballot] {
			wrong = append(wrong, fmt.Errorf("urn %s: a ballot in the log that nobody expects, or one that is there twice", r.Name))
		} else {
			delete(want, ballot)
		}
		tree.Append(leaf)
		roots = append(roots, tree.Root())
		return nil
	}); err != nil {
		return err
	}
	if len(want) > 0 {
		wrong = append(wrong, fmt.Errorf("urn %s: %d ballots are not in the log", r.Name, len(want)))
	}
	file, err := u.Checkpoints(ctx, number)
	if err != nil {
		return err
	}
	signed, err := r.ReadCheckpoints(file, w.UrnKey)
	if err != nil {
		return err
	}
	seen := slices.Collect(maps.Values(c.seen[number]))
	for _, p := range append(signed, seen...) {
		if p.Size >= uint64(len(roots)) || roots[p.Size] != urn.Hash(p.Root) {
			wrong = append(wrong, fmt.Errorf("urn %s: a checkpoint of size %d is of another log", r.Name, p.Size))
		}
	}
	fmt.Fprintf(out, "%-10s %d checkpoints signed, %d of them seen by voters, all of beginnings of one log of %d\n", r.Name, len(signed), len(seen), len(roots)-1)
	return errors.Join(wrong...)
}

// untouched has both roles look through their whole stores, and through what they found while
// they served: nobody has altered anything, and no fault may look as if.
func (w *world) untouched(ctx context.Context, roles *server.Roles) (wrong error) {
	for _, i := range []*server.Inspection{roles.Urn.Inspection, roles.Roll.Inspection} {
		report, _, err := i.Check.Whole(ctx)
		if err != nil {
			return err
		}
		for _, f := range report.Findings {
			wrong = errors.Join(wrong, fmt.Errorf("a check of the %s finds: %v", report.Role, f))
		}
	}
	for _, role := range []string{"roll", "urn"} {
		for _, p := range w.processes[role] {
			events, err := os.ReadFile(filepath.Join(p.dir, "integrity", "alerts"))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			for line := range strings.Lines(string(events)) {
				var e alert.Event
				if err := json.Unmarshal([]byte(line), &e); err != nil {
					return err
				}
				if e.Severity == alert.Critical {
					wrong = errors.Join(wrong, fmt.Errorf("the %s was alarmed for nothing: %v", role, e))
				}
			}
		}
	}
	return wrong
}

// stand asks the roll about every voter who holds no receipt.
func (c *crowd) stand(ctx context.Context) error {
	for i := range c.visits {
		v := &c.visits[i]
		if v.err != nil || v.held != nil {
			continue
		}
		var err error
		if v.state, err = c.state(ctx, i, v.who); err != nil {
			return fmt.Errorf("elector %d of urn %d is not told how he stands: %w", v.who.Elector, v.who.Urn, err)
		}
	}
	return nil
}
