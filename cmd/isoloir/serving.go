package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"isoloir/custody"
	"isoloir/integrity"
	"isoloir/integrity/alert"
	"isoloir/observe"
	"isoloir/pg"
	"isoloir/rowmac"
	"isoloir/server"
	"isoloir/server/config"
)

const serveHelp = `isoloir serve runs roles of one scrutin, as their configuration describes them (docs/serving.md).

  isoloir serve -role roll|urn|issuer-a|issuer-b|portal|bureau|all -config FILE [-check] [-acme]

  -role ROLE     which role; several with commas, or all that the configuration describes
  -config FILE   the configuration, in YAML; it holds paths of secrets, never a secret
  -check         open everything that the roles need, say what is wrong, and stop without listening
  -acme          ask an authority for the certificates of roles that have no certificate files (its terms of service
                 are agreed to)

It listens, opens its roles, tells systemd that it is ready, and stops on SIGTERM once what is under way is answered.

Exit codes: 0 stopped as asked, or -check found nothing wrong; 64 the command line is wrong; 65 the configuration, a
secret or the public record is wrong; 66 a file cannot be read; 69 an address cannot be listened on; 70 a role failed;
73 another process works on a directory; 74 a store or a disk failed; 75 the Vault of its keys does not answer now; 77 others
than its owner can read a secret, or the Vault refuses.
`

// Exit codes of those who serve, beside the others.
const (
	exitUnavailable = 69 // an address cannot be listened on
	exitExposed     = 77 // others than its owner can read a secret, or the Vault refuses
)

// service is the command line of serve.
type service struct {
	roles, config string
	check, acme   bool
}

func serveFlags(args []string, stderr io.Writer) (*service, error) {
	s := &service{}
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&s.roles, "role", "", "")
	set.StringVar(&s.config, "config", "", "")
	set.BoolVar(&s.check, "check", false, "")
	set.BoolVar(&s.acme, "acme", false, "")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, serveHelp)
			return nil, err
		}
		return nil, &exit{exitUsage, err}
	}
	switch {
	case set.NArg() > 0:
		return nil, &exit{exitUsage, fmt.Errorf("%q is one word too many: everything is said by flags", set.Arg(0))}
	case s.config == "":
		return nil, &exit{exitUsage, errors.New("-config is missing: name the file of the configuration")}
	case s.roles == "":
		return nil, &exit{exitUsage, errors.New("-role is missing: give a role, several with commas, or all")}
	}
	for _, name := range strings.Split(s.roles, ",") {
		if s.roles != "all" && !slices.Contains(server.Names, name) {
			return nil, &exit{exitUsage, fmt.Errorf("-role: there is no role %q: give all, or some of %s", name, strings.Join(server.Names, ", "))}
		}
	}
	return s, nil
}

// names are the roles to serve.
func (s *service) names(c *config.Config) []string {
	if s.roles != "all" {
		return strings.Split(s.roles, ",")
	}
	return slices.DeleteFunc(slices.Clone(server.Names), func(name string) bool {
		_, _, err := server.Place(c, name)
		return err != nil
	})
}

// serve is the command of that name.
func serve(ctx context.Context, args []string, stderr io.Writer) (err error) {
	s, err := serveFlags(args, stderr)
	if err != nil {
		return err
	}
	c, err := config.Read(s.config)
	if err != nil {
		return refused(err)
	}
	if s.acme && c.ACME == nil {
		return &exit{exitData, fmt.Errorf("%s: -acme needs the section acme", s.config)}
	}
	if !s.acme {
		c.ACME = nil
	}
	watch := observe.New(observe.Config{Log: stderr, JSON: c.Observe.JSON(), Now: time.Now})
	watch.Libraries()
	h := server.NewHouse(c, s.names(c), time.Now, watch)
	defer func() { err = errors.Join(err, h.Shut()) }()
	begin := h.Listen
	if s.check {
		begin = h.Check
	}
	if err := begin(); err != nil {
		return refused(err)
	}
	if err := h.Open(ctx); err != nil || s.check {
		return refused(err)
	}
	return live(ctx, h)
}

// gcPercent is how much the heap grows before it is collected, unless GOGC says: a role's heap is small, and what requests leave behind is
// much. Collected at every doubling, a vote takes a third more of the processors.
const gcPercent = 400

// live serves until ctx ends.
func live[H interface{ Run(context.Context) error }](ctx context.Context, houses ...H) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	tellSystemd("READY=1")
	defer tellSystemd("STOPPING=1")
	ended := make(chan error)
	for _, h := range houses {
		go func() { ended <- h.Run(ctx) }()
	}
	var failed error
	for range houses {
		failed = errors.Join(failed, <-ended)
	}
	return failed
}

// refused gives an error of opening its exit code.
func refused(err error) error {
	var e *exit
	code := 0
	switch {
	case err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, server.ErrListen):
		code = exitUnavailable
	case errors.Is(err, server.ErrExposed):
		code = exitExposed
	case errors.Is(err, custody.ErrUnavailable):
		code = exitTrouble
	case errors.Is(err, custody.ErrRefused):
		code = exitExposed
	case errors.Is(err, server.ErrTaken), errors.Is(err, server.ErrEnding):
		code = exitCannot
	case errors.Is(err, config.ErrConfig), errors.Is(err, server.ErrClear), errors.Is(err, server.ErrRole), errors.Is(err, server.ErrSecret), errors.Is(err, server.ErrClient), errors.Is(err, server.ErrCompanions),
		errors.Is(err, server.ErrUnsealed), errors.Is(err, server.ErrMarks):
		code = exitData
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, custody.ErrAbsent), errors.Is(err, rowmac.ErrLost):
		code = exitNoInput
	case errors.Is(err, server.ErrRecord):
		code = exitData
	case errors.Is(err, pg.ErrAddress):
		code = exitData
	case errors.Is(err, rowmac.ErrKey), errors.Is(err, integrity.ErrAnchors), errors.Is(err, alert.ErrLog):
		code = exitData
	case errors.Is(err, server.ErrRows):
		code = exitIO
	case errors.Is(err, pg.ErrUnfit), pg.Away(err):
		code = exitIO
	default:
		return err
	}
	return &exit{code, err}
}

// tellSystemd says to a service manager that asked for it (sd_notify(3)) how the process stands. Nothing depends on its hearing it.
func tellSystemd(state string) {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return
	}
	defer c.Close()
	_, _ = c.Write([]byte(state))
}
