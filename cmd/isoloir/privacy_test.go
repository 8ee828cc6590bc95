package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPrivacy draws the documents of a manifest in both languages, and says what is wrong with a command line.
func TestPrivacy(t *testing.T) {
	const manifest = "../../scrutin/testdata/manifest.json"
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged.json")
	if err := os.WriteFile(damaged, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{exitDone, "impact.html est écrit", []string{"-manifest", manifest, "-out", filepath.Join(dir, "fr"), "-lang", "fr"}},
		{exitDone, "retention.html is written", []string{"-manifest", manifest, "-out", filepath.Join(dir, "en"), "-lang", "en"}},
		{exitCannot, "", []string{"-manifest", manifest, "-out", filepath.Join(dir, "en"), "-lang", "en"}},
		{exitUsage, "-manifest and -out are needed", []string{"-manifest", manifest, "-lang", "en"}},
		{exitUsage, "", []string{"-manifest", manifest, "-out", filepath.Join(dir, "no"), "-lang", "en", "more"}},
		{exitData, "", []string{"-manifest", damaged, "-out", filepath.Join(dir, "no"), "-lang", "en"}},
		{exitNoInput, "", []string{"-manifest", filepath.Join(dir, "none"), "-out", filepath.Join(dir, "no"), "-lang", "en"}},
	} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), append([]string{"privacy"}, c.args...), &out, &errs); code != c.code || !strings.Contains(out.String()+errs.String(), c.says) {
			t.Errorf("%q: %d, %s%s", c.args, code, &out, &errs)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "no")); err == nil {
		t.Error("something was written though it was refused")
	}
	if pages, err := filepath.Glob(filepath.Join(dir, "fr", "*.html")); err != nil || len(pages) != 3 {
		t.Errorf("%q, %v", pages, err)
	}
}
