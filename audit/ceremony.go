package audit

import (
	"errors"
	"fmt"
	"strings"

	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// checkCeremony verifies every run of the key ceremony and the rehearsals. The
// messages are those that the list of contents names under ceremony/.
func (v *verification) checkCeremony() {
	v.checkStanding()
	c, err := keyceremony.New(v.m, v.m.KeyManifest(v.f))
	if err != nil {
		v.enter(201, "", err)
		return
	}
	var messages []*keyceremony.Message
	for _, f := range v.list.Files {
		if !strings.HasPrefix(f.Path, "ceremony/") {
			continue
		}
		v.step("ceremony", len(messages)+1, 0)
		if m := v.readMessage(c, f.Path); m != nil {
			messages = append(messages, m)
		}
	}
	keys, err := c.Verify(messages)
	v.enter(201, "", err)
	if err != nil {
		return
	}
	v.keys = keys
	if s := v.m.Standing; len(s) > 0 && keys.Digest != s[0].Ceremony {
		v.enter(204, "", fmt.Errorf("the manifest takes up the ceremony %s, the messages make %s", s[0].Ceremony, keys.Digest))
	}
	v.enter(203, "", c.VerifyRehearsals(keys, messages))
}

func (v *verification) readMessage(c *keyceremony.Ceremony, path string) *keyceremony.Message {
	data, err := v.read(path, note.MaxSize)
	if err != nil {
		v.enter(201, "", err)
		return nil
	}
	m, err := c.Open(data)
	if err != nil {
		v.refuse(201, "", path, err)
		return nil
	}
	if err := m.PutAt(path); err != nil {
		v.enter(201, "", err)
	}
	v.texts[path] = m.Hash
	v.figures.add(figSignatures, 1)
	v.figures.expect(figSignatures, 1)
	return m
}

// checkStanding compares the standing manifest, whose ceremony stands in the place of the
// scrutin's own, with the manifest.
func (v *verification) checkStanding() {
	v.enter(204, "", nil)
	if len(v.m.Standing) == 0 {
		return
	}
	text, err := v.read(record.Standing, canon.MaxSize)
	if err != nil {
		v.enter(204, "", err)
		return
	}
	v.texts[record.Standing] = scrutin.DigestOf(text)
	if err := v.m.CheckStanding(text); err != nil {
		v.refuse(204, "", record.Standing, err)
	}
}

// checkOpeningKeys compares the keys of the opening record, which everything
// after it uses, with those that the ceremony made.
func (v *verification) checkOpeningKeys() {
	if v.keys == nil {
		return
	}
	v.enter(202, "", sameKeys(v.opening, v.keys))
}

func sameKeys(o *scrutin.Opening, k *keyceremony.Keys) error {
	if o.Ceremony != k.Digest {
		return fmt.Errorf("the opening record names the ceremony %s, the messages make %s", o.Ceremony, k.Digest)
	}
	if o.Key != scrutin.PointOf(k.Key) {
		return errors.New("the key Y of the opening record is not the ceremony's")
	}
	if len(o.Clauses) != len(k.Clauses) {
		return fmt.Errorf("the opening record has keys of %d clauses, the ceremony of %d", len(o.Clauses), len(k.Clauses))
	}
	for i, c := range k.Clauses {
		there := o.Clauses[i]
		if there.Clause != c.Clause || there.Key != scrutin.PointOf(c.Key) || len(there.Holders) != len(c.Holders) {
			return fmt.Errorf("the key of clause %s is not the ceremony's", c.Clause)
		}
		for j, h := range c.Holders {
			if there.Holders[j].Holder != h.Holder || there.Holders[j].Key != scrutin.PointOf(h.Key) {
				return fmt.Errorf("the verification key of %s for clause %s is not the ceremony's", h.Holder, c.Clause)
			}
		}
	}
	return nil
}
