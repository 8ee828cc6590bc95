package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"isoloir/courier"
	"isoloir/custody"
	"isoloir/integrity"
	"isoloir/integrity/alert"
	"isoloir/issuer"
	"isoloir/observe"
	"isoloir/portal/oversight"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server/config"
)

// overseen lets the bureau ask a role, with the secret that they share; nil where they share none. Kept names where the role keeps what.
func (r *Role) overseen(ctx context.Context, s Setting, k custody.Keeper, p config.Place, link string, kept map[string]string) (*oversight.Endpoints, error) {
	if link == "" {
		return nil, nil
	}
	secret, err := custody.Bearer(ctx, k, link)
	if err != nil {
		return nil, err
	}
	e := &oversight.Endpoints{Secret: secret}
	kept["directory"], kept["record"] = p.Directory, s.Public.Record.Dir()
	e.Answers.State = func(ctx context.Context) (*oversight.State, error) {
		program, err := record.Software()
		if err != nil {
			return nil, err
		}
		state := &oversight.State{Role: r.Name, Program: program, Clock: s.Now().UnixMilli(), Disks: oversight.Disks(kept), Ready: true, Access: p.Access}
		if r.Ready != nil {
			if err := r.Ready(ctx); err != nil {
				state.Ready, state.Cause = false, observe.Because(err).String()
			}
		}
		_, err = os.Stat(filepath.Join(p.Directory, unwrappedFile))
		state.Unwrapped = err == nil
		return state, nil
	}
	e.Answers.Alerts = func(context.Context, *oversight.AlertsQuestion) (*oversight.Alerts, error) {
		return &oversight.Alerts{}, nil
	}
	return e, nil
}

// unwrappedFile stands in the directory of a role whose first credential of the Vault somebody else may have taken out.
const unwrappedFile = "unwrapped"

// TellUnwrapped has the bureau told, by the role of a directory, that its first credential was taken out before: as long as the file stands there,
// with the instants at which it was tried.
func TellUnwrapped(dir string, at time.Time) error {
	f, err := os.OpenFile(filepath.Join(dir, unwrappedFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, scrutin.TimeOf(at))
	return errors.Join(err, f.Sync(), f.Close())
}

// inspected adds what the bureau asks of a role whose store is watched: turnout at the slots of the flushes, checks, reports and alerts.
func (r *Role) inspected(s Setting, p config.Place, e *oversight.Endpoints) *oversight.Shown {
	if e == nil {
		return nil
	}
	public, i := s.Public, r.Inspection
	shown := &oversight.Shown{K: public.Manifest.MinimumSize, Now: s.Now, Resting: func() bool { return public.resting(s.Now()) },
		Count: func(ctx context.Context) ([]int, error) {
			figures, err := i.Check.Subject.Figures(ctx)
			if err != nil {
				return nil, err
			}
			counts := make([]int, len(figures))
			for n, f := range figures {
				counts[n] = f.Votes
			}
			return counts, nil
		}}
	e.Answers.Turnout = func(ctx context.Context) (*oversight.Turnout, error) {
		counts, at, exact, err := shown.Counts(ctx)
		if err != nil {
			return nil, err
		}
		t := &oversight.Turnout{At: at, Exact: exact}
		for n, u := range public.Manifest.Urns {
			t.Urns = append(t.Urns, oversight.Count{Urn: u.ID, Number: counts[n]})
		}
		return t, nil
	}
	e.Answers.Check = func(ctx context.Context) error {
		go func() {
			if _, err := i.Now(context.WithoutCancel(ctx)); err != nil {
				i.failed(err)
			}
		}()
		return nil
	}
	veil := veil{Inspection: i}
	e.Answers.Report = func(context.Context) ([]byte, error) {
		signed, err := os.ReadFile(filepath.Join(i.dir, reportFile))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, oversight.ErrNone
		}
		if err != nil || public.resting(s.Now()) {
			return signed, err
		}
		return veil.over(signed)
	}
	e.Answers.Alerts = func(_ context.Context, q *oversight.AlertsQuestion) (*oversight.Alerts, error) {
		return alertsSince(filepath.Join(p.Directory, integrityDir, alertsFile), time.Unix(q.Since, 0))
	}
	r.hours = append(r.hours, atSlots(s.Now, public.period(), func(ctx context.Context) { s.keep(ctx, r.Name, observe.Oversee, shown.Slot) }))
	return shown
}

// alertsSince reads the log of a role's alerts.
func alertsSince(path string, since time.Time) (*oversight.Alerts, error) {
	events, err := alert.Read(path)
	if err != nil {
		return nil, err
	}
	all := &oversight.Alerts{}
	for _, e := range events {
		if e.Time.Before(since) || len(all.Alerts) == oversight.MaxAlerts {
			continue
		}
		severity := string(e.Severity)
		if e.Severity == alert.Notice {
			severity = string(alert.Warning)
		}
		all.Alerts = append(all.Alerts, oversight.Alert{Time: scrutin.TimeOf(e.Time), What: "integrity", Severity: severity,
			Detail: e.Finding.String(), Over: e.Severity == alert.Notice})
	}
	return all, nil
}

// A veil takes out of a report what counts votes: as long as people vote the bureau is told what was found, and nothing that dates a vote. The
// last one is kept, so that the role's key signs a report once.
type veil struct {
	*Inspection

	mu     sync.Mutex
	of     scrutin.Digest
	veiled []byte
}

func (v *veil) over(signed []byte) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if of := scrutin.DigestOf(signed); of != v.of || v.veiled == nil {
		text, err := note.Text(signed)
		if err != nil {
			return nil, err
		}
		report, err := scrutin.Parse[integrity.Report](text)
		if err != nil {
			return nil, err
		}
		report.Rows, report.Urns = 0, nil
		if v.veiled, err = integrity.SignReport(report, v.Check.Signer); err != nil {
			return nil, err
		}
		v.of = of
	}
	return v.veiled, nil
}

// delivers adds what an issuer's messages with codes have come to: sent are all that a carrier has taken, delivered those of which it says so,
// or, by e-mail and letter, where nobody ever says so, those that have not come back. Of few it is not told by which operator they went.
func delivers(e *oversight.Endpoints, station *issuer.Station, few int) *oversight.Endpoints {
	if e == nil {
		return nil
	}
	e.Answers.Delivery = func(ctx context.Context) (*oversight.Delivery, error) {
		counts, err := station.Store.Counts(ctx)
		if err != nil {
			return nil, fmt.Errorf("delivery: %w", err)
		}
		var codes []courier.Count
		for _, c := range counts {
			if c.Kind == courier.Codes || c.Kind == courier.Renewal { // what tells that somebody votes is nobody's business here
				c.Kind = courier.Codes
				codes = append(codes, c)
			}
		}
		d := &oversight.Delivery{}
		for _, l := range courier.Table(codes, few) {
			row := oversight.DeliveryRow{Channel: string(l.Channel), Operator: l.Operator, Country: l.Country,
				Sent: l.Total() - l.Pending, Delivered: l.Delivered, Bounced: l.Bounced + l.Refused, Pending: l.Pending}
			if l.Channel != courier.SMS {
				row.Delivered += l.Sent
			}
			d.Rows = append(d.Rows, row)
		}
		return d, nil
	}
	return e
}
