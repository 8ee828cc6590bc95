package main

import (
	"fmt"
	"strings"

	"isoloir/keyceremony/device"
	"isoloir/trustee"
)

func (t *tool) mix() error {
	if t.what != "accounts" && t.what != "ballots" {
		return usage(mixWhat, t.what)
	}
	if t.amendment > 0 && t.what != "accounts" {
		return usage(amendmentWhat)
	}
	r, w, done, err := t.files()
	if err != nil {
		return err
	}
	defer done()
	d, err := t.open()
	if err != nil {
		return err
	}
	opt, end := t.options()
	var stage int
	if t.what == "accounts" {
		var b *trustee.Board
		if b, err = trustee.ReadBoard(r); err == nil {
			if t.amendment > 0 {
				stage, err = b.AnonymiseAdded(d, w, t.amendment, opt)
			} else {
				stage, err = b.Anonymise(d, w, opt)
			}
		}
	} else {
		var s *trustee.Sealed
		if s, err = trustee.ReadSealed(r, opt); err == nil {
			stage, err = s.Mix(d, w)
		}
	}
	end()
	if err != nil {
		return err
	}
	t.print(mixed, d.Name(), stage, w.Dir())
	return nil
}

func (t *tool) decrypt() error {
	r, w, done, err := t.files()
	if err != nil {
		return err
	}
	defer done()
	d, err := t.open()
	if err != nil {
		return err
	}
	opt, end := t.options()
	m, err := trustee.ReadMixed(r, opt)
	end()
	if err != nil {
		return err
	}
	if held := d.Sealed(m.Fingerprint); !held.IsZero() && held != m.Seal {
		return fmt.Errorf("%w: %s", device.ErrOtherSeal, held)
	}
	t.showUrns(m)
	t.print(lastToOpen, m.Last.Seq, m.Last.Type, m.Last.Time, device.Groups(m.Procedure.Last(), 16))
	if err := t.confirm(confirmLast, sameWord); err != nil {
		return err
	}
	if err := t.confirm(confirmOpening, openWord); err != nil {
		return err
	}
	clauses, err := m.Decrypt(d, w)
	if err != nil {
		return err
	}
	t.print(decrypted, d.Name(), strings.Join(clauses, ", "), w.Dir())
	return nil
}

// confirm has the owner type a word.
func (t *tool) confirm(question, with phrase) error {
	word := t.words(with)
	answer, err := t.ask(question, word)
	if err == nil && !strings.EqualFold(answer, word) {
		err = errNotSaid
	}
	return err
}

// showUrns shows the owner what he is about to open.
func (t *tool) showUrns(m *trustee.Mixed) {
	t.print(showScrutin, m.Manifest.Scrutin.Title, device.Groups(m.Fingerprint, 16))
	t.print(sealToOpen, device.Groups(m.Seal, 16))
	if n := len(m.Procedure.Amendments); n > 0 {
		t.print(amendmentsToOpen, n)
	}
	for _, u := range m.Urns {
		t.print(urnToOpen, u.ID, u.Label, u.Electors, u.Marks, u.Ballots, u.Leaves, device.Groups(u.Root, 16), u.Witnesses, len(m.Manifest.Witnesses))
	}
	for _, c := range m.Tally.Cells() {
		t.print(cellToOpen, c.Name, c.Ballots)
		if c.Small(m.Manifest.MinimumSize) {
			t.print(smallToOpen, c.Name, c.Ballots, m.Manifest.MinimumSize)
		}
	}
	for i, mixer := range m.Manifest.Mixers {
		t.print(mixToOpen, i+1, mixer.ID, mixer.Label)
	}
}
