package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"isoloir/bve/journal"
	"isoloir/keyceremony/device"
	"isoloir/mixte"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Why a text is not signed: errOtherText is none that members sign here, so that no
// message of the ceremony nor share is ever made this way.
var (
	errOtherText = errors.New("this is neither an act nor a statement that names the owner of these keys")
	errNotSigned = errors.New("not confirmed: nothing was signed")
)

// sign signs an act of the bureau, or a statement of its journal, that was carried to
// this machine, once its owner has read it.
func (t *tool) sign() error {
	out := t.flags.out
	if out == "" {
		out = t.text + ".note"
	}
	data, err := os.ReadFile(t.text)
	if err != nil {
		return err
	}
	d, err := t.open()
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	if err := signable(text, d.Name()); err != nil {
		return err
	}
	fmt.Fprintf(t.console.out, "%s\n\n%s\n", t.words(meaning(text)), text)
	t.print(textToSign, device.Groups(scrutin.TextDigest(text), 16))
	word := t.words(signWord)
	answer, err := t.ask(confirmSigning, word)
	if err != nil {
		return err
	}
	if !strings.EqualFold(answer, word) {
		return errNotSigned
	}
	signed, err := note.Sign(text, d.Signer())
	if err != nil {
		return err
	}
	if err := writeNew(out, signed); err != nil {
		return err
	}
	t.print(textSigned, d.Name(), out)
	return nil
}

// signable says whether a text is an act at which a member is present, his statement, or what the
// bureau signs of a decision of members and citizens, whose result follows from its votes.
func signable(text, member string) error {
	if act, err := scrutin.Parse[scrutin.Act](text); err == nil {
		if !slices.Contains(act.Present, member) {
			return fmt.Errorf("%w: %s is not present", errOtherText, member)
		}
		return nil
	}
	if _, err := scrutin.Parse[mixte.Minutes](text); err == nil {
		return nil
	}
	if _, err := mixte.Parse(text); err == nil {
		return nil
	}
	s, err := journal.ParseStatement(text)
	if err != nil {
		return fmt.Errorf("%w: %w", errOtherText, err)
	}
	if s.By != member {
		return fmt.Errorf("%w: it is of %s", errOtherText, s.By)
	}
	return nil
}
