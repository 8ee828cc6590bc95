package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"isoloir/audit"
	"isoloir/cmd/internal/meter"
	"isoloir/portal/paper"
	"isoloir/record"
	"isoloir/replay"
	"isoloir/scrutin"
)

// rehearse is the command rehearsal.
func rehearse(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := operator{stdout, stderr, string(audit.French)} // the bureau's language, unless it says otherwise
	d := replay.Drill{WorkFactor: 12, Draw: paper.Draw}
	var of, out string
	var quiet bool
	set := o.flags("rehearsal")
	set.StringVar(&of, "of", "", "")
	set.StringVar(&out, "out", "", "")
	set.IntVar(&d.Electors, "electors", 40, "")
	set.Uint64Var(&d.Seed, "seed", 1, "")
	set.IntVar(&d.Workers, "workers", 0, "")
	set.BoolVar(&quiet, "quiet", false, "")
	if err := o.line(set, args, rehearsalHelp, func() bool { return of == "" || out == "" || d.Electors < 2 || d.Electors > 10000 || d.Workers < 0 }, rehearsalNeeds); err != nil {
		return err
	}
	m, _, err := o.readManifest(of)
	if err != nil {
		return o.explain(err)
	}
	d.Of, d.Language = m, o.lang
	if quiet {
		stderr = io.Discard
	}
	bar := meter.New(stderr)
	defer bar.End()
	told := &tale{operator: o, m: m}
	o.out = io.MultiWriter(stdout, &told.text)
	told.out = o.out
	told.begin(d.Electors)
	done, err := replay.Rehearse(ctx, d, out, replay.Watcher{Stage: bar.Report, Step: func(name string, _ replay.Cost) {
		bar.End()
		told.step(name)
	}})
	switch {
	case errors.Is(err, replay.ErrOutput):
		return o.explain(&exit{exitCannot, err})
	case errors.Is(err, replay.ErrDrill):
		return o.explain(&exit{exitData, err})
	case err != nil:
		return err
	}
	told.end(done)
	if err := record.WriteWhole(filepath.Join(out, "report.txt"), []byte(told.text.String())); err != nil {
		return &exit{exitIO, err}
	}
	if done.Report.Verdict != string(audit.Verified) {
		return &exit{exitRefused, fmt.Errorf(o.words(rehearsalRefused), done.Report.Verdict)}
	}
	return nil
}

// A tale is a rehearsal as it is told, with what each member will have to do on the day.
type tale struct {
	operator
	m    *scrutin.Manifest
	n    int
	text strings.Builder
}

func (t *tale) begin(electors int) {
	s := &t.m.Schedule
	t.say(rehearsalBegins, t.m.Scrutin.Title, len(t.m.Urns), len(t.m.Questions), len(t.m.Bureau.Members), len(t.m.Holders), electors, s.Open, s.Close, s.GraceMinutes)
	for who := chair; who <= delegates; who++ {
		if names := t.named(who); names != "" {
			t.say(phrase{"  %s: %s", "  %s : %s"}, t.words(partNames[who]), names)
		}
	}
}

// step tells a step that was taken, and lists who does what on the day.
func (t *tale) step(name string) {
	t.n++
	t.say(phrase{"\n%2d. %s", "\n%2d. %s"}, t.n, t.words(rehearsed(name)))
	for _, task := range duties[name] {
		if t.named(task.who) != "" {
			t.say(phrase{"    [ ] %s: %s", "    [ ] %s : %s"}, t.words(partNames[task.who]), t.words(task.does))
		}
	}
}

// rehearsed is how a step is told: as in every replay, unless a rehearsal has its own words.
func rehearsed(name string) phrase {
	if p, own := drillChapters[name]; own {
		return p
	}
	return chapters[name]
}

// named are the members of some part of the bureau, by their labels; empty if there are none.
func (t *tale) named(who part) string {
	var all []string
	for _, b := range t.m.Bureau.Members {
		_, holds := t.m.Holder(b.ID)
		seat := b.Class != scrutin.Operator && b.Role != scrutin.Committee && b.Role != scrutin.Expert
		in := map[part]bool{chair: b.Role == scrutin.President && b.Rank == scrutin.Titular, seats: seat && b.Rank == scrutin.Titular, holders: holds,
			secretary: b.Role == scrutin.Secretary, advisers: b.Class != scrutin.Operator && !seat, delegates: b.Role == scrutin.Delegate}
		if in[who] {
			all = append(all, b.Label)
		}
	}
	return strings.Join(all, ", ")
}

func (t *tale) end(done *replay.Rehearsed) {
	r := done.Report
	t.say(rehearsalResult)
	for i, c := range t.m.Clauses {
		t.say(rehearsalQuorums, c.Label, t.labels(done.First[i]), t.labels(done.Second[i]), t.labels(done.Third[i]))
	}
	for _, refused := range r.Refused {
		t.say(rehearsalTurned, t.words(drillCases[refused]))
	}
	for _, left := range r.Left {
		t.say(rehearsalLeft, t.words(drillCases[left]))
	}
	t.say(rehearsalEnds, r.Of, done.Fingerprint, r.Ballots, r.Verdict, done.Archive, r.Archive, r.Began, r.Ended)
	for _, b := range t.m.Bureau.Members {
		if b.Class != scrutin.Operator {
			t.say(phrase{"    %-32s ______________________", "    %-32s ______________________"}, b.Label)
		}
	}
}

// labels are those of members.
func (t *tale) labels(ids []string) string {
	var all []string
	for _, b := range t.m.Bureau.Members {
		if slices.Contains(ids, b.ID) {
			all = append(all, b.Label)
		}
	}
	return strings.Join(all, ", ")
}
