package main

import (
	"errors"
	"fmt"
	"os"

	"isoloir/keyceremony/device"
	"isoloir/record"
	"isoloir/trustee"
)

func (t *tool) init() error {
	card := t.card
	if card == "" {
		card = t.name + device.CardSuffix
	}
	if _, err := os.Lstat(card); err == nil {
		return fmt.Errorf("%s: %w", card, device.ErrExists)
	}
	p, err := t.choosePassphrase(t.passphraseFile)
	if err != nil {
		return err
	}
	d, err := device.Create(t.name, p, t.work, t.media()...)
	if err != nil {
		return err
	}
	data, err := d.SignCard()
	if err != nil {
		return err
	}
	if err := writeNew(card, data); err != nil {
		return err
	}
	t.print(keysMade, d.Name(), card, d.Card().Fingerprint())
	if t.second == "" {
		t.print(makeSecond)
	}
	return nil
}

// writeNew makes a file where there is none.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func (t *tool) copy() error {
	p, err := t.passphrase()
	if err != nil {
		return err
	}
	d, err := device.Open(p, t.work, t.medium)
	if err != nil {
		return err
	}
	if err := d.Copy(t.second); err != nil {
		return err
	}
	t.print(copied, d.Name(), t.second)
	return nil
}

func (t *tool) changePassphrase() error {
	old, err := t.passphrase()
	if err != nil {
		return err
	}
	new, err := t.choosePassphrase(t.newPassphraseFile)
	if err != nil {
		return err
	}
	if err := device.ChangePassphrase(old, new, t.work, t.media()...); err != nil {
		return err
	}
	t.print(passphraseChanged, len(t.media()))
	return nil
}

func (t *tool) show() error {
	if t.medium == "" && t.flags.record == "" {
		return usage(showWhat)
	}
	if t.medium != "" {
		d, err := t.open()
		if err != nil {
			return err
		}
		t.showDevice(d.Show())
	}
	if t.flags.record == "" {
		return nil
	}
	r, err := record.Open(t.flags.record)
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := trustee.ReadBoard(r)
	if err != nil {
		return err
	}
	t.print(showScrutin, b.Manifest.Scrutin.Title, device.Groups(b.Fingerprint, 16))
	s, faults, err := b.Progress(t.flags.run)
	if err != nil {
		return err
	}
	t.showRun(s, faults)
	return nil
}

func (t *tool) showDevice(s device.Summary) {
	t.print(showDevice, s.Card.Name, s.Card.Fingerprint(), s.Card.Key, s.Card.Reception)
	for _, m := range s.Media {
		t.print(showMedium, m)
	}
	if !s.Manifest.IsZero() {
		t.print(showManifest, device.Groups(s.Manifest, 16), s.Run, s.Steps)
	}
	if !s.Ceremony.IsZero() {
		t.print(showFragments, s.Clauses, device.Groups(s.Ceremony, 16))
	}
	for _, o := range s.Opened {
		t.print(showSeal, device.Groups(o.Seal, 16))
		if o.Scrutin != s.Manifest {
			t.print(showTakenUp, device.Groups(o.Scrutin, 16))
		}
	}
}
