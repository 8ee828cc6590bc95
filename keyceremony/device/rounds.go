package device

import (
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/scrutin/note"
)

// Commit takes part in a run: it draws the holder's polynomials and returns his
// first message. run 0 is the one under way; a later one closes those before it
// (see [keyceremony.Ceremony.Progress]). The first call binds the device to the
// manifest for ever. Messages are those of all runs.
func (d *Device) Commit(c *keyceremony.Ceremony, run int, messages []*keyceremony.Message) ([]byte, error) {
	return d.speak(c, keyceremony.CommitStep, run, messages, func(s *keyceremony.State) (any, error) {
		drawn := s.Draw(d.Name())
		body, err := s.Commit(d.Name(), drawn)
		if err != nil {
			return nil, err
		}
		d.state.Manifest, d.state.Run = c.Manifest(), s.Run
		d.state.Sent, d.state.Polynomials, d.state.Fragments = nil, nil, nil
		for _, p := range drawn {
			var coefficients []secret
			for _, a := range p.Coefficients() {
				coefficients = append(coefficients, secret{a})
			}
			d.state.Polynomials = append(d.state.Polynomials, coefficients)
		}
		return body, nil
	})
}

// Reveal returns the holder's second message.
func (d *Device) Reveal(c *keyceremony.Ceremony, run int, messages []*keyceremony.Message) ([]byte, error) {
	return d.speak(c, keyceremony.RevealStep, run, messages, func(s *keyceremony.State) (any, error) {
		var drawn []keyceremony.Polynomial
		for _, p := range d.state.Polynomials {
			coefficients := make([]group.Scalar, len(p))
			for k, a := range p {
				coefficients[k] = a.Scalar
			}
			drawn = append(drawn, keyceremony.PolynomialOf(coefficients))
		}
		return s.Reveal(d.Name(), drawn)
	})
}

// Check returns the holder's third message and how many shares it complains of.
func (d *Device) Check(c *keyceremony.Ceremony, run int, messages []*keyceremony.Message) (data []byte, complaints []keyceremony.Complaint, err error) {
	data, err = d.speak(c, keyceremony.CheckStep, run, messages, func(s *keyceremony.State) (any, error) {
		body, err := s.Check(d.Name(), d.state.Reception.Scalar)
		if err == nil {
			complaints = body.Complaints
		}
		return body, err
	})
	return data, complaints, err
}

// Seal keeps the holder's fragments, forgets his polynomials and returns his
// last message.
func (d *Device) Seal(c *keyceremony.Ceremony, run int, messages []*keyceremony.Message) ([]byte, error) {
	return d.speak(c, keyceremony.SealStep, run, messages, func(s *keyceremony.State) (any, error) {
		fragments, err := s.Fragments(d.Name(), d.state.Reception.Scalar)
		if err != nil {
			return nil, err
		}
		body, err := s.Seal(d.Name())
		if err != nil {
			return nil, err
		}
		for _, f := range fragments {
			d.state.Fragments = append(d.state.Fragments, fragment{f.Clause, f.Index, secret{f.Value}})
		}
		d.state.Polynomials = nil
		return body, nil
	})
}

// speak signs the message of a step once, keeps it on both media, and returns
// it. Asked again over the same board it returns the same bytes.
func (d *Device) speak(c *keyceremony.Ceremony, step keyceremony.Step, run int, messages []*keyceremony.Message,
	make func(*keyceremony.State) (any, error)) ([]byte, error) {
	if err := d.serves(c); err != nil {
		return nil, err
	}
	s, _, err := c.Progress(run, messages)
	if err != nil {
		return nil, err
	}
	if said, ok := d.said(s.Run, step); ok {
		if s.Step == step && s.Board != said.Board {
			return nil, ErrOtherBoard
		}
		return said.Note, nil
	}
	switch {
	case !d.state.Ceremony.IsZero():
		return nil, ErrSettled
	case step == keyceremony.CommitStep && d.state.Run >= s.Run, step != keyceremony.CommitStep && d.state.Run != s.Run:
		return nil, fmt.Errorf("%w: it was last in run %d, and the board stands at run %d", ErrOrder, d.state.Run, s.Run)
	}
	before := d.state
	body, err := make(s)
	if err != nil {
		d.state = before
		return nil, err
	}
	data, err := keyceremony.Sign(body, d.Signer())
	if err == nil {
		d.state.Sent = append(slices.Clip(d.state.Sent), sent{string(step), s.Board, data})
		err = d.save()
	}
	if err != nil {
		d.state = before
		return nil, err
	}
	return data, nil
}

// serves refuses a manifest that does not name the device, or another than the
// one it is bound to.
func (d *Device) serves(c *keyceremony.Ceremony) error {
	if err := d.both(); err != nil {
		return err
	}
	if !d.state.Manifest.IsZero() && d.state.Manifest != c.Manifest() {
		return fmt.Errorf("%w: it serves %s", ErrManifest, d.state.Manifest)
	}
	if !c.Names(d.Name(), d.state.Signing.Verifier(), group.MulBase(d.state.Reception.Scalar)) {
		return fmt.Errorf("%w: %s", ErrNotHolder, d.Name())
	}
	return nil
}

// said returns the device's message of a step of a run.
func (d *Device) said(run int, step keyceremony.Step) (sent, bool) {
	if run != d.state.Run {
		return sent{}, false
	}
	for _, m := range d.state.Sent {
		if m.Step == string(step) {
			return m, true
		}
	}
	return sent{}, false
}

// Settle recognises that the ceremony is complete and that the device's
// fragments are those of its keys, and binds the device to it.
func (d *Device) Settle(c *keyceremony.Ceremony, messages []*keyceremony.Message) (*keyceremony.Keys, error) {
	if err := d.serves(c); err != nil {
		return nil, err
	}
	keys, err := c.Verify(messages)
	if err != nil {
		return nil, err
	}
	if !d.state.Ceremony.IsZero() && d.state.Ceremony != keys.Digest {
		return nil, fmt.Errorf("%w: it has completed another ceremony of this manifest", ErrNoCeremony)
	}
	if err := d.fits(keys); err != nil {
		return nil, err
	}
	if d.state.Ceremony.IsZero() {
		d.state.Ceremony = keys.Digest
		if err := d.save(); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// fits checks that there is a fragment for each verification key of the device.
func (d *Device) fits(keys *keyceremony.Keys) error {
	held := 0
	for _, clause := range keys.Clauses {
		key, ok := clause.Holder(d.Name())
		if !ok {
			continue
		}
		i := slices.IndexFunc(d.state.Fragments, func(f fragment) bool { return f.Clause == clause.Clause })
		if i < 0 || !group.MulBase(d.state.Fragments[i].Value.Scalar).Equal(key.Key) {
			return fmt.Errorf("%w: clause %s", ErrNoCeremony, clause.Clause)
		}
		held++
	}
	if held == 0 || held != len(d.state.Fragments) {
		return ErrNoCeremony
	}
	return nil
}

// Rehearse settles the device and opens the ceremony's test text with the
// fragments of each medium, read from it anew. It returns the two messages.
func (d *Device) Rehearse(c *keyceremony.Ceremony, messages []*keyceremony.Message) ([][]byte, error) {
	if _, err := d.Settle(c, messages); err != nil {
		return nil, err
	}
	s, _, err := c.Progress(0, messages)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for i, path := range d.paths {
		stored, _, err := load(path, d.passphrase)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		body, err := s.Rehearse(d.Name(), i+1, stored.fragments())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		data, err := keyceremony.Sign(body, note.Signer(stored.Signing.PrivateKey))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}
