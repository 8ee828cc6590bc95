package inspection

import (
	"context"
	"encoding/hex"
	"sync"

	"isoloir/batchkey"
	"isoloir/integrity"
	"isoloir/merkle"
	"isoloir/rowmac"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/pending"
)

// A Store is an engine's store, as it is looked at.
type Store interface {
	rowmac.Viewer
	// Ledger moves what the store counts.
	Ledger() *rowmac.Ledger
	// Batch is the key of the ballots that wait, nil if there never were any.
	Batch(v rowmac.View, s urn.Scope) (*batchkey.Key, error)
}

// page is how many rows a step reads.
const page = 1000

// An Inspector looks at the urns of one scrutin. It implements integrity.Subject.
type Inspector struct {
	Store   Store
	Scope   urn.Scope
	Rules   []*urn.Rules  // of every urn
	Key     note.Verifier // of checkpoints
	Anchors *integrity.Anchors

	mu    sync.Mutex
	tails map[uint16]merkle.Frontier // of leaves that Near has verified
}

var _ integrity.Subject = (*Inspector)(nil)

// Near implements integrity.Subject: what the service counts, and that it is no less
// than it was; that an urn is open or closed as it should be; the newest checkpoint;
// the leaves since the last time.
func (i *Inspector) Near() (steps []integrity.Step) {
	for _, r := range i.Rules {
		steps = append(steps, integrity.Step{Table: "counted", Urn: r.Name, Do: func(ctx context.Context, l *integrity.Look) (bool, error) { return i.near(ctx, l, r) }},
			integrity.Step{Table: "leaf", Urn: r.Name, Do: func(ctx context.Context, l *integrity.Look) (bool, error) { return i.newLeaves(ctx, l, r) }})
	}
	return steps
}

// All implements integrity.Subject.
func (i *Inspector) All() (steps []integrity.Step) {
	for _, r := range i.Rules {
		c := &course{Inspector: i, rules: r, name: r.Name, account: []byte{}, token: []byte{}, counter: -1}
		for _, s := range []struct {
			table string
			do    func(context.Context, *integrity.Look) (bool, error)
		}{{"head", c.heads}, {"leaf", c.leaves}, {"ballot", c.ballots}, {"spent", c.spent}, {"spent", c.counts}, {"challenge", c.challenges}} {
			steps = append(steps, integrity.Step{Table: s.table, Urn: r.Name, Do: s.do})
		}
	}
	h := &halves{Inspector: i}
	return append(steps, integrity.Step{Table: "half", Do: h.rows}, integrity.Step{Table: "half", Do: h.count}, integrity.Step{Table: "pending", Do: i.pending})
}

// Figures implements integrity.Subject.
func (i *Inspector) Figures(ctx context.Context) (all []integrity.Figures, err error) {
	err = i.Store.View(ctx, func(v rowmac.View) error {
		all = nil
		for _, r := range i.Rules {
			s, err := i.Store.Ledger().Load(v, of(i.Scope, r.Number))
			if err != nil {
				return err
			}
			votes := int64(s.Counts[Appended])
			if r.Register {
				voters, err := pending.CountVoters(v, i.Scope, r.Number)
				if err != nil {
					return err
				}
				votes = int64(voters)
			}
			f := integrity.Figures{Urn: r.Name, Number: int(s.Number), Votes: int(votes), Waiting: int(s.Counts[Pending]), Over: s.Counts[Closed] > 0}
			var raw []byte
			if err := v.Read(lastCheckpoint, i.args(r), []any{&raw}, nothing); err != nil {
				return err
			}
			if c, err := r.OpenCheckpoint(raw, i.Key); err == nil {
				f.Head = scrutin.Digest(c.Root)
			}
			all = append(all, f)
		}
		return nil
	})
	return all, err
}

const lastCheckpoint = "SELECT note FROM checkpoint WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number DESC LIMIT 1"

func nothing() error { return nil }

func (i *Inspector) args(r *urn.Rules, more ...any) []any {
	return append([]any{i.Scope.Organisation, i.Scope.Scrutin, r.Number}, more...)
}

// number reads one number.
func number(v rowmac.View, query string, args []any) (n int64, err error) {
	err = v.Read(query, args, []any{&n}, nothing)
	return n, err
}

// digits name a row by the beginning of what nobody can read anything from.
func digits(name []byte) string { return "row #" + hex.EncodeToString(name[:min(4, len(name))]) }
