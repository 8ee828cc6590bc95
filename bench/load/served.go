package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"isoloir/bench/voters"
	"isoloir/observe"
	"isoloir/server"
	"isoloir/server/config"
)

// serve is a server's process where the command isoloir is not given, for its
// profile: some roles of a demonstration, until it is told to end, or killed.
func serve(ctx context.Context, dir, roles, profile string) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	stopProfile, err := startProfile(profile, "-"+roles)
	if err != nil {
		return err
	}
	defer stopProfile()
	c, err := config.Read(filepath.Join(dir, voters.ConfigFile))
	if err != nil {
		return err
	}
	h := server.NewHouse(c, strings.Split(roles, ","), time.Now, observe.New(observe.Config{Log: os.Stderr, Level: slog.LevelWarn, Now: time.Now}))
	defer func() { err = errors.Join(err, h.Shut()) }()
	if err := errors.Join(h.Listen(), h.Open(ctx)); err != nil {
		return err
	}
	return h.Run(ctx)
}

// check compares ballots, marks and receipts in the stores, which nobody has open.
func check(ctx context.Context, e *voters.Election, ends []voters.End, out io.Writer) (err error) {
	h := server.NewHouse(e.Config, []string{"urn", "roll"}, time.Now, observe.Silent())
	defer func() { err = errors.Join(err, h.Shut()) }()
	if err := h.Open(ctx); err != nil {
		return err
	}
	return e.Check(ctx, h.Roles, ends, out)
}

// startProfile writes what the processor does to a file, if one is named.
func startProfile(file, suffix string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file + suffix)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		f.Close()
	}, nil
}
