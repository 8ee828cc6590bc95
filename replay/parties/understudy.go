package parties

import (
	"fmt"
	"os"
	"slices"

	"isoloir/keyceremony/device"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/timestamp/local"
)

// Understudies makes keys for everybody whom a manifest names, in the place of theirs, and writes them into it: holders with two media of dir each,
// under passphrases that are drawn here, all other members, mixers, issuers, witnesses, platform and timestamp authorities. So a rehearsal has every
// name, seat and clause of the vote, and no key of it.
func Understudies(m *scrutin.Manifest, workFactor int, dir string) (*Company, error) {
	c := &Company{Signers: map[string]*note.PrivateKey{}, Authorities: map[string]*local.Authority{}}
	for i := range m.Bureau.Members {
		b := &m.Bureau.Members[i]
		at := slices.IndexFunc(m.Holders, func(h scrutin.Holder) bool { return h.Member == b.ID })
		if at < 0 {
			key, err := c.sign(b.ID)
			if err != nil {
				return nil, err
			}
			b.Key = key.Verifier().String()
			continue
		}
		h := &Holder{ID: b.ID, Passphrase: device.Suggest(), Media: Media(dir, b.ID)}
		for _, medium := range h.Media {
			if err := os.MkdirAll(medium, 0o700); err != nil {
				return nil, err
			}
		}
		var err error
		if h.Device, err = device.Create(h.ID, h.Passphrase, workFactor, h.Media...); err != nil {
			return nil, fmt.Errorf("keys of %s: %w", h.ID, err)
		}
		c.Holders = append(c.Holders, h)
		card := h.Device.Card()
		b.Key, m.Holders[at].Key, m.Holders[at].Reception = card.Key, card.Key, card.Reception
	}
	return c, c.replace(m)
}

// replace gives the parties beside the bureau keys of their own.
func (c *Company) replace(m *scrutin.Manifest) error {
	keys := map[string]*string{}
	for i := range m.Mixers {
		keys[m.Mixers[i].ID] = &m.Mixers[i].Key
	}
	for i := range m.Issuers {
		keys[m.Issuers[i].ID] = &m.Issuers[i].Key
	}
	for _, p := range []*scrutin.Party{&m.Platform.Roll, &m.Platform.Urn, &m.Platform.Contents} {
		keys[p.ID] = &p.Key
	}
	for id, at := range keys {
		key, err := c.sign(id)
		if err != nil {
			return err
		}
		*at = key.Verifier().String()
	}
	for i := range m.Witnesses {
		key, err := c.sign(m.Witnesses[i].ID)
		if err != nil {
			return err
		}
		m.Witnesses[i].Key = key.Verifier().Cosigner().String()
	}
	for i := range m.Timestamps {
		a, err := local.New(m.Timestamps[i].Label)
		if err != nil {
			return err
		}
		c.Authorities[m.Timestamps[i].ID], m.Timestamps[i].Certificate = a, a.Certificate()
	}
	return nil
}

func (c *Company) sign(id string) (*note.PrivateKey, error) {
	key, err := note.GenerateKey(id)
	if err == nil {
		c.Signers[id] = key
	}
	return key, err
}

// Member is the signer of a member of the bureau, holder or not; nil if there is none.
func (c *Company) Member(id string) note.Signer {
	if i := slices.IndexFunc(c.Holders, func(h *Holder) bool { return h.ID == id }); i >= 0 {
		return c.Holders[i].Device.Signer()
	}
	if key := c.Signers[id]; key != nil {
		return key
	}
	return nil
}

// Bench are the signers of those who sit by this manifest: everybody with a seat, substitutes left out; committee, expert and whoever runs the
// platform decide nothing.
func (c *Company) Bench(m *scrutin.Manifest) (all []note.Signer) {
	for _, b := range m.Bureau.Members {
		if b.Rank == scrutin.Titular && b.Class != scrutin.Operator && b.Role != scrutin.Committee && b.Role != scrutin.Expert {
			if s := c.Member(b.ID); s != nil {
				all = append(all, s)
			}
		}
	}
	return all
}
