package postgrestest

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// unprivileged starts a process that stops at once when its parent ends, and
// under root as somebody else.
func unprivileged() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if uid, gid, other := somebody(); other {
		attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	}
	return attr
}

// give hands a directory to whom the server runs as.
func give(dir string) error {
	if uid, gid, other := somebody(); other {
		return os.Chown(dir, int(uid), int(gid))
	}
	return nil
}

// somebody is who a server runs as that may not run as root.
func somebody() (uid, gid uint32, other bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		id, err := strconv.ParseUint(u.Uid, 10, 32)
		group, failed := strconv.ParseUint(u.Gid, 10, 32)
		if err == nil && failed == nil {
			return uint32(id), uint32(group), true
		}
	}
	return 0, 0, false
}

// Kill ends every process of the server by SIGKILL, as the system does when memory is
// short, and waits until none is left.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	all := s.family(t)
	for _, p := range all {
		if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			t.Error(err)
		}
	}
	<-s.ended
	end := time.Now().Add(10 * time.Second) // in which a number is given to no other process
	for _, p := range all {
		for now, there := look(p.pid); there && now.state != "Z" && time.Now().Before(end); now, there = look(p.pid) {
			time.Sleep(time.Millisecond)
		}
	}
}

// Processor is the time that the server's processes have taken of the processors since
// it was started, those that have ended too.
func (s *Server) Processor(t testing.TB) (all time.Duration) {
	t.Helper()
	for i, p := range s.family(t) {
		if all += p.used; i == 0 {
			all += p.waited
		}
	}
	return all
}

// A process is what /proc says of one.
type process struct {
	pid, parent  int
	state        string
	used, waited time.Duration // by itself, and by its children that have ended
}

// family is the server's process and, after it, those that it has started.
func (s *Server) family(t testing.TB) []process {
	t.Helper()
	first, there := look(s.process.Pid)
	if !there {
		t.Fatal("the server does not run")
	}
	all := []process{first}
	found, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range found {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		if p, there := look(pid); there && p.parent == first.pid {
			all = append(all, p)
		}
	}
	return all
}

// look reads a process, and says whether it is there.
func look(pid int) (p process, there bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return p, false
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 15 {
		return p, false
	}
	ticks := func(texts ...string) (all time.Duration) { // hundredths of a second
		for _, text := range texts {
			n, err := strconv.ParseInt(text, 10, 64)
			if err == nil {
				all += time.Duration(n) * 10 * time.Millisecond
			}
		}
		return all
	}
	p = process{pid: pid, state: fields[0], used: ticks(fields[11:13]...), waited: ticks(fields[13:15]...)}
	p.parent, err = strconv.Atoi(fields[1])
	return p, err == nil
}
