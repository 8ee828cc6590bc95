package agefile

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"isoloir/custody"
)

// Sealing encrypts what is written to it for the keeper's identity, as an age file. Close ends the file, and not what it is written to.
func (k *Keeper) Sealing(to io.Writer) (io.WriteCloser, error) {
	if len(k.recipients) == 0 {
		return nil, fmt.Errorf("%w: without an identity nothing is encrypted", custody.ErrSecret)
	}
	return age.Encrypt(to, k.recipients...)
}

// Opening reads what Sealing wrote. custody.ErrSealed if it is for another identity, or no age file; what it gives is good as far as it is read
// without an error.
func (k *Keeper) Opening(from io.Reader) (io.Reader, error) {
	if len(k.identities) == 0 {
		return nil, fmt.Errorf("%w: without an identity nothing is opened", custody.ErrSecret)
	}
	r, err := age.Decrypt(from, k.identities...)
	if err != nil {
		return nil, errors.Join(custody.ErrSealed, err)
	}
	return r, nil
}
