package group

import (
	"crypto/sha512"
	"encoding/binary"

	"isoloir/parallel"
)

// Hash maps msg to an element with no known discrete logarithm: RFC 9380
// hash_to_ristretto255 with expand_message_xmd over SHA-512 (64 bytes) and the
// domain separation tag dst. dst must not be empty (Hash panics) and is
// replaced by its hash, as the RFC says, above 255 bytes.
func Hash(dst string, msg []byte) Point {
	var p Point
	p.hash(dst, msg)
	return p
}

func (v *Point) hash(dst string, msg []byte) {
	uniform := [64]byte(expandMessage(dst, msg, 64))
	v.mapUniform(&uniform)
}

// GeneratorHalf returns g_i = Hash(label, the 8 little-endian bytes of i).
func GeneratorHalf(label string, i uint64) Point {
	return Hash(label, binary.LittleEndian.AppendUint64(nil, i))
}

// Generator returns h_i = 2 g_i, the generator i of the family label, where
//
//	g_i = hash_to_ristretto255(msg = LE64(i), DST = label)
//
// is what [GeneratorHalf] returns. Nobody knows a relation between generators
// of one or several labels, nor with [Base]. The doubling lets commitments
// r*B + h_i be computed by halves and encoded by [DoubleEncodeBatch].
func Generator(label string, i uint64) Point {
	return GeneratorHalf(label, i).Double()
}

// Generators returns Generator(label, i) for i from 0 to n-1.
func Generators(label string, n, workers int) []Point {
	points := make([]Point, n)
	parallel.Chunks(n, chunkSize, workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			points[i] = Generator(label, uint64(i))
		}
	})
	return points
}

// expandMessage is expand_message_xmd of RFC 9380, section 5.3.1, with
// SHA-512, for n up to 255*64 bytes.
func expandMessage(dst string, msg []byte, n int) []byte {
	if dst == "" {
		panic("group: hash with an empty domain separation tag")
	}
	if len(dst) > 255 {
		long := sha512.Sum512([]byte("H2C-OVERSIZE-DST-" + dst))
		dst = string(long[:])
	}
	if n > 255*sha512.Size {
		panic("group: hash expanded too far")
	}
	tag := append([]byte(dst), byte(len(dst)))
	h := sha512.New()
	h.Write(make([]byte, sha512.BlockSize))
	h.Write(msg)
	h.Write([]byte{byte(n >> 8), byte(n), 0})
	h.Write(tag)
	b0 := h.Sum(nil)
	block := make([]byte, sha512.Size)
	var out []byte
	for i := 1; len(out) < n; i++ {
		for j := range block {
			block[j] ^= b0[j]
		}
		h.Reset()
		h.Write(block)
		h.Write([]byte{byte(i)})
		h.Write(tag)
		block = h.Sum(block[:0])
		out = append(out, block...)
	}
	return out[:n]
}
