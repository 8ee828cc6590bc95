package device_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/scrutin"
)

func TestCeremonyOfDevices(t *testing.T) {
	p := newParty(t, 4, 3, work)
	keys := p.ceremony()
	for _, d := range p.devices {
		again, err := device.Open(pass, work, dirs(d)...)
		if err != nil {
			t.Fatal(err)
		}
		show := again.Show()
		if show.Ceremony != keys.Digest || show.Manifest != p.fixture.Fingerprint || len(show.Clauses) != 1 || len(show.Steps) != 4 {
			t.Errorf("%+v", show)
		}
		seal := scrutin.DigestOf([]byte("seal"))
		if err := again.Bind(p.Ceremony.Manifest(), seal); err != nil {
			t.Fatal(err)
		}
		fragments, err := again.Fragments(p.Ceremony.Manifest(), seal)
		if err != nil {
			t.Fatal(err)
		}
		clause, _ := keys.Clause("quorum")
		key, _ := clause.Holder(d.Name())
		if !group.MulBase(fragments[0].Value).Equal(key.Key) {
			t.Errorf("%s has another fragment than its key", d.Name())
		}
	}
}

func TestAskedAgain(t *testing.T) {
	p := newParty(t, 3, 2, work)
	for _, step := range rounds {
		var first [][]byte
		for _, d := range p.devices {
			data, err := p.speak(d, step, 0)
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, data)
		}
		for i, d := range p.devices {
			reopened, err := device.Open(pass, work, dirs(d)...)
			if err != nil {
				t.Fatal(err)
			}
			again, err := p.speak(reopened, step, 0)
			if err != nil || !bytes.Equal(again, first[i]) {
				t.Errorf("%s of %s, asked again, is another: %v", step, d.Name(), err)
			}
			p.add(first[i], nil)
		}
	}
	if _, err := p.devices[0].Rehearse(p.Ceremony, p.messages); err != nil {
		t.Fatal(err)
	}
	// A message of an earlier step is answered again; nothing new is signed.
	if _, err := p.speak(p.devices[0], keyceremony.RevealStep, 0); err != nil {
		t.Errorf("reveal after the end: %v", err)
	}
}

// A keeper of the board who shows one holder other messages gets no second one.
func TestTwoBoards(t *testing.T) {
	p := newParty(t, 3, 2, work)
	p.round(keyceremony.CommitStep, -1)
	true_ := p.messages
	if _, err := p.speak(p.devices[0], keyceremony.RevealStep, 0); err != nil {
		t.Fatal(err)
	}
	twin, err := device.Open(pass, work, dirs(p.devices[2])...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := twin.Commit(p.Ceremony, 0, nil); err != nil {
		t.Fatal(err)
	}
	forged := p.otherCommit(2)
	p.messages = append(append([]*keyceremony.Message(nil), true_[:2]...), forged)
	if _, err := p.speak(p.devices[0], keyceremony.RevealStep, 0); !errors.Is(err, device.ErrOtherBoard) {
		t.Errorf("reveal over another board: %v", err)
	}
	if _, err := p.speak(p.devices[2], keyceremony.RevealStep, 0); !errors.Is(err, keyceremony.ErrCommitment) {
		t.Errorf("reveal against a commitment that is not one's own: %v", err)
	}
}

// otherCommit is what a holder's key could sign with another tool.
func (p *party) otherCommit(i int) *keyceremony.Message {
	p.Helper()
	s, _, err := p.Progress(1, nil)
	if err != nil {
		p.Fatal(err)
	}
	body, err := s.Commit(p.devices[i].Name(), s.Draw(p.devices[i].Name()))
	if err != nil {
		p.Fatal(err)
	}
	data, err := keyceremony.Sign(body, p.devices[i].Signer())
	if err != nil {
		p.Fatal(err)
	}
	m, err := p.Open(data)
	if err != nil {
		p.Fatal(err)
	}
	return m
}

func TestAnotherRunWithoutTheAbsent(t *testing.T) {
	p := newParty(t, 5, 3, work)
	p.round(keyceremony.CommitStep, -1)
	p.round(keyceremony.RevealStep, 4)
	for _, step := range rounds {
		for _, d := range p.devices[:4] {
			p.add(p.speak(d, step, 2))
		}
		if _, err := p.speak(p.devices[4], step, 2); err == nil {
			t.Errorf("the one left out speaks at %s of run 2", step)
		}
	}
	for _, d := range p.devices[:4] {
		if _, err := d.Settle(p.Ceremony, p.messages); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.devices[4].Settle(p.Ceremony, p.messages); !errors.Is(err, device.ErrNoCeremony) {
		t.Errorf("the one left out settles: %v", err)
	}
	// Once settled, nobody can be led into another run of the same manifest.
	if _, err := p.devices[0].Commit(p.Ceremony, 1, nil); !errors.Is(err, device.ErrSettled) {
		t.Errorf("commit after the ceremony: %v", err)
	}
}

func TestOneManifest(t *testing.T) {
	p, q := newParty(t, 3, 2, work), newParty(t, 3, 2, work)
	p.round(keyceremony.CommitStep, -1)
	if _, err := p.devices[0].Commit(q.Ceremony, 0, nil); !errors.Is(err, device.ErrManifest) {
		t.Errorf("another manifest: %v", err)
	}
	stranger, err := device.Create("member-1", pass, work, media(t)...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Commit(q.Ceremony, 0, nil); !errors.Is(err, device.ErrNotHolder) {
		t.Errorf("keys that the manifest does not name: %v", err)
	}
	if _, err := p.devices[0].Settle(p.Ceremony, p.messages); !errors.Is(err, keyceremony.ErrIncomplete) {
		t.Errorf("settled early: %v", err)
	}
	if err := p.devices[0].Bind(scrutin.Digest{9}, scrutin.Digest{1}); !errors.Is(err, device.ErrNoCeremony) {
		t.Errorf("bound early: %v", err)
	}
}

func TestOneSeal(t *testing.T) {
	p := newParty(t, 3, 2, work)
	p.ceremony()
	d, f, seal := p.devices[0], p.Ceremony.Manifest(), scrutin.Digest{1}
	if _, err := d.Fragments(f, seal); !errors.Is(err, device.ErrOtherSeal) {
		t.Errorf("fragments before the seal is recorded: %v", err)
	}
	alone, err := device.Open(pass, work, dirs(d)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := alone.Bind(f, seal); !errors.Is(err, device.ErrTwoMedia) {
		t.Errorf("one medium: %v", err)
	}
	if err := d.Bind(f, seal); err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs(d) { // the seal is on each of them
		one, err := device.Open(pass, work, dir)
		if err != nil || one.Sealed(f) != seal {
			t.Fatalf("%v, %v", one.Sealed(f), err)
		}
		if _, err := one.Fragments(f, scrutin.Digest{2}); !errors.Is(err, device.ErrOtherSeal) {
			t.Errorf("fragments for another seal: %v", err)
		}
	}
	if err := d.Bind(f, scrutin.Digest{2}); !errors.Is(err, device.ErrOtherSeal) {
		t.Errorf("another seal: %v", err)
	}
	if err := d.Bind(f, seal); err != nil {
		t.Errorf("the same seal again: %v", err)
	}
	next := scrutin.Digest{5} // a scrutin that takes up the key
	if err := d.Bind(next, scrutin.Digest{2}); err != nil {
		t.Errorf("the seal of another scrutin: %v", err)
	}
	if err := d.Bind(next, seal); !errors.Is(err, device.ErrOtherSeal) {
		t.Errorf("another seal of that scrutin: %v", err)
	}
	if _, err := d.Fragments(next, seal); !errors.Is(err, device.ErrOtherSeal) {
		t.Errorf("fragments for another seal of that scrutin: %v", err)
	}
	if err := d.Keep(f, "quorum", []byte("one")); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Statement(next, "quorum"); ok {
		t.Error("the statement of one scrutin is that of another")
	}
	reopened, err := device.Open(pass, work, dirs(d)...)
	if err != nil {
		t.Fatal(err)
	}
	if kept, ok := reopened.Statement(f, "quorum"); !ok || string(kept) != "one" {
		t.Errorf("%q", kept)
	}
	if err := reopened.Keep(f, "quorum", []byte("two")); !errors.Is(err, device.ErrOtherInput) {
		t.Errorf("a second statement: %v", err)
	}
	if err := reopened.Keep(f, "other", []byte("one")); !errors.Is(err, device.ErrNoCeremony) {
		t.Errorf("a clause without fragment: %v", err)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	d, err := device.Create("member-1", pass, work, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(pass), fmt.Sprintf("%#v %s %q", pass, pass, pass)} {
		if strings.Contains(s, "gutih") {
			t.Errorf("the passphrase prints as %s", s)
		}
	}
	if s := fmt.Sprintf("%+v", d.Show()); strings.Contains(s, "PRIVATE") {
		t.Error(s)
	}
}

func TestSuggestedPassphrases(t *testing.T) {
	seen := map[device.Passphrase]bool{}
	for range 100 {
		p := device.Suggest()
		if len(strings.Split(string(p), "-")) != 6 || len(p) != 35 || seen[p] {
			t.Fatalf("%q", string(p))
		}
		seen[p] = true
	}
}

func TestCards(t *testing.T) {
	d, err := device.Create("member-1", pass, work, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	data, err := d.SignCard()
	if err != nil {
		t.Fatal(err)
	}
	c, err := device.ParseCard(data)
	if err != nil || c != d.Card() || len(strings.Fields(c.Fingerprint())) != 10 {
		t.Errorf("%+v, %v", c, err)
	}
	for i := range data {
		if c, err := device.ParseCard(flip(data, i)); err == nil {
			t.Errorf("byte %d changed: %+v", i, c)
		}
	}
}
