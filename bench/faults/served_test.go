package faults

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"isoloir/observe"
	"isoloir/server"
	"isoloir/server/config"
)

// A clock is that of all processes. One with a cycle shows of every minute only so long a
// time around its beginning, where the slots of the flushes are, so that a short campaign
// sees flushes and reconciliations too.
type clock struct {
	from  time.Time
	cycle time.Duration // 0 for the machine's own clock
}

func (c clock) now() time.Time {
	if c.cycle == 0 {
		return time.Now()
	}
	passed := time.Since(c.from)
	slot := c.from.Truncate(time.Minute).Add(time.Minute * (1 + passed/c.cycle))
	return slot.Add(passed%c.cycle - c.cycle/2)
}

// takes is how long by the machine's clock it is until so long a time has passed.
func (c clock) takes(d time.Duration) time.Duration {
	if c.cycle == 0 {
		return d
	}
	return c.cycle * (d/time.Minute + 1)
}

// slot is how long by the machine's clock it is until the next slot.
func (c clock) slot() time.Duration {
	if c.cycle == 0 {
		return time.Until(time.Now().Truncate(time.Minute).Add(time.Minute))
	}
	return c.cycle - (time.Since(c.from)+c.cycle/2)%c.cycle
}

func (c clock) String() string { return fmt.Sprintf("%d/%v", c.from.UnixNano(), c.cycle) }

func parseClock(text string) (clock, error) {
	from, cycle, _ := strings.Cut(text, "/")
	at, err := strconv.ParseInt(from, 10, 64)
	d, failed := time.ParseDuration(cycle)
	return clock{time.Unix(0, at), d}, errors.Join(err, failed)
}

// TestMain lets this program be the processes that it starts.
func TestMain(m *testing.M) {
	if os.Getenv("FAULTS_SERVED") == "" {
		os.Exit(m.Run())
	}
	var file, at string
	set := flag.NewFlagSet("served", flag.ExitOnError)
	set.StringVar(&file, "config", "", "")
	set.StringVar(&at, "clock", "", "")
	if err := errors.Join(set.Parse(os.Args[1:]), serve(os.Getenv("FAULTS_SERVED"), file, at)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve is `isoloir serve -role` by another clock.
func serve(role, file, at string) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	clock, err := parseClock(at)
	if err != nil {
		return err
	}
	c, err := config.Read(file)
	if err != nil {
		return err
	}
	h := server.NewHouse(c, []string{role}, clock.now, observe.New(observe.Config{Log: os.Stderr, Level: slog.LevelWarn, Now: clock.now}))
	defer func() { err = errors.Join(err, h.Shut()) }()
	if err := errors.Join(h.Listen(), h.Open(ctx)); err != nil {
		return err
	}
	return h.Run(ctx)
}
