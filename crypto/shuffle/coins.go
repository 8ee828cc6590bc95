package shuffle

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math/bits"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// draw makes a secret seed from the system's generator, hedged with secrets
// and the transcript so far. It is (*transcript.Transcript).Nonce but in tests.
type draw func(t *transcript.Transcript, secrets ...group.Scalar) group.Scalar

// purpose separates the streams that come from one seed.
type purpose byte

const (
	forOrder      purpose = iota // the permutation
	forEncryption                // r', the coins of the outputs
	forCommitment                // ρ/2, the coins of the permutation commitment
	forChain                     // ρ̂, the coins of the chain
	forNonces                    // ω', answered by s'
	forChainNonce                // ω̂, answered by ŝ
	forSums                      // ω_1 … ω_4
	forWeights                   // the verifier's weights
)

// coins expands a seed into as many secret coins as a stage needs, by AES-256
// in counter mode.
type coins struct{ block cipher.Block }

func newCoins(seed group.Scalar) coins {
	key := seed.Bytes()
	block, err := aes.NewCipher(key[:])
	clear(key[:])
	if err != nil {
		panic("shuffle: " + err.Error())
	}
	return coins{block}
}

// stream begins at the given 16-byte block of the coins for p.
func (c coins) stream(p purpose, at uint64) cipher.Stream {
	var iv [aes.BlockSize]byte
	iv[0] = byte(p)
	binary.BigEndian.PutUint64(iv[8:], at)
	return cipher.NewCTR(c.block, iv[:])
}

// scalars returns n uniform scalars, each from 64 bytes.
func (c coins) scalars(p purpose, n, workers int) []group.Scalar {
	out := make([]group.Scalar, n)
	parallel.Chunks(n, smallChunk, workers, func(lo, hi int) {
		const wide = 64
		s := c.stream(p, uint64(lo)*(wide/aes.BlockSize))
		buf := make([]byte, (hi-lo)*wide)
		s.XORKeyStream(buf, buf)
		for i := lo; i < hi; i++ {
			out[i] = group.ScalarFromWide([wide]byte(buf[(i-lo)*wide:]))
		}
		clear(buf)
	})
	return out
}

// order returns a uniform permutation of 0 … n-1 (Fisher and Yates; indices
// without bias by Lemire's multiplication with rejection).
func (c coins) order(n int) []uint32 {
	s := c.stream(forOrder, 0)
	var buf [4096]byte
	rest := buf[:0]
	next := func() uint64 {
		if len(rest) == 0 {
			clear(buf[:])
			s.XORKeyStream(buf[:], buf[:])
			rest = buf[:]
		}
		v := binary.LittleEndian.Uint64(rest)
		rest = rest[8:]
		return v
	}
	order := make([]uint32, n)
	for i := range order {
		order[i] = uint32(i)
	}
	for i := n - 1; i > 0; i-- {
		bound := uint64(i) + 1
		j, low := bits.Mul64(next(), bound)
		for low < -bound%bound {
			j, low = bits.Mul64(next(), bound)
		}
		order[i], order[j] = order[j], order[i]
	}
	clear(buf[:])
	return order
}

// weights sets dst[k] to 128 bits of the coins' own stream of index from+k.
func (c coins) weights(from int, dst [][16]byte) {
	s := c.stream(forWeights, uint64(from))
	for k := range dst {
		s.XORKeyStream(dst[k][:], dst[k][:])
	}
}
