package vaulttest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// source is where the module of the server is.
func source() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "server")
}

// Binary is where the server built from these sources is, or will be: below the user's cache, named by their digest.
func Binary() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	all := sha256.New()
	fmt.Fprintln(all, runtime.Version())
	err = filepath.WalkDir(source(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(all, "%s %d\n%s", strings.TrimPrefix(path, source()), len(data), data)
		return err
	})
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "isoloir", fmt.Sprintf("vault-%x", all.Sum(nil)[:8])), nil
}

// Build builds the server unless it is there. The first time takes minutes, and downloads its modules.
func Build(ctx context.Context) (string, error) {
	to, err := Binary()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(to); err == nil {
		return to, nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return "", err
	}
	beside := to + ".new"
	c := exec.CommandContext(ctx, "go", "build", "-p", "2", "-ldflags", "-s -w", "-o", beside, ".")
	c.Dir = source()
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the Vault of the tests: %w\n%s", err, out)
	}
	return to, os.Rename(beside, to)
}
