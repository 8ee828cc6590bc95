package vaulttest

import "syscall"

// endsWithParent lets a process be killed when its parent ends.
func endsWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
