package agefile_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/custody/custodytest"
	"isoloir/scrutin/note"
)

func TestCustody(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		custodytest.Run(t, func(t *testing.T) custodytest.Bench { return bench(t, "", nil) })
	})
	t.Run("age", func(t *testing.T) {
		custodytest.Run(t, func(t *testing.T) custodytest.Bench {
			i, err := age.GenerateX25519Identity()
			if err != nil {
				t.Fatal(err)
			}
			return bench(t, i.String(), i.Recipient())
		})
	})
	t.Run("hybrid", func(t *testing.T) {
		custodytest.Run(t, func(t *testing.T) custodytest.Bench {
			i, err := age.GenerateHybridIdentity()
			if err != nil {
				t.Fatal(err)
			}
			return bench(t, i.String(), i.Recipient())
		})
	})
}

// bench is a directory of files in the clear, or for an identity.
func bench(t *testing.T, identity string, to age.Recipient) custodytest.Bench {
	dir, file := t.TempDir(), ""
	if identity != "" {
		file = write(t, filepath.Join(t.TempDir(), "identity"), []byte(identity+"\n"))
	}
	k, err := agefile.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	path := func(name string) string { return filepath.Join(dir, name) }
	secret := func(t testing.TB, name, line string) {
		data := []byte(line + "\n")
		if to != nil {
			data = encrypted(t, data, to)
		}
		write(t, path(name), data)
	}
	return custodytest.Bench{Keeper: k, Name: path, Put: secret,
		Key: func(t testing.TB, name string) note.Verifier {
			key, err := note.GenerateKey(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Write(path(name), key.Encode()); err != nil {
				t.Fatal(err)
			}
			return key.Verifier()
		},
		Sealer: func(t testing.TB, name string) {
			key := make([]byte, 32)
			rand.Read(key)
			secret(t, name, hex.EncodeToString(key))
		}}
}

func write(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func encrypted(t testing.TB, data []byte, to age.Recipient) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err == nil {
		_, err = w.Write(data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What is not a file that only its owner reads, for this identity, is refused.
func TestRefused(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	identity := filepath.Join(dir, "identity")
	to, err := agefile.NewIdentity(identity)
	if err != nil || !strings.HasPrefix(to, "age1") {
		t.Fatal(to, err)
	}
	if _, err := agefile.NewIdentity(identity); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an identity over another: %v", err)
	}
	sealed, err := agefile.Open(identity)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := agefile.Open("")
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	const line = "très secret"
	path := filepath.Join(dir, "secret")
	if err := sealed.Write(path, line); err != nil {
		t.Fatal(err)
	}
	if err := sealed.Write(path, line); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a secret was written over another: %v", err)
	}
	good, err := os.ReadFile(path)
	if err != nil || bytes.Contains(good, []byte(line)) {
		t.Fatal("the file shows the secret: ", err)
	}
	cut := bytes.Clone(good)
	cut[len(cut)-1] ^= 1
	for name, c := range map[string]struct {
		with *agefile.Keeper
		data []byte
		mode os.FileMode
		want error
	}{
		"in the clear beside an identity": {sealed, []byte(line + "\n"), 0o600, custody.ErrSecret},
		"age without identity":            {plain, good, 0o600, custody.ErrSecret},
		"for another":                     {sealed, encrypted(t, []byte(line+"\n"), other.Recipient()), 0o600, custody.ErrSecret},
		"damaged":                         {sealed, cut, 0o600, custody.ErrSecret},
		"group":                           {sealed, good, 0o640, custody.ErrExposed},
		"world":                           {plain, []byte(line + "\n"), 0o604, custody.ErrExposed},
		"no newline":                      {plain, []byte(line), 0o600, custody.ErrSecret},
		"large":                           {plain, bytes.Repeat([]byte("s"), 20000), 0o600, custody.ErrSecret},
	} {
		at := write(t, filepath.Join(t.TempDir(), "f"), c.data)
		if err := os.Chmod(at, c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := c.with.Secret(ctx, at); !errors.Is(err, c.want) || strings.Contains(err.Error(), line) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := plain.Secret(ctx, dir); err == nil {
		t.Error("a directory was read")
	}
	for name, data := range map[string]string{"nothing": "", "a recipient": to + "\n", "words": "secret de famille\n"} {
		_, err := agefile.Open(write(t, filepath.Join(dir, "no-identity"), []byte(data)))
		if !errors.Is(err, custody.ErrSecret) || strings.Contains(err.Error(), "famille") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A secret in the clear becomes an age file, once, in its place.
func TestEncrypt(t *testing.T) {
	dir := t.TempDir()
	identity, path := filepath.Join(dir, "identity"), filepath.Join(dir, "secret")
	if _, err := agefile.NewIdentity(identity); err != nil {
		t.Fatal(err)
	}
	k, err := agefile.Open(identity)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := agefile.Open("")
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.Write(path, "une ligne"); err != nil {
		t.Fatal(err)
	}
	if _, err := plain.Encrypt(path); !errors.Is(err, custody.ErrSecret) {
		t.Errorf("without an identity: %v", err)
	}
	for _, want := range []bool{true, false} {
		if done, err := k.Encrypt(path); err != nil || done != want {
			t.Fatal(done, err)
		}
		if line, err := k.Secret(context.Background(), path); err != nil || line != "une ligne" {
			t.Fatal(line, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("%d files are left: %v", len(left), err)
	}
	if _, err := k.Encrypt(write(t, filepath.Join(dir, "two"), []byte("a\nb\n"))); !errors.Is(err, custody.ErrSecret) {
		t.Error(err)
	}
}

// FuzzSecret wants what is read to be what is written.
func FuzzSecret(f *testing.F) {
	f.Add([]byte("a\n"))
	f.Add([]byte("age-encryption.org/v1\n"))
	k, err := agefile.Open("")
	if err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(f.TempDir(), "secret")
	f.Fuzz(func(t *testing.T, data []byte) {
		if line, err := k.Secret(context.Background(), write(t, path, data)); err == nil && line+"\n" != string(data) {
			t.Fatalf("%q is read as %q", data, line)
		}
	})
}
