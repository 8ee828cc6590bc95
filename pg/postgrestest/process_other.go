//go:build !linux

package postgrestest

import "syscall"

func unprivileged() *syscall.SysProcAttr { return nil }

func give(string) error { return nil }
