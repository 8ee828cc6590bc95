package guard

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Behind reads where a request comes from that passed through proxies of these networks,
// for Config: each puts at the end of X-Forwarded-For the address that it has it from.
// The last one that is no proxy's counts; what stands before it is anybody's word. Who
// comes by no proxy is where the connection comes from.
func Behind(proxies []netip.Prefix) func(*http.Request) netip.Addr {
	return func(r *http.Request) netip.Addr {
		from := peer(r)
		if !among(proxies, from) {
			return from
		}
		passed := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, text := range slices.Backward(passed) {
			at, err := netip.ParseAddr(strings.TrimSpace(text))
			if err != nil {
				return from
			}
			if from = at; !among(proxies, at) {
				break
			}
		}
		return from
	}
}

func among(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a.Unmap().WithZone("")) })
}
