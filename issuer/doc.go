// Package issuer is one of the two issuers of a scrutin: it gives each elector one
// half of his secret, under a code that it sends him by its own channel
// (docs/protocol.md, section 5; docs/online.md, section 3).
//
// An issuer is one secret of 32 bytes. Halves and codes are derived from it, so
// that nothing secret is kept for anybody, and whatever is done twice gives the
// same. Its store holds an address book, which message has left, and which code is
// the valid one; a [Station] works on it.
//
// What it promises. An elector is never sent two different codes of one generation.
// A code leaves only when its deposit is with the roll, and the general information
// has left for everybody where the plan says so. Nobody is in the address book
// twice, and nobody of the roll is missing from it. After a renewal the former code
// is dead: the roll knows the new deposit before the message leaves. No code, half
// or receipt code is ever written down. It knows no ballot and no choice.
package issuer
