package timestamp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"time"
)

// chain puts the certificates in their order, from the one that signed up, and verifies each under the next at that time. The last one is signed by
// itself, or by a key that is not there: then it is taken as it is, since trust comes from the digest of the first.
func chain(certificates []*x509.Certificate, signer int, at time.Time) ([]*x509.Certificate, error) {
	first := certificates[signer]
	if err := forTimestamps(first); err != nil {
		return nil, err
	}
	subjects := map[string]bool{}
	for _, c := range certificates {
		if err := plainCertificate(c); err != nil {
			return nil, err
		}
		if subjects[string(c.RawSubject)] {
			return nil, refuse(ErrChain, "two are of %s", c.Subject)
		}
		subjects[string(c.RawSubject)] = true
	}
	for _, c := range certificates {
		if at.Before(c.NotBefore) || at.After(c.NotAfter) {
			return nil, refuse(ErrValidity, "%s, valid from %s to %s, at %s", c.Subject, c.NotBefore.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339), at.Format(time.RFC3339))
		}
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for i, c := range certificates {
		switch issued := slices.ContainsFunc(certificates, func(by *x509.Certificate) bool { return by != c && bytes.Equal(by.RawSubject, c.RawIssuer) }); {
		case i == signer:
		case issued:
			between.AddCert(c)
		case bytes.Equal(c.RawSubject, c.RawIssuer) && c.CheckSignatureFrom(c) != nil:
			return nil, refuse(ErrChain, "%s is not signed by itself", c.Subject)
		case !bytes.Equal(c.RawSubject, c.RawIssuer) && (len(c.AuthorityKeyId) == 0 || bytes.Equal(c.AuthorityKeyId, c.SubjectKeyId)):
			return nil, refuse(ErrChain, "%s names another issuer, and no other key", c.Subject)
		default:
			roots.AddCert(c)
		}
	}
	found, err := first.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return nil, refuse(ErrChain, "%v", err)
	}
	for _, c := range found {
		if len(c) == len(certificates) {
			return c, nil
		}
	}
	return nil, refuse(ErrChain, "%d certificates of %d have no part in it", len(certificates)-len(found[0]), len(certificates))
}

// forTimestamps says whether a certificate is made for timestamps and nothing else (RFC 3161, section 2.3).
func forTimestamps(c *x509.Certificate) error {
	critical := slices.ContainsFunc(c.Extensions, func(x pkix.Extension) bool { return x.Id.Equal(oidExtendedUsage) && x.Critical })
	switch {
	case !slices.Equal(c.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}) || len(c.UnknownExtKeyUsage) > 0 || !critical:
		return refuse(ErrUsage, "its extended usage is not timestamping alone, or not critical")
	case c.IsCA || c.KeyUsage&^(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0:
		return refuse(ErrUsage, "it may sign more than timestamps")
	}
	return nil
}

// Extensions of certificates, by the last number under 2.5.29 (RFC 5280, section 4.2.1): those that may be critical, and those that would have a verifier
// judge names and policies, which stand in no certificate.
var (
	understood = []int{15, 19, 32, 37} // key usage, basic constraints, policies, extended usage
	limiting   = []int{30, 33, 36, 54} // constraints of names, mappings and constraints of policies, inhibited policy
	signedWith = []x509.SignatureAlgorithm{x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512}
)

// plainCertificate says whether every verifier judges a certificate in the same way: no extension that some know and others do not, and an algorithm and a
// key within the bounds of the protocol, also where nothing in the token is signed by that key.
func plainCertificate(c *x509.Certificate) error {
	for _, x := range c.Extensions {
		last := -1
		if len(x.Id) == 4 && x.Id[:3].Equal(asn1.ObjectIdentifier{2, 5, 29}) {
			last = x.Id[3]
		}
		if x.Critical && !slices.Contains(understood, last) || slices.Contains(limiting, last) {
			return refuse(ErrExtension, "%v in the certificate of %s", x.Id, c.Subject)
		}
	}
	if c.Version != 3 || !slices.Contains(signedWith, c.SignatureAlgorithm) {
		return refuse(ErrAlgorithm, "a certificate of version %d, signed by %s", c.Version, c.SignatureAlgorithm)
	}
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < 2048 || bits > 8192 || key.E < 3 || key.E%2 == 0 || key.E > 1<<31-1 {
			return refuse(ErrAlgorithm, "an RSA key of %d bits, with the exponent %d", bits, key.E)
		}
	case *ecdsa.PublicKey:
		if !slices.Contains([]elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()}, key.Curve) {
			return refuse(ErrAlgorithm, "a key on the curve %s", key.Params().Name)
		}
	default:
		return refuse(ErrAlgorithm, "a key of %s", c.PublicKeyAlgorithm)
	}
	return nil
}
