package faults

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A blow is one fault that can be dealt. It may strike later, when what it waits for
// passes.
type blow struct {
	fault
	deal func(ctx context.Context, t *testing.T, d time.Duration)
}

// rare says whether it waits for what does not pass with every vote.
func (b blow) rare() bool {
	for _, step := range []string{"fate", "forget", "flush", "checkpoint"} {
		if strings.HasSuffix(b.where, step) {
			return true
		}
	}
	return false
}

// blows are all that this world can suffer.
func (w *world) blows() (all []blow) {
	add := func(kind, where string, deal func(ctx context.Context, t *testing.T, d time.Duration)) {
		all = append(all, blow{fault{kind, where}, deal})
	}
	for _, role := range apart {
		for _, p := range w.processes[role] {
			add(killed, role, func(context.Context, *testing.T, time.Duration) {
				if p.kill() {
					w.tally.add(killed, role)
				}
			})
		}
	}
	for _, p := range w.processes["urn"] {
		add(killedAtSlot, "urn", func(ctx context.Context, _ *testing.T, d time.Duration) {
			go func() {
				if pass(ctx, w.clock.slot()+d/8); ctx.Err() == nil && p.kill() {
					w.tally.add(killedAtSlot, "urn")
				}
			}()
		})
	}
	for _, step := range steps {
		asked := "roll"
		if step == "append" || step == "fate" {
			asked = "urn"
		}
		passage := w.passages[asked]
		if step == "fate" {
			passage = w.passages["fate"]
			for _, p := range w.processes["roll"] {
				add(killedAfter, "roll, fate", func(context.Context, *testing.T, time.Duration) {
					passage.arm(step, strike{kind: killedAfter, victim: p})
				})
			}
		}
		for _, kind := range []string{killedBefore, killedDuring, killedAfter} {
			add(kind, asked+", "+step, func(context.Context, *testing.T, time.Duration) { passage.arm(step, strike{kind: kind}) })
		}
		for _, kind := range []string{lost, doubled} {
			add(kind, step, func(context.Context, *testing.T, time.Duration) { passage.arm(step, strike{kind: kind}) })
		}
	}
	for role, wires := range w.wires {
		for _, wire := range wires {
			for _, write := range writes[role] {
				for _, kind := range []string{killedUndone, killedDone, cutUndone, cutDone} {
					add(kind, role+", "+write.step, func(context.Context, *testing.T, time.Duration) { wire.arm(kind, write.step) })
				}
			}
		}
	}
	for role, s := range w.servers {
		add(crashed, role, func(ctx context.Context, t *testing.T, d time.Duration) {
			s.Stop(t, syscall.SIGQUIT)
			pass(ctx, d)
			s.Run(t)
			w.tally.add(crashed, role)
		})
	}
	for _, l := range w.lines {
		for name, trouble := range troubles {
			kind := "connections " + name
			add(kind, l.name, func(ctx context.Context, t *testing.T, d time.Duration) {
				if err := trouble(l, ctx, d); err != nil {
					t.Errorf("%s, %s: %v", kind, l.name, err)
					return
				}
				w.tally.add(kind, l.name)
			})
		}
	}
	return all
}

// batter deals blows until ctx ends, in an order that the generator draws: first one of every
// kind, then one process of every role at once, then those whose kind has not struck yet,
// until all have, when it closes met; and then all, again and again, each of them before any
// comes twice.
func (w *world) batter(ctx context.Context, t *testing.T, random *rand.Rand, gap time.Duration, met chan<- struct{}) {
	all := w.blows()
	open, _ := w.missing()
	for round := 0; ctx.Err() == nil; round++ {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		dealt := map[string]bool{}
		for _, b := range all {
			if len(open) > 0 && (b.rare() || dealt[b.kind] || !slices.Contains(open, b.kind)) {
				continue
			}
			dealt[b.kind] = true
			d := time.Duration((0.3 + random.Float64()) * float64(gap))
			b.deal(ctx, t, d)
			if pass(ctx, d); ctx.Err() != nil {
				return
			}
			if len(open) > 0 {
				if open, _ = w.missing(); len(open) == 0 {
					close(met)
				}
			}
		}
		if round == 0 {
			w.killAll()
		}
	}
}

// killAll kills one process of every role.
func (w *world) killAll() {
	for _, role := range apart {
		if w.processes[role][0].kill() {
			w.tally.add(killed, role)
		}
	}
}

// missing names the kinds that have not happened at all, and the faults that have not
// happened where they could.
func (w *world) missing() (kinds, faults []string) {
	for _, b := range w.blows() {
		if name := b.kind + ": " + b.where; !w.tally.seen(b.fault) && !slices.Contains(faults, name) {
			faults = append(faults, name)
		}
		if w.tally.count(b.kind) == 0 && !slices.Contains(kinds, b.kind) {
			kinds = append(kinds, b.kind)
		}
	}
	return kinds, faults
}
