package replay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"isoloir/crypto/elgamal"
	"isoloir/roll"
	"isoloir/scrutin"
)

// What a rehearsal shows to be refused, or leaves out.
const (
	Suspended = "suspended" // a vote while the bureau has suspended it
	Late      = "late"      // a vote when voting has ended
	Grace     = "grace"     // a vote in the time of grace
)

// drawDrill invents who votes and how: three electors of four of each urn, every choice and the blank one alike.
func (x *drilling) drawDrill() (all []turnout) {
	draw := rand.New(rand.NewPCG(x.Seed, 0x1501018))
	for u, urn := range x.Manifest.Urns {
		questions := x.Manifest.QuestionsOf(urn.ID)
		for _, elector := range draw.Perm(urn.Electors)[:(3*urn.Electors+3)/4] {
			t := turnout{urn: uint16(u), elector: uint32(elector)}
			for _, q := range questions {
				choices := q.Choices()
				t.choices = append(t.choices, elgamal.Option(x.Fingerprint, q.ID, choices[draw.IntN(len(choices))]))
			}
			all = append(all, t)
		}
	}
	draw.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// parts are those who vote before the suspension, after it, and in the time of grace.
func parts(all []turnout) (morning, afternoon []turnout, last turnout) {
	half := len(all) / 2
	return all[:half], all[half : len(all)-1], all[len(all)-1]
}

// castAll lets them vote, and has the urns flush.
func (x *drilling) castAll(ctx context.Context, all []turnout) error {
	if err := x.castSlot(ctx, all, func(n int) { x.tell("voting", n, len(all)) }); err != nil {
		return err
	}
	x.clock.Pass(time.Duration(x.Manifest.Schedule.FlushMinutes) * time.Minute)
	_, err := x.services.Urn.Flush(ctx)
	return errors.Join(err, x.services.rollStore.Forget(ctx))
}

func (x *drilling) morning(ctx context.Context, all []turnout) error {
	now, _, _ := parts(all)
	return x.castAll(ctx, now)
}

// suspension has the bureau suspend the vote and resume it; meanwhile nobody gets in.
func (x *drilling) suspension(ctx context.Context, all []turnout) error {
	_, next, _ := parts(all)
	if !slices.Contains(x.Manifest.Addenda.Allowed, scrutin.ActSuspend) || x.Manifest.Addenda.Opinion && x.seance.adviser() == "" {
		x.out.Left = append(x.out.Left, Suspended)
		return x.castAll(ctx, next)
	}
	if err := x.seance.touch(scrutin.ActSuspend, "exercice : le bureau suspend le vote", "exercice : avis favorable à la suspension"); err != nil {
		return err
	}
	x.suspended.Store(true)
	if err := x.turnedAway(ctx, next[0], Suspended); err != nil {
		return err
	}
	x.clock.Pass(10 * time.Minute)
	if err := x.seance.touch(scrutin.ActResume, "", ""); err != nil {
		return err
	}
	x.suspended.Store(false)
	return x.castAll(ctx, next)
}

// evening has the last voter finish in the time of grace, where there is one.
func (x *drilling) evening(ctx context.Context, all []turnout) error {
	_, _, last := parts(all)
	s := &x.Manifest.Schedule
	x.clock.Set(s.Close.Add(-time.Minute))
	if s.GraceMinutes > 0 {
		x.clock.Set(s.Close.Add(time.Duration(s.GraceMinutes) * time.Minute).Add(-time.Second))
	} else {
		x.out.Left = append(x.out.Left, Grace)
	}
	return x.castSlot(ctx, []turnout{last}, func(int) {})
}

// late has somebody come when voting has ended.
func (x *drilling) late(ctx context.Context) error {
	_, _, last := parts(x.drawDrill())
	abstained := turnout{urn: last.urn, choices: last.choices}
	voted := map[uint32]bool{}
	for _, t := range x.drawDrill() {
		if t.urn == last.urn {
			voted[t.elector] = true
		}
	}
	for voted[abstained.elector] {
		abstained.elector++
	}
	if int(abstained.elector) >= x.Manifest.Urns[last.urn].Electors {
		return nil // everybody of this urn has voted
	}
	return x.turnedAway(ctx, abstained, Late)
}

// turnedAway lets an elector try to vote, whom the roll must refuse as long as the vote is not open.
func (x *drilling) turnedAway(ctx context.Context, t turnout, when string) error {
	d, err := x.device(t)
	if err != nil {
		return err
	}
	switch err := d.Cast(ctx, x.services.Roll, x.services.Urn); {
	case errors.Is(err, roll.ErrClosed):
		x.out.Refused = append(x.out.Refused, when)
		return nil
	case err == nil:
		return fmt.Errorf("an elector could vote: %s", when)
	default:
		return err
	}
}
