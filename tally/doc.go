// Package tally opens the sealed urns: mixers shuffle the ballots of each cell,
// holders give partial decryptions, and anybody combines them into the count.
// Sections 9 to 11 of docs/protocol.md lay it down; the mix is that of
// Terelius and Wikström in the form of Haenni, Locher, Koenig and Dubuis
// (2017), the shares are ElGamal's with threshold after Desmedt and Frankel
// (1989), each list under one proof of Chaum and Pedersen.
//
// What it promises: the inputs are recomputed from the sealed logs, and each
// stage from the one before; only the last list of all the manifest's mixers is
// opened; shares are verified before they are used, false ones are named and
// left out, and the count goes on while every clause has its threshold; no cell
// under the minimum size is opened without the act that names it; the result
// depends on no choice of quorum, of workers or of machine. Nothing here
// computes the secret key, and nothing knows a database or a network.
package tally
