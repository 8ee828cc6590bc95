package main

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"isoloir/record"
	"isoloir/register"
	"isoloir/register/cards"
	"isoloir/register/office"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// A registry is one command line of register.
type registry struct {
	operator
	dir, organisation, id, title, zone, kind, constituencies, scope, stations, out        string
	distribution, cards, digest, station, reason, device, listen, certificate, key, proxy string
	by, account, scrutin, urns, language, browser                                         string
	accounts, published, voting, passkeys, origin, consultations, notices                 string
	rounds                                                                                instants
	minimum, number                                                                       int
	later                                                                                 bool
}

// instants are the rounds of a command line, OPENS/CLOSES each.
type instants []register.Round

// String implements flag.Value.
func (i *instants) String() string { return fmt.Sprint(len(*i)) }

// Set implements flag.Value.
func (i *instants) Set(text string) error {
	opens, closes, ok := strings.Cut(text, "/")
	if !ok {
		return errors.New("write OPENS/CLOSES, each like 2032-05-30T08:00:00+02:00")
	}
	from, err := time.Parse(time.RFC3339, opens)
	if err != nil {
		return err
	}
	to, err := time.Parse(time.RFC3339, closes)
	*i = append(*i, register.Round{Opens: scrutin.TimeOf(from), Closes: scrutin.TimeOf(to), Exceptions: []register.Hours{}})
	return err
}

// exception gives a station hours of its own in the round that was named last.
func (i *instants) exception(text string) error {
	station, hours, ok := strings.Cut(text, "=")
	if !ok || len(*i) == 0 {
		return errors.New("write -exception STATION=OPENS/CLOSES behind the -round that it is of")
	}
	var own instants
	if err := own.Set(hours); err != nil {
		return err
	}
	last := &(*i)[len(*i)-1]
	last.Exceptions = append(last.Exceptions, register.Hours{Station: station, Opens: own[0].Opens, Closes: own[0].Closes})
	return nil
}

var registries = map[string]struct {
	flags, needs []string
	do           func(*registry, context.Context) error
}{
	"init":       {[]string{"organisation", "id", "title", "zone", "kind", "constituencies", "minimum"}, []string{"organisation", "id", "title", "constituencies"}, (*registry).init},
	"plan":       {[]string{"title", "scope", "stations", "round", "exception", "out"}, []string{"title", "stations", "out"}, (*registry).plan},
	"open":       {[]string{"distribution", "cards", "digest"}, []string{"distribution", "cards", "digest"}, (*registry).open},
	"device":     {[]string{"station"}, []string{"station"}, (*registry).enrolDevice},
	"devices":    {[]string{"station"}, []string{"station"}, (*registry).devices},
	"discard":    {nil, nil, (*registry).discard},
	"retire":     {[]string{"device"}, []string{"device"}, (*registry).retire},
	"allow":      {[]string{"station", "by", "reason"}, []string{"station", "by", "reason"}, (*registry).allow},
	"invalidate": {[]string{"account", "by", "reason"}, []string{"account", "by", "reason"}, (*registry).invalidate},
	"sent":       {[]string{"by", "reason"}, []string{"by", "reason"}, (*registry).sent},
	"acts":       {nil, nil, (*registry).acts},
	"backup":     {[]string{"out"}, []string{"out"}, (*registry).backup},
	"hold":       {[]string{"by", "reason"}, []string{"by", "reason"}, (*registry).hold},
	"release":    {[]string{"by", "reason"}, []string{"by", "reason"}, (*registry).release},
	"destroy":    {[]string{"by", "reason", "out"}, []string{"by", "reason", "out"}, (*registry).destroy},
	"snapshot":   {[]string{"scrutin", "urns", "later", "out"}, []string{"scrutin", "out"}, (*registry).snapshot},
	"minutes":    {[]string{"number", "station", "language", "browser", "out"}, []string{"out"}, (*registry).minutes},
	"report":     {[]string{"number"}, nil, (*registry).report},
	"publish":    {[]string{"number", "out"}, []string{"out"}, (*registry).publish},
	"serve":      {[]string{"listen", "certificate", "key", "proxy", "accounts", "published", "voting", "passkeys", "origin", "consultations", "notices"}, []string{"listen"}, (*registry).serve},
}

// keepRegister is the command register.
func keepRegister(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := &registry{operator: newOperator(stdout, stderr)}
	all := parts{}
	for name := range registries {
		all[name] = func(ctx context.Context, args []string) error { return r.keep(ctx, name, args) }
	}
	return r.dispatch(ctx, "register", registerHelp, all, args)
}

func (r *registry) keep(ctx context.Context, name string, args []string) error {
	command := registries[name]
	all := map[string]*string{"organisation": &r.organisation, "id": &r.id, "title": &r.title, "zone": &r.zone, "kind": &r.kind, "constituencies": &r.constituencies,
		"scope": &r.scope, "stations": &r.stations, "out": &r.out, "distribution": &r.distribution, "cards": &r.cards, "digest": &r.digest, "station": &r.station,
		"reason": &r.reason, "device": &r.device, "listen": &r.listen, "certificate": &r.certificate, "key": &r.key, "proxy": &r.proxy, "dir": &r.dir,
		"by": &r.by, "urns": &r.urns, "scrutin": &r.scrutin, "account": &r.account, "language": &r.language, "browser": &r.browser,
		"accounts": &r.accounts, "published": &r.published, "voting": &r.voting, "passkeys": &r.passkeys, "origin": &r.origin, "consultations": &r.consultations, "notices": &r.notices}
	r.zone, r.kind, r.scope, r.language, r.browser = "Europe/Paris", "real", register.General, "fr", "chromium"
	set := r.flags("register " + name)
	for _, f := range append([]string{"dir"}, command.flags...) {
		switch f {
		case "minimum":
			set.IntVar(&r.minimum, f, 20, "")
		case "number":
			set.IntVar(&r.number, f, 0, "")
		case "later":
			set.BoolVar(&r.later, f, false, "")
		case "round":
			set.Var(&r.rounds, f, "")
		case "exception":
			set.Func(f, "", r.rounds.exception)
		case "account":
			set.StringVar(&r.account, "number", "", "")
		default:
			set.StringVar(all[f], f, *all[f], "")
		}
	}
	if err := r.parse(set, args, registerHelp); err != nil {
		return err
	}
	for _, f := range append([]string{"dir"}, command.needs...) {
		if *all[f] == "" {
			return r.usage(registerNeeds, strings.Replace(f, "account", "number", 1), name)
		}
	}
	if set.NArg() > 0 {
		return r.usage(oneWordTooMany, set.Arg(0))
	}
	return registerRefused(command.do(r, ctx))
}

// registerRefused gives an error its exit code.
func registerRefused(err error) error {
	var e *exit
	switch {
	case err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, register.ErrInvalid), errors.Is(err, register.ErrUnknown), errors.Is(err, register.ErrOther), errors.Is(err, register.ErrOver), errors.Is(err, register.ErrUnborn), office.Hidden(err), errors.Is(err, cards.ErrList), errors.Is(err, canon.ErrNotCanonical):
		return &exit{exitData, err}
	case errors.Is(err, fs.ErrExist):
		return &exit{exitCannot, err}
	}
	return refused(err)
}

// within does something at the desk of a register.
func (r *registry) within(ctx context.Context, do func(*office.Office) error) (err error) {
	d, err := office.Open(ctx, r.dir, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Shut()) }()
	return do(d)
}

func (r *registry) init(context.Context) error {
	f, err := os.Open(r.constituencies)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 || !slices.Equal(rows[0], []string{"constituency", "label"}) {
		return &exit{exitData, errors.New(r.words(constituencyColumns))}
	}
	made := register.Register{Organisation: r.organisation, ID: r.id, Title: r.title, Kind: r.kind, Zone: r.zone, MinimumSize: r.minimum,
		Codes: scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id", Passes: 1, MemoryKiB: 19456, Lanes: 1}}
	for _, row := range rows[1:] {
		made.Constituencies = append(made.Constituencies, register.Place{ID: row[0], Label: row[1]})
	}
	rho, err := office.Init(r.dir, made)
	if err != nil {
		return err
	}
	r.say(registerMade, filepath.Join(r.dir, "register.json"), rho)
	return nil
}

func (r *registry) plan(ctx context.Context) error {
	f, err := os.Open(r.stations)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	defer f.Close()
	return r.within(ctx, func(d *office.Office) error {
		planned, err := d.Distribution(office.Plan{Title: r.title, Scope: r.scope, Rounds: r.rounds}, f)
		if err != nil {
			return err
		}
		text, err := canon.Marshal(planned)
		if err != nil {
			return err
		}
		if err := writeNew(r.out, text); err != nil {
			return err
		}
		r.say(distributionPlanned, r.out, planned.Number, planned.Cards(), len(planned.Stations), scrutin.DigestOf(text))
		return nil
	})
}

// writeNew writes a file that was not there.
func writeNew(path string, data []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	return record.WriteWhole(path, data)
}

func (r *registry) open(ctx context.Context) error {
	text, err := os.ReadFile(r.distribution)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	list, err := os.ReadFile(r.cards)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	if got := scrutin.DigestOf(list).String(); got != r.digest {
		return &exit{exitData, fmt.Errorf(r.words(otherCards), r.cards, got)}
	}
	return r.within(ctx, func(d *office.Office) error {
		planned, delta, err := register.ParseDistribution(text, d.Service.Register, d.Service.Rho)
		if err != nil {
			return err
		}
		made, err := cards.ReadList(strings.NewReader(string(list)), d.Service.Rho, delta, planned)
		if err != nil {
			return err
		}
		if err := d.Service.Open(ctx, text, made); err != nil {
			return err
		}
		r.say(distributionOpen, planned.Number, len(made), planned.Rounds[0].Opens)
		return nil
	})
}

func (r *registry) enrolDevice(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		code, err := d.Service.Invite(ctx, r.station)
		if err != nil {
			return err
		}
		digits := fmt.Sprintf("%x", code)
		r.say(deviceCode, r.station, strings.Join(slices.Collect(groups(digits, 4)), " "), digits)
		return nil
	})
}

// groups are the parts of a text of so many bytes each.
func groups(text string, size int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			n := min(size, len(text))
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// devices lists those of a station.
func (r *registry) devices(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		return d.Store.Devices(ctx, r.station, func(one register.Device) error {
			said := deviceThere
			if one.Retired {
				said = deviceGone
			}
			r.say(said, fmt.Sprintf("%x", one.ID))
			return nil
		})
	})
}

// discard gives up what waited under a key that a backup has not.
func (r *registry) discard(ctx context.Context) error {
	n, err := office.Discard(ctx, r.dir)
	if err != nil {
		return err
	}
	r.say(scansDiscarded, n)
	return nil
}

func (r *registry) retire(ctx context.Context) error {
	id, err := hex.DecodeString(r.device)
	if err != nil || len(id) != len(register.ID{}) {
		return r.usage(deviceDigits)
	}
	return r.within(ctx, func(d *office.Office) error {
		if err := d.Store.Retire(ctx, register.ID(id)); err != nil {
			return err
		}
		r.say(deviceRetired)
		return nil
	})
}
