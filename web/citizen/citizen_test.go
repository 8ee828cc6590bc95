package citizen_test

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"testing"

	"isoloir/web/build"
	"isoloir/web/citizen"
)

// The files that the pages load are what the sources give, byte for byte.
func TestBuilt(t *testing.T) {
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	want, err := build.Citizen(dir)
	if err != nil {
		t.Fatal(err)
	}
	served, err := fs.ReadDir(citizen.Files(), ".")
	if err != nil || len(served) != len(want) {
		t.Fatalf("%d files are served, %d are built; %v", len(served), len(want), err)
	}
	for name, data := range want {
		if got, err := fs.ReadFile(citizen.Files(), name); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s is not what the sources give: run make web (%v)", name, err)
		}
	}
}
