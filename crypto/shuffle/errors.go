package shuffle

import "errors"

// Refusals. They are returned wrapped, and joined where several hold: compare
// with errors.Is.
var (
	// ErrEmpty says that a list has no element: there is nothing to mix.
	ErrEmpty = errors.New("shuffle: empty list")
	// ErrLength says that a list or proof has not the length its statement
	// asks for.
	ErrLength = errors.New("shuffle: wrong length")
	// ErrEncoding says that some bytes are not the canonical form of an
	// element or scalar.
	ErrEncoding = errors.New("shuffle: not a canonical encoding")
	// ErrIdentity says that an element is the identity where it is refused:
	// the first half of a ciphertext, a key, a generator.
	ErrIdentity = errors.New("shuffle: identity element")

	// ErrStatement says that no equation holds: the proof was made for
	// another statement, or a part of it that enters the challenge was altered.
	ErrStatement = errors.New("shuffle: proof of another statement, or altered")
	// ErrPermutation says that the equation of t_1 fails: the columns of the
	// committed matrix do not each sum to one.
	ErrPermutation = errors.New("shuffle: permutation equation (t1) fails")
	// ErrProduct says that the equation of t_2 fails: the chain does not end
	// in the product of the weights.
	ErrProduct = errors.New("shuffle: product equation (t2) fails")
	// ErrChain says that an equation of the chain, some t̂_i, fails.
	ErrChain = errors.New("shuffle: chain equation fails")
	// ErrCommitment says that the equation of t_3 fails: the permuted weights
	// are not those of the committed matrix.
	ErrCommitment = errors.New("shuffle: commitment equation (t3) fails")
	// ErrReencryption says that the equation of t_4 or t_5 fails: the outputs
	// are not re-encryptions of the permuted inputs.
	ErrReencryption = errors.New("shuffle: re-encryption equation (t4, t5) fails")
	// ErrExponent says that the equation of t_4 or t_5 fails: the outputs are
	// not the permuted inputs raised to the generator's exponent.
	ErrExponent = errors.New("shuffle: exponent equation (t4, t5) fails")
)
