package keyceremony

import (
	"errors"
	"slices"

	"isoloir/crypto/group"
	"isoloir/scrutin"
)

// Keys is what a ceremony gives: public keys only.
type Keys struct {
	Digest  scrutin.Digest // ceremony digest: the board digest after the last run's seal step
	Key     group.Point    // Y, to which ballots are encrypted
	Clauses []ClauseKey    // in the manifest's order
	Faults  []Fault        // why the runs before the last are void
}

// ClauseKey is the key of one clause.
type ClauseKey struct {
	Clause    string
	Threshold int         // number of shares that open
	Key       group.Point // Y_c
	Holders   []HolderKey // the holders of the last run, in the clause's order
}

// HolderKey is the verification key of one holder in one clause.
type HolderKey struct {
	Holder string
	Index  int         // where the polynomial is evaluated: his place in the manifest's list of the clause, from 1
	Key    group.Point // Y_{c,j} = g^x, x his fragment
}

// Clause returns the key of the clause so named.
func (k *Keys) Clause(name string) (ClauseKey, bool) {
	for _, c := range k.Clauses {
		if c.Clause == name {
			return c, true
		}
	}
	return ClauseKey{}, false
}

// Holder returns the verification key of the holder so named.
func (c ClauseKey) Holder(name string) (HolderKey, bool) {
	for _, h := range c.Holders {
		if h.Holder == name {
			return h, true
		}
	}
	return HolderKey{}, false
}

// seal returns the keys as a seal message states them.
func (k *Keys) seal() Seal {
	_, key, clauses := k.Opening()
	return Seal{Key: key, Clauses: clauses}
}

// ErrOpening says that an opening record names other keys than the ceremony's.
var ErrOpening = errors.New("the keys of the opening record are not those of the ceremony")

// Match compares an opening record with the keys: digest, Y, and for each clause
// its key and the verification keys.
func (k *Keys) Match(o *scrutin.Opening) error {
	digest, key, clauses := k.Opening()
	if o.Ceremony != digest || o.Key != key || !slices.EqualFunc(o.Clauses, clauses, sameKeys) {
		return ErrOpening
	}
	return nil
}

// Opening returns what an opening record says of the keys.
func (k *Keys) Opening() (digest scrutin.Digest, key scrutin.Point, clauses []scrutin.ClauseKey) {
	for _, c := range k.Clauses {
		keys := scrutin.ClauseKey{Clause: c.Clause, Key: scrutin.PointOf(c.Key)}
		for _, h := range c.Holders {
			keys.Holders = append(keys.Holders, scrutin.HolderKey{Holder: h.Holder, Key: scrutin.PointOf(h.Key)})
		}
		clauses = append(clauses, keys)
	}
	return k.Digest, scrutin.PointOf(k.Key), clauses
}

// Excluded returns the holders whom void runs left out, as the act that adopts
// the ceremony names them.
func (k *Keys) Excluded() []scrutin.Exclusion {
	var out []scrutin.Exclusion
	for _, f := range k.Faults {
		out = append(out, scrutin.Exclusion{Run: f.Run, Holder: f.Holder})
	}
	return out
}
