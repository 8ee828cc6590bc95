package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/account/exchange"
	"isoloir/crypto/group"
	"isoloir/pg/postgrestest"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// TestImporting runs import-roll on both engines.
func TestImporting(t *testing.T) {
	server := postgrestest.Start(t)
	server.Psql(t, filepath.Join("..", "..", "roll", "postgres", "setup.sql"))
	issuers := scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: 20})
	manifest, fingerprint, err := issuers.Manifest.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	// a note of an issuer's deposits for the electors from one to another of an urn.
	deposits := func(f scrutin.Digest, issuer int, urn uint16, from, to uint32) string {
		d := exchange.Deposits{Manifest: f, Issuer: issuers.Manifest.Issuers[issuer].ID}
		for n := from; n < to; n++ {
			d.Lines = append(d.Lines, exchange.Deposit{Urn: urn, Elector: n, Login: scrutin.PointOf(group.MulBase(group.RandomScalar())), Masked: scrutin.ScalarOf(group.RandomScalar())})
		}
		note, err := d.Sign(issuers.Signers[d.Issuer])
		if err != nil {
			t.Fatal(err)
		}
		return string(note)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/importing",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			good := rollFile(40)
			var failed error
			for name, text := range map[string]string{
				"manifest.json": string(manifest),
				"a/1.note":      deposits(fingerprint, 0, 0, 0, 20),
				"a/2.note":      deposits(fingerprint, 0, 1, 0, 20),
				"b.note":        deposits(fingerprint, 1, 0, 0, 20),
				"b-other.note":  deposits(fingerprint, 1, 0, 19, 20),
				"far.note":      deposits(fingerprint, 1, 0, 20, 21),
				"foreign.note":  deposits(scrutin.Digest{1}, 1, 0, 0, 1),
				"broken.note":   deposits(fingerprint, 1, 0, 0, 1)[1:],
				"roll":          server.Address("roll_service", "roll") + "\n",
				"roll-owner":    server.Address("roll_owner", "roll") + "\n",
				"roll.csv":      good,
				"other.csv":     strings.NewReplacer("r-7,", "s-7,", "Zoé 9\n", "Zoë 9\n").Replace(good),
				"bad.csv":       strings.NewReplacer("r-1,urn-2,,agents,FR", "r-1,urn-2,,agents,fr", "r-3,", "r-2,").Replace(rollFile(5)[:strings.Index(good, "r-0,")] + rollFile(5)[strings.Index(good, "r-1,"):]),
			} {
				failed = errors.Join(failed, os.MkdirAll(filepath.Join(e.WorkDir, filepath.Dir(name)), 0o700), os.WriteFile(filepath.Join(e.WorkDir, name), []byte(text), 0o600))
			}
			return failed
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exits},
	})
}

// rollFile is a roll file of electors of two urns.
func rollFile(n int) string {
	var b strings.Builder
	fmt.Fprintln(&b, strings.Join(roll.Columns, ","))
	for i := range n {
		fmt.Fprintf(&b, "r-%d,urn-%d,,agents,FR,fr,email sms,1971-05-24,Maréchal,Zoé %d\n", i, i%2+1, i)
	}
	return b.String()
}
