// Package keyceremony makes the key of an election without a dealer, so that
// no machine ever holds it: joint Feldman sharing in committed rounds, one
// group of holders per clause of the quorum, as laid down in section 4 of
// docs/protocol.md. It follows Pedersen 1991 and Gennaro, Jarecki, Krawczyk and
// Rabin 1999; hashes of the dealers' commitments come before the commitments
// themselves, so that the last to speak cannot choose the key.
//
// The ceremony is a set of signed messages. [Run] is a pure function of the
// manifest, the number of the run, the holders left out and the messages so
// far: it says what each holder must do next, and names whoever cheated.
// [Verify] does the same for the complete record. Polynomials, their
// commitments and their evaluation are those of kyber's share package over the
// group of the election. A holder's own secrets live in package device.
//
// What it promises: the key is unbiased but for the choice of naming oneself
// as absent; whoever sends anything but what the protocol asks is named, by
// evidence that everybody can check again; and nothing here, nor in the rest of
// the project, computes the secret key. Lagrange coefficients are only ever
// applied to exponents of partial decryptions (a test walks the sources and
// says so).
package keyceremony
