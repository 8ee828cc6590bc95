package faults

import (
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"testing"
)

// asked counts the ports that were asked for.
var asked atomic.Int64

// port is one of this machine that nobody has, below those that the system gives to
// connections, so that none takes the port of a process that is to start again.
func port(t testing.TB) int {
	t.Helper()
	for range 5000 {
		n := 10_000 + (100*int64(os.Getpid())+asked.Add(1))%20_000
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", n))
		if err != nil {
			continue
		}
		l.Close()
		return int(n)
	}
	t.Fatal("no port is free")
	return 0
}

// address is one of this machine that nobody has.
func address(t testing.TB) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", port(t))
}
