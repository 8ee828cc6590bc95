package replay

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/tally"
)

// Options says what scrutin is made around the votes to replay.
type Options struct {
	Title string
	Votes []UrnResult

	parties.Shape
	MinimumSize int // k
	// Late is how many electors of each urn of twice as many or more an amendment adds once the vote is open; it also strikes off one. 0: the roll
	// is not amended.
	Late int

	// Rule is what the manifest seals of what follows from the counts; zero: it only counts.
	Rule scrutin.Decision

	// Decision makes it a scrutin mixte; nil: the citizens alone decide.
	Decision *Decision

	Seed    uint64 // of the attribution and order of choices, never of keys or coins
	Workers int    // 0: all processors
}

// Default is what `isoloir simulate` does without flags.
func Default() Options {
	return Options{Title: "Scrutin", MinimumSize: 20,
		Shape: parties.Shape{Holders: 6, Threshold: 4, ClassHolders: 2, ClassThreshold: 1, Mixers: 3, Witnesses: 3, WorkFactor: 12}}
}

// Check says what is wrong with the options, in the words of the flags that set them.
func (o Options) Check() error {
	if err := label(o.Title); err != nil {
		return fmt.Errorf("-title: %w", err)
	}
	switch err := o.Shape.Check(); {
	case err != nil:
		return err
	case o.MinimumSize < 2 || o.MinimumSize > 1_000_000:
		return errors.New("-k must be from 2 to 1000000")
	case o.Late != 0 && o.Late < o.MinimumSize:
		return errors.New("an amendment adds at least as many electors together as -k says")
	case o.Workers < 0:
		return errors.New("-workers must not be negative")
	}
	return nil
}

// draft makes the manifest under keys that are thrown away, so that what it refuses is known before anything is written.
func (o Options) draft(begin time.Time) error {
	if o.Decision != nil {
		if err := o.Decision.check(o.Votes); err != nil {
			return fmt.Errorf("%w: %w", ErrVotes, err)
		}
	}
	if err := o.Shape.Draft(o.manifest(opening(begin))); err != nil {
		return fmt.Errorf("%w: %w", ErrVotes, err)
	}
	return nil
}

// opening is when the vote opens, where the bureau first meets at begin.
func opening(begin time.Time) time.Time { return begin.Add(24 * time.Hour).Truncate(time.Hour) }

// manifest makes the manifest of the scrutin, all but who takes part. Its kind is a rehearsal: no key made here ever serves real voters.
func (o Options) manifest(open time.Time) *scrutin.Manifest {
	m := &scrutin.Manifest{
		Record:       scrutin.KindManifest,
		Organisation: scrutin.Organisation{ID: "isoloir", Label: "Isoloir"},
		Scrutin:      scrutin.Scrutin{ID: "replay", Title: o.Title, Kind: scrutin.Rehearsal, Profile: scrutin.Consultation, Level: 3},
		Territories:  []scrutin.Territory{{ID: "territory", Label: o.Title}},
		Colleges: []scrutin.College{{ID: "electors", Label: "Électeurs",
			Factors:    []scrutin.Factor{{Kind: "code", Channel: "email"}, {Kind: "code", Channel: "sms"}},
			Validation: scrutin.Validation{Kind: "none", Channel: "none"}}},
		Draw: scrutin.Draw{Method: "given"},
		Schedule: scrutin.Schedule{Zone: "Europe/Paris", Open: scrutin.TimeOf(open), Close: scrutin.TimeOf(open.Add(5 * 24 * time.Hour)),
			SlotMinutes: 60, FlushMinutes: 10},
		Finality:    scrutin.Finality{Mode: scrutin.Final},
		Publication: scrutin.Publication{Rule: "evidence", Board: "public", Release: "proclamation", EmailAfterVote: "mark-only"},
		Decision:    scrutin.Decision{Rule: "counts", Tie: "none", Turnout: scrutin.Fraction{Denominator: 1}},
		Weight:      scrutin.Weight{Rule: "equal", Absent: "none", Several: "none"},
		Leaves:      []string{"cast", "void"},
		MinimumSize: o.MinimumSize,
		Addenda:     scrutin.Addenda{Allowed: []string{"suspend", "extend", "append"}},
		Codes: scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id",
			Passes: 3, MemoryKiB: 65536, Lanes: 1},
		Protocol: scrutin.Version,
	}
	if o.Late > 0 {
		m.Addenda.Allowed = []string{"suspend", "extend", "roll", "append"}
	}
	if o.Rule.Rule != "" {
		m.Decision = o.Rule
	}
	o.ballots(m)
	if o.Decision != nil {
		o.Decision.weigh(m)
	}
	return m
}

// ballots makes the urns, one question for each distinct list of options, and lets urns of the same question be merged.
func (o Options) ballots(m *scrutin.Manifest) {
	questions := map[string]int{}
	for _, u := range o.Votes {
		m.Urns = append(m.Urns, scrutin.Urn{ID: u.ID, Label: u.Name, Territory: "territory", College: "electors", Electors: o.enrolled(u)})
		labels := optionLabels(u)
		key := fmt.Sprintf("%q", labels)
		i, known := questions[key]
		if !known {
			i = len(m.Questions)
			questions[key] = i
			q := scrutin.Question{ID: fmt.Sprintf("q%d", i+1), Title: m.Scrutin.Title, Seats: 1}
			for j, l := range labels {
				q.Options = append(q.Options, scrutin.Option{ID: fmt.Sprintf("o%d", j+1), Label: l})
			}
			if u.Answers != nil {
				q.Seats, q.Options = 0, scrutin.ApprovalOptions(u.Answers, u.Most)
			}
			m.Questions = append(m.Questions, q)
		}
		m.Questions[i].Urns = append(m.Questions[i].Urns, u.ID)
	}
	for _, q := range m.Questions {
		if len(q.Urns) > 1 {
			m.MergeLists = append(m.MergeLists, scrutin.MergeList{ID: "merge-" + q.ID, Urns: slices.Clone(q.Urns)})
		}
	}
}

// optionLabels lists the options of an urn in the order of the file, blank and nul votes left out.
func optionLabels(u UrnResult) []string {
	var labels []string
	for _, c := range u.Choices {
		if c.Option != tally.BlankLabel && c.Option != tally.NulLabel {
			labels = append(labels, c.Option)
		}
	}
	return labels
}
