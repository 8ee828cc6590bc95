package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
)

// A Drill is a rehearsal of a vote: of its manifest everything, urns and questions, bureau and clauses, hours and rules, but the keys, which are all new,
// the electors, who are invented, and the scrutins that it leads, which are left out.
type Drill struct {
	Of         *scrutin.Manifest
	Electors   int // invented for each urn, at most as many as it has
	Seed       uint64
	Workers    int // 0: all processors
	WorkFactor int // of scrypt, log2, on the fragments' files
	Language   string
	// Draw draws the minutes as people read them.
	Draw func(*minutes.Sheets) ([]byte, error)
}

// A Rehearsed is what a rehearsal leaves behind.
type Rehearsed struct {
	*Outcome
	Dossier string     // directory of the bureau's papers
	Archive string     // the file that is kept under seal
	First   [][]string // for each clause, holders who opened the test text
	Second  [][]string // and others who did
	Third   [][]string // who opened the urn
	Refused []string   // Suspended, Late: what the services refused, as they must
	Left    []string   // Suspended, Grace: what the manifest does not allow, and was left out
	Report  *Report
	Company *parties.Company // who took part, with all keys
}

// ErrDrill says that no rehearsal can be made of a manifest.
var ErrDrill = errors.New("no rehearsal can be made of this manifest")

// before is how long before the opening the bureau first meets in a rehearsal.
const before = 7 * 24 * time.Hour

// drilling is a rehearsal on its way.
type drilling struct {
	*run
	Drill
	out  *Rehearsed
	kept scrutin.Digest
}

// manifest is that of the rehearsal, under keys that are still those of the vote.
func (d *Drill) manifest() (*scrutin.Manifest, error) {
	data, _, err := d.Of.Bytes()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDrill, err)
	}
	m, _, err := scrutin.ParseManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDrill, err)
	}
	m.Scrutin.Kind, m.Companions = scrutin.Rehearsal, []scrutin.Digest{}
	for i := range m.Urns {
		m.Urns[i].Electors = min(m.Urns[i].Electors, d.Electors)
	}
	return m, nil
}

// Rehearse takes a scrutin through its whole life in dir, which must not exist or be empty, as the bureau will on the day. Its steps are those of Run,
// each an act in an open session of the bureau, and what comes before, between and after them.
func Rehearse(ctx context.Context, d Drill, dir string, w Watcher) (*Rehearsed, error) {
	m, err := d.manifest()
	if err != nil {
		return nil, err
	}
	o := Options{Title: m.Scrutin.Title, Shape: parties.Shape{WorkFactor: d.WorkFactor}, MinimumSize: m.MinimumSize, Seed: d.Seed, Workers: d.Workers}
	for _, u := range m.Urns {
		o.Votes = append(o.Votes, UrnResult{ID: u.ID, Name: u.Label, Electors: u.Electors})
	}
	x := &drilling{Drill: d, run: newRun(o, dir, m.Schedule.Open.Add(-before), w), out: &Rehearsed{}}
	began := time.Now()
	if err := claim(dir); err != nil {
		return nil, err
	}
	defer x.services.shut()
	defer func() { x.seance.shut() }()
	if x.record, err = record.Create(filepath.Join(dir, exportDir)); err != nil {
		return nil, err
	}
	defer x.record.Close()
	defer func() { x.out.Company = x.company }()
	x.out.Dossier, x.out.Archive = filepath.Join(dir, "dossier"), filepath.Join(dir, "archive.tar")
	if err := os.MkdirAll(x.out.Dossier, 0o755); err != nil {
		return nil, err
	}
	if err := x.whole(ctx, m); err != nil {
		return nil, err
	}
	return x.out, x.report(began)
}

// whole is the life of the scrutin.
func (x *drilling) whole(ctx context.Context, m *scrutin.Manifest) error {
	all, opened := []turnout(nil), func() error { return nil }
	return x.take(ctx, []step{
		{"manifest", func() error { return x.constituteAs(ctx, m) }},
		{"key ceremony", func() error { return x.Ceremony() }},
		{"rehearsal", x.rehearsal},
		{"enrolment", x.enrolAll},
		{"anonymisation", func() error { return x.Anonymise() }},
		{"opening record", x.seats},
		{"opening", func() error {
			if err := x.seance.meet("ouverture du vote"); err != nil {
				return err
			}
			return x.open(ctx)
		}},
		{"voting", func() error {
			all = x.drawDrill()
			x.out.Outcome = x.outcome(len(all))
			return x.morning(ctx, all)
		}},
		{"suspension", func() error { return x.suspension(ctx, all) }},
		{"alert", x.alert},
		{"grace", func() error { return x.evening(ctx, all) }},
		{"close and seal", func() error {
			defer x.secrets.wipe()
			if err := x.seance.meet("clôture du vote et dépouillement"); err != nil {
				return err
			}
			if err := x.closeAndSeal(ctx); err != nil {
				return err
			}
			return x.late(ctx)
		}},
		{"mix", func() error { return x.Mix() }},
		{"shares", func() error {
			x.clock.Set(x.Manifest.Schedule.Count.Time)
			mixed, err := x.Mixed()
			if err != nil {
				return err
			}
			opened = func() error { return x.Count(mixed) }
			return x.Decrypt(mixed)
		}},
		{"count", func() error { return opened() }},
		{"export", x.export},
		{"minutes", x.minutes},
		{"archive", x.archive},
	})
}

// constituteAs makes everybody's keys, and has the bureau constituted in its first session.
func (x *drilling) constituteAs(ctx context.Context, m *scrutin.Manifest) (err error) {
	if x.company, err = parties.Understudies(m, x.WorkFactor, filepath.Join(x.dir, holdersDir)); err != nil {
		return err
	}
	why := "répétition en un seul lieu : aucun code ne part, et les deux stockages ne sont pas contrôlés en continu"
	x.Scrutin, err = parties.Begin(x.company, m, x.record, parties.Options{Now: x.clock.Now, Workers: x.Workers, WorkFactor: x.WorkFactor, Stage: x.tell,
		Board:  x.convene(ctx, "constitution du bureau et cérémonie des clés", map[string]string{scrutin.ActOpen: why, scrutin.ActSeal: why}),
		Quorum: third})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDrill, err)
	}
	for _, h := range x.Holders {
		for i, medium := range []string{"clé", "carte"} {
			line := journal.Custody{Medium: fmt.Sprintf("%s, %s", h.ID, medium), Seal: fmt.Sprintf("R-%s-%d", h.ID, i+1), Holder: h.ID, State: journal.In}
			if _, err := x.seance.tell(x.seance.bench[0].Verifier().Name(), line); err != nil {
				return err
			}
		}
	}
	return nil
}

// first, second and third are the holders of a clause, as many as its threshold: the first ones, the last ones, and, where there is a choice, others.
func first(c *scrutin.Clause) []string  { return c.Holders[:c.Threshold] }
func second(c *scrutin.Clause) []string { return c.Holders[len(c.Holders)-c.Threshold:] }
func third(c *scrutin.Clause) []string {
	if c.Threshold == len(c.Holders) {
		return c.Holders
	}
	return append(slices.Clone(c.Holders[:1]), c.Holders[2:c.Threshold+1]...)
}

// rehearsal has every holder open the test text from each medium, and the quorums open it.
func (x *drilling) rehearsal() error {
	for i := range x.Manifest.Clauses {
		c := &x.Manifest.Clauses[i]
		x.out.First, x.out.Second, x.out.Third = append(x.out.First, first(c)), append(x.out.Second, second(c)), append(x.out.Third, third(c))
	}
	return x.Rehearse()
}

// seats has the bureau waive the seats without a fragment, and makes the opening record.
func (x *drilling) seats() error {
	if empty := x.Bureau.Procedure().Unfilled(); len(empty) > 0 {
		if _, err := x.Bureau.Act(scrutin.ActWaive, scrutin.ActBody{Waives: empty, Reason: "répétition : ces sièges n'ont pas de fragment dans le manifeste"}); err != nil {
			return err
		}
	}
	return x.makeOpening()
}

// alert is an incident that the members are told of, and take note of.
func (x *drilling) alert() error {
	e, err := x.seance.Say(x.seance.ctx, journal.Alert{What: journal.AlertDisk, Severity: journal.Warning, Source: x.Manifest.Platform.Urn.ID, Detail: "exercice : disque rempli à neuf dixièmes"})
	if err != nil {
		return err
	}
	x.clock.Pass(time.Minute)
	for _, m := range x.seance.bench {
		if _, err := x.seance.tell(m.Verifier().Name(), journal.Acknowledged{Alert: e.Text}); err != nil {
			return err
		}
	}
	x.clock.Pass(time.Minute)
	_, err = x.seance.Say(x.seance.ctx, journal.AlertEnd{Alert: e.Text})
	return err
}
