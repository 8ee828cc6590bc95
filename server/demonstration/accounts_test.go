package demonstration_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"testing"

	"isoloir/server/demonstration"
)

// accountOptions are those of a consultation that is prepared in seconds.
func accountOptions() demonstration.AccountOptions {
	o := demonstration.DefaultAccounts()
	o.Accounts, o.MemoryKiB, o.WorkFactor, o.Authorities = 10, 64, 2, 0
	return o
}

func TestAccounts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	w := demonstration.Watcher{Step: func(name string) { t.Log(name) }, Stage: func(string, int, int) {}}
	if err := demonstration.PrepareAccounts(context.Background(), dir, accountOptions(), netip.MustParseAddrPort("127.0.0.1:20980"), w); err != nil {
		t.Fatal(err)
	}
	d, err := demonstration.Open(dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	cards, err := d.Cards()
	t.Log(cards, err)
}
