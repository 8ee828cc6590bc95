package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"isoloir/server"
	"isoloir/server/config"
)

const serveHelp = `isoloir serve runs roles of one scrutin, as their configuration describes them (docs/serving.md).

  isoloir serve -role roll|urn|issuer-a|issuer-b|portal|all -config FILE [-check] [-acme]

  -role ROLE     which role; several with commas, or all that the configuration describes
  -config FILE   the configuration, in YAML; it holds paths of secrets, never a secret
  -check         open everything that the roles need, say what is wrong, and stop without listening
  -acme          ask an authority for the certificates of roles that have no certificate files (its terms of service
                 are agreed to)

It listens, opens its roles, tells systemd that it is ready, and stops on SIGTERM once what is under way is answered.

Exit codes: 0 stopped as asked, or -check found nothing wrong; 64 the command line is wrong; 65 the configuration, a
secret or the public record is wrong; 66 a file cannot be read; 69 an address cannot be listened on; 70 a role failed;
73 another process works on a directory; 74 a store or a disk failed; 77 others than its owner can read a secret.
`

// Exit codes of those who serve, beside the others.
const (
	exitUnavailable = 69 // an address cannot be listened on
	exitExposed     = 77 // others than its owner can read a secret
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
func serve(ctx context.Context, args []string, stderr io.Writer) error {
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
	h := &house{config: c, names: s.names(c), now: time.Now, log: slog.New(slog.NewTextHandler(stderr, nil))}
	if !s.check {
		if err := h.listen(); err != nil {
			return err
		}
	}
	defer h.shut()
	if err := h.open(ctx); err != nil {
		return err
	}
	if s.check {
		return nil
	}
	for _, r := range h.roles.All() {
		h.doors[r.Name].Open(r.Handler)
		place, origin, _ := server.Place(c, r.Name)
		h.log.Info("serving", "role", r.Name, "listen", place.Listen, "origin", origin)
	}
	return h.run(ctx)
}

// house is what a process serves.
type house struct {
	config *config.Config
	names  []string
	now    func() time.Time
	log    *slog.Logger

	doors  map[string]*server.Door
	public *server.Public
	roles  *server.Roles
}

// listen takes every address before anything is opened. Until their roles are there they answer that they are starting.
func (h *house) listen() error {
	h.doors = map[string]*server.Door{}
	for _, name := range h.names {
		place, origin, err := server.Place(h.config, name)
		if err != nil {
			return errors.Join(refused(err), h.close())
		}
		l, err := server.Listen(place, origin, h.config.ACME)
		if err != nil {
			return refused(errors.Join(fmt.Errorf("%s: %w", name, err), h.close()))
		}
		h.doors[name] = server.NewDoor(l)
	}
	return nil
}

// open opens the roles on the public record.
func (h *house) open(ctx context.Context) (err error) {
	if h.public, err = server.OpenPublic(h.config.Record); err != nil {
		return refused(err)
	}
	h.roles, err = server.OpenRoles(ctx, h.config, h.names, h.setting())
	return refused(err)
}

func (h *house) setting() server.Setting {
	return server.Setting{Public: h.public, Origins: h.config.Origins, Now: h.now, Log: h.log}
}

// run keeps the roles' hours until ctx ends, and then answers what is under way.
func (h *house) run(ctx context.Context) error {
	tellSystemd("READY=1")
	server.Run(ctx, h.setting(), h.roles.All())
	tellSystemd("STOPPING=1")
	return h.close()
}

// close answers what is under way and gives the addresses back.
func (h *house) close() error {
	var failed error
	for _, d := range h.doors {
		failed = errors.Join(failed, d.Close())
	}
	h.doors = nil
	return failed
}

// shut closes everything, also after a failure.
func (h *house) shut() {
	err := h.close()
	if h.roles != nil {
		err = errors.Join(err, h.roles.Shut())
	}
	if h.public != nil {
		err = errors.Join(err, h.public.Close())
	}
	if err != nil {
		h.log.Error("closing failed", "error", err)
	}
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
	case errors.Is(err, server.ErrTaken):
		code = exitCannot
	case errors.Is(err, config.ErrConfig), errors.Is(err, server.ErrRole), errors.Is(err, server.ErrSecret), errors.Is(err, server.ErrClient):
		code = exitData
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		code = exitNoInput
	case errors.Is(err, server.ErrRecord):
		code = exitData
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
