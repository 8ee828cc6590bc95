package account

import (
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"isoloir/crypto/group"
)

// Root returns the root of RFC 6962 over account keys, 32 bytes each: one leaf
// per key, in their order. The opening record holds it, and a voter's device
// asks for the inclusion of its own key under it.
func Root(keys []byte) tlog.Hash {
	if len(keys) == 0 {
		h, err := tlog.TreeHash(0, nil)
		if err != nil {
			panic("account: " + err.Error())
		}
		return h
	}
	return subtree(keys, len(keys)/group.PointSize)
}

// subtree is the MTH of RFC 6962, section 2.1, over the first n keys.
func subtree(keys []byte, n int) tlog.Hash {
	if n == 1 {
		return tlog.RecordHash(keys[:group.PointSize])
	}
	left := 1 << (bits.Len(uint(n-1)) - 1) // the largest power of two below n
	return tlog.NodeHash(subtree(keys, left), subtree(keys[left*group.PointSize:], n-left))
}
