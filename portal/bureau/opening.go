package bureau

import (
	"errors"
	"os"
	"strings"

	"isoloir/bve"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/trustee"
)

// What keeps shares from being taken.
var (
	errVerifying = errors.New("the sealed ballots and their mixes are being verified")
	errShares    = errors.New("the shares do not hold")
)

// An openingCache is the mixed ballots, verified once for a seal: it takes minutes of a
// large vote.
type openingCache struct {
	begun bool
	mixed *trustee.Mixed
	err   error
}

// A shareState is what there is of a holder's shares in one clause.
type shareState struct {
	clause, holder string
	given          bool
}

// shares are those that the ceremony's clauses can have, and which are there.
func (x *exchange) shares(m *scrutin.Manifest) (all []shareState, some bool) {
	if x.record == nil {
		return nil, false
	}
	for _, c := range m.Clauses {
		for _, h := range c.Holders {
			given := x.record.Exists(record.Shares(c.ID, h))
			some = some || given
			all = append(all, shareState{c.ID, h, given})
		}
	}
	return all, some
}

// verified are the mixed ballots; errVerifying until they have been read once.
func (x *exchange) verified() (*trustee.Mixed, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.opening.begun {
		x.opening.begun = true
		go func() {
			mixed, err := trustee.ReadMixed(&x.record.Reader, trustee.Options{Workers: 1})
			x.mu.Lock()
			defer x.mu.Unlock()
			x.opening = openingCache{err == nil, mixed, err}
		}()
	}
	if x.opening.mixed == nil {
		return nil, errors.Join(errVerifying, x.opening.err)
	}
	return x.opening.mixed, nil
}

// bringShares takes the files that `trustee decrypt` wrote, as one tar file: judged apart,
// and put in the record when every share in them holds.
func (x *exchange) bringShares(data []byte) (verdicts []scrutin.ShareVerdict, err error) {
	mixed, err := x.verified()
	if err != nil {
		return nil, err
	}
	files, err := unpack(data)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "isoloir-brought-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	apart, err := record.Create(dir)
	if err != nil {
		return nil, err
	}
	defer apart.Close()
	for _, f := range files {
		if !strings.HasPrefix(f.path, "shares/") {
			return nil, errBrought
		}
		if err := apart.Write(f.path, f.data); err != nil {
			return nil, errors.Join(errBrought, err)
		}
	}
	judged, err := mixed.Shares(&apart.Reader)
	if err != nil {
		return nil, err
	}
	if len(judged.Verdicts) == 0 || len(judged.Refusals) > 0 {
		return judged.Verdicts, errShares
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range files {
		if err := x.record.Write(f.path, f.data); err != nil {
			return nil, err
		}
	}
	return judged.Verdicts, nil
}

func (s *site) openingPage(v *visit) (view, error) {
	p := working(v, "opening.title", 5)
	ready := errVerifying
	shares, _ := s.exchange.shares(v.m)
	if v.mixed() {
		_, ready = s.exchange.verified()
	}
	p.body = openingPage(v, shares, ready == nil)
	return p, nil
}

// mixed says whether the bureau has adopted the mixes.
func (v *visit) mixed() bool {
	for _, s := range v.state.path {
		if s.Kind == scrutin.ActMix && s.Standing == bve.Done {
			return v.site.exchange.record != nil
		}
	}
	return false
}

// export is the whole record as it was sealed and mixed, for the holders alone.
func (s *site) export(v *visit) (view, error) {
	if !v.mixed() {
		return view{}, errNoPage
	}
	return view{serve: s.exchange.take("export.tar", func(string) bool { return true })}, nil
}

func (s *site) share(v *visit, data []byte) (string, error) {
	verdicts, err := s.exchange.bringShares(data)
	if err != nil {
		return "", notTaken(v, err)
	}
	var which []string
	for _, d := range verdicts {
		which = append(which, v.name(d.Holder)+" ("+v.clause(d.Clause)+")")
	}
	return v.Say("opening.taken", "Which", strings.Join(which, ", ")), nil
}

// clause is what the manifest calls a clause of holders.
func (v *visit) clause(id string) string {
	for _, c := range v.m.Clauses {
		if c.ID == id && c.Label != "" {
			return c.Label
		}
	}
	return id
}

func shareMark(s shareState) string {
	if s.given {
		return bve.Done
	}
	return bve.Later
}
