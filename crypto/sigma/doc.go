// Package sigma holds the proofs of knowledge of an election, each made
// non-interactive by one transcript over its whole statement
// (docs/protocol.md; the challenge is that of package transcript):
//
//   - [Claim]: knowledge of one logarithm (Schnorr 1991), by which a holder
//     owns his constant term, a device its account, an elector his mark, the
//     device by which he votes, and his login;
//   - [EnrolmentClaim]: knowledge of all logarithms of a list at once (the batch
//     form of Schnorr's protocol, weights after Bellare, Garay, Rabin 1998);
//   - [EqualityClaim]: equality of two logarithms (Chaum, Pedersen 1992), by
//     which a complaint shows one share's key;
//   - [ShareClaim]: one such equality for a whole list of partial decryptions;
//   - [BallotClaim]: knowledge of the randomness of every ciphertext and of the
//     account's secret under one challenge (the AND of Schnorr proofs; Cramer,
//     Damgård, Schoenmakers 1994), at once proof of plaintext and signature.
//
// A claim is a statement. It is made by a function that takes all public
// inputs, and both Prove and Verify are methods of claims, so that nothing is
// proved or verified without its statement. The name of the urn or cell and
// the hashes of the records come in the transcript.Context.
//
// What it promises: a proof that verifies was made for exactly this statement
// by someone who knew the secrets; strict encodings of fixed size, one per
// proof; no identity as key, commitment or share; constant time in every
// secret. Batches are verified with random 128-bit weights of the verifier's own
// (Bellare, Garay, Rabin 1998), and a batch that fails is split until each
// culprit is named.
package sigma
