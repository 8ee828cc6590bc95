package timestamp

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
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
	case len(c.UnhandledCriticalExtensions) > 0:
		return refuse(ErrExtension, "%v in the certificate", c.UnhandledCriticalExtensions)
	}
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 2048 {
		return refuse(ErrAlgorithm, "an RSA key of %d bits", key.N.BitLen())
	}
	return nil
}
