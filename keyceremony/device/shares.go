package device

import (
	"bytes"
	"fmt"
	"slices"

	"isoloir/keyceremony"
	"isoloir/scrutin"
)

// Bind records the one seal of the scrutin on both media. Every later call
// with another seal fails with ErrOtherSeal, for ever. Nothing may be computed
// for a seal before Bind has returned.
func (d *Device) Bind(seal scrutin.Digest) error {
	if err := d.both(); err != nil {
		return err
	}
	if d.state.Ceremony.IsZero() {
		return ErrNoCeremony
	}
	if !d.state.Seal.IsZero() {
		if d.state.Seal != seal {
			return fmt.Errorf("%w: it has opened %s", ErrOtherSeal, d.state.Seal)
		}
		return nil
	}
	before := d.state
	d.state.Seal = seal
	if err := d.save(); err != nil {
		d.state = before
		return err
	}
	return nil
}

// Fragments returns the holder's fragments to compute shares of the seal that
// the device is bound to.
func (d *Device) Fragments(seal scrutin.Digest) ([]keyceremony.Fragment, error) {
	if seal.IsZero() || d.state.Seal != seal {
		return nil, ErrOtherSeal
	}
	return d.state.fragments(), nil
}

// Statement returns the signed statement of the shares of a clause that the
// device made before, if it did. Its proofs are drawn once and kept here, so
// that a second run gives the same bytes without a nonce that could be guessed
// or used twice.
func (d *Device) Statement(clause string) ([]byte, bool) {
	for _, s := range d.state.Shares {
		if s.Clause == clause {
			return s.Note, true
		}
	}
	return nil, false
}

// Keep records the signed statement of a clause on both media, before it leaves
// the device. A clause has one statement: ErrOtherInput for a second one.
func (d *Device) Keep(clause string, data []byte) error {
	if err := d.both(); err != nil {
		return err
	}
	if d.state.Seal.IsZero() || !slices.ContainsFunc(d.state.Fragments, func(f fragment) bool { return f.Clause == clause }) {
		return ErrNoCeremony
	}
	if kept, ok := d.Statement(clause); ok {
		if !bytes.Equal(kept, data) {
			return ErrOtherInput
		}
		return nil
	}
	before := d.state
	d.state.Shares = append(slices.Clip(d.state.Shares), statement{clause, bytes.Clone(data)})
	if err := d.save(); err != nil {
		d.state = before
		return err
	}
	return nil
}
