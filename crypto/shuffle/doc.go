// Package shuffle is what a mixer does and proves: it permutes a list under a
// secret order and changes the look of every element, so that nobody can say
// which output came from which input, and proves that nothing was added,
// dropped, doubled or altered.
//
// There are two kinds. [Reencrypt] mixes ballots: each ElGamal ciphertext is
// re-encrypted with fresh coins. [Exponentiate] mixes account keys: each key,
// and the generator they stand on, is raised to one secret exponent
// (Haenni and Spycher 2011). Both carry the proof of Terelius and Wikström
// (2010) in the form of Haenni, Locher, Koenig and Dubuis (2017), with the
// shortcuts of Haenni and Locher (2020); sections 8.1 to 8.3 of
// docs/protocol.md fix it byte by byte.
//
// What is promised. If verification accepts, then, up to a probability of
// about n/2^128, the outputs are the inputs permuted, each re-encrypted under
// the statement's key (or all raised to the one exponent that takes the
// generator to the raised generator), and the prover knew how. This rests on
// the discrete logarithms between the commitment generators being unknown;
// they are hashed from a public label by each verifier (see [Generators]) and
// are never an input. The proof hides the order from everyone who does not know it.
// The challenge covers the statement, every input, every output and every
// commitment; its weights are drawn after the permutation is committed.
//
// Verification multiplies all n+5 equations by the verifier's own random
// 128-bit weights and evaluates their sum with a few multi-scalar
// multiplications. Only if the sum is wrong does a second pass look at each
// kind of equation alone, to name what fails.
//
// Time and secrets. The mixer's side is not constant time: table look-ups,
// multi-scalar multiplication and the order of memory accesses depend on the
// coins, on the exponent and on the permutation. Whoever shares the mixer's
// processor, or measures it closely while it works, may learn them, and with
// them how this one stage is ordered. A mixer therefore works on a machine
// of his own, off the network; the secrecy of the whole needs one such mixer among all. Secrets
// live in memory for the time of the call and are overwritten before it
// returns, as far as the runtime allows: it may have copied values to stacks
// and registers that nothing clears.
package shuffle
