package timestamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"
)

// A forged response is one in the making: each of its parts can be made otherwise than an honest authority makes it.
type forged struct {
	info    info
	root    *x509.Certificate
	rootKey crypto.Signer
	unit    *x509.Certificate // a template until it is certified
	key     crypto.Signer
	chain   []*x509.Certificate // above the unit, in the token
	hash    asn1.ObjectIdentifier
	unnamed bool // no signing-certificate attribute
	naming  func(c *certificateID, unit *x509.Certificate)
	signed  []pkcs7.Attribute
	loose   []pkcs7.Attribute // unsigned
	signers int
	words   []asn1.RawValue
	edit    func(e *envelope)
	raw     func(b []byte) []byte
}

var (
	digest = sha256.Sum256([]byte("text"))
	moment = time.Date(2032, 5, 26, 10, 0, 0, 0, time.UTC)
)

func generalized(s string) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagGeneralizedTime, Bytes: []byte(s)}
}

var usage = []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08}

// honest is a response as it should be, before it is made.
func honest(t testing.TB) *forged {
	t.Helper()
	f := &forged{hash: pkcs7.OIDDigestAlgorithmSHA256, signers: 1, key: newKey(t), rootKey: newKey(t)}
	f.info = info{Version: 1, Policy: asn1.ObjectIdentifier{1, 2, 3}, Serial: big.NewInt(77), Nonce: big.NewInt(1 << 40), Time: generalized("20320526100000Z"),
		Imprint: imprint{pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDDigestAlgorithmSHA256, Parameters: asn1.NullRawValue}, digest[:]}}
	f.root = certified(t, &x509.Certificate{Subject: pkix.Name{CommonName: "root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, f.rootKey, f.rootKey)
	f.chain = []*x509.Certificate{f.root}
	f.unit = &x509.Certificate{Subject: pkix.Name{CommonName: "unit"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: oidExtendedUsage, Critical: true, Value: usage}}}
	return f
}

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// certified signs a template; its time is 2020 to 2099 unless it says otherwise.
func certified(t testing.TB, template, issuer *x509.Certificate, key, by crypto.Signer) *x509.Certificate {
	t.Helper()
	if template.SerialNumber == nil {
		template.SerialNumber = big.NewInt(time.Now().UnixNano())
	}
	if template.NotBefore.IsZero() {
		template.NotBefore = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if issuer == nil {
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// make is the response, DER, and the certificate that signed it.
func (f *forged) make(t testing.TB) ([]byte, *x509.Certificate) {
	t.Helper()
	unit := certified(t, f.unit, f.root, f.key, f.rootKey)
	content, err := asn1.Marshal(f.info)
	if err != nil {
		t.Fatal(err)
	}
	data, err := pkcs7.NewSignedData(content)
	if err != nil {
		t.Fatal(err)
	}
	data.SetDigestAlgorithm(f.hash)
	data.SetContentType(oidInfo)
	data.GetSignedData().Version = 3
	config := pkcs7.SignerInfoConfig{SkipCertificates: true, ExtraSignedAttributes: f.signed, ExtraUnsignedAttributes: f.loose}
	if !f.unnamed {
		id := certificateID{Digest: sum(unit.Raw), Of: namesAndSerial{Serial: unit.SerialNumber,
			Names: []asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: unit.RawIssuer}}}}
		if f.naming != nil {
			f.naming(&id, unit)
		}
		config.ExtraSignedAttributes = append([]pkcs7.Attribute{{Type: oidCertificate, Value: signingCertificate{Certificates: []certificateID{id}}}}, f.signed...)
	}
	for range f.signers {
		if err := data.AddSignerChain(unit, f.key, []*x509.Certificate{f.root}, config); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range append([]*x509.Certificate{unit}, f.chain...) {
		data.AddCertificate(c)
	}
	token, err := data.Finish()
	if err != nil {
		t.Fatal(err)
	}
	response, err := asn1.Marshal(struct {
		Status status
		Token  asn1.RawValue
	}{status{Text: f.words}, asn1.RawValue{FullBytes: token}})
	if err != nil {
		t.Fatal(err)
	}
	if f.edit != nil {
		e := new(envelope)
		if _, err := asn1.Unmarshal(response, e); err != nil {
			t.Fatal(err)
		}
		f.edit(e)
		if response, err = asn1.Marshal(*e); err != nil {
			t.Fatal(err)
		}
	}
	if f.raw != nil {
		response = f.raw(bytes.Clone(response))
	}
	return response, unit
}

func sum(b []byte) []byte {
	d := sha256.Sum256(b)
	return d[:]
}
