package timestamp

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
)

// An envelope is a TimeStampResp (RFC 3161, section 2.4.2) with the SignedData in it (RFC 5652), as far as nobody signed its bytes. What is signed, or is a
// certificate, stays as it came.
type envelope struct {
	Status status
	Token  contentInfo
}

type status struct {
	Status int
	Text   []asn1.RawValue `asn1:"optional"`
	Fail   asn1.BitString  `asn1:"optional"`
}

type contentInfo struct {
	Type asn1.ObjectIdentifier
	Data signedData `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Content      encapsulated
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	Revocation   asn1.RawValue `asn1:"optional,tag:1"`
	Signers      []signerInfo  `asn1:"set"`
}

type encapsulated struct {
	Type  asn1.ObjectIdentifier
	Bytes []byte `asn1:"explicit,tag:0"`
}

type signerInfo struct {
	Version   int
	Of        issuerAndSerial
	Digest    pkix.AlgorithmIdentifier
	Signed    []attribute `asn1:"set,tag:0"`
	Algorithm pkix.AlgorithmIdentifier
	Signature []byte
	Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// An info is a TSTInfo, what the authority signs.
type info struct {
	Version    int
	Policy     asn1.ObjectIdentifier
	Imprint    imprint
	Serial     *big.Int
	Time       asn1.RawValue
	Accuracy   accuracy         `asn1:"optional"`
	Ordering   bool             `asn1:"optional"`
	Nonce      *big.Int         `asn1:"optional"`
	Authority  asn1.RawValue    `asn1:"optional,tag:0"`
	Extensions []pkix.Extension `asn1:"optional,tag:1"`
}

type imprint struct {
	Hash   pkix.AlgorithmIdentifier
	Digest []byte
}

type accuracy struct {
	Seconds int `asn1:"optional"`
	Millis  int `asn1:"optional,tag:0"`
	Micros  int `asn1:"optional,tag:1"`
}

// A signingCertificate is the attribute of RFC 5035 that RFC 5816 wants in a token: the certificate that is meant, by its digest.
type signingCertificate struct {
	Certificates []certificateID
	Policies     asn1.RawValue `asn1:"optional"`
}

type certificateID struct {
	Hash   pkix.AlgorithmIdentifier `asn1:"optional"` // SHA-256 where there is none
	Digest []byte
	Of     namesAndSerial `asn1:"optional"`
}

type namesAndSerial struct {
	Names  []asn1.RawValue
	Serial *big.Int
}

// Object identifiers.
var (
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}

	oidExtendedUsage = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidQualified     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}
)

// read decodes data into v. It refuses what would not be written as it is: trailing or unknown elements, sets out of order, any encoding but DER.
func read(data []byte, v any) error {
	rest, err := asn1.Unmarshal(data, v)
	if err != nil {
		return refuse(ErrMalformed, "%v", err)
	}
	if len(rest) > 0 {
		return refuse(ErrMalformed, "%d bytes follow it", len(rest))
	}
	return nil
}

// open reads a response. Its status may be any; of its token there is one.
func open(data []byte) (*envelope, error) {
	if len(data) > MaxSize {
		return nil, refuse(ErrMalformed, "more than %d bytes", MaxSize)
	}
	e := new(envelope)
	if err := read(data, e); err != nil {
		return nil, err
	}
	again, err := asn1.Marshal(*e)
	if err != nil || !bytes.Equal(again, data) {
		return nil, refuse(ErrMalformed, "it is not encoded as DER has it, or holds more than a token")
	}
	return e, nil
}
