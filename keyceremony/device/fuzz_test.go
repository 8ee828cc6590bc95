package device

import (
	"bytes"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// What is read as the document of a device is written again as the same bytes.
func FuzzContents(f *testing.F) {
	d, err := Create("member-1", oldPass, 1, f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	seed := func(c contents) {
		text, err := canon.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	seed(d.state)
	full := d.state
	full.Manifest, full.Run, full.Ceremony = scrutin.Digest{1}, 2, scrutin.Digest{3}
	full.Polynomials = [][]secret{{d.state.Reception, d.state.Reception}}
	full.Sent = []sent{{"commit", scrutin.Digest{5}, blob("note")}}
	full.Fragments = []fragment{{"quorum", 1, d.state.Reception}}
	full.Opened = []opened{{scrutin.Digest{1}, scrutin.Digest{4}, []statement{{"quorum", blob("shares")}}}}
	seed(full)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := decodeContents(text)
		if err != nil {
			if err != ErrNotFragment {
				t.Fatalf("an error that tells more: %v", err)
			}
			return
		}
		again, err := canon.Marshal(c)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("written again it is another text: %v", err)
		}
	})
}

// Any file is refused, or opens with the passphrase it was made with.
func FuzzFile(f *testing.F) {
	data, err := encrypt([]byte("contents"), oldPass, 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 22\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		plain, err := decryptWithin(data, oldPass, 2)
		if err == nil && string(plain) != "contents" || err != nil && err != ErrPassphrase && err != ErrNotFragment {
			t.Fatalf("%q, %v", plain, err)
		}
	})
}

func FuzzCard(f *testing.F) {
	d, err := Create("member-1", oldPass, 1, f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	data, err := d.SignCard()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCard(data)
		if err != nil {
			return
		}
		text, err := canon.Marshal(c)
		if err != nil || !bytes.HasPrefix(data, text) {
			t.Fatalf("accepted, and written again as %q: %v", text, err)
		}
	})
}
