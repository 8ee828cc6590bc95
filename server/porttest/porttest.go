// Package porttest finds ports of this machine for tests whose servers need several in a row.
//
// They are below those that a system gives to connections by itself (RFC 6335 and Linux: from 32768), or a connection of some other test could
// take one between the moment it is found free and the moment it is listened on.
package porttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
)

// Row is the first of n ports in a row of 127.0.0.1 at which nobody listens.
func Row(n int) (netip.AddrPort, error) {
	for range 100 {
		first := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(15000+rand.IntN(16000)))
		if free(first, n) {
			return first, nil
		}
	}
	return netip.AddrPort{}, fmt.Errorf("no %d free ports in a row", n)
}

func free(first netip.AddrPort, n int) bool {
	for i := range n {
		l, err := net.Listen("tcp", netip.AddrPortFrom(first.Addr(), first.Port()+uint16(i)).String())
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}
