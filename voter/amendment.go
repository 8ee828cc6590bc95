package voter

import (
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// Records are what a device knows of a scrutin: both records verified, with their hashes,
// and the amendments of the roll that Amend has taken up.
type Records struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Opening     *scrutin.Opening
	Hash        scrutin.Digest // o

	registers  []scrutin.Register
	amendments int
}

// Amend takes up the next amendment of the roll (docs/protocol.md, section 6.1), from the
// note of the act that adopts it and its own. It is believed only if the roll alone has
// signed it, and an act adopts this very note that the bureau's quorum among those present
// has signed; ErrAnswer otherwise, and what was known before stays.
func (r *Records) Amend(act, amendment []byte) error {
	n, err := note.Open(act, r.Manifest.BureauVerifiers()...)
	if err != nil {
		return fmt.Errorf("%w: act: %w", ErrAnswer, err)
	}
	a, err := scrutin.Parse[scrutin.Act](n.Text)
	if err == nil {
		err = scrutin.Bound(a, r.Fingerprint, r.Hash)
	}
	if err != nil {
		return fmt.Errorf("%w: act: %w", ErrAnswer, err)
	}
	sitting, err := r.Manifest.Sitting(a.Present)
	if err == nil {
		err = sitting.Adopted(n.Signers())
	}
	if err != nil {
		return fmt.Errorf("%w: act: %w", ErrAnswer, err)
	}
	number := r.amendments + 1
	said, signed, err := scrutin.Open[scrutin.Amendment](amendment, r.Fingerprint, r.Hash, r.Manifest.Platform.Roll.Verifier())
	if err != nil {
		return fmt.Errorf("%w: amendment %d: %w", ErrAnswer, number, err)
	}
	adopted := scrutin.Adopted{Path: record.Amendment(number), SHA256: scrutin.TextDigest(signed.Text)}
	if a.Type != scrutin.ActAddendum || len(a.Body.Adopts) == 0 || a.Body.Adopts[0] != adopted {
		return fmt.Errorf("%w: the act %s does not adopt amendment %d as it stands here", ErrAnswer, a.Type, number)
	}
	if r.registers == nil {
		r.registers = r.Opening.Registers()
	}
	next, err := scrutin.Amend(r.registers, said, number, r.Manifest.MinimumSize)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	r.registers, r.amendments = next, number
	return nil
}

// Population is where an elector's account stands: the generator, number and root of those
// who were made anonymous with him. ErrAnswer if
// nobody who is known here has his number.
func (r *Records) Population(number uint16, elector uint32) (base group.Point, root urn.Hash, accounts int, err error) {
	registers := r.registers
	if registers == nil {
		registers = r.Opening.Registers()
	}
	if int(number) >= len(registers) {
		return base, root, 0, fmt.Errorf("%w: no urn of number %d", ErrAnswer, number)
	}
	all := registers[number].Populations
	at := slices.IndexFunc(all, func(p scrutin.Population) bool {
		return int(elector) >= p.First && int(elector) < p.First+p.Electors
	})
	if at < 0 {
		return base, root, 0, fmt.Errorf("%w: the records have no elector of number %d", ErrAnswer, elector)
	}
	base, err = all[at].Generator.Decode()
	return base, urn.Hash(all[at].Root), all[at].Electors, err
}
