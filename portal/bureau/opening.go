package bureau

import (
	"errors"
	"os"
	"slices"
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

// judgeShares reads the files that `trustee decrypt` wrote, as one tar file, and verifies
// them apart: whole shares, that all hold, and no other file. They come in the order in
// which they are written, lists before the statements that name them.
func (x *exchange) judgeShares(data []byte) (files []brought, verdicts []scrutin.ShareVerdict, err error) {
	mixed, err := x.verified()
	if err != nil {
		return nil, nil, err
	}
	given, err := unpack(data)
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "isoloir-brought-")
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	apart, err := record.Create(dir)
	if err != nil {
		return nil, nil, err
	}
	defer apart.Close()
	for _, f := range given {
		if !strings.HasPrefix(f.path, "shares/") {
			return nil, nil, errBrought
		}
		if err := apart.Write(f.path, f.data); err != nil {
			return nil, nil, errors.Join(errBrought, err)
		}
	}
	judged, err := mixed.Shares(&apart.Reader)
	if err != nil {
		return nil, nil, err
	}
	if len(judged.Verdicts) == 0 || len(judged.Refusals) > 0 {
		return nil, judged.Verdicts, errShares
	}
	paths := judged.Paths()
	for _, f := range given {
		if !slices.Contains(paths, f.path) {
			return nil, judged.Verdicts, errBrought
		}
	}
	for _, path := range paths {
		i := slices.IndexFunc(given, func(f brought) bool { return f.path == path })
		files = append(files, given[i])
	}
	return files, judged.Verdicts, nil
}

// put writes files into the record, in their order.
func (x *exchange) put(files []brought) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range files {
		if err := x.record.Write(f.path, f.data); err != nil {
			return err
		}
	}
	return nil
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

// export is the record as it was sealed and mixed, for the holders alone, and without what
// any of them has answered.
func (s *site) export(v *visit) (view, error) {
	if !v.mixed() {
		return view{}, errNoPage
	}
	return view{serve: s.exchange.take("export.tar", func(path string) bool { return !strings.HasPrefix(path, "shares/") })}, nil
}

// share takes a holder's shares: verified first, which is long, and then, if the bureau
// still waits for them, put in the record.
func (s *site) share(v *visit, data []byte) (string, error) {
	if err := v.state.TakesShares(v.now); err != nil {
		return "", err
	}
	files, verdicts, err := s.exchange.judgeShares(data)
	if err != nil {
		return "", notTaken(v, err)
	}
	if err := s.Office.Bring(v.r.Context(), func(now *bve.State) error {
		if err := now.TakesShares(s.Now()); err != nil {
			return err
		}
		return s.exchange.put(files)
	}); err != nil {
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

// lastAct is the bureau's last act, nil before the first.
func (v *visit) lastAct() *bve.Act {
	if acts := v.state.Acts(); len(acts) > 0 {
		return &acts[len(acts)-1]
	}
	return nil
}
