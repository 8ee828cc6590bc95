package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"isoloir/bve/minutes"
	"isoloir/bve/minutes/station"
	"isoloir/portal/paper"
	"isoloir/record"
	"isoloir/register"
	"isoloir/register/office"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

func (r *registry) allow(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		if err := d.Allow(ctx, r.station, r.by, r.reason); err != nil {
			return err
		}
		r.say(stationAllowed, r.station)
		return nil
	})
}

// invalidate ends an account at the town hall.
func (r *registry) invalidate(ctx context.Context) error {
	n, err := register.ParseNumber(r.account)
	if err != nil {
		return &exit{exitUsage, err}
	}
	return r.within(ctx, func(d *office.Office) error {
		if err := d.Invalidate(ctx, n, r.by, r.reason); err != nil {
			return err
		}
		r.say(accountInvalidated, n)
		return nil
	})
}

// sent makes accounts active whose codes have left.
func (r *registry) sent(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		n, err := d.Sent(ctx, r.by, r.reason)
		if err != nil {
			return err
		}
		r.say(codesSent, n)
		return nil
	})
}

// acts prints what was decided at the desk, and its head.
func (r *registry) acts(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		acts, head, err := d.Acts(ctx)
		if err != nil {
			return err
		}
		for _, a := range acts {
			if a.Distribution == 0 {
				r.say(actOfAll, a.Number, a.Kind, a.By, a.Reason)
				continue
			}
			r.say(actLine, a.Number, a.Kind, a.Distribution, a.Station, a.Account, a.By, a.Reason)
		}
		r.say(actsHead, head)
		return nil
	})
}

// last is the distribution that was asked for, or the last one.
func (r *registry) last(d *office.Office) int {
	if r.number == 0 {
		return d.Service.Next() - 1
	}
	return r.number
}

func (r *registry) report(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		reports, err := d.Report(ctx, r.last(d))
		if err != nil {
			return err
		}
		wrong := 0
		for _, s := range reports {
			r.say(stationReport, s.Station.ID, s.Cards, r.counted(s.Counted), s.Activated, s.Invalidated, s.Again, s.Taken, s.Proxies, s.Rest, r.counted(s.Left))
			if s.Allowed != "" {
				r.say(reportAllowed, s.Allowed)
			}
			for _, n := range s.Missing {
				r.say(reportMissing, n)
			}
			if !s.Agrees() {
				wrong++
			}
		}
		if wrong > 0 {
			return &exit{exitRefused, fmt.Errorf(r.words(reportDiffers), wrong, len(reports))}
		}
		return nil
	})
}

// counted is a count, or that there was none.
func (r *registry) counted(n int) string {
	if n < 0 {
		return "–"
	}
	return fmt.Sprint(n)
}

// snapshot writes the accounts of a scrutin to come.
func (r *registry) snapshot(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		var file io.Reader
		if r.urns != "" {
			f, err := os.Open(r.urns)
			if err != nil {
				return &exit{exitNoInput, err}
			}
			defer f.Close()
			file = f
		}
		urns, err := d.Urns(file)
		if err != nil {
			return err
		}
		if err := d.Service.Tick(ctx); err != nil {
			return err
		}
		out, err := record.Create(r.out)
		if err != nil {
			return &exit{exitCannot, err}
		}
		s, digest, err := d.Snapshot(ctx, out, r.scrutin, urns, r.later)
		if err != nil {
			return err
		}
		for _, u := range s.Urns {
			r.say(snapshotUrn, u.Urn, strings.Join(u.Constituencies, ", "), u.Electors)
		}
		r.say(snapshotMade, filepath.Join(r.out, filepath.FromSlash(record.Enrolment(d.Signer.Verifier().Name()))), digest, d.Service.Rho)
		return nil
	})
}

// minutes writes those of every station of a distribution, or of one.
func (r *registry) minutes(ctx context.Context) (err error) {
	if !slices.Contains(minutes.Languages, r.language) {
		return r.usage(phrase{badLanguage.en, badLanguage.fr}, r.language)
	}
	browser := ""
	if r.browser != "none" {
		if browser, err = exec.LookPath(r.browser); err != nil {
			return &exit{exitNoInput, fmt.Errorf("%w (-browser none leaves it out)", paper.ErrBrowser)}
		}
	}
	return r.within(ctx, func(d *office.Office) error {
		if err := d.Service.Tick(ctx); err != nil {
			return err
		}
		n := r.last(d)
		reports, err := d.Report(ctx, n)
		if err != nil {
			return err
		}
		planned, err := d.Service.Distribution(n)
		if err != nil {
			return err
		}
		text, err := canon.Marshal(planned)
		if err != nil {
			return err
		}
		if r.station != "" {
			reports = slices.DeleteFunc(reports, func(s office.StationReport) bool { return s.Station.ID != r.station })
		}
		if len(reports) == 0 {
			return fmt.Errorf("%s: %w", r.station, register.ErrUnknown)
		}
		if !reports[0].Over {
			return &exit{exitData, fmt.Errorf(r.words(notOver), n)}
		}
		if err := os.MkdirAll(r.out, 0o755); err != nil {
			return &exit{exitCannot, err}
		}
		for _, s := range reports {
			m, err := station.Make(d.Service.Register, d.Service.Rho, text, s, r.language)
			if err != nil {
				return err
			}
			if err := r.writeStation(ctx, d, m, browser); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeStation writes the minutes of a station: HTML, PDF where there is a browser, data,
// and last the note that signs them.
func (r *registry) writeStation(ctx context.Context, d *office.Office, m *station.Minutes, browser string) error {
	data, signed, err := m.Sign(d.Signer)
	if err != nil {
		return err
	}
	html, err := paper.Draw(&m.Sheets)
	if err != nil {
		return err
	}
	var pdf []byte
	if browser != "" {
		if pdf, err = paper.Print(ctx, browser, html, len(m.Pages)); err != nil {
			return &exit{exitInternal, err}
		}
	}
	name := filepath.Join(r.out, fmt.Sprintf("%d-%s", m.Number, m.Station))
	for _, f := range []struct {
		ending string
		data   []byte
	}{{".html", html}, {".pdf", pdf}, {".json", data}, {".note", signed}} {
		if f.data == nil {
			continue
		}
		if err := writeNew(name+f.ending, f.data); err != nil {
			return err
		}
	}
	r.say(stationMinutes, name+".json", len(m.Pages), scrutin.DigestOf(data), m.Last())
	return nil
}

func (r *registry) publish(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		if err := d.Service.Tick(ctx); err != nil {
			return err
		}
		n := r.last(d)
		list, signed, err := d.Published(ctx, n)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(r.out, 0o755); err != nil {
			return &exit{exitCannot, err}
		}
		name := filepath.Join(r.out, fmt.Sprintf("%d", n))
		if err := errors.Join(writeNew(name+".csv", list), writeNew(name+".note", signed)); err != nil {
			return err
		}
		r.say(accountsPublished, name+".csv", scrutin.DigestOf(list))
		return nil
	})
}
