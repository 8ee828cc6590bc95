package vaulttest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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
	files, err := filepath.Glob(filepath.Join(source(), "*"))
	if err != nil {
		return "", err
	}
	slices.Sort(files)
	all := sha256.New()
	fmt.Fprintln(all, runtime.Version())
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(all, "%s %d\n%s", filepath.Base(f), len(data), data)
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
	c := exec.CommandContext(ctx, "go", "build", "-p", "2", "-trimpath", "-ldflags", "-s -w", "-o", beside, ".")
	c.Dir = source()
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the Vault of the tests: %w\n%s", err, out)
	}
	return to, os.Rename(beside, to)
}
