package config

import (
	"net/netip"
)

// Observe is where a process shows operators how it is (package observe), and how it writes its log.
type Observe struct {
	// Listen is an address of this machine alone or of a private network, never one that voters reach; empty for 127.0.0.1:9464.
	Listen string `yaml:"listen" validate:"omitempty,private"`
	Log    string `yaml:"log" validate:"omitempty,oneof=text json"` // empty for text
}

// At is the address to listen on.
func (o Observe) At() string {
	if o.Listen == "" {
		return "127.0.0.1:9464"
	}
	return o.Listen
}

// JSON says whether lines of the log are JSON; they are text where nothing is said.
func (o *Observe) JSON() bool { return o != nil && o.Log == "json" }

// private says whether s is an address, in figures, of this machine or of a private network, and a port.
func private(s string) bool {
	at, err := netip.ParseAddrPort(s)
	return err == nil && at.Port() > 0 && (at.Addr().IsLoopback() || at.Addr().IsPrivate())
}
