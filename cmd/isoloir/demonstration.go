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
	"isoloir/cmd/internal/meter"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/demonstration"
)

const runHelp = `isoloir run is a demonstration of the portal: an invented local election, open, on this machine alone.

  isoloir run [-out DIR] [-listen 127.0.0.1:8080] [-lang en|fr]

It prepares the election in DIR (default out/run) unless it is there, from the key ceremony to the opening, serves all roles on
five neighbouring ports, and prints where the portal is and some electors' codes. /demo/ on the portal shows the messages that
would have left, closes, counts, and shows the auditor's verdict. What was voted stays in DIR when it is stopped.

Exit codes are those of isoloir serve.
`

// demonstrate is the command run.
type demonstrate struct {
	out, listen, lang string
	address           netip.AddrPort
}

func runFlags(args []string, stderr io.Writer) (*demonstrate, error) {
	s := &demonstrate{}
	set := flag.NewFlagSet("run", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&s.out, "out", "out/run", "")
	set.StringVar(&s.listen, "listen", "127.0.0.1:8080", "")
	set.StringVar(&s.lang, "lang", systemLanguage(), "")
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
	case err != nil || !s.address.Addr().IsLoopback():
		return nil, &exit{exitUsage, fmt.Errorf("-listen %q: give an address of this machine alone and a port, as 127.0.0.1:8080: a demonstration is for nobody else", s.listen)}
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
	d, err := s.prepared(ctx, tell, stderr)
	if err != nil {
		return err
	}
	h := server.NewHouse(d.Config, server.Names, d.Clock.Now, slog.New(slog.NewTextHandler(stderr, nil)))
	defer func() { err = errors.Join(err, h.Shut()) }()
	if err := h.Listen(); err != nil {
		return refused(err)
	}
	if err := h.Open(ctx); err != nil {
		return refused(err)
	}
	page, err := demonstration.NewPage(ctx, d, h.Roles)
	if err != nil {
		return err
	}
	defer page.Wait()
	if err := s.invite(tell, d, h.Public); err != nil {
		return &exit{exitIO, err}
	}
	return live(ctx, h)
}

// prepared prepares what is not there, and opens it.
func (s *demonstrate) prepared(ctx context.Context, tell story, stderr io.Writer) (*demonstration.Demonstration, error) {
	ready, err := demonstration.Prepared(s.out)
	if err != nil {
		return nil, refused(err)
	}
	if !ready {
		if err := free(s.address); err != nil {
			return nil, err
		}
		m := meter.New(stderr)
		tell.say(preparing, s.out)
		err := demonstration.Prepare(ctx, s.out, demonstration.Default(), s.address, demonstration.Watcher{Stage: m.Report, Step: func(name string) {
			m.End()
			tell.say(phrase{"  " + chapters[name].en + "\n", "  " + chapters[name].fr + "\n"})
		}})
		m.End()
		if errors.Is(err, demonstration.ErrDirectory) {
			return nil, &exit{exitCannot, err}
		}
		if err != nil {
			return nil, err
		}
	}
	d, err := demonstration.Open(s.out, 0)
	if err != nil {
		return nil, refused(err)
	}
	if origin := "http://" + s.address.String(); origin != d.Config.Origins.Portal {
		return nil, &exit{exitUsage, fmt.Errorf("-listen %s: the messages of this demonstration lead to %s: give that address, or another directory (-out)", s.listen, d.Config.Origins.Portal)}
	}
	return d, nil
}

// free says whether the five addresses are nobody's, before minutes are spent for nothing.
func free(first netip.AddrPort) error {
	for i := range len(server.Names) {
		at := netip.AddrPortFrom(first.Addr(), first.Port()+uint16(i))
		l, err := net.Listen("tcp", at.String())
		if err != nil {
			return &exit{exitUnavailable, fmt.Errorf("%w: %w", server.ErrListen, err)}
		}
		l.Close()
	}
	return nil
}

// invite says where to go, and with which codes.
func (s *demonstrate) invite(tell story, d *demonstration.Demonstration, public *server.Public) error {
	voters, err := d.Voters()
	if err != nil {
		return err
	}
	var rows strings.Builder
	for _, v := range demonstration.Few(voters) {
		at := slices.IndexFunc(public.Manifest.Urns, func(u scrutin.Urn) bool { return u.ID == v.Urn })
		fmt.Fprintf(&rows, "  %-18s %-22s %-20s %s\n", v.Given+" "+v.Family, public.Manifest.Urns[at].Label, v.Identifier, v.Password)
	}
	return tell.say(invitation, d.Config.Origins.Portal, rows.String(), public.Fingerprint, d.Config.Origins.Portal)
}
