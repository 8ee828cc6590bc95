package transcript

import (
	"crypto/sha512"
	"encoding/binary"

	"isoloir/crypto/group"
)

const (
	vectorPrefix    = Version + "/vector"
	weightSize      = 16
	weightsPerBlock = sha512.Size / weightSize
)

// Weights is a vector challenge: for each index a number of 128 bits, as 16
// little-endian bytes. It is safe for concurrent use.
type Weights struct {
	d [sha512.Size]byte
}

// At returns the weight of index i.
func (w Weights) At(i int) [weightSize]byte {
	block := w.block(uint64(i / weightsPerBlock))
	return [weightSize]byte(block[i%weightsPerBlock*weightSize:])
}

// Scalar returns the weight of index i as a scalar.
func (w Weights) Scalar(i int) group.Scalar {
	return group.ScalarFrom128(w.At(i))
}

// Fill sets dst[k] to the weight of index from+k, for all of dst.
func (w Weights) Fill(dst [][weightSize]byte, from int) {
	for k := 0; k < len(dst); {
		block := w.block(uint64((from + k) / weightsPerBlock))
		for j := (from + k) % weightsPerBlock; j < weightsPerBlock && k < len(dst); j++ {
			dst[k] = [weightSize]byte(block[j*weightSize:])
			k++
		}
	}
}

// block returns weights 4j to 4j+3.
func (w Weights) block(j uint64) [sha512.Size]byte {
	var b [len(vectorPrefix) + sha512.Size + 8]byte
	copy(b[:], vectorPrefix)
	copy(b[len(vectorPrefix):], w.d[:])
	binary.LittleEndian.PutUint64(b[len(vectorPrefix)+sha512.Size:], j)
	return sha512.Sum512(b[:])
}
