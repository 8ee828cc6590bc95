// Package trustee is what a key holder or a mixer does at his own table with a
// copy of the record: he takes part in the key ceremony, anonymises accounts or
// mixes ballots at his stage, and opens the one sealed, mixed urn. Files go in,
// files come out; no network is needed and none is used. It follows sections 4,
// 6, 8 and 10 of docs/protocol.md.
//
// What it promises: a holder's device computes shares only of lists that it
// recomputed itself, from ballots whose proofs it verified, on logs that more
// than two thirds of the witnesses sealed, through mixes whose proofs it verified
// and the bureau adopted; of all lists or of none; and of one seal for ever.
package trustee
