package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"isoloir/bve/journal"
	"isoloir/integrity"
	"isoloir/observe"
	"isoloir/portal/bureau"
	"isoloir/portal/oversight"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// platform is what the members' pages ask of roll, urn and issuers.
type platform struct{ *Bureau }

var _ bureau.Platform = platform{}

// Turnout implements bureau.Platform.
func (b platform) Turnout(ctx context.Context) (*bureau.Turnout, error) { return b.turnout(ctx) }

// List implements bureau.Platform.
func (b platform) List(ctx context.Context, q oversight.ListQuestion) (*oversight.ListPage, error) {
	data, err := oversight.Encode(&q)
	if err != nil {
		return nil, err
	}
	roll, there := b.links["roll"]
	if !there {
		return nil, errors.New("a scrutin of accounts has no roll")
	}
	return question[oversight.ListPage](ctx, roll, oversight.AskList, data)
}

// Report implements bureau.Platform.
func (b platform) Report(ctx context.Context, role string) ([]byte, error) {
	link, known := b.links[role]
	if !known {
		return nil, fmt.Errorf("%s gives no reports", role)
	}
	return link.Ask(ctx, oversight.AskReport, nil)
}

// Checkpoint implements bureau.Platform.
func (b platform) Checkpoint(ctx context.Context, urn string) ([]byte, error) {
	return b.links["urn"].get(ctx, "/"+scrutin.Origin(b.setting.Public.Fingerprint, urn)+"/checkpoint")
}

// Challenges implements bureau.Platform.
func (b platform) Challenges(ctx context.Context) (*oversight.Challenges, error) {
	return question[oversight.Challenges](ctx, b.links["urn"], oversight.AskChallenges, nil)
}

// Roles implements bureau.Platform.
func (b platform) Roles() (roles []bureau.Role) {
	want := b.program()
	for _, s := range b.Lookout.Seen() {
		r := bureau.Role{Answered: s.Answered, Off: s.Off, Awaited: s.Awaited}
		if r.Role = s.Role; s.State != nil {
			r.State, r.Same = *s.State, want.IsZero() || s.State.Program == want
		}
		roles = append(roles, r)
	}
	return roles
}

// turnout joins what roll and urn show.
func (b *Bureau) turnout(ctx context.Context) (*bureau.Turnout, error) {
	ballots, err := question[oversight.Turnout](ctx, b.links["urn"], oversight.AskTurnout, nil)
	if err != nil {
		return nil, err
	}
	marks := ballots // without a roll, marks are the accounts that have a ballot
	if roll, there := b.links["roll"]; there {
		if marks, err = question[oversight.Turnout](ctx, roll, oversight.AskTurnout, nil); err != nil {
			return nil, err
		}
	}
	urns := b.setting.Public.Manifest.Urns
	if len(marks.Urns) != len(urns) || len(ballots.Urns) != len(urns) {
		return nil, errors.New("roll and urn do not tell of all urns")
	}
	t := &bureau.Turnout{At: marks.At.Time, Exact: marks.Exact && ballots.Exact}
	if ballots.At.Before(t.At) {
		t.At = ballots.At.Time
	}
	for i, u := range urns {
		if marks.Urns[i].Urn != u.ID || ballots.Urns[i].Urn != u.ID {
			return nil, fmt.Errorf("urn %s: roll and urn tell of others", u.ID)
		}
		t.Urns = append(t.Urns, scrutin.Finding{Urn: u.ID, Marks: marks.Urns[i].Number, Ballots: ballots.Urns[i].Number})
	}
	return t, nil
}

// ErrVoting says that figures are those of a vote under way, which nobody finds.
var ErrVoting = errors.New("people are voting: what is found is known when the vote rests")

// figures are what the bureau finds, for acts that say it.
func (b *Bureau) figures(ctx context.Context) ([]scrutin.Finding, error) {
	t, err := b.turnout(ctx)
	if err != nil {
		return nil, err
	}
	if !t.Exact {
		return nil, ErrVoting
	}
	return t.Urns, nil
}

// How long a check may take, and how often its report is asked for.
const (
	checkPatience = 30 * time.Minute
	checkLook     = 2 * time.Second
)

// Check implements bureau.Platform. What it gives is entered when both reports are there.
func (b platform) Check(ctx context.Context) error {
	begun := scrutin.TimeOf(b.setting.Now())
	for _, role := range []string{"roll", "urn"} {
		if _, there := b.links[role]; !there {
			continue
		}
		if _, err := b.links[role].Ask(ctx, oversight.AskCheck, nil); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkPatience)
	go func() {
		defer cancel()
		b.setting.keep(ctx, b.Name, observe.Inspect, func(ctx context.Context) error { return b.checked(ctx, begun) })
	}()
	return nil
}

// checked waits for both reports of checks that have begun at an instant or later, and enters what they say.
func (b *Bureau) checked(ctx context.Context, begun scrutin.Time) error {
	said := journal.Checked{Verdict: journal.Well}
	platform := b.setting.Public.Manifest.Platform
	for role, key := range map[string]note.Verifier{"roll": platform.Roll.Verifier(), "urn": platform.Urn.Verifier()} {
		if _, there := b.links[role]; !there {
			continue
		}
		report, text, err := b.report(ctx, role, key, begun)
		switch {
		case err != nil:
			b.setting.failed(b.Name, observe.Inspect)(err)
			if said.Verdict == journal.Well {
				said.Verdict = journal.Unknown
			}
			continue
		case len(report.Findings) > 0:
			said.Verdict = journal.Found
		}
		said.Reports = append(said.Reports, journal.CheckedRole{Role: role, SHA256: text})
	}
	_, err := b.Office.Say(ctx, said)
	return err
}

// report asks for a role's report until it is one of a check that has begun at an instant or later.
func (b *Bureau) report(ctx context.Context, role string, key note.Verifier, begun scrutin.Time) (*integrity.Report, scrutin.Digest, error) {
	for {
		data, err := b.links[role].Ask(ctx, oversight.AskReport, nil)
		if err == nil {
			report, n, err := scrutin.Open[integrity.Report](data, b.setting.Public.Fingerprint, b.setting.Public.Procedure().Opening, key)
			if err != nil {
				return nil, scrutin.Digest{}, err
			}
			if !report.Begun.Before(begun.Time) {
				return report, scrutin.TextDigest(n.Text), nil
			}
		}
		if !wait(ctx, checkLook) {
			return nil, scrutin.Digest{}, errors.Join(err, ctx.Err())
		}
	}
}
