package demonstration

import (
	"context"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"isoloir/replay/parties"
)

func small() Options {
	return Options{Electors: 6, Lasts: time.Hour, MemoryKiB: 64, Shape: parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 1, WorkFactor: 1}}
}

func TestPrepare(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	w := Watcher{Step: func(name string) { t.Log(name) }, Stage: func(string, int, int) {}}
	if err := Prepare(context.Background(), dir, small(), netip.MustParseAddrPort("127.0.0.1:8080"), w); err != nil {
		t.Fatal(err)
	}
}
