package issuer

import (
	"isoloir/account"
	"isoloir/crypto/group"
)

// Halves are all that a station derives, for tests to search for.
func Halves(s *Station) (halves []group.Scalar) {
	for _, u := range s.Manifest.Urns {
		for e := range u.Electors {
			halves = append(halves, s.derived.half(account.Number{Urn: u.ID, Index: uint32(e)}))
		}
	}
	return halves
}
