package timestamp

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/digitorus/pkcs7"
)

// MaxSize is the largest response that is read, in bytes.
const MaxSize = 64 << 10

// What is wrong with a response, each wrapped in a sentence that says more.
var (
	ErrMalformed   = errors.New("this is no response with one timestamp in it")
	ErrNotGranted  = errors.New("the authority gave no timestamp")
	ErrSigners     = errors.New("a timestamp has exactly one signer")
	ErrUnsigned    = errors.New("the response holds what nobody signed")
	ErrAlgorithm   = errors.New("an algorithm that is not accepted")
	ErrImprint     = errors.New("the timestamp is not over a SHA-256")
	ErrDigest      = errors.New("the timestamp is over another digest")
	ErrNonce       = errors.New("the timestamp does not answer this request: its nonce is another or missing")
	ErrPolicy      = errors.New("the timestamp was given under another policy than asked for")
	ErrExtension   = errors.New("a critical extension that is not known")
	ErrAttribute   = errors.New("the signed attributes are not those of a timestamp")
	ErrCertificate = errors.New("the certificate is not one that this authority was named with")
	ErrUsage       = errors.New("the certificate is not for timestamps alone")
	ErrValidity    = errors.New("the certificate was not valid at the time of the timestamp")
	ErrChain       = errors.New("the certificates in the timestamp are not one chain")
	ErrSignature   = errors.New("the authority's signature is false")
)

func refuse(why error, format string, args ...any) error {
	return fmt.Errorf("%w: %s", why, fmt.Sprintf(format, args...))
}

// A Token is a timestamp whose signature and chain hold.
type Token struct {
	Digest       [32]byte  // SHA-256 that was shown to the authority
	Time         time.Time // when, in UTC, as the authority wrote it
	Policy       asn1.ObjectIdentifier
	Serial       *big.Int
	Nonce        *big.Int // nil if it has none
	Qualified    bool     // it says of itself that it is qualified in the sense of eIDAS; only a trusted list can tell whether it is
	Certificates []*x509.Certificate
	// Certificates begin with the one that signed; each is issued by the next.
}

// Rooted says whether the chain ends with a certificate that is its own issuer's; otherwise the last one's issuer has to be found elsewhere.
func (t *Token) Rooted() bool {
	last := t.Certificates[len(t.Certificates)-1]
	return bytes.Equal(last.RawIssuer, last.RawSubject)
}

// Certificate is the SHA-256 of the certificate that signed, DER.
func (t *Token) Certificate() [32]byte { return sha256.Sum256(t.Certificates[0].Raw) }

// By says whether one of these certificates, given by SHA-256, signed (ErrCertificate).
func (t *Token) By(certificates ...[32]byte) error {
	if !slices.Contains(certificates, t.Certificate()) {
		return refuse(ErrCertificate, "it is %x, of %s", t.Certificate(), t.Certificates[0].Subject)
	}
	return nil
}

// Over says whether the timestamp is over this digest (ErrDigest).
func (t *Token) Over(digest [32]byte) error {
	if t.Digest != digest {
		return refuse(ErrDigest, "%x where %x is expected", t.Digest, digest)
	}
	return nil
}

// Parse reads a response as it is kept, DER, and verifies in it all that it holds: one granted timestamp over a SHA-256, by one signer, whom the signed
// attributes name and whose certificate is for timestamps alone; and the chain of all certificates there, valid at that time. Who is trusted, over
// what, and when, the caller asks of the token. The errors are those above.
func Parse(data []byte) (*Token, error) {
	e, err := open(data)
	if err != nil {
		return nil, err
	}
	if e.Status.Status != 0 || len(e.Status.Text) > 0 || e.Status.Fail.BitLength > 0 {
		return nil, refuse(ErrNotGranted, "status %d, or words beside it", e.Status.Status)
	}
	signed := &e.Token.Data
	switch {
	case !e.Token.Type.Equal(oidSignedData) || !signed.Content.Type.Equal(oidInfo) || signed.Version != 3:
		return nil, refuse(ErrMalformed, "what is signed is no timestamp")
	case len(signed.Signers) != 1:
		return nil, refuse(ErrSigners, "there are %d", len(signed.Signers))
	case signed.Signers[0].Version != 1:
		return nil, refuse(ErrMalformed, "a signer of version %d", signed.Signers[0].Version)
	case len(signed.Revocation.FullBytes) > 0 || len(signed.Signers[0].Unsigned.FullBytes) > 0:
		return nil, refuse(ErrUnsigned, "lists of revocation, or attributes")
	}
	t, err := signed.Content.read()
	if err != nil {
		return nil, err
	}
	certificates, err := x509.ParseCertificates(signed.Certificates.Bytes)
	if err != nil || len(certificates) < 2 {
		return nil, refuse(ErrChain, "the certificate that signed, and those above it, must be there: %v", err)
	}
	signer := &signed.Signers[0]
	at := slices.IndexFunc(certificates, func(c *x509.Certificate) bool {
		return bytes.Equal(c.RawIssuer, signer.Of.Issuer.FullBytes) && c.SerialNumber.Cmp(signer.Of.Serial) == 0
	})
	if at < 0 {
		return nil, refuse(ErrChain, "the certificate that signed is not there")
	}
	if len(signed.Digests) != 1 || !signed.Digests[0].Algorithm.Equal(signer.Digest.Algorithm) || !plain(signed.Digests[0]) {
		return nil, refuse(ErrAlgorithm, "the algorithms listed are not the signer's")
	}
	if err := signer.check(certificates[at]); err != nil {
		return nil, err
	}
	if t.Certificates, err = chain(certificates, at, t.Time); err != nil {
		return nil, err
	}
	if err := signer.within(t.Certificates[0]); err != nil {
		return nil, err
	}
	whole, err := asn1.Marshal(e.Token)
	if err != nil {
		return nil, refuse(ErrMalformed, "%v", err)
	}
	message, err := pkcs7.Parse(whole)
	if err != nil {
		return nil, refuse(ErrMalformed, "%v", err)
	}
	if err := message.Verify(); err != nil {
		return nil, refuse(ErrSignature, "%v", err)
	}
	return t, nil
}

// read reads what the authority signed.
func (c *encapsulated) read() (*Token, error) {
	var i info
	if err := read(c.Bytes, &i); err != nil {
		return nil, err
	}
	if i.Version != 1 || i.Serial == nil || i.Serial.Sign() <= 0 {
		return nil, refuse(ErrMalformed, "version %d, serial number %v", i.Version, i.Serial)
	}
	if !i.Imprint.Hash.Algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA256) || len(i.Imprint.Digest) != sha256.Size {
		return nil, refuse(ErrImprint, "%v, %d bytes", i.Imprint.Hash.Algorithm, len(i.Imprint.Digest))
	}
	t := &Token{Digest: [32]byte(i.Imprint.Digest), Policy: i.Policy, Serial: i.Serial, Nonce: i.Nonce}
	for _, x := range i.Extensions {
		if x.Critical {
			return nil, refuse(ErrExtension, "%v", x.Id)
		}
		t.Qualified = t.Qualified || x.Id.Equal(oidQualified)
	}
	const layout = "20060102150405.999999999Z"
	at, err := time.Parse("20060102150405Z", string(i.Time.Bytes))
	if err != nil || i.Time.Class != asn1.ClassUniversal || i.Time.Tag != asn1.TagGeneralizedTime || at.Format(layout) != string(i.Time.Bytes) {
		return nil, refuse(ErrMalformed, "%q is no time", i.Time.Bytes)
	}
	t.Time = at
	return t, nil
}

// digests and signatures are the algorithms that a signer may use.
var (
	digests    = []asn1.ObjectIdentifier{pkcs7.OIDDigestAlgorithmSHA256, pkcs7.OIDDigestAlgorithmSHA384, pkcs7.OIDDigestAlgorithmSHA512}
	hashes     = []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}
	signatures = []asn1.ObjectIdentifier{
		pkcs7.OIDEncryptionAlgorithmRSA, pkcs7.OIDEncryptionAlgorithmRSASHA256, pkcs7.OIDEncryptionAlgorithmRSASHA384, pkcs7.OIDEncryptionAlgorithmRSASHA512,
		pkcs7.OIDDigestAlgorithmECDSASHA256, pkcs7.OIDDigestAlgorithmECDSASHA384, pkcs7.OIDDigestAlgorithmECDSASHA512,
	}
)

// plain says whether an algorithm has no parameters.
func plain(a pkix.AlgorithmIdentifier) bool {
	return len(a.Parameters.FullBytes) == 0 || bytes.Equal(a.Parameters.FullBytes, asn1.NullBytes)
}

// check says whether the signer's algorithms and attributes, and the certificate, are those of a timestamp. That the digest in the attributes is the
// content's is verified with the signature.
func (s *signerInfo) check(signer *x509.Certificate) error {
	if !slices.ContainsFunc(digests, s.Digest.Algorithm.Equal) || !slices.ContainsFunc(signatures, s.Algorithm.Algorithm.Equal) || !plain(s.Digest) || !plain(s.Algorithm) {
		return refuse(ErrAlgorithm, "%v with %v", s.Digest.Algorithm, s.Algorithm.Algorithm)
	}
	values := map[string][]byte{}
	for _, a := range s.Signed {
		if _, twice := values[a.Type.String()]; twice || len(a.Values) != 1 {
			return refuse(ErrAttribute, "%v has not one value", a.Type)
		}
		values[a.Type.String()] = a.Values[0].FullBytes
	}
	var kind asn1.ObjectIdentifier
	if err := read(values[oidContentType.String()], &kind); err != nil || !kind.Equal(oidInfo) {
		return refuse(ErrAttribute, "the content type is %v", kind)
	}
	var digest []byte
	if err := read(values[oidMessageDigest.String()], &digest); err != nil {
		return refuse(ErrAttribute, "there is no digest of what is signed")
	}
	var named signingCertificate
	if err := read(values[oidCertificate.String()], &named); err != nil || len(named.Certificates) == 0 {
		return refuse(ErrAttribute, "the certificate that signs is not named: %v", err)
	}
	return named.Certificates[0].names(signer)
}

// within says whether the time of signing, where the attributes have one, is a time of the certificate's.
func (s *signerInfo) within(signer *x509.Certificate) error {
	i := slices.IndexFunc(s.Signed, func(a attribute) bool { return a.Type.Equal(oidSigningTime) })
	if i < 0 {
		return nil
	}
	var at time.Time
	value := s.Signed[i].Values[0].FullBytes
	err := read(value, &at)
	again, _ := asn1.Marshal(at.UTC())
	if err != nil || !bytes.Equal(again, value) || at.Before(signer.NotBefore) || at.After(signer.NotAfter) {
		return refuse(ErrValidity, "the time of signing is none, or not one of the certificate's: %v", at)
	}
	return nil
}

// names says whether this is the certificate that is meant.
func (c *certificateID) names(signer *x509.Certificate) error {
	hash := 0
	if len(c.Hash.Algorithm) > 0 {
		if hash = slices.IndexFunc(digests, c.Hash.Algorithm.Equal); hash < 0 {
			return refuse(ErrAttribute, "the certificate that signs is named by %v", c.Hash.Algorithm)
		}
	}
	h := hashes[hash].New()
	h.Write(signer.Raw)
	if !bytes.Equal(h.Sum(nil), c.Digest) {
		return refuse(ErrAttribute, "another certificate is named than the one that signs")
	}
	if c.Of.Serial == nil {
		return nil
	}
	if c.Of.Serial.Cmp(signer.SerialNumber) != 0 || len(c.Of.Names) != 1 || !bytes.Equal(c.Of.Names[0].Bytes, signer.RawIssuer) {
		return refuse(ErrAttribute, "another issuer or number is named than those of the certificate that signs")
	}
	return nil
}
