package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"isoloir/bench/voters"
	"isoloir/server"
)

// together are the roles that voters meet.
const together = "portal,roll,urn"

// A fleet is the server's processes.
type fleet []*child

// newFleet describes what serves the election in dir, by the command isoloir or else by
// this program: one process with the roles that voters meet, or one for each role there
// is.
func newFleet(e *voters.Election, isoloir, dir, profile string, apart bool, log io.Writer) (f fleet, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	groups := []string{together}
	if apart {
		groups = server.Names
	}
	for _, roles := range groups {
		first, _, _ := strings.Cut(roles, ",")
		_, origin, err := server.Place(e.Config, first)
		if err != nil {
			return nil, err
		}
		c := &child{roles: roles, at: origin, log: log, program: []string{self, "-serve", roles, "-dir", dir, "-profile", profile}}
		if isoloir != "" {
			c.program = []string{isoloir, "serve", "-role", roles, "-config", filepath.Join(dir, voters.ConfigFile)}
		}
		f = append(f, c)
	}
	return f, nil
}

// start begins all processes, and waits until they serve.
func (f fleet) start(ctx context.Context) error {
	for i, c := range f {
		if err := c.start(ctx); err != nil {
			return errors.Join(err, f[:i].stop())
		}
	}
	return nil
}

// stop ends them as an operator does.
func (f fleet) stop() (err error) {
	for _, c := range slices.Backward(f) {
		err = errors.Join(err, c.end(syscall.SIGTERM))
	}
	return err
}

// met are those that voters meet.
func (f fleet) met() (all []victim) {
	for _, c := range f {
		if strings.Contains(together, c.roles) {
			all = append(all, c)
		}
	}
	return all
}

// processor is the time that they have taken of the processors.
func (f fleet) processor() (all time.Duration, err error) {
	for _, c := range f {
		one, failed := c.processor()
		all, err = all+one, errors.Join(err, failed)
	}
	return all, err
}

// memory is what they held, each when it held most, in kB.
func (f fleet) memory() (all int) {
	for _, c := range f {
		all += c.memory
	}
	return all
}

// A child is one of the server's processes.
type child struct {
	roles   string   // with commas
	program []string // with its arguments
	at      string   // the origin of one of its roles
	log     io.Writer
	process *exec.Cmd
	used    time.Duration // by processes that have ended
	memory  int           // kB, the most that one of them held
}

func (c *child) String() string { return c.roles }

// start begins a process, and waits until it serves.
func (c *child) start(ctx context.Context) error {
	c.process = exec.Command(c.program[0], c.program[1:]...)
	c.process.Stderr = c.log
	if err := c.process.Start(); err != nil {
		return err
	}
	for range 600 {
		if c.serves() {
			return nil
		}
		if err := voters.Sleep(ctx, 100*time.Millisecond); err != nil {
			return errors.Join(err, c.kill())
		}
	}
	return errors.Join(fmt.Errorf("%s: the process does not serve", c.roles), c.kill())
}

// serves says whether it answers otherwise than that it starts.
func (c *child) serves() bool {
	q, err := http.NewRequest(http.MethodGet, c.at+"/", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultTransport.RoundTrip(q) // follows nothing
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode != http.StatusServiceUnavailable
}

// kill ends the process as a power cut does.
func (c *child) kill() error { return c.end(syscall.SIGKILL) }

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

// processor is the time that it has taken of the processors.
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
