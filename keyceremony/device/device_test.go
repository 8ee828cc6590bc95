package device_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
		if err := again.Bind(seal); err != nil {
			t.Fatal(err)
		}
		fragments, err := again.Fragments(seal)
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
	p := newParty(t, 4, 2, work)
	p.round(keyceremony.CommitStep, -1)
	p.round(keyceremony.RevealStep, 3)
	for _, step := range rounds {
		for _, d := range p.devices[:3] {
			p.add(p.speak(d, step, 2))
		}
		if _, err := p.speak(p.devices[3], step, 2); err == nil {
			t.Errorf("the one left out speaks at %s of run 2", step)
		}
	}
	for _, d := range p.devices[:3] {
		if _, err := d.Settle(p.Ceremony, p.messages); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.devices[3].Settle(p.Ceremony, p.messages); !errors.Is(err, device.ErrNoCeremony) {
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
	if err := p.devices[0].Bind(scrutin.Digest{1}); !errors.Is(err, device.ErrNoCeremony) {
		t.Errorf("bound early: %v", err)
	}
}

func TestOneSeal(t *testing.T) {
	p := newParty(t, 3, 2, work)
	p.ceremony()
	d, seal := p.devices[0], scrutin.Digest{1}
	if _, err := d.Fragments(seal); !errors.Is(err, device.ErrOtherSeal) {
		t.Errorf("fragments before the seal is recorded: %v", err)
	}
	alone, err := device.Open(pass, work, dirs(d)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := alone.Bind(seal); !errors.Is(err, device.ErrTwoMedia) {
		t.Errorf("one medium: %v", err)
	}
	if err := d.Bind(seal); err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs(d) { // the seal is on each of them
		one, err := device.Open(pass, work, dir)
		if err != nil || one.Show().Seal != seal {
			t.Fatalf("%v, %v", one.Show().Seal, err)
		}
		if _, err := one.Fragments(scrutin.Digest{2}); !errors.Is(err, device.ErrOtherSeal) {
			t.Errorf("fragments for another seal: %v", err)
		}
	}
	if err := d.Bind(scrutin.Digest{2}); !errors.Is(err, device.ErrOtherSeal) {
		t.Errorf("another seal: %v", err)
	}
	if err := d.Bind(seal); err != nil {
		t.Errorf("the same seal again: %v", err)
	}
	if err := d.Keep("quorum", []byte("one")); err != nil {
		t.Fatal(err)
	}
	reopened, err := device.Open(pass, work, dirs(d)...)
	if err != nil {
		t.Fatal(err)
	}
	if kept, ok := reopened.Statement("quorum"); !ok || string(kept) != "one" {
		t.Errorf("%q", kept)
	}
	if err := reopened.Keep("quorum", []byte("two")); !errors.Is(err, device.ErrOtherInput) {
		t.Errorf("a second statement: %v", err)
	}
	if err := reopened.Keep("other", []byte("one")); !errors.Is(err, device.ErrNoCeremony) {
		t.Errorf("a clause without fragment: %v", err)
	}
}

func TestFiles(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	if _, err := device.Create("member-1", "short", work, a); !errors.Is(err, device.ErrShort) {
		t.Errorf("short passphrase: %v", err)
	}
	if _, err := device.Create("no name", pass, work, a); err == nil {
		t.Error("a name that is none")
	}
	if _, err := device.Create("member-1", pass, work, a, a); !errors.Is(err, device.ErrMedia) {
		t.Errorf("one medium given twice: %v", err)
	}
	d, err := device.Create("member-1", pass, work, a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := device.Create("member-1", pass, work, b, a); !errors.Is(err, device.ErrExists) {
		t.Errorf("an existing file: %v", err)
	}
	if entries, _ := os.ReadDir(b); len(entries) != 0 {
		t.Error("something was written beside an existing file")
	}
	if _, err := device.Open(other, work, a); !errors.Is(err, device.ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := device.Open(pass, work, b); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("empty medium: %v", err)
	}
	if err := d.Copy(a); !errors.Is(err, device.ErrMedia) {
		t.Errorf("copy onto itself: %v", err)
	}
	if err := d.Copy(b); err != nil {
		t.Fatal(err)
	}
	one, err := device.Open(pass, work, a)
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Copy(b); !errors.Is(err, device.ErrExists) {
		t.Errorf("copy over an existing file: %v", err)
	}
	stranger := t.TempDir()
	if _, err := device.Create("member-1", pass, work, stranger); err != nil {
		t.Fatal(err)
	}
	if _, err := device.Open(pass, work, a, stranger); !errors.Is(err, device.ErrMedia) {
		t.Errorf("media of two devices: %v", err)
	}
	path := filepath.Join(a, "member-1"+device.Suffix)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"truncated": whole[:len(whole)-1], "half": whole[:len(whole)/2], "empty": nil, "text": []byte("age-encryption.org/v1\n"),
		"longer": append(bytes.Clone(whole), 0), "flipped": flip(whole, len(whole)-20),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := device.Open(pass, work, a); !errors.Is(err, device.ErrNotFragment) {
			t.Errorf("%s file: %v", name, err)
		}
		if _, err := device.Open(pass, work, b); err != nil {
			t.Errorf("the other medium: %v", err)
		}
	}
}

func flip(data []byte, i int) []byte {
	out := bytes.Clone(data)
	out[i] ^= 1
	return out
}

// One medium that was behind is brought up to date; two that went their own
// ways are refused.
func TestMediaThatDiffer(t *testing.T) {
	p := newParty(t, 3, 2, work)
	d := p.devices[0]
	second := d.Show().Media[1]
	old, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Commit(p.Ceremony, 0, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(second, old, 0o600); err != nil {
		t.Fatal(err)
	}
	behind, err := device.Open(pass, work, dirs(d)...)
	if err != nil || behind.Show().Run != 1 {
		t.Fatalf("%v", err)
	}
	if one, err := device.Open(pass, work, dirs(d)[1]); err != nil || one.Show().Run != 1 {
		t.Errorf("the second medium was not brought up to date: %v", err)
	}
	// Each medium used beside a stranger copy of the other.
	fork := media(t)
	for i, from := range []string{second, second} {
		if err := os.WriteFile(filepath.Join(fork[i], filepath.Base(from)), old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	twin, err := device.Open(pass, work, fork...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := twin.Commit(p.Ceremony, 0, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := device.Open(pass, work, dirs(d)[0], fork[0]); !errors.Is(err, device.ErrMedia) {
		t.Errorf("two histories: %v", err)
	}
}

func TestChangePassphrase(t *testing.T) {
	dirs := media(t)
	if _, err := device.Create("mixer-1", pass, work, dirs...); err != nil {
		t.Fatal(err)
	}
	if err := device.ChangePassphrase(other, "yet-another-one", work, dirs...); !errors.Is(err, device.ErrPassphrase) {
		t.Errorf("wrong old passphrase: %v", err)
	}
	if err := device.ChangePassphrase(pass, "short", work, dirs...); !errors.Is(err, device.ErrShort) {
		t.Errorf("short new passphrase: %v", err)
	}
	if err := device.ChangePassphrase(pass, other, work, dirs[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := device.Open(other, work, dirs...); !errors.Is(err, device.ErrPassphrase) {
		t.Errorf("half changed: %v", err)
	}
	if err := device.ChangePassphrase(pass, other, work, dirs...); err != nil {
		t.Fatal(err)
	}
	if _, err := device.Open(other, work, dirs...); err != nil {
		t.Error(err)
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
