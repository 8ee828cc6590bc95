package station_test

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"testing"

	"isoloir/web/build"
	"isoloir/web/station"
)

// The files that the page loads are what the sources give, byte for byte.
func TestBuilt(t *testing.T) {
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	want, err := build.Station(dir)
	if err != nil {
		t.Fatal(err)
	}
	served, err := fs.ReadDir(station.Files(), ".")
	if err != nil || len(served) != len(want) {
		t.Fatalf("%d files are served, %d are built; %v", len(served), len(want), err)
	}
	for name, data := range want {
		if got, err := fs.ReadFile(station.Files(), name); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s is not what the sources give: run make web (%v)", name, err)
		}
	}
	if _, err := fs.ReadFile(station.Sources(), "device.js"); err != nil {
		t.Error(err)
	}
}
