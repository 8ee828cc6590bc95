package config

import "net/netip"

// A Place is where a role works and listens.
type Place struct {
	Directory string `yaml:"directory" validate:"required"` // its own, one process's at a time
	// Listen is an address of this machine alone where neither certificate nor authority is there to be had.
	Listen string `yaml:"listen" validate:"listen"`
	TLS    *TLS   `yaml:"tls" validate:"omitempty"`
	// Proxies are the addresses, or networks as 10.0.0.0/24, of the proxies through which others come: what these say of where a request is
	// from is believed (X-Forwarded-For). Without them, limits take everybody behind a proxy for one network.
	Proxies []string `yaml:"proxies" validate:"dive,ip|cidr"`
	// Access is who may reach the processing, a line for each with office and reason: the bureau sees it, and keeps every change.
	Access []string `yaml:"access,omitempty" validate:"max=1000,dive,min=1,max=300"`
	// AppRole is how it logs in to the Vault, if any of its keys and secrets is there.
	AppRole *AppRole `yaml:"approle" validate:"omitempty"`
}

// Networks are the proxies'.
func (p Place) Networks() []netip.Prefix { return networks(p.Proxies) }

// DeskNetworks are the help desk's.
func (i Issuer) DeskNetworks() []netip.Prefix { return networks(i.Desk) }

func networks(texts []string) (all []netip.Prefix) {
	for _, text := range texts {
		if network, err := netip.ParsePrefix(text); err == nil {
			all = append(all, network)
		} else if at, err := netip.ParseAddr(text); err == nil {
			all = append(all, netip.PrefixFrom(at, at.BitLen()))
		}
	}
	return all
}

// TLS names the files of a certificate, with its chain, and of its key, both PEM.
type TLS struct {
	Certificate string `yaml:"certificate" validate:"required"`
	Key         string `yaml:"key" validate:"required"`
}
