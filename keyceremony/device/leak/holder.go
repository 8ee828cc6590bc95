package leak

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"slices"
	"strings"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/scrutin"

	"filippo.io/age"
)

// A Holder is what a key holder keeps at a moment, read from his medium.
type Holder struct {
	name        string
	signing     []byte // 32 bytes
	reception   group.Scalar
	polynomials []keyceremony.Polynomial // by his clauses, in the manifest's order; none once the fragments are there
	fragments   []group.Scalar
	passphrase  string
	file        []byte
}

// contents is the document of a medium, as far as it is secret (package device).
type contents struct {
	Name        string     `json:"name"`
	Signing     string     `json:"signing"`
	Reception   string     `json:"reception"`
	Polynomials [][]string `json:"polynomials"`
	Fragments   []struct {
		Value string `json:"value"`
	} `json:"fragments"`
}

// Read opens the file of a medium. Errors tell nothing of what is in it.
func Read(path, passphrase string) (*Holder, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	h := &Holder{passphrase: passphrase}
	if h.file, err = io.ReadAll(file); err != nil {
		return nil, err
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(strings.NewReader(string(h.file)), identity)
	if err != nil {
		return nil, err
	}
	var c contents
	if err := json.NewDecoder(plain).Decode(&c); err != nil {
		return nil, errors.New("the medium holds no document")
	}
	return h, h.take(c)
}

func (h *Holder) take(c contents) (err error) {
	h.name = c.Name
	fields := strings.SplitN(c.Signing, "+", 5) // the last of which may hold this sign
	key, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(key) != 33 { // a byte says which kind of key
		return errors.New("the medium holds no signing key")
	}
	h.signing = key[1:]
	if h.reception, err = scalar(c.Reception); err != nil {
		return err
	}
	for _, p := range c.Polynomials {
		var coefficients []group.Scalar
		for _, text := range p {
			a, err := scalar(text)
			if err != nil {
				return err
			}
			coefficients = append(coefficients, a)
		}
		h.polynomials = append(h.polynomials, keyceremony.PolynomialOf(coefficients))
	}
	for _, f := range c.Fragments {
		x, err := scalar(f.Value)
		if err != nil {
			return err
		}
		h.fragments = append(h.fragments, x)
	}
	return nil
}

func scalar(text string) (group.Scalar, error) {
	b, err := hex.DecodeString(text)
	if err != nil {
		return group.Scalar{}, errors.New("the medium holds no scalar where one should be")
	}
	return group.DecodeScalar(b)
}

// Secrets are all that the holder keeps, the file of his medium too.
func (h *Holder) Secrets() []Secret {
	all := []Secret{{"the signing key of " + h.name, h.signing}, {"the expanded signing key of " + h.name, expanded(h.signing)},
		{"the passphrase of " + h.name, []byte(h.passphrase)}, {"the medium of " + h.name, beyondHeader(h.file)}}
	all = append(all, scalars("the reception key of "+h.name, h.reception)...)
	for i, p := range h.polynomials {
		all = append(all, scalars(fmt.Sprintf("a coefficient of %s for his clause %d", h.name, i+1), p.Coefficients()...)...)
	}
	return append(all, scalars("the fragment of "+h.name, h.fragments...)...)
}

// Shares are what each holder gives each other one in a ceremony, of all who are in it, while they have their polynomials.
func Shares(m *scrutin.Manifest, holders map[string]*Holder) (all []Secret) {
	for _, dealer := range holders {
		clauses := slices.DeleteFunc(slices.Clone(m.Clauses), func(c scrutin.Clause) bool { return !slices.Contains(c.Holders, dealer.name) })
		for i, p := range dealer.polynomials {
			for j, to := range clauses[i].Holders {
				all = append(all, scalars(fmt.Sprintf("the share of %s for %s in %s", dealer.name, to, clauses[i].ID), p.At(j+1))...)
			}
		}
	}
	return all
}

// scalars are each in its 32 bytes, and as it is computed with: times 2^256 modulo the order of the group (Montgomery).
func scalars(name string, values ...group.Scalar) (all []Secret) {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	for _, x := range values {
		b := x.Bytes()
		computed := new(big.Int).SetBytes(reversed(b[:]))
		computed.Mod(computed.Lsh(computed, 256), order)
		all = append(all, Secret{name, b[:]}, Secret{name + ", as it is computed with", reversed(computed.FillBytes(make([]byte, 32)))})
	}
	return all
}

// expanded is the scalar and the prefix of a key of Ed25519 (RFC 8032, section 5.1.5).
func expanded(seed []byte) []byte {
	h := sha512.Sum512(seed)
	h[0], h[31] = h[0]&248, h[31]&63|64
	return h[:]
}

// beyondHeader leaves out the lines by which every file of age begins.
func beyondHeader(file []byte) []byte {
	const end = "\n--- "
	if i := strings.Index(string(file), end); i >= 0 {
		return file[i+len(end):]
	}
	return file
}
