package device_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"isoloir/keyceremony/device"
)

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
	if err != nil || behind.Show().Run != 1 || behind.Renewed() != second || d.Renewed() != "" {
		t.Fatalf("%v: %q was brought up to date", err, behind.Renewed())
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
