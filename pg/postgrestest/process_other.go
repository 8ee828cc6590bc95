//go:build !linux

package postgrestest

import (
	"syscall"
	"testing"
	"time"
)

func unprivileged() *syscall.SysProcAttr { return nil }

func give(string) error { return nil }

// Kill stops the server at once: its processes are known on Linux only.
func (s *Server) Kill(t testing.TB) { s.Stop(t, syscall.SIGQUIT) }

// Processor is known on Linux only.
func (s *Server) Processor(testing.TB) time.Duration { return 0 }
