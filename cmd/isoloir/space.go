package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"isoloir/observe"
	"isoloir/register"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/space"
	"isoloir/space/office"
)

// A spaces is one command line of space.
type spaces struct {
	operator
	config, register, constituencies, label, organisation, file, manifest, name, consultation, role, voting, result, record string
	check                                                                                                                   bool

	town *config.Town
}

var spaceCommands = map[string]struct {
	flags, needs []string
	do           func(*spaces, context.Context) error
}{
	"init":     {[]string{"register", "constituencies", "label"}, []string{"register", "constituencies"}, (*spaces).init},
	"parties":  {[]string{"organisation", "file"}, []string{"organisation", "file"}, (*spaces).parties},
	"standing": {[]string{"organisation", "manifest"}, []string{"organisation", "manifest"}, (*spaces).standing},
	"invite":   {[]string{"organisation", "name"}, []string{"organisation", "name"}, (*spaces).invite},
	"lists":    {[]string{"organisation", "consultation"}, []string{"organisation", "consultation"}, (*spaces).lists},
	"show":     {[]string{"organisation", "consultation", "voting", "result", "record"}, []string{"organisation", "consultation"}, (*spaces).show},
	"serve":    {[]string{"role", "check"}, nil, (*spaces).serve},
}

// keepSpaces is the command space.
func keepSpaces(ctx context.Context, args []string, o operator) error {
	s := &spaces{operator: o}
	all := parts{}
	for name := range spaceCommands {
		all[name] = func(ctx context.Context, args []string) error { return s.keep(ctx, name, args) }
	}
	return s.dispatch(ctx, "space", spaceHelp, all, args)
}

func (s *spaces) keep(ctx context.Context, name string, args []string) error {
	command := spaceCommands[name]
	all := map[string]*string{"config": &s.config, "register": &s.register, "constituencies": &s.constituencies, "label": &s.label, "organisation": &s.organisation,
		"file": &s.file, "manifest": &s.manifest, "name": &s.name, "consultation": &s.consultation, "role": &s.role, "voting": &s.voting, "result": &s.result, "record": &s.record}
	s.role = "all"
	set := s.flags("space " + name)
	for _, f := range append([]string{"config"}, command.flags...) {
		if f == "check" {
			set.BoolVar(&s.check, f, false, "")
			continue
		}
		set.StringVar(all[f], f, *all[f], "")
	}
	if err := s.parse(set, args, spaceHelp); err != nil {
		return err
	}
	for _, f := range append([]string{"config"}, command.needs...) {
		if *all[f] == "" {
			return s.usage(spaceNeeds, f, name)
		}
	}
	if set.NArg() > 0 {
		return s.usage(oneWordTooMany, set.Arg(0))
	}
	var err error
	if s.town, err = config.ReadTown(s.config); err != nil {
		return refused(err)
	}
	return spaceRefused(command.do(s, ctx))
}

// spaceRefused gives an error its exit code.
func spaceRefused(err error) error {
	var e *exit
	switch {
	case err == nil || errors.As(err, &e):
		return err
	case errors.Is(err, space.ErrOther), errors.Is(err, fs.ErrExist):
		return &exit{exitCannot, err}
	case errors.Is(err, space.ErrInvalid), errors.Is(err, space.ErrUnknown), errors.Is(err, register.ErrInvalid), errors.Is(err, canon.ErrNotCanonical), errors.Is(err, scrutin.ErrMalformed):
		return &exit{exitData, err}
	}
	return refused(err)
}

// within does something in the back office's directory, which is nobody else's meanwhile.
func (s *spaces) within(ctx context.Context, do func(*office.Office) error) (err error) {
	if s.town.Hall == nil {
		return s.noHall()
	}
	if err := os.MkdirAll(s.town.Hall.Directory, 0o700); err != nil {
		return err
	}
	claim, err := server.Take(s.town.Hall.Directory)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	return s.beside(ctx, do)
}

func (s *spaces) noHall() error {
	return &exit{exitData, fmt.Errorf(s.words(spaceNoHall), s.config)}
}

// beside does something in the back office's directory while it may be served.
func (s *spaces) beside(ctx context.Context, do func(*office.Office) error) (err error) {
	if s.town.Hall == nil {
		return s.noHall()
	}
	f, err := office.Open(ctx, s.town.Hall.Directory, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Shut()) }()
	return do(f)
}

func (s *spaces) init(ctx context.Context) error {
	text, err := os.ReadFile(s.register)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	r, rho, err := register.ParseRegister(text)
	if err != nil {
		return err
	}
	o := space.Organisation{ID: r.Organisation, Label: s.label, Kind: r.Kind, Zone: r.Zone, Register: rho, MinimumSize: r.MinimumSize}
	if o.Label == "" {
		o.Label = r.Title
	}
	if o.Constituencies, err = s.electing(r); err != nil {
		return err
	}
	return s.within(ctx, func(f *office.Office) error {
		if err := f.Init(ctx, o); err != nil {
			return err
		}
		s.say(spaceMade, o.ID)
		return nil
	})
}

// electing reads how many electors and seats each constituency of the register has.
func (s *spaces) electing(r *register.Register) (all []space.Constituency, err error) {
	f, err := os.Open(s.constituencies)
	if err != nil {
		return nil, &exit{exitNoInput, err}
	}
	defer f.Close()
	wrong := &exit{exitData, errors.New(s.words(spaceColumns))}
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != len(r.Constituencies)+1 || !slices.Equal(rows[0], []string{"constituency", "electors", "seats"}) {
		return nil, wrong
	}
	for _, c := range r.Constituencies {
		i := slices.IndexFunc(rows[1:], func(row []string) bool { return row[0] == c.ID })
		if i < 0 {
			return nil, wrong
		}
		electors, first := strconv.Atoi(rows[i+1][1])
		seats, second := strconv.Atoi(rows[i+1][2])
		if first != nil || second != nil {
			return nil, wrong
		}
		all = append(all, space.Constituency{ID: c.ID, Label: c.Label, Electors: electors, Seats: seats})
	}
	return all, nil
}

func (s *spaces) parties(ctx context.Context) error {
	text, err := os.ReadFile(s.file)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	p := new(space.Parties)
	if err := canon.Known(text, p); err != nil {
		return &exit{exitData, fmt.Errorf("%s: %w: %w", s.file, space.ErrInvalid, err)}
	}
	return s.within(ctx, func(f *office.Office) error {
		path, digest, err := f.Name(ctx, s.organisation, p)
		if err == nil {
			s.say(spaceParties, path, digest)
		}
		return err
	})
}

func (s *spaces) standing(ctx context.Context) error {
	m, fingerprint, err := s.readManifest(s.manifest)
	if err != nil {
		return err
	}
	return s.within(ctx, func(f *office.Office) error {
		dir, err := f.Stand(ctx, s.organisation, m)
		switch {
		case errors.Is(err, space.ErrOther):
			return &exit{exitCannot, fmt.Errorf(s.words(spaceStandsThus), s.organisation)}
		case errors.Is(err, space.ErrInvalid):
			return &exit{exitData, fmt.Errorf(s.words(spaceOtherKind), s.organisation, fingerprint)}
		case err != nil:
			return err
		}
		s.say(spaceStanding, dir, fingerprint)
		return nil
	})
}

func (s *spaces) lists(ctx context.Context) error {
	return s.beside(ctx, func(f *office.Office) error {
		dir, err := f.Lists(ctx, s.organisation, s.consultation)
		if err == nil {
			fmt.Fprintln(s.out, dir)
		}
		return err
	})
}

// invite invites a publisher: the first person of a space, who invites all others.
func (s *spaces) invite(ctx context.Context) (err error) {
	if s.town.Hall == nil {
		return s.noHall()
	}
	h, err := server.NewHall(ctx, *s.town.Hall, server.Setting{Now: time.Now, Watch: observe.Silent()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Shut()) }()
	of, err := h.Office.Space(ctx, s.organisation)
	if err != nil {
		return err
	}
	people, err := of.Store.People(ctx, s.organisation)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(people, func(p space.Person) bool {
		return p.Role == space.Publisher && !p.Ended && p.Label == space.Line(s.name)
	})
	var p space.Person
	if i >= 0 {
		p = people[i]
	} else if p, err = of.Name(ctx, s.name, space.Publisher, ""); err != nil {
		var found space.Problems
		if errors.As(err, &found) {
			return &exit{exitData, errors.New(found[0].Sentence(s.lang))}
		}
		return err
	}
	code, err := h.Invite(ctx, s.organisation, p.ID)
	if err != nil {
		return err
	}
	s.say(spaceInvited, p.Label, s.town.Hall.Origin, s.organisation, code)
	return nil
}

// serve serves the roles until it is interrupted.
func (s *spaces) serve(ctx context.Context) (err error) {
	names := []string{s.role}
	if s.role == "all" {
		names = slices.DeleteFunc(slices.Clone(server.TownNames), func(name string) bool {
			_, _, err := server.TownPlace(s.town, name)
			return err != nil
		})
	} else if !slices.Contains(server.TownNames, s.role) {
		return s.usage(spaceRole, s.role)
	}
	if err := server.CheckTown(s.town, names); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(s.config), err)
	}
	t, err := server.OpenTown(ctx, s.town, names, time.Now, observe.New(observe.Config{Log: s.err, Now: time.Now}))
	if err != nil || s.check {
		if t != nil {
			err = errors.Join(err, t.Shut())
		}
		return err
	}
	defer func() { err = errors.Join(err, t.Shut()) }()
	if err := t.Listen(s.town); err != nil {
		return err
	}
	return live(ctx, t)
}
