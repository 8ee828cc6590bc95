package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"isoloir/bench/voters"
	"isoloir/observe"
	"isoloir/server"
	"isoloir/server/config"
)

// roles are what voters meet.
var roles = []string{"portal", "roll", "urn"}

// serve is the server's process where the command isoloir is not given, for its
// profile: the roles of a demonstration, until it is told to end, or killed.
func serve(ctx context.Context, dir, profile string) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	stopProfile, err := startProfile(profile, "-server")
	if err != nil {
		return err
	}
	defer stopProfile()
	c, err := config.Read(filepath.Join(dir, voters.ConfigFile))
	if err != nil {
		return err
	}
	h := server.NewHouse(c, roles, time.Now, observe.New(observe.Config{Log: os.Stderr, Level: slog.LevelWarn, Now: time.Now}))
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

// program is the command line of the server: that of isoloir, or of this program
// itself.
func program(isoloir, dir, profile string) ([]string, error) {
	if isoloir != "" {
		return []string{isoloir, "serve", "-role", strings.Join(roles, ","), "-config", filepath.Join(dir, voters.ConfigFile)}, nil
	}
	self, err := os.Executable()
	return []string{self, "-serve", "-dir", dir, "-profile", profile}, err
}

// A child is the server's process.
type child struct {
	*voters.Election
	program []string // with its arguments
	log     io.Writer
	process *exec.Cmd
	used    time.Duration // by processes that have ended
	memory  int           // kB, the most that one of them held
}

// start begins a process, and waits until it answers.
func (c *child) start(ctx context.Context) error {
	c.process = exec.Command(c.program[0], c.program[1:]...)
	c.process.Stderr = c.log
	if err := c.process.Start(); err != nil {
		return err
	}
	for range 600 {
		answer, err := http.Get(c.Origins.Portal + "/status")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		if err := voters.Sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the server does not answer")
}

// kill ends the process as a power cut does; stop as an operator does.
func (c *child) kill() error { return c.end(syscall.SIGKILL) }
func (c *child) stop() error { return c.end(syscall.SIGTERM) }

func (c *child) end(s syscall.Signal) error {
	if err := c.weigh(); err != nil {
		return err
	}
	if err := c.process.Process.Signal(s); err != nil {
		return err
	}
	err := c.process.Wait()
	if p := c.process.ProcessState; p != nil {
		c.used += p.UserTime() + p.SystemTime()
	}
	if killed := new(exec.ExitError); s == syscall.SIGKILL && errors.As(err, &killed) {
		return nil
	}
	return err
}

// processor is the time that the server has taken of the processors.
func (c *child) processor() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, errors.New("/proc/PID/stat is not understood")
	}
	var ticks int64
	for _, f := range fields[11:13] { // utime and stime, in hundredths of a second
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return c.used + time.Duration(ticks)*10*time.Millisecond, nil
}

// weigh notes the most memory that the process has held.
func (c *child) weigh() error {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.process.Process.Pid))
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kb int
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		return errors.New("/proc/PID/status is not understood")
	}
	c.memory = max(c.memory, kb)
	return nil
}

// own is the time that this process has taken of the processors.
func own() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
