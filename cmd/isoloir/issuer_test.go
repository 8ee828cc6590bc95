package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/courier"
	"isoloir/courier/outbox"
	"isoloir/issuer/issuertest"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// report is what a mail server says of a message of a name that did not arrive.
const report = `From MAILER-DAEMON Tue Dec  1 09:30:00 2026
To: retours+%s@chartres.example
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Action: failed
Status: 5.1.1

--b--

`

// TestIssuer runs the commands of an issuer on their directories.
func TestIssuer(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/issuer",
		RequireExplicitExec: true,
		Setup:               func(e *testscript.Env) error { e.Setenv("LANG", "C"); return nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": exits,
			// manifest FILE DIR writes a manifest whose first issuer has the key of DIR.
			"manifest": func(ts *testscript.TestScript, _ bool, args []string) {
				key, err := note.ParsePrivateKey(strings.TrimSpace(ts.ReadFile(filepath.Join(args[1], issuerKey))))
				ts.Check(err)
				f, err := scrutintest.Make(scrutintest.Options{Electors: 120, Edit: func(m *scrutin.Manifest) {
					issuertest.Cheap(m)
					m.Issuers[0].Key = key.Verifier().String()
				}})
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), f.Bytes, 0o644))
			},
			// leading FILE COMPANION DIR writes a manifest whose first issuer has the key of DIR, and which leads a companion whose first
			// issuer works in ../b; it describes that in the configuration of DIR, and sets F.
			"leading": func(ts *testscript.TestScript, _ bool, args []string) {
				key, err := note.ParsePrivateKey(strings.TrimSpace(ts.ReadFile(filepath.Join(args[2], issuerKey))))
				ts.Check(err)
				companion := scrutin.DigestOf([]byte(ts.ReadFile(args[1])))
				ts.Setenv("F", companion.String())
				f, err := scrutintest.Make(scrutintest.Options{Electors: 120, Edit: func(m *scrutin.Manifest) {
					issuertest.Cheap(m)
					m.Issuers[0].Key, m.Companions = key.Verifier().String(), []scrutin.Digest{companion}
				}})
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), f.Bytes, 0o644))
				path := filepath.Join(args[2], issuerConfig)
				described := fmt.Sprintf(`companions: [{fingerprint: %s, record: ../b/record, issuer-a: {key: ../b/issuer.key, deposit: links/companion}, origins: `+
					`{portal: "https://p.example", roll: "https://r.example", urn: "https://u.example", issuer-a: "https://a.example", issuer-b: "https://b.example"}}]`, companion)
				ts.Check(os.WriteFile(ts.MkAbs(path), []byte(strings.Replace(ts.ReadFile(path), "companions: []", described, 1)), 0o644))
			},
			// books MANIFEST writes extract.csv, book.csv and letters.csv for its first issuer.
			"books": func(ts *testscript.TestScript, _ bool, args []string) {
				m, _, err := scrutin.ParseManifest([]byte(ts.ReadFile(args[0])))
				ts.Check(err)
				extract, books := issuertest.Books(m, courier.Email)
				for name, file := range map[string]io.Reader{"extract.csv": extract, "book.csv": books[0].File, "letters.csv": books[1].File} {
					data, err := io.ReadAll(file)
					ts.Check(err)
					ts.Check(os.WriteFile(ts.MkAbs(name), data, 0o644))
				}
			},
			// replace FILE OLD NEW changes a text in a file, which must hold it.
			"replace": func(ts *testscript.TestScript, _ bool, args []string) {
				text := ts.ReadFile(args[0])
				if !strings.Contains(text, args[1]) {
					ts.Fatalf("%s does not hold %q: %s", args[0], args[1], text)
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)), 0o644))
			},
			// returned OUTBOX MBOX KIND N writes what mail servers say of N messages of a kind that did not arrive.
			"returned": func(ts *testscript.TestScript, _ bool, args []string) {
				box, err := outbox.Open(ts.MkAbs(args[0]), time.Now)
				ts.Check(err)
				letters, err := box.Letters()
				ts.Check(err)
				left, err := strconv.Atoi(args[3])
				ts.Check(err)
				var mbox strings.Builder
				for _, l := range letters {
					if string(l.Kind) == args[2] && strings.HasSuffix(l.To, "1@mail1.example") && left > 0 {
						left--
						fmt.Fprintf(&mbox, report, l.Name)
					}
				}
				if left > 0 {
					ts.Fatalf("%d messages more were expected", left)
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(mbox.String()), 0o600))
			},
			// files DIR PATTERN requires some files, for their owner only.
			"files": func(ts *testscript.TestScript, _ bool, args []string) {
				found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), args[1]))
				ts.Check(err)
				if len(found) == 0 {
					ts.Fatalf("no file %s in %s", args[1], args[0])
				}
				for _, f := range found {
					info, err := os.Stat(f)
					ts.Check(err)
					if info.Mode().Perm()&0o077 != 0 {
						ts.Fatalf("others can read %s", f)
					}
				}
			},
		},
	})
}
