package keyceremony

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/scrutin"
)

// address is where a share goes: it enters the key of its box.
type address struct {
	manifest                 scrutin.Digest
	run                      int
	clause, dealer, receiver string
}

// key derives the key of a box from the ephemeral and reception keys and what
// they have in common. A key serves for one box, so the nonce is zero.
func (a address) key(ephemeral, reception, shared [group.PointSize]byte) []byte {
	h := sha512.New()
	h.Write([]byte(scrutin.Version + "/share-key"))
	for _, field := range [][]byte{
		a.manifest[:], binary.LittleEndian.AppendUint32(nil, uint32(a.run)),
		[]byte(a.clause), []byte(a.dealer), []byte(a.receiver),
		ephemeral[:], reception[:], shared[:],
	} {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(field))))
		h.Write(field)
	}
	return h.Sum(nil)[:chacha20poly1305.KeySize]
}

// seal encrypts a share to the reception key.
func (a address) seal(share group.Scalar, reception sigma.Element) SealedShare {
	e := group.RandomScalar()
	ephemeral, plain := group.MulBase(e).Bytes(), share.Bytes()
	key := a.key(ephemeral, reception.Bytes(), reception.Point().Mul(e).Bytes())
	sealed := SealedShare{Holder: a.receiver, Ephemeral: ephemeral}
	boxCipher(key).Seal(sealed.Box[:0], make([]byte, chacha20poly1305.NonceSize), plain[:], nil)
	return sealed
}

var errBox = errors.New("the box does not open")

// open decrypts a share with what the two keys have in common.
func (a address) open(s SealedShare, reception sigma.Element, shared [group.PointSize]byte) (group.Scalar, error) {
	key := a.key(s.Ephemeral, reception.Bytes(), shared)
	plain, err := boxCipher(key).Open(nil, make([]byte, chacha20poly1305.NonceSize), s.Box[:], nil)
	if err != nil {
		return group.Scalar{}, errBox
	}
	return group.DecodeScalar(plain)
}

func boxCipher(key []byte) interface {
	Seal(dst, nonce, plain, additional []byte) []byte
	Open(dst, nonce, sealed, additional []byte) ([]byte, error)
} {
	c, err := chacha20poly1305.New(key)
	if err != nil {
		panic("keyceremony: " + err.Error())
	}
	return c
}

// coefficientsDigest is what a commit message announces.
func (p *party) coefficientsDigest(holder string, commitments []Commitment) scrutin.Digest {
	h := sha256.New()
	h.Write([]byte(scrutin.Version + "/coefficients"))
	h.Write(p.manifest[:])
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(p.run)))
	h.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(holder))))
	h.Write([]byte(holder))
	for _, c := range commitments {
		h.Write(group.EncodeBatch(c, 1))
	}
	return scrutin.Digest(h.Sum(nil))
}
