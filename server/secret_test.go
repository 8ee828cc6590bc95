package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/scrutin/note"
	"isoloir/server"
)

// A secret is read from a file of one line that is its owner's alone, and an error never shows it.
func TestSecrets(t *testing.T) {
	key, err := note.GenerateKey("roll")
	if err != nil {
		t.Fatal(err)
	}
	other, err := note.GenerateKey("roll")
	if err != nil {
		t.Fatal(err)
	}
	const hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	dir := t.TempDir()
	write := func(name, data string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := filepath.Join(dir, "good")
	if err := server.WriteSecret(good, key.Encode()); err != nil {
		t.Fatal(err)
	}
	if k, err := server.ReadKey(good, key.Verifier()); err != nil || k.Verifier() != key.Verifier() {
		t.Fatal(err)
	}
	if err := server.WriteSecret(good, other.Encode()); !errors.Is(err, os.ErrExist) {
		t.Errorf("a secret was written over another: %v", err)
	}
	if _, err := server.ReadKey(good, other.Verifier()); !errors.Is(err, server.ErrSecret) {
		t.Errorf("another party's key: %v", err)
	}
	if s, err := server.ReadBearer(write("bearer", hex+"\n", 0o600)); err != nil || s[1] != 0x11 {
		t.Errorf("%x, %v", s, err)
	}
	for name, c := range map[string]struct {
		data string
		mode os.FileMode
		want error
	}{
		"group":        {hex + "\n", 0o640, server.ErrExposed},
		"world":        {hex + "\n", 0o604, server.ErrExposed},
		"empty":        {"", 0o600, server.ErrSecret},
		"no newline":   {hex, 0o600, server.ErrSecret},
		"two lines":    {hex + "\n" + hex + "\n", 0o600, server.ErrSecret},
		"windows":      {hex + "\r\n", 0o600, server.ErrSecret},
		"capitals":     {strings.ToUpper(hex) + "\n", 0o600, server.ErrSecret},
		"short":        {hex[2:] + "\n", 0o600, server.ErrSecret},
		"long":         {hex + "00\n", 0o600, server.ErrSecret},
		"words":        {"correct horse battery staple\n", 0o600, server.ErrSecret},
		"a whole file": {strings.Repeat("a", 5000) + "\n", 0o600, server.ErrSecret},
	} {
		path := write(strings.ReplaceAll(name, " ", "-"), c.data, c.mode)
		_, err := server.ReadBearer(path)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err != nil && len(c.data) > 8 && strings.Contains(err.Error(), c.data[:8]) {
			t.Errorf("%s: the error shows the secret: %v", name, err)
		}
		if _, err := server.ReadKey(path, key.Verifier()); err == nil {
			t.Errorf("%s: read as a key", name)
		}
	}
	if _, err := server.ReadBearer(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := server.ReadBearer(dir); err == nil {
		t.Error("a directory was read")
	}
}

// A directory is one claim's at a time.
func TestClaim(t *testing.T) {
	dir := t.TempDir()
	first, err := server.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Take(dir); !errors.Is(err, server.ErrTaken) {
		t.Errorf("taken twice: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	second, err := server.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	second.Release()
	if _, err := server.Take(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}
