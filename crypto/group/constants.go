package group

import (
	"encoding/hex"

	"filippo.io/edwards25519/field"
)

// Constants of RFC 9496, section 4.1, and what the formulas derive from them.
// They are never written to.
var (
	feZero field.Element
	feOne  = *new(field.Element).One()

	feD              = constant("a3785913ca4deb75abd841414d0a700098e879777940c78c73fe6f2bee6c0352")
	feMinusD         = *new(field.Element).Negate(&feD)
	fe2D             = *new(field.Element).Add(&feD, &feD)
	feSqrtM1         = constant("b0a00e4a271beec478e42fad0618432fa7d7fb3d99004d2b0bdfc14f8024832b")
	feSqrtADMinusOne = constant("1b2e7b49a0f6977ebd54781b0c8e9daffdd1f531c9fc3c0fac48832bbf316937")
	feInvSqrtAMinusD = constant("ea405d80aafdc899be72415a17162f9d40d801fe917bc216a2fcafcf05896c78")
	feOneMinusDSq    = constant("76c15f94c1097ce20f355ecd38a1812ce4df70beddab9499d7e0b3b2a8729002")
	feDMinusOneSq    = constant("204ded44aa5aad3199191eb02c4a9ed2eb4e9b522fd3dc4c41226cf67ab36859")

	feHalf = constant("f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff3f")

	// secretRecoding is that of secret scalars: windows of 4 bits, a table of
	// mulAllMultiples multiples.
	secretRecoding = newRecoding(4, halfOrder)
	nielsIdentity  = niels{plusMinus: [2]field.Element{feHalf, feHalf}}

	bytesOne      = [32]byte(feOne.Bytes())
	bytesMinusOne = [32]byte(new(field.Element).Negate(&feOne).Bytes())
	fieldPrime    = limbs{1<<64 - 19, 1<<64 - 1, 1<<64 - 1, 1<<63 - 1}

	basePoint = affinePoint(
		constant("1ad5258f602d56c9b2a7259560c72c695cdcd6fd31e2a4c0fe536ecdd3366921"),
		constant("5866666666666666666666666666666666666666666666666666666666666666"),
	)
)

// constant reads 32 little-endian bytes in hexadecimal.
func constant(s string) field.Element {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("group: " + err.Error())
	}
	var e field.Element
	if _, err := e.SetBytes(b); err != nil {
		panic("group: " + err.Error())
	}
	return e
}

func affinePoint(x, y field.Element) Point {
	return Point{x: x, y: y, z: feOne, t: *new(field.Element).Multiply(&x, &y)}
}
