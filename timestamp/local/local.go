// Package local is a timestamp authority (RFC 3161) of one's own: a root, and under it the unit that signs. It is for tests, rehearsals and
// demonstrations: whoever runs it can date whatever he likes, so that what it stamps proves nothing to anybody else.
package local

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"time"

	tsp "github.com/digitorus/timestamp"
)

// Policy is the one under which a local authority gives timestamps: an identifier that RFC 5612 reserves for examples.
var Policy = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1}

// An Authority gives timestamps of the time that its clock tells.
type Authority struct {
	Unit, Root *x509.Certificate
	Now        func() time.Time // time.Now, unless it is set

	key *ecdsa.PrivateKey
}

// New makes the keys and certificates of an authority of that name, good from 2020 to 2099.
func New(name string) (*Authority, error) {
	root, rootKey, err := certify(&x509.Certificate{Subject: subject(name, "root"), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}, nil, nil)
	if err != nil {
		return nil, err
	}
	a := &Authority{Root: root, Now: time.Now}
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		return nil, err
	}
	a.Unit, a.key, err = certify(&x509.Certificate{Subject: subject(name, "unit"), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}}}, root, rootKey)
	return a, err
}

func subject(name, part string) pkix.Name {
	return pkix.Name{Organization: []string{name}, CommonName: name + " " + part}
}

// certify makes a key, and its certificate under an issuer; under itself where there is none.
func certify(template, issuer *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if issuer == nil {
		issuer, by = template, key
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, nil, err
	}
	template.NotBefore, template.NotAfter = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), by)
	if err != nil {
		return nil, nil, err
	}
	c, err := x509.ParseCertificate(der)
	return c, key, err
}

// Certificate is the SHA-256 of the unit's certificate, by which a manifest names the authority.
func (a *Authority) Certificate() [32]byte { return sha256.Sum256(a.Unit.Raw) }

// Ask answers a request as an authority does over HTTP.
func (a *Authority) Ask(_ context.Context, request []byte) ([]byte, error) {
	q, err := tsp.ParseRequest(request)
	if err != nil {
		return tsp.CreateErrorResponse(tsp.Rejection, tsp.BadDataFormat)
	}
	if q.HashAlgorithm != crypto.SHA256 || len(q.HashedMessage) != sha256.Size {
		return tsp.CreateErrorResponse(tsp.Rejection, tsp.BadAlgorithm)
	}
	if q.TSAPolicyOID != nil && !q.TSAPolicyOID.Equal(Policy) {
		return tsp.CreateErrorResponse(tsp.Rejection, tsp.UnacceptedPolicy)
	}
	return a.Stamp([32]byte(q.HashedMessage), q.Nonce, a.Now())
}

// Stamp gives a response that says that the digest was shown at a time, in whole seconds.
func (a *Authority) Stamp(digest [32]byte, nonce *big.Int, at time.Time) ([]byte, error) {
	t := tsp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: digest[:], Time: at.UTC().Truncate(time.Second), Policy: Policy, Nonce: nonce,
		Certificates: []*x509.Certificate{a.Root}, AddTSACertificate: true}
	return t.CreateResponseWithOpts(a.Unit, a.key, crypto.SHA256)
}

// Encode is the authority with its secret key, a line: key (PKCS #8), unit and root, DER in base64, separated by spaces.
func (a *Authority) Encode() (string, error) {
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, der := range [][]byte{key, a.Unit.Raw, a.Root.Raw} {
		parts = append(parts, base64.StdEncoding.EncodeToString(der))
	}
	return strings.Join(parts, " "), nil
}

// Decode reads what Encode wrote.
func Decode(line string) (*Authority, error) {
	parts := strings.Split(line, " ")
	if len(parts) != 3 {
		return nil, errors.New("a local authority is key, unit and root")
	}
	var ders [3][]byte
	for i, p := range parts {
		var err error
		if ders[i], err = base64.StdEncoding.Strict().DecodeString(p); err != nil {
			return nil, err
		}
	}
	private, err := x509.ParsePKCS8PrivateKey(ders[0])
	if err != nil {
		return nil, err
	}
	key, ok := private.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key of a local authority is another one")
	}
	a := &Authority{Now: time.Now, key: key}
	if a.Unit, err = x509.ParseCertificate(ders[1]); err != nil {
		return nil, err
	}
	a.Root, err = x509.ParseCertificate(ders[2])
	return a, err
}
