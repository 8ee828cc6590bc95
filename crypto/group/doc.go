// Package group is the prime-order group in which everything of an election is
// computed: ristretto255 (RFC 9496), its scalars modulo
//
//	l = 2^252 + 27742317777372353535851937790883648493
//
// and hashing to the group (RFC 9380, hash_to_ristretto255 with
// expand_message_xmd over SHA-512).
//
// Elements are kept in extended coordinates of the twisted Edwards curve
// edwards25519 (Hisil, Wong, Carter, Dawson 2008) with complete formulas, over
// the field arithmetic of filippo.io/edwards25519/field; scalars are those of
// filippo.io/edwards25519.
//
// Encodings. An element is 32 bytes, a scalar 32 little-endian bytes, each
// with exactly one accepted form: what [Decode] or [DecodeScalar] accepts
// encodes back to the same bytes. Values are immutable: every method returns a
// new value and none changes its receiver.
//
// Time. What is documented as constant time has no branch and no memory
// address that depends on a scalar, nor on an element, except that elements
// fresh from [Decode] are multiplied sooner and that [DoubleEncodeBatch] takes
// longer over the identity. Names ending in Vartime, [MSM], [MSM128],
// [Table.Mul], [Table.AddMul] and [Table.AddMulAll] run in a time that depends
// on their inputs and are for public values. Decoding and hashing are for
// public values too.
//
// Slices. Functions over several slices panic when the lengths differ: that is
// a mistake of the program, never of the data. The workers argument is the
// number of goroutines used; zero or less means runtime.GOMAXPROCS(0). Results
// do not depend on it.
package group
