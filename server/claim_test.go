package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"isoloir/server"
)

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
