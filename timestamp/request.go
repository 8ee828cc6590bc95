package timestamp

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"fmt"
	"math/big"

	tsp "github.com/digitorus/timestamp"
)

// An Asker shows a request to an authority and returns the response, DER, which nobody has verified.
type Asker interface {
	Ask(ctx context.Context, request []byte) (response []byte, err error)
}

// A Request asks for one timestamp over a SHA-256, with the certificates of its chain.
type Request struct {
	Digest [32]byte
	Policy asn1.ObjectIdentifier // under which it is to be given; nil: the authority's own
	Nonce  *big.Int              // of 64 bits, positive
}

// NewRequest draws a nonce.
func NewRequest(digest [32]byte, policy asn1.ObjectIdentifier) *Request {
	var nonce [8]byte
	rand.Read(nonce[:])
	nonce[0] = nonce[0]&0x7f | 0x40
	return &Request{Digest: digest, Policy: policy, Nonce: new(big.Int).SetBytes(nonce[:])}
}

// Bytes is the TimeStampReq, DER: all that leaves for the authority.
func (r *Request) Bytes() ([]byte, error) {
	q := tsp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: r.Digest[:], Certificates: true, TSAPolicyOID: r.Policy, Nonce: r.Nonce}
	return q.Marshal()
}

// Accept takes the response to this request: a timestamp over its digest, with its nonce, under its policy, by one of the certificates given by SHA-256.
// What is returned is to be kept: the response without the words that stand beside its status.
func (r *Request) Accept(response []byte, certificates ...[32]byte) ([]byte, *Token, error) {
	t, err := r.Inspect(response)
	if err == nil {
		err = t.By(certificates...)
	}
	if err != nil {
		return nil, nil, err
	}
	kept, err := Keep(response)
	return kept, t, err
}

// Inspect is Accept of whatever authority.
func (r *Request) Inspect(response []byte) (*Token, error) {
	kept, err := Keep(response)
	if err != nil {
		return nil, err
	}
	t, err := Parse(kept)
	switch {
	case err != nil:
		return nil, err
	case t.Nonce == nil || t.Nonce.Cmp(r.Nonce) != 0:
		return nil, ErrNonce
	case r.Policy != nil && !r.Policy.Equal(t.Policy):
		return nil, refuse(ErrPolicy, "%v where %v was asked for", t.Policy, r.Policy)
	}
	return t, t.Over(r.Digest)
}

// Keep drops the words beside the status of a response that grants a timestamp. Of one that does not, the error says why, as far as the authority does.
func Keep(response []byte) ([]byte, error) {
	e, err := open(response)
	if err != nil {
		if _, said := tsp.ParseResponse(response); said != nil {
			err = fmt.Errorf("%w (%w)", refuse(ErrNotGranted, "%v", said), err)
		}
		return nil, err
	}
	if e.Status.Status != 0 {
		return nil, refuse(ErrNotGranted, "%v", tsp.Status(e.Status.Status))
	}
	return asn1.Marshal(envelope{Token: e.Token})
}
