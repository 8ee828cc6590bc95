package witness_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/scrutin/note"
	"isoloir/urn/witness"
)

const origin = "isoloir/v1/0123456789abcdef/urn-1"

var noon = time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)

func key(t *testing.T, name string) *note.PrivateKey {
	t.Helper()
	k, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPass(t *testing.T) {
	known, stranger := key(t, "anne"), key(t, "anne")
	witnesses := []note.Verifier{known.Verifier().Cosigner(), key(t, "paul").Verifier().Cosigner()}
	pass := func(k note.Signer, origin string, at time.Time) string {
		p, err := witness.Pass(origin, at, k)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	good := pass(known, origin, noon)
	for _, at := range []time.Duration{0, witness.Valid, -witness.Valid} {
		if err := witness.Admit(good, origin, noon.Add(at), witnesses); err != nil {
			t.Errorf("%s later: %v", at, err)
		}
	}
	opening, err := note.Sign("isoloir/v1/opening\n"+origin+"\n1796299200\n", known)
	if err != nil {
		t.Fatal(err)
	}
	for name, header := range map[string]string{
		"nothing": "", "a link's secret": "Bearer " + strings.Repeat("0", 64), "no base64": "Witness !", "no note": "Witness aGVsbG8=", "half": good[:len(good)/2],
		"a stranger of that name": pass(stranger, origin, noon), "another log": pass(known, origin+"0", noon),
		"an hour ago": pass(known, origin, noon.Add(-time.Hour)), "tomorrow": pass(known, origin, noon.AddDate(0, 0, 1)),
		"another scheme": strings.Replace(good, "Witness", "Basic", 1), "too long": good + strings.Repeat("A", 4096),
		"another text that he signed": string(opening),
	} {
		if err := witness.Admit(header, origin, noon, witnesses); !errors.Is(err, witness.ErrPass) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBook(t *testing.T) {
	log, anne, paul := key(t, "urn"), key(t, "anne"), key(t, "paul")
	now := noon.Add(20 * time.Minute)
	dir := filepath.Join(t.TempDir(), "cosigned")
	config := witness.Config{Log: log.Verifier(), Witnesses: []note.Verifier{anne.Verifier().Cosigner(), paul.Verifier().Cosigner()}, Slot: time.Hour, Now: func() time.Time { return now }}
	open := func() *witness.Book {
		b, err := witness.Open(dir, config)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	checkpoint := func(size uint64) []byte {
		signed, err := note.Sign(note.Checkpoint{Origin: origin, Size: size, Root: [32]byte{byte(size)}}.Text(), log)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	left := func(c []byte, k note.Signer, at time.Time) []byte {
		text, err := note.Text(c)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := note.Cosign([]byte(text+"\n"), k, uint64(at.Unix()))
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	b, first := open(), checkpoint(3)
	for name, c := range map[string]struct {
		left []byte
		want error
	}{
		"a stranger":            {left(first, key(t, "anne"), noon), witness.ErrForm},
		"the urn itself":        {left(first, log, noon), witness.ErrForm},
		"no signature":          {first[:len(first)-1], witness.ErrForm},
		"the urn's beside":      {append(bytes.Clone(first), lines(left(first, anne, noon))...), witness.ErrForm},
		"another root":          {left(checkpoint(4), anne, noon), witness.ErrOther},
		"between two slots":     {left(first, anne, noon.Add(time.Minute)), witness.ErrTime},
		"a slot that will come": {left(first, anne, noon.Add(time.Hour)), witness.ErrTime},
	} {
		if err := b.Leave("urn-1", first, c.left); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	times := func(b *witness.Book, c []byte) (out []uint64) {
		signed, err := b.Of("urn-1", c)
		if err != nil {
			t.Fatal(err)
		}
		n, err := note.Open(signed, append([]note.Verifier{log.Verifier()}, config.Witnesses...)...)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range n.Signatures {
			out = append(out, s.Time)
		}
		return out
	}
	leave := func(c []byte, k note.Signer, at time.Time) {
		if err := b.Leave("urn-1", c, left(c, k, at)); err != nil {
			t.Fatal(err)
		}
	}
	at := func(h int) uint64 { return uint64(noon.Add(time.Duration(h) * time.Hour).Unix()) }
	want := func(what string, b *witness.Book, c []byte, want ...uint64) {
		t.Helper()
		if got := times(b, c); len(got) != len(want)+1 || got[0] != 0 || !slices.Equal(got[1:], want) {
			t.Errorf("%s: %v, not %v", what, got, want)
		}
	}
	want("nobody", b, first)
	leave(first, paul, noon)
	want("one", b, first, at(0))
	leave(first, anne, noon.Add(-time.Hour))
	want("both, in the manifest's order", b, first, at(-1), at(0))
	leave(first, anne, noon)
	leave(first, anne, noon.Add(-2*time.Hour))
	want("the latest of each", b, first, at(0), at(0))
	want("after a restart", open(), first, at(0), at(0))
	want("the next checkpoint", b, checkpoint(5))
	leave(checkpoint(5), anne, noon)
	want("the next one, after a restart", open(), checkpoint(5), at(0))
	for _, b := range []*witness.Book{b, open()} {
		want("who read it before the flush", b, first)
		if err := b.Leave("urn-1", first, left(first, anne, noon)); !errors.Is(err, witness.ErrOther) {
			t.Errorf("a co-signature of the one before: %v", err)
		}
		want("after the one before was asked for", b, checkpoint(5), at(0))
	}
	want("on the disk", open(), checkpoint(5), at(0))
	if err := os.WriteFile(filepath.Join(dir, "urn-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	want("a damaged file", open(), checkpoint(5))
}

// lines are the signatures of a note.
func lines(signed []byte) []byte {
	_, after, _ := bytes.Cut(signed, []byte("\n\n"))
	return after
}

func FuzzAdmit(f *testing.F) {
	k, err := note.GenerateKey("anne")
	if err != nil {
		f.Fatal(err)
	}
	good, err := witness.Pass(origin, noon, k)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("Witness ")
	f.Fuzz(func(t *testing.T, header string) {
		if witness.Admit(header, origin, noon, []note.Verifier{k.Verifier()}) == nil && header != good {
			t.Fatalf("%q is admitted", header)
		}
	})
}
