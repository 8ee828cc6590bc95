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
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
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

// Encode is the authority with its secret key, as PEM: key, unit, root.
func (a *Authority) Encode() ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, b := range []pem.Block{{Type: "PRIVATE KEY", Bytes: key}, {Type: "CERTIFICATE", Bytes: a.Unit.Raw}, {Type: "CERTIFICATE", Bytes: a.Root.Raw}} {
		out = append(out, pem.EncodeToMemory(&b)...)
	}
	return out, nil
}

// Decode reads what Encode wrote.
func Decode(data []byte) (*Authority, error) {
	a := &Authority{Now: time.Now}
	var failed error
	take := func(kind string) []byte {
		block, rest := pem.Decode(data)
		if block == nil || block.Type != kind {
			failed = errors.Join(failed, fmt.Errorf("there is no %s of a local authority in its place", kind))
			return nil
		}
		data = rest
		return block.Bytes
	}
	key, unit, root := take("PRIVATE KEY"), take("CERTIFICATE"), take("CERTIFICATE")
	if failed != nil {
		return nil, failed
	}
	private, err := x509.ParsePKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	var ok bool
	if a.key, ok = private.(*ecdsa.PrivateKey); !ok {
		return nil, errors.New("the key of a local authority is another one")
	}
	if a.Unit, err = x509.ParseCertificate(unit); err != nil {
		return nil, err
	}
	a.Root, err = x509.ParseCertificate(root)
	return a, err
}
