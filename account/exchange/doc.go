// Package exchange is what an issuer and the roll tell each other while a vote is
// prepared and open, in bytes (docs/online.md, section 1): the deposits by which an
// issuer leaves its half of each elector's login with the roll, and the notices by
// which the roll has an issuer write to an elector whose address it does not know.
//
// What it promises: every message has one form, and is read only in it; a deposit
// holds points that are no identity and canonical scalars; nothing of a notice says
// when an elector did what.
package exchange

import "errors"

// ErrFormat says that bytes are not a message of this package in its one form.
var ErrFormat = errors.New("not a message between an issuer and the roll: its bytes are not in the one accepted form")
