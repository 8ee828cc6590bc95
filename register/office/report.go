package office

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"

	"isoloir/register"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A StationReport is what a station's minutes say.
type StationReport struct {
	register.Station
	register.Count
	register.Box
	// Rest is how many cards must be at the station, left over or set aside: those that
	// are in nobody's hands, as far as scans are entered.
	Rest int
	// Missing are the numbers of the cards that are in nobody's hands and were not found
	// at the station; nil where nobody has looked (no card was checked).
	Missing []register.Number
	// Over says whether the distribution is finished: then what is left was to be counted.
	Over bool
	// Acts are the organisation's about this station and, while the distribution lasted, its
	// cards.
	Acts []register.Act
}

// Agrees says whether the box was counted as it should have been, and what is left too.
func (r StationReport) Agrees() bool {
	return r.Counted == r.Cards && (r.Left == r.Rest || r.Left == -1 && !r.Over) && len(r.Missing) == 0
}

// Report gives every station of a distribution: received = in somebody's hands + at the
// station.
func (d *Office) Report(ctx context.Context, number int) ([]StationReport, error) {
	plan, err := d.Service.Distribution(number)
	if err != nil {
		return nil, err
	}
	over, err := d.Service.Finished(number)
	if err != nil {
		return nil, err
	}
	acts, _, err := d.Acts(ctx)
	if err != nil {
		return nil, err
	}
	ended := map[register.Number]bool{} // at the desk: in somebody's hands, or lost by him
	for _, a := range acts {
		if n, err := register.ParseNumber(a.Account); err == nil && a.Distribution == number {
			ended[n] = true
		}
	}
	live, unseen := map[string]int{}, map[string][]register.Number{}
	checked := map[register.Number]bool{}
	if err := d.Store.Checked(ctx, number, func(n register.Number) error { checked[n] = true; return nil }); err != nil {
		return nil, err
	}
	sort := func(c register.Card, held bool) error {
		if held || ended[c.Number] {
			live[c.Station]++
			ended[c.Number] = ended[c.Number] && !held // what ended later is no station's
		} else if !checked[c.Number] {
			unseen[c.Station] = append(unseen[c.Station], c.Number)
		}
		return nil
	}
	if over { // what became of accounts since is no station's
		err = d.Store.Handed(ctx, number, sort)
	} else {
		err = d.Store.Cards(ctx, number, func(c register.Card) error { return sort(c, c.State.Live()) })
	}
	if err != nil {
		return nil, err
	}
	out := make([]StationReport, len(plan.Stations))
	for i, s := range plan.Stations {
		r := StationReport{Station: s, Over: over}
		if r.Count, err = d.Store.Counts(ctx, number, s.ID); err != nil {
			return nil, err
		}
		if r.Box, err = d.Store.GetBox(ctx, number, s.ID); err != nil {
			return nil, err
		}
		r.Rest = s.Cards - live[s.ID]
		r.Acts = slices.DeleteFunc(slices.Clone(acts), func(a register.Act) bool {
			return a.Distribution != number || a.Station != s.ID || a.Kind == register.ActInvalidate && !during(ended, a.Account)
		})
		if r.Checked > 0 {
			r.Missing = unseen[s.ID]
		}
		out[i] = r
	}
	return out, nil
}

// during says whether an account ended while its distribution lasted.
func during(ended map[register.Number]bool, account string) bool {
	n, err := register.ParseNumber(account)
	return err == nil && ended[n]
}

// Published is the list that everybody can add up, once a distribution is finished:
// `number,constituency,state`, a line for each card by its number, as it was at the end,
// with the note that signs its digest and its sums. It is the same whenever it is made.
func (d *Office) Published(ctx context.Context, number int) (list, signed []byte, err error) {
	if finished, err := d.Service.Finished(number); err != nil || !finished {
		if err == nil {
			err = fmt.Errorf("%w: distribution %d is not over yet", register.ErrInvalid, number)
		}
		return nil, nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	active, invalid := 0, 0
	err = w.Write([]string{"number", "constituency", "state"})
	if err != nil {
		return nil, nil, err
	}
	if err := d.Store.Handed(ctx, number, func(c register.Card, handed bool) error {
		text, err := c.Number.MarshalText()
		if err != nil {
			return err
		}
		state := "invalid"
		if handed {
			state, active = "active", active+1
		} else {
			invalid++
		}
		return w.Write([]string{string(text), c.Constituency, state})
	}); err != nil {
		return nil, nil, err
	}
	w.Flush()
	text := fmt.Sprintf("%s/published\n%s %d\n%s\n%d %d %d\n", scrutin.Version, d.Service.Rho, number, scrutin.DigestOf(out.Bytes()), active, invalid, active+invalid)
	signed, err = note.Sign(text, d.Signer)
	return out.Bytes(), signed, err
}
