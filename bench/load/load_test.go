package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

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

// missed looks whether the count in the end would see what is missing.
func missed(t *testing.T, r *rush) {
	t.Helper()
	var out bytes.Buffer
	if r.print(&out); !strings.Contains(out.String(), "voters, ") || !strings.Contains(out.String(), "the vote, all steps") {
		t.Errorf("%s", out.String())
	}
	for name, edit := range map[string]func([]voters.End) []voters.End{
		"a ballot that nobody holds a receipt of": func(all []voters.End) []voters.End { return all[1:] },
		"a receipt without a ballot":              func(all []voters.End) []voters.End { all[3].Receipt[0] ^= 1; return all },
		"two voters with one receipt":             func(all []voters.End) []voters.End { all[3].Receipt = all[4].Receipt; return all },
		"a receipt without a mark":                func(all []voters.End) []voters.End { all[3].Elector = 1 << 30; return all },
		"a receipt of another urn":                func(all []voters.End) []voters.End { all[3].Urn = (all[3].Urn + 1) % 3; return all },
	} {
		if err := check(context.Background(), r.Election, edit(slices.Clone(r.ends)), io.Discard); err == nil {
			t.Errorf("%s is not seen", name)
		}
	}
}
