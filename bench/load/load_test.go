package main

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bench/voters"
)

// TestMain lets this program be the server that it starts.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "-serve") {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestRush has a few voters come while the server is killed twice, and then looks
// whether the count in the end would see what is missing.
func TestRush(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "vote")
	if err := voters.Prepare(ctx, dir, 10, netip.MustParseAddrPort("127.0.0.1:18730"), io.Discard); err != nil {
		t.Fatal(err)
	}
	e, err := voters.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	electors, err := e.Electors()
	if err != nil || len(electors) != 30 {
		t.Fatal(len(electors), err)
	}
	c := &child{Election: e, log: os.Stderr}
	if c.program, err = program("", dir, ""); err != nil {
		t.Fatal(err)
	}
	if err := c.start(ctx); err != nil {
		t.Fatal(err)
	}
	r := &rush{plan: plan{voters: 27, rate: 10, together: 5, kills: 2, patience: time.Minute}, Election: e, child: c}
	if err := r.run(ctx, electors[:27]); err != nil {
		t.Error(err)
	}
	if err := c.stop(); err != nil {
		t.Error(err)
	}
	if err := r.unfinished(); err != nil {
		t.Error(err)
	}
	var out bytes.Buffer
	if r.print(&out); !strings.Contains(out.String(), "27 voters") || !strings.Contains(out.String(), "the vote, all steps") {
		t.Errorf("%s", out.String())
	}
	if err := check(ctx, e, r.ends, io.Discard); err != nil {
		t.Error(err)
	}
	for name, edit := range map[string]func([]voters.End) []voters.End{
		"a ballot that nobody holds a receipt of": func(all []voters.End) []voters.End { return all[1:] },
		"a receipt without a ballot":              func(all []voters.End) []voters.End { all[3].Receipt[0] ^= 1; return all },
		"two voters with one receipt":             func(all []voters.End) []voters.End { all[3].Receipt = all[4].Receipt; return all },
		"a receipt without a mark":                func(all []voters.End) []voters.End { all[3].Elector = 77; return all },
		"a receipt of another urn":                func(all []voters.End) []voters.End { all[3].Urn = (all[3].Urn + 1) % 3; return all },
	} {
		if err := check(ctx, e, edit(slices.Clone(r.ends)), io.Discard); err == nil {
			t.Errorf("%s is not seen", name)
		}
	}
}
