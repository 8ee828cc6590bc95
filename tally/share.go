package tally

import (
	"errors"
	"fmt"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// ErrHolder says that somebody is no holder of a clause.
var ErrHolder = errors.New("not a holder of this clause")

// Share is a holder's whole work for one clause: it computes his shares of every
// mixed list with his fragment, in constant time, and writes lists and the
// signed statement. Lists are the same each time; a statement that stands in
// out already, and is valid, is kept. It refuses a signer that is not the
// holder's (ErrHolder), and a fragment that is not that of his verification key
// (sigma.ErrSecret).
func (m *Mixed) Share(out *record.Writer, clause, holder string, fragment group.Scalar, signer note.Signer) error {
	s := m.s
	h, err := s.holder(clause, holder)
	if err != nil {
		return err
	}
	if h.verifier != signer.Verifier() {
		return fmt.Errorf("%s signs for %s: %w", signer.Verifier().Name(), holder, ErrHolder)
	}
	if out.Exists(record.Shares(clause, holder)) {
		given, err := m.judge(&out.Reader, []shareholder{h})
		if err == nil && given[0].refusal != nil {
			err = fmt.Errorf("a statement stands there already and does not hold: %w", given[0].refusal)
		}
		return err
	}
	statement := &scrutin.Shares{OpenHead: s.head(), Seal: s.Seal, Mix: s.Mixing, Clause: clause, Holder: holder}
	for _, c := range s.filled() {
		statement.Cells = append(statement.Cells, scrutin.ShareCell{Cell: c.Name, Questions: make([]scrutin.ShareQuestion, len(c.questions))})
	}
	err = s.each(1, func(u unit, workers int, progress func(done, total int)) error {
		inputs, err := m.inputs(u, workers)
		if err != nil {
			return err
		}
		claim, err := m.claim(u, h, inputs)
		if err != nil {
			return err
		}
		shares, proof, err := claim.Prove(fragment, workers)
		if err != nil {
			return err
		}
		progress(1, 1)
		b := proof.Bytes()
		statement.Cells[u.at].Questions[u.q] = scrutin.ShareQuestion{
			Question: u.question.ID, Ballots: u.Ballots, List: scrutin.DigestOf(shares),
			Commitments: [2]scrutin.Point{scrutin.Point(b[:32]), scrutin.Point(b[32:64])}, Response: scrutin.Scalar(b[64:]),
		}
		return out.Write(record.SharesList(u.number, u.question.ID, clause, holder), shares)
	})
	if err != nil {
		return err
	}
	signed, err := scrutin.Sign(statement, signer)
	if err != nil {
		return err
	}
	return out.Write(record.Shares(clause, holder), signed)
}

// shareholder is one holder in one clause.
type shareholder struct {
	clause   string
	key      keyceremony.HolderKey
	verifier note.Verifier
}

func (s *Sealed) holder(clause, holder string) (shareholder, error) {
	c, ok := s.Keys.Clause(clause)
	if !ok {
		return shareholder{}, fmt.Errorf("clause %s: %w", clause, ErrHolder)
	}
	key, ok := c.Holder(holder)
	if !ok {
		return shareholder{}, fmt.Errorf("%s, clause %s: %w", holder, clause, ErrHolder)
	}
	h, ok := s.Manifest.Holder(holder)
	if !ok {
		return shareholder{}, fmt.Errorf("%s: %w", holder, ErrHolder)
	}
	return shareholder{clause, key, h.Verifier()}, nil
}

// inputs decodes the c1 of a unit's last list.
func (m *Mixed) inputs(u unit, workers int) (sigma.List, error) {
	raw, err := m.list(u)
	if err != nil {
		return sigma.List{}, err
	}
	return sigma.DecodeList(column(raw, 0), workers)
}

// claim is what a holder proves about his shares of a unit.
func (m *Mixed) claim(u unit, h shareholder, inputs sigma.List) (sigma.ShareClaim, error) {
	return sigma.Shares(m.s.context(u), m.s.Seal, u.question.ID, h.clause, h.key.Holder, sigma.NewElement(h.key.Key), inputs)
}

// column returns the encodings of all c1 (which = 0) or all c2 (which = 1).
func column(ciphertexts []byte, which int) []byte {
	out := make([]byte, 0, len(ciphertexts)/2)
	for at := which * group.PointSize; at < len(ciphertexts); at += elgamal.Size {
		out = append(out, ciphertexts[at:at+group.PointSize]...)
	}
	return out
}
