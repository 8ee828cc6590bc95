// Package parties plays, in one process, everybody who takes a scrutin from its first act to its export beside voters and issuers: the
// bureau, who are the holders too, with their devices; mixers; witnesses; and the key that signs the contents. Each acts by his own code
// (packages bve, trustee, account and tally) on the record alone.
//
// It is for rehearsals and demonstrations: whoever runs it has all fragments and all orders of the mixes, so that what it opens is secret
// from nobody who runs it. It promises that the record which comes of it is the one that parties apart would have made.
package parties

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"isoloir/crypto/group"
	"isoloir/keyceremony/device"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/timestamp/local"
)

// A Shape says how many take part. All members of the bureau hold a fragment.
type Shape struct {
	Holders        int // members of the bureau, each of whom holds a fragment
	Threshold      int // how many of all holders open the urn
	ClassHolders   int // how many of them form the class of the second clause; none: one clause only
	ClassThreshold int // how many of the class must be among those who open
	Mixers         int
	Witnesses      int
	Authorities    int // that date what the bureau decides, in this process
	WorkFactor     int // of scrypt, log2, on the fragments' files
}

// Check says what is wrong with the shape, in the words of the flags that set it.
func (s Shape) Check() error {
	for _, r := range []struct {
		bad  bool
		what string
	}{
		{s.Holders < 2 || s.Holders > 50, "-holders must be from 2 to 50"},
		{s.Threshold < 1 || s.Threshold >= s.Holders, "-threshold must be at least 1 and less than -holders: with all of them needed, one lost fragment loses the vote"},
		{s.ClassHolders != 0 && (s.ClassHolders < 2 || s.ClassHolders > s.Holders), "-class-holders must be 0 (no second clause) or from 2 to -holders"},
		{s.ClassHolders != 0 && (s.ClassThreshold < 1 || s.ClassThreshold >= s.ClassHolders), "-class-threshold must be at least 1 and less than -class-holders"},
		{s.Threshold == 1 && (s.ClassHolders == 0 || s.ClassThreshold == 1), "-threshold must be at least 2: one member alone could open the urn"},
		{s.Mixers < 1 || s.Mixers > 32, "-mixers must be from 1 to 32"},
		{s.Authorities < 0 || s.Authorities > 8, "there must be from 0 to 8 timestamp authorities"},
		{s.Witnesses < 1 || s.Witnesses > 40, "-witnesses must be from 1 to 40"},
	} {
		if r.bad {
			return errors.New(r.what)
		}
	}
	return nil
}

// A Company is who takes part: the holders with their devices, and the signing keys of all others by their identifiers: mixer-1 …,
// witness-1 …, issuer-a, issuer-b, roll, urn and contents; and timestamp authorities, authority-1 ….
type Company struct {
	Holders     []*Holder
	Signers     map[string]*note.PrivateKey
	Authorities map[string]*local.Authority
}

// A Holder is a member of the bureau with his device, whose two media are two directories here.
type Holder struct {
	ID         string
	Passphrase device.Passphrase
	Media      []string
	Device     *device.Device
}

// String and GoString are the member's name: printing a holder never shows his passphrase.
func (h *Holder) String() string   { return h.ID }
func (h *Holder) GoString() string { return h.ID }

// Reopen reads the device again from its media, as on another day.
func (h *Holder) Reopen(workFactor int) (err error) {
	h.Device, err = device.Open(h.Passphrase, workFactor, h.Media...)
	return err
}

// Assemble makes everyone's keys. The holders make theirs as `trustee init` does, on two media of dir each, under passphrases that are drawn here.
func Assemble(s Shape, dir string) (*Company, error) {
	c, err := s.signers()
	if err != nil {
		return nil, err
	}
	for i := range s.Holders {
		h := &Holder{ID: holderID(i), Passphrase: device.Suggest(), Media: Media(dir, holderID(i))}
		for _, m := range h.Media {
			if err := os.MkdirAll(m, 0o700); err != nil {
				return nil, err
			}
		}
		if h.Device, err = device.Create(h.ID, h.Passphrase, s.WorkFactor, h.Media...); err != nil {
			return nil, fmt.Errorf("keys of %s: %w", h.ID, err)
		}
		c.Holders = append(c.Holders, h)
	}
	return c, nil
}

// Media are the directories of a holder's two media under dir.
func Media(dir, holder string) []string {
	return []string{filepath.Join(dir, holder, "usb-key"), filepath.Join(dir, holder, "memory-card")}
}

func (s Shape) signers() (*Company, error) {
	c := &Company{Signers: map[string]*note.PrivateKey{}, Authorities: map[string]*local.Authority{}}
	for i := range s.Authorities {
		a, err := local.New(authorityLabel(i))
		if err != nil {
			return nil, err
		}
		c.Authorities[authorityID(i)] = a
	}
	names := []string{"issuer-a", "issuer-b", "roll", "urn", "contents"}
	for i := range s.Mixers {
		names = append(names, mixerID(i))
	}
	for i := range s.Witnesses {
		names = append(names, witnessID(i))
	}
	for _, id := range names {
		k, err := note.GenerateKey(id)
		if err != nil {
			return nil, err
		}
		c.Signers[id] = k
	}
	return c, nil
}

func holderID(i int) string  { return fmt.Sprintf("member-%d", i+1) }
func mixerID(i int) string   { return fmt.Sprintf("mixer-%d", i+1) }
func witnessID(i int) string { return fmt.Sprintf("witness-%d", i+1) }

func authorityID(i int) string    { return fmt.Sprintf("authority-%d", i+1) }
func authorityLabel(i int) string { return fmt.Sprintf("Horodatage de démonstration %d", i+1) }

// Draft enters a company of keys that are thrown away into the manifest, so that what a manifest refuses is known before anything is written.
func (s Shape) Draft(m *scrutin.Manifest) error {
	c, err := s.signers()
	if err != nil {
		return err
	}
	cards := make([]card, s.Holders)
	for i := range cards {
		k, err := note.GenerateKey(holderID(i))
		if err != nil {
			return err
		}
		cards[i] = card{holderID(i), k.Verifier().String(), scrutin.PointOf(group.MulBase(group.RandomScalar()))}
	}
	c.enter(m, s, cards)
	_, _, err = m.Bytes()
	return err
}

// Enter names the company in the manifest: bureau, holders, clauses, mixers, issuers (by e-mail and by text message), witnesses, platform and
// timestamp authorities. A scrutin of accounts keeps its register in the place of the roll, and has no issuers.
func (c *Company) Enter(m *scrutin.Manifest, s Shape) {
	var cards []card
	for _, h := range c.Holders {
		d := h.Device.Card()
		cards = append(cards, card{h.ID, d.Key, d.Reception})
	}
	c.enter(m, s, cards)
}

// A card is the public part of a holder's device, which enters the manifest.
type card struct {
	id, key   string
	reception scrutin.Point
}

func (c *Company) enter(m *scrutin.Manifest, s Shape, cards []card) {
	bureau(m, s, cards)
	party := func(id, label, affiliation string) scrutin.Party {
		return scrutin.Party{ID: id, Label: label, Affiliation: affiliation, Key: c.Signers[id].Verifier().String()}
	}
	m.Mixers, m.Witnesses, m.Issuers, m.Timestamps = nil, nil, nil, nil
	for i := range s.Authorities {
		m.Timestamps = append(m.Timestamps, scrutin.Authority{ID: authorityID(i), Label: authorityLabel(i), Certificate: c.Authorities[authorityID(i)].Certificate()})
	}
	for i := range s.Mixers {
		m.Mixers = append(m.Mixers, party(mixerID(i), fmt.Sprintf("Mélangeur %d", i+1), "party-"+mixerID(i)))
	}
	for i := range s.Witnesses {
		w := party(witnessID(i), fmt.Sprintf("Témoin %d", i+1), "party-"+witnessID(i))
		w.Key = c.Signers[w.ID].Verifier().Cosigner().String()
		m.Witnesses = append(m.Witnesses, w)
	}
	platform := scrutin.Platform{Roll: party("roll", "roll", scrutin.Operator), Urn: party("urn", "urn", scrutin.Operator),
		Contents: party("contents", "contents", scrutin.Operator)}
	if m.Accounts() != nil {
		platform.Roll = m.Platform.Roll
	}
	m.Platform = platform
	if m.Accounts() != nil {
		return
	}
	for _, i := range []struct{ id, channel string }{{"issuer-a", "email"}, {"issuer-b", "sms"}} {
		m.Issuers = append(m.Issuers, scrutin.Issuer{ID: i.id, Label: "Émetteur " + i.channel, Affiliation: "party-" + i.id, Channel: i.channel,
			Key: c.Signers[i.id].Verifier().String()})
	}
}

// bureau makes the members, all of whom hold a fragment. The last ones form the class of the second clause.
func bureau(m *scrutin.Manifest, s Shape, cards []card) {
	all := scrutin.Clause{ID: "all", Label: fmt.Sprintf("%d des %d membres", s.Threshold, s.Holders), Threshold: s.Threshold}
	class := scrutin.Clause{ID: "delegates", Label: fmt.Sprintf("%d des %d délégués", s.ClassThreshold, s.ClassHolders), Threshold: s.ClassThreshold}
	m.Bureau, m.Holders = scrutin.Bureau{}, nil
	for i, c := range cards {
		member := scrutin.Member{ID: c.id, Label: fmt.Sprintf("Membre %d", i+1), Role: scrutin.Assessor, Voice: scrutin.Deliberative,
			Class: "administration", Rank: scrutin.Titular, Born: scrutin.Date(fmt.Sprintf("%d-05-17", 1951+i)), Key: c.key}
		if i == 0 {
			member.Role = scrutin.President
		}
		all.Holders = append(all.Holders, c.id)
		if i >= s.Holders-s.ClassHolders {
			member.Class = "delegates"
			class.Holders = append(class.Holders, c.id)
		}
		m.Bureau.Members = append(m.Bureau.Members, member)
		m.Holders = append(m.Holders, scrutin.Holder{Member: c.id, Key: c.key, Reception: c.reception})
	}
	m.Clauses = []scrutin.Clause{all}
	if s.ClassHolders > 0 {
		m.Clauses = append(m.Clauses, class)
	}
	m.Bureau.Quorum = scrutin.Quorum{Count: s.Threshold}
	m.Bureau.CastingVote = true
}
