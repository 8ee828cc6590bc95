package postgrestest

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
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
