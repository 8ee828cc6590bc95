package sso

import (
	"crypto/sha256"
	"encoding/base64"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/scrutin"
)

// RequestSize is the length in bytes of the number of a login.
const RequestSize = 16

// A Request is the number of a login: a proof is good for one.
type Request [RequestSize]byte

// base is h, from which an account's element on a site is made.
func base(rho scrutin.Digest, site string) sigma.Element {
	return sigma.NewElement(group.Hash("isoloir/v1/site", append(rho[:], site...)))
}

// Element is s = h^x, in constant time: what an account is on a site of the register ρ.
func Element(rho scrutin.Digest, site string, x group.Scalar) sigma.Element {
	return sigma.NewElement(base(rho, site).Point().Mul(x))
}

// Claim is what a device proves at a login: that element has the exponent of its account's key.
func Claim(rho scrutin.Digest, site string, key, element sigma.Element, request Request) sigma.EqualityClaim {
	return sigma.Site(transcript.Context{Manifest: rho}, key, base(rho, site), element, request)
}

// Subject is the sub claim of an element: 43 characters of base64url.
func Subject(element sigma.Element) string {
	s := element.Bytes()
	d := sha256.Sum256(append([]byte("isoloir/v1/subject"), s[:]...))
	return base64.RawURLEncoding.EncodeToString(d[:])
}
