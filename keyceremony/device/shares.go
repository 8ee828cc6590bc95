package device

import (
	"bytes"
	"fmt"
	"slices"

	"isoloir/keyceremony"
	"isoloir/scrutin"
)

// Bind records the one seal of a scrutin, which its fingerprint f names, on both media:
// the scrutin of the device's own manifest, or one that takes its key up. Every later
// call for this scrutin with another seal fails with ErrOtherSeal, for ever. Nothing may
// be computed for a seal before Bind has returned.
func (d *Device) Bind(f, seal scrutin.Digest) error {
	if err := d.both(); err != nil {
		return err
	}
	if d.state.Ceremony.IsZero() {
		return ErrNoCeremony
	}
	if at := d.state.opened(f); at >= 0 {
		if held := d.state.Opened[at].Seal; held != seal {
			return fmt.Errorf("%w: it has opened %s", ErrOtherSeal, held)
		}
		return nil
	}
	return d.change(append(slices.Clip(d.state.Opened), opened{Scrutin: f, Seal: seal}))
}

// change replaces what the device has opened, on both media.
func (d *Device) change(all []opened) error {
	before := d.state
	d.state.Opened = all
	if err := d.save(); err != nil {
		d.state = before
		return err
	}
	return nil
}

// Fragments returns the holder's fragments to compute shares of the seal of a scrutin
// that the device is bound to.
func (d *Device) Fragments(f, seal scrutin.Digest) ([]keyceremony.Fragment, error) {
	if at := d.state.opened(f); seal.IsZero() || at < 0 || d.state.Opened[at].Seal != seal {
		return nil, ErrOtherSeal
	}
	return d.state.fragments(), nil
}

// Sealed is the seal of a scrutin that the device is bound to; zero before.
func (d *Device) Sealed(f scrutin.Digest) scrutin.Digest {
	if at := d.state.opened(f); at >= 0 {
		return d.state.Opened[at].Seal
	}
	return scrutin.Digest{}
}

// Statement returns the signed statement of the shares of a clause that the device made
// before in a scrutin, if it did. Its proofs are drawn once and kept here, so that a second
// run gives the same bytes without a nonce that could be guessed or used twice.
func (d *Device) Statement(f scrutin.Digest, clause string) ([]byte, bool) {
	if at := d.state.opened(f); at >= 0 {
		for _, s := range d.state.Opened[at].Shares {
			if s.Clause == clause {
				return s.Note, true
			}
		}
	}
	return nil, false
}

// Keep records the signed statement of a clause in a scrutin on both media, before it
// leaves the device. A clause has one statement there: ErrOtherInput for a second one.
func (d *Device) Keep(f scrutin.Digest, clause string, data []byte) error {
	if err := d.both(); err != nil {
		return err
	}
	at := d.state.opened(f)
	if at < 0 || !slices.ContainsFunc(d.state.Fragments, func(f fragment) bool { return f.Clause == clause }) {
		return ErrNoCeremony
	}
	if kept, ok := d.Statement(f, clause); ok {
		if !bytes.Equal(kept, data) {
			return ErrOtherInput
		}
		return nil
	}
	all := slices.Clone(d.state.Opened)
	all[at].Shares = append(slices.Clip(all[at].Shares), statement{clause, bytes.Clone(data)})
	return d.change(all)
}

// opened is the place of a scrutin among those that the device has opened; −1 if it has not.
func (c *contents) opened(f scrutin.Digest) int {
	return slices.IndexFunc(c.Opened, func(o opened) bool { return o.Scrutin == f })
}

// forks says whether another copy of the device has opened what this one knows nothing of,
// or another seal of the same scrutin.
func (c *contents) forks(older *contents) bool {
	return slices.ContainsFunc(older.Opened, func(o opened) bool {
		at := c.opened(o.Scrutin)
		return at < 0 || c.Opened[at].Seal != o.Seal
	})
}
