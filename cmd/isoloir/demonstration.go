package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"

	"isoloir/audit"
	"isoloir/bve/journal"
	"isoloir/cmd/internal/meter"
	"isoloir/observe"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/demonstration"
)

const runHelp = `isoloir run is a demonstration of the portal: an invented local election, open, on this machine alone.

  isoloir run [-out DIR] [-listen 127.0.0.1:8080] [-electors N] [-accounts] [-alone] [-lang en|fr]

  -out DIR        where it is kept (default out/run)
  -listen ADDR    address of the portal; the other roles have the four ports that follow, those of the companion five more (default 127.0.0.1:8080)
  -electors N     electors in each of the three urns, when it is prepared (default 60)
  -accounts       a consultation of people with anonymous accounts instead: a register whose cards were handed out, and no roll; three ports
  -alone          without the companion, a second scrutin in which two electors of three vote by the same login
  -lang en|fr     language of what is printed (default: the LANG of your system)

It prepares the election in DIR unless it is there, from the key ceremony to the opening, serves all roles on
neighbouring ports, and prints where the portal is and some electors' codes. /demo/ on the portal shows the messages that
would have left, closes, counts, and shows the auditor's verdict. What was voted stays in DIR when it is stopped.

Exit codes are those of isoloir serve.
`

// demonstrate is the command run.
type demonstrate struct {
	out, listen, lang string
	electors          int
	alone, accounts   bool
	address           netip.AddrPort
}

func runFlags(args []string, stderr io.Writer) (*demonstrate, error) {
	s := &demonstrate{}
	set := flag.NewFlagSet("run", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&s.out, "out", "out/run", "")
	set.StringVar(&s.listen, "listen", "127.0.0.1:8080", "")
	set.StringVar(&s.lang, "lang", systemLanguage(), "")
	set.BoolVar(&s.accounts, "accounts", false, "")
	set.BoolVar(&s.alone, "alone", false, "")
	set.IntVar(&s.electors, "electors", demonstration.Default().Electors, "")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, runHelp)
			return nil, err
		}
		return nil, &exit{exitUsage, err}
	}
	var err error
	switch s.address, err = netip.ParseAddrPort(s.listen); {
	case set.NArg() > 0:
		return nil, &exit{exitUsage, fmt.Errorf("%q is one word too many: everything is said by flags", set.Arg(0))}
	case err != nil || !s.address.Addr().IsLoopback() || s.address.Port() == 0 || s.address.Port() > 65524:
		return nil, &exit{exitUsage, fmt.Errorf("-listen %q: give an address of this machine alone and a port up to 65524, as 127.0.0.1:8080: a demonstration is for nobody else", s.listen)}
	case s.electors < 2 || s.electors > 9999/3:
		return nil, &exit{exitUsage, fmt.Errorf("-electors must be from 2 to %d", 9999/3)}
	case s.lang != string(audit.English) && s.lang != string(audit.French):
		return nil, &exit{exitUsage, fmt.Errorf("-lang %q: give en or fr", s.lang)}
	}
	return s, nil
}

// runDemonstration prepares the demonstration if need be, and serves it.
func runDemonstration(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	s, err := runFlags(args, stderr)
	if err != nil {
		return err
	}
	tell := story{stdout, audit.Language(s.lang)}
	if s.accounts {
		return s.consult(ctx, tell, stderr)
	}
	d, err := s.prepared(ctx, tell, stderr)
	if err != nil {
		return err
	}
	houses := []*server.House{}
	for _, each := range append([]*demonstration.Demonstration{d}, d.Companions()...) {
		h := server.NewHouse(each.Config, server.Names, each.Clock.Now, observe.New(observe.Config{Log: stderr, Level: slog.LevelWarn, Now: each.Clock.Now}))
		defer func() { err = errors.Join(err, h.Shut()) }()
		if err := h.Listen(); err != nil {
			return refused(err)
		}
		if err := h.Open(ctx); err != nil {
			return refused(err)
		}
		page, err := demonstration.NewPage(ctx, each, h.Roles)
		if err != nil {
			return err
		}
		defer page.Wait()
		houses = append(houses, h)
	}
	if err := s.invite(tell, d, houses); err != nil {
		return &exit{exitIO, err}
	}
	if err := members(ctx, tell, houses[0]); err != nil {
		return err
	}
	return live(ctx, houses...)
}

// prepared prepares what is not there, and opens it.
func (s *demonstrate) prepared(ctx context.Context, tell story, stderr io.Writer) (*demonstration.Demonstration, error) {
	ready, err := demonstration.Prepared(s.out)
	if err != nil {
		return nil, refused(err)
	}
	if !ready {
		prepare := s.prepare
		if s.accounts {
			prepare = s.prepareAccounts
		}
		if err := prepare(ctx, tell, stderr); err != nil {
			return nil, err
		}
	}
	d, err := demonstration.Open(s.out, 0)
	if err != nil {
		return nil, refused(err)
	}
	if d.OfAccounts() != s.accounts {
		return nil, &exit{exitUsage, fmt.Errorf("%s holds another demonstration: give another directory (-out)", s.out)}
	}
	origin := "http://" + s.address.String()
	if s.accounts {
		origin = fmt.Sprintf("http://localhost:%d", s.address.Port())
	}
	if origin != d.Config.Origins.Portal {
		return nil, &exit{exitUsage, fmt.Errorf("-listen %s: the messages of this demonstration lead to %s: give that address, or another directory (-out)", s.listen, d.Config.Origins.Portal)}
	}
	return d, nil
}

// prepare tells how it goes.
func (s *demonstrate) prepare(ctx context.Context, tell story, stderr io.Writer) error {
	ports := 2 * len(server.Names)
	if s.alone {
		ports = len(server.Names)
	}
	return s.making(ports, tell, stderr, func(w demonstration.Watcher) error {
		o := demonstration.Default()
		o.Electors, o.Companion = s.electors, !s.alone
		return demonstration.Prepare(ctx, s.out, o, s.address, w)
	})
}

// making prepares a demonstration on so many ports, and tells how it goes.
func (s *demonstrate) making(ports int, tell story, stderr io.Writer, prepare func(demonstration.Watcher) error) error {
	release, err := hold(s.address, ports)
	if err != nil {
		return err
	}
	defer release()
	m := meter.New(stderr)
	defer m.End()
	tell.say(preparing, s.out)
	err = prepare(demonstration.Watcher{Stage: m.Report, Step: func(name string) {
		m.End()
		tell.say(phrase{"  " + chapters[name].en + "\n", "  " + chapters[name].fr + "\n"})
	}})
	switch {
	case errors.Is(err, demonstration.ErrDirectory), errors.Is(err, server.ErrTaken):
		return &exit{exitCannot, err}
	case errors.Is(err, context.Canceled):
		return &exit{exitInterrupted, errors.New("interrupted: the same command begins the preparation again")}
	}
	return err
}

// hold takes the addresses while the demonstration is prepared, so that minutes are not spent for nothing.
func hold(first netip.AddrPort, n int) (release func(), err error) {
	var held []net.Listener
	release = func() {
		for _, l := range held {
			l.Close()
		}
	}
	for i := range n {
		l, err := net.Listen("tcp", netip.AddrPortFrom(first.Addr(), first.Port()+uint16(i)).String())
		if err != nil {
			release()
			return nil, &exit{exitUnavailable, fmt.Errorf("%w: give another one (-listen): %w", server.ErrListen, err)}
		}
		held = append(held, l)
	}
	return release, nil
}

// members says where the bureau's pages are, and at the first time how its first member comes in.
func members(ctx context.Context, tell story, h *server.House) error {
	b, m := h.Roles.Bureau, h.Public.Manifest.Bureau.Members[0]
	invited := slices.ContainsFunc(b.Office.Journal().Entries(0), func(e *journal.Entry) bool { return e.Statement.Body.Kind() == journal.Invited{}.Kind() })
	if invited {
		return tell.say(membersAt, b.Passkeys.Origin())
	}
	code, err := b.Passkeys.Invite(ctx, m.ID)
	if err != nil {
		return err
	}
	return tell.say(memberInvited, b.Passkeys.Origin(), m.Label, code)
}

// invite says where to go, and with which codes.
func (s *demonstrate) invite(tell story, d *demonstration.Demonstration, houses []*server.House) error {
	voters, err := d.Voters()
	if err != nil {
		return err
	}
	public := houses[0].Public
	var rows strings.Builder
	for _, v := range demonstration.Few(voters) {
		at := slices.IndexFunc(public.Manifest.Urns, func(u scrutin.Urn) bool { return u.ID == v.Urn })
		fmt.Fprintf(&rows, "  %-18s %-22s %-20s %s\n", v.Given+" "+v.Family, public.Manifest.Urns[at].Label, v.Identifier, v.Password)
	}
	if err := tell.say(invitation, d.Config.Origins.Portal, rows.String(), public.Fingerprint, d.Config.Origins.Portal); err != nil || d.Companion == nil {
		return err
	}
	of := houses[1].Public.Manifest
	return tell.say(accompanied, of.Scrutin.Title, of.Electors(), public.Manifest.Electors(), d.Companion.Config.Origins.Portal)
}
