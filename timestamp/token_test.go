package timestamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"
)

// A forgery changes an honest response.
type forgery struct {
	name   string
	change func(f *forged)
}

// accepted are the forms that honest authorities have.
func accepted(t testing.TB) []forgery {
	return []forgery{
		{"as it is", func(f *forged) {}},
		{"named by digest only", func(f *forged) { f.naming = func(c *certificateID, _ *x509.Certificate) { c.Of = namesAndSerial{} } }},
		{"named by SHA-512", func(f *forged) {
			f.naming = func(c *certificateID, unit *x509.Certificate) {
				d := sha512.Sum512(unit.Raw)
				c.Hash, c.Digest = pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDDigestAlgorithmSHA512}, d[:]
			}
		}},
		{"SHA-384", func(f *forged) { f.hash = pkcs7.OIDDigestAlgorithmSHA384 }},
		{"RSA", func(f *forged) { f.key = rsaKey(t, 2048) }},
		{"accuracy", func(f *forged) { f.info.Accuracy = accuracy{1, 500, 3} }},
		{"a fraction of time", func(f *forged) { f.info.Time = generalized("20320526100000.25Z") }},
		{"an extension", func(f *forged) { f.info.Extensions = []pkix.Extension{{Id: oidQualified, Value: []byte{0x30, 0}}} }},
		{"another attribute", func(f *forged) { f.signed = []pkcs7.Attribute{{Type: asn1.ObjectIdentifier{1, 2, 3}, Value: 5}} }},
		{"for content, too", func(f *forged) { f.unit.KeyUsage |= x509.KeyUsageContentCommitment }},
		{"a root kept elsewhere", func(f *forged) {
			top, key := f.root, f.rootKey
			f.rootKey = newKey(t)
			f.root = certified(t, &x509.Certificate{Subject: pkix.Name{CommonName: "between"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, top, f.rootKey, key)
			f.chain = []*x509.Certificate{f.root}
		}},
	}
}

// What an honest authority gives is accepted, in all the forms that authorities have.
func TestAccepted(t *testing.T) {
	for _, c := range accepted(t) {
		name, change := c.name, c.change
		t.Run(name, func(t *testing.T) {
			f := honest(t)
			change(f)
			b, unit := f.make(t)
			token, err := Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(token.Over(digest), token.By([32]byte{1}, sha256.Sum256(unit.Raw))); err != nil {
				t.Error(err)
			}
			if token.Time.Truncate(time.Second) != moment || token.Qualified != (name == "an extension") || token.Rooted() != (name != "a root kept elsewhere") {
				t.Errorf("%+v", token)
			}
			if kept, err := Keep(b); err != nil || !bytes.Equal(kept, b) {
				t.Errorf("kept otherwise: %v", err)
			}
		})
	}
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A refusal is a forgery with what it is refused for.
type refusal struct {
	name   string
	want   error
	change func(f *forged)
}

// refused are each thing that can be wrong.
func refused(t testing.TB) []refusal {
	return []refusal{
		{"imprint by SHA-1", ErrImprint, func(f *forged) {
			d := sha1.Sum([]byte("text"))
			f.info.Imprint = imprint{pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDDigestAlgorithmSHA1}, d[:]}
		}},
		{"imprint by SHA-512", ErrImprint, func(f *forged) {
			d := sha512.Sum512([]byte("text"))
			f.info.Imprint = imprint{pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDDigestAlgorithmSHA512}, d[:]}
		}},
		{"imprint cut", ErrImprint, func(f *forged) { f.info.Imprint.Digest = digest[:31] }},
		{"no extended usage", ErrUsage, func(f *forged) { f.unit.ExtraExtensions = nil }},
		{"another extended usage", ErrUsage, func(f *forged) {
			f.unit.ExtraExtensions = nil
			f.unit.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
		}},
		{"one extended usage more", ErrUsage, func(f *forged) {
			both, _ := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}, {1, 3, 6, 1, 5, 5, 7, 3, 3}})
			f.unit.ExtraExtensions[0].Value = both
		}},
		{"extended usage not critical", ErrUsage, func(f *forged) { f.unit.ExtraExtensions[0].Critical = false }},
		{"an authority of certificates", ErrUsage, func(f *forged) { f.unit.IsCA, f.unit.BasicConstraintsValid = true, true }},
		{"usage for more", ErrUsage, func(f *forged) { f.unit.KeyUsage |= x509.KeyUsageKeyEncipherment }},
		{"unknown critical extension of the certificate", ErrExtension, func(f *forged) {
			f.unit.ExtraExtensions = append(f.unit.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}})
		}},
		{"unknown critical extension", ErrExtension, func(f *forged) {
			f.info.Extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
		}},
		{"expired", ErrValidity, func(f *forged) { f.unit.NotAfter = moment.Add(-time.Second) }},
		{"not yet valid", ErrValidity, func(f *forged) { f.unit.NotBefore = moment.Add(time.Second) }},
		{"issuer expired", ErrValidity, func(f *forged) {
			f.info.Time = generalized("20990101000001Z")
			f.unit.NotAfter = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
		}},
		{"two signers", ErrSigners, func(f *forged) { f.signers = 2 }},
		{"no signer", ErrSigners, func(f *forged) { f.signers = 0 }},
		{"unsigned attribute", ErrUnsigned, func(f *forged) { f.loose = []pkcs7.Attribute{{Type: asn1.ObjectIdentifier{1, 2, 3}, Value: 5}} }},
		{"list of revocation", ErrUnsigned, func(f *forged) {
			f.edit = func(e *envelope) {
				e.Token.Data.Revocation = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: []byte{0x30, 0}}
			}
		}},
		{"words", ErrNotGranted, func(f *forged) { f.words = []asn1.RawValue{{Tag: asn1.TagUTF8String, Bytes: []byte("well")}} }},
		{"granted with changes", ErrNotGranted, func(f *forged) { f.edit = func(e *envelope) { e.Status.Status = 1 } }},
		{"signature of SHA-1", ErrAlgorithm, func(f *forged) { f.hash = pkcs7.OIDDigestAlgorithmSHA1 }},
		{"short RSA key", ErrAlgorithm, func(f *forged) { f.key = rsaKey(t, 2047) }},
		{"short RSA key above", ErrAlgorithm, func(f *forged) { f.reroot(t, rsaKey(t, 1536), nil) }},
		{"curve above of 224 bits", ErrAlgorithm, func(f *forged) { f.reroot(t, must(ecdsa.GenerateKey(elliptic.P224(), rand.Reader)), nil) }},
		{"key above by Ed25519", ErrAlgorithm, func(f *forged) {
			_, key, _ := ed25519.GenerateKey(rand.Reader)
			f.reroot(t, key, nil)
		}},
		{"certificate signed by RSASSA-PSS", ErrAlgorithm, func(f *forged) {
			f.reroot(t, rsaKey(t, 2048), func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA256WithRSAPSS })
		}},
		{"extended usage above for something else", ErrChain, func(f *forged) {
			f.reroot(t, newKey(t), func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
		}},
		{"constraints of names above", ErrExtension, func(f *forged) {
			f.reroot(t, newKey(t), func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"example.org"} })
		}},
		{"constraints of policies above", ErrExtension, func(f *forged) {
			f.reroot(t, newKey(t), func(c *x509.Certificate) {
				c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 36}, Value: []byte{0x30, 3, 0x80, 1, 0}}}
			})
		}},
		{"two of one subject", ErrChain, func(f *forged) {
			f.chain = append(f.chain, certified(t, &x509.Certificate{Subject: pkix.Name{CommonName: "root"}, IsCA: true, BasicConstraintsValid: true}, nil, f.rootKey, f.rootKey))
		}},
		{"critical lists of revocation", ErrExtension, func(f *forged) {
			f.unit.ExtraExtensions = append(f.unit.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 31}, Critical: true, Value: []byte{0x30, 0}})
		}},
		{"signed when the certificate was not valid", ErrValidity, func(f *forged) { f.unit.NotBefore = moment.Add(-time.Hour) }}, // the time of signing is today
		{"certificate not named", ErrAttribute, func(f *forged) { f.unnamed = true }},
		{"another certificate named", ErrAttribute, func(f *forged) { f.naming = func(c *certificateID, _ *x509.Certificate) { c.Digest[0] ^= 1 } }},
		{"another number named", ErrAttribute, func(f *forged) {
			f.naming = func(c *certificateID, _ *x509.Certificate) { c.Of.Serial = big.NewInt(1) }
		}},
		{"another issuer named", ErrAttribute, func(f *forged) {
			f.naming = func(c *certificateID, _ *x509.Certificate) { c.Of.Names[0].Bytes = []byte{0x30, 0} }
		}},
		{"certificate named by SHA-1", ErrAttribute, func(f *forged) {
			f.naming = func(c *certificateID, _ *x509.Certificate) {
				c.Hash = pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDDigestAlgorithmSHA1}
			}
		}},
		{"attribute doubled", ErrAttribute, func(f *forged) { f.signed = []pkcs7.Attribute{{Type: oidContentType, Value: oidInfo}} }},
		{"chain missing", ErrChain, func(f *forged) { f.chain = nil }},
		{"certificate that has no part", ErrChain, func(f *forged) { f.chain = append(f.chain, honest(t).root2(t)) }},
		{"another root of that name", ErrChain, func(f *forged) { f.chain = []*x509.Certificate{honest(t).root} }},
		{"root not signed by itself", ErrChain, func(f *forged) {
			f.edit = func(e *envelope) {
				flip(e.Token.Data.Certificates.FullBytes, len(e.Token.Data.Certificates.FullBytes)-3)
			}
		}},
		{"root that names another issuer", ErrChain, func(f *forged) {
			f.edit = func(e *envelope) {
				b := e.Token.Data.Certificates.FullBytes
				at := bytes.LastIndex(b, []byte("root"))
				flip(b, bytes.LastIndex(b[:at], []byte("root")))
			}
		}},
		{"another digest listed", ErrAlgorithm, func(f *forged) {
			f.edit = func(e *envelope) { e.Token.Data.Digests[0].Algorithm = pkcs7.OIDDigestAlgorithmSHA512 }
		}},
		{"digest listed twice", ErrAlgorithm, func(f *forged) {
			f.edit = func(e *envelope) { e.Token.Data.Digests = append(e.Token.Data.Digests, e.Token.Data.Digests[0]) }
		}},
		{"parameters of a digest", ErrAlgorithm, func(f *forged) {
			f.edit = func(e *envelope) { e.Token.Data.Signers[0].Digest.Parameters = asn1.RawValue{Tag: 4, Bytes: []byte{1}} }
		}},
		{"parameters of a signature", ErrAlgorithm, func(f *forged) {
			f.edit = func(e *envelope) {
				e.Token.Data.Signers[0].Algorithm.Parameters = asn1.RawValue{Tag: 4, Bytes: []byte{1}}
			}
		}},
		{"signer of another version", ErrMalformed, func(f *forged) {
			f.edit = func(e *envelope) { e.Token.Data.Signers[0].Version = 3 }
		}},
		{"signature changed", ErrSignature, func(f *forged) {
			f.edit = func(e *envelope) { flip(e.Token.Data.Signers[0].Signature, 12) }
		}},
		{"time changed", ErrSignature, func(f *forged) {
			f.edit = func(e *envelope) {
				flip(e.Token.Data.Content.Bytes, bytes.Index(e.Token.Data.Content.Bytes, []byte("20320526"))+7)
			}
		}},
		{"version", ErrMalformed, func(f *forged) { f.info.Version = 2 }},
		{"serial number 0", ErrMalformed, func(f *forged) { f.info.Serial = new(big.Int) }},
		{"time of another zone", ErrMalformed, func(f *forged) { f.info.Time = generalized("20320526100000+0200") }},
		{"time with zeros", ErrMalformed, func(f *forged) { f.info.Time = generalized("20320526100000.50Z") }},
		{"time of the old kind", ErrMalformed, func(f *forged) { f.info.Time = asn1.RawValue{Tag: asn1.TagUTCTime, Bytes: []byte("320526100000Z")} }},
		{"bytes after the content", ErrMalformed, func(f *forged) {
			f.edit = func(e *envelope) { e.Token.Data.Content.Bytes = append(e.Token.Data.Content.Bytes, 5, 0) }
		}},
		{"bytes after it", ErrMalformed, func(f *forged) { f.raw = func(b []byte) []byte { return append(b, 0) } }},
		{"an element more", ErrMalformed, func(f *forged) { f.raw = within }},
		{"cut", ErrMalformed, func(f *forged) { f.raw = func(b []byte) []byte { return b[:len(b)-1] } }},
		{"too large", ErrMalformed, func(f *forged) { f.raw = func(b []byte) []byte { return append(b, make([]byte, MaxSize)...) } }},
		{"attributes out of order", ErrMalformed, func(f *forged) { f.raw = disordered }},
	}
}

// SE-2: each thing that can be wrong with a response has its name.
func TestRefused(t *testing.T) {
	for _, c := range refused(t) {
		t.Run(c.name, func(t *testing.T) {
			f := honest(t)
			c.change(f)
			b, _ := f.make(t)
			if _, err := Parse(b); !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
	if _, err := Parse(nil); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

// reroot puts another root above, with this key and what change makes of it.
func (f *forged) reroot(t testing.TB, key crypto.Signer, change func(c *x509.Certificate)) {
	t.Helper()
	c := &x509.Certificate{Subject: pkix.Name{CommonName: "root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	if change != nil {
		change(c)
	}
	f.rootKey = key
	f.root = certified(t, c, nil, key, key)
	f.chain = []*x509.Certificate{f.root}
	f.unit.SignatureAlgorithm = c.SignatureAlgorithm
}

func flip(b []byte, at int) { b[at] ^= 1 }

// root2 is another root of another name.
func (f *forged) root2(t testing.TB) *x509.Certificate {
	t.Helper()
	return certified(t, &x509.Certificate{Subject: pkix.Name{CommonName: "stranger"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, f.rootKey, f.rootKey)
}

// within adds an element at the end of the outermost sequence.
func within(b []byte) []byte {
	var all asn1.RawValue
	asn1.Unmarshal(b, &all)
	all.FullBytes, all.Bytes = nil, append(bytes.Clone(all.Bytes), 5, 0)
	out, _ := asn1.Marshal(all)
	return out
}

// disordered puts the last signed attribute first, as DER does not.
func disordered(b []byte) []byte {
	e := new(envelope)
	asn1.Unmarshal(b, e)
	var list, turned []byte
	for i, a := range e.Token.Data.Signers[0].Signed {
		one, _ := asn1.Marshal(a)
		list = append(list, one...)
		if turned = append(turned, one...); i == len(e.Token.Data.Signers[0].Signed)-1 {
			turned = append(one, turned[:len(turned)-len(one)]...)
		}
	}
	return bytes.Replace(b, list, turned, 1)
}
