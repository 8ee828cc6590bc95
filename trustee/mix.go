package trustee

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/account"
	"isoloir/keyceremony/device"
	"isoloir/record"
	"isoloir/scrutin"
)

// ErrNotMixer says that the device is of no mixer of the manifest.
var ErrNotMixer = errors.New("the manifest names no mixer with these keys")

// stage returns the stage, from 1, of the mixer whom a device belongs to.
func stage(m *scrutin.Manifest, d *device.Device) (int, error) {
	v := d.Signer().Verifier()
	i := slices.IndexFunc(m.Mixers, func(p scrutin.Party) bool { return p.Verifier() == v })
	if i < 0 {
		return 0, fmt.Errorf("%w: %s", ErrNotMixer, d.Name())
	}
	return i + 1, nil
}

// Anonymise does the device's stage of the anonymisation: it verifies what the
// stage before gave it, or the enrolment if it is the first, and writes the keys
// of every urn, raised and shuffled, with proofs and statement. It returns the
// stage.
func (b *Board) Anonymise(d *device.Device, out *record.Writer, opt Options) (int, error) {
	return b.anonymise(d, out, nil, opt)
}

func (b *Board) anonymise(d *device.Device, out *record.Writer, added *account.Addition, opt Options) (int, error) {
	n, err := stage(b.Manifest, d)
	if err != nil {
		return 0, err
	}
	p := &account.Procedure{Manifest: b.Manifest, Fingerprint: b.Fingerprint, Added: added, Workers: opt.Workers, Progress: opt.stage("anonymisation")}
	source, err := p.Enrolment(b.Reader)
	if err != nil {
		return 0, err
	}
	return n, p.Anonymise(b.Reader, out, source, n, d.Signer())
}

// AnonymiseAdded is Anonymise for those whom an amendment of the roll, from 1, adds by
// its issuers' statements. It refuses fewer than the manifest's minimum size in an urn.
func (b *Board) AnonymiseAdded(d *device.Device, out *record.Writer, amendment int, opt Options) (int, error) {
	keys, err := b.Ceremony.Verify(b.Messages)
	if err != nil {
		return 0, err
	}
	_, o, err := b.readOpening(keys)
	if err != nil {
		return 0, err
	}
	added := &account.Addition{Opening: o, Amendment: amendment}
	if err := added.Announce(b.Reader, b.Manifest, b.Fingerprint); err != nil {
		return 0, err
	}
	return b.anonymise(d, out, added, opt)
}

// Mix does the device's stage of the mix: every list of the stage before, or the
// sealed ballots if it is the first, re-encrypted and shuffled, with proofs and
// statement. It returns the stage.
func (s *Sealed) Mix(d *device.Device, out *record.Writer) (int, error) {
	n, err := stage(s.Manifest, d)
	if err != nil {
		return 0, err
	}
	return n, s.Tally.Mix(s.Reader, out, n, d.Signer())
}
