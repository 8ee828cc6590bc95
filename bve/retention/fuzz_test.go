package retention_test

import (
	"testing"
	"time"

	"isoloir/bve/retention"
	"isoloir/scrutin"
)

// FuzzParse: a list or a statement that is read is written again as it was.
func FuzzParse(f *testing.F) {
	l := retention.ListOf(scrutin.DigestOf([]byte("f")), &scrutin.Procedure{})
	s := &retention.Statement{Head: scrutin.Head{Manifest: l.Manifest}, Act: l.Manifest, Role: "urn", Time: scrutin.TimeOf(time.Unix(1, 0)),
		Erased: []retention.Erased{{Path: "urn.db", Size: 1, SHA256: l.Manifest}}, Elsewhere: []string{"old blocks of the medium"}}
	s.Record = s.Kind()
	for _, r := range []scrutin.Record{l, s} {
		text, err := scrutin.Text(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if l, err := scrutin.Parse[retention.List](text); err == nil {
			if again, err := scrutin.Text(l); err != nil || again != text {
				t.Fatalf("%q is written again as %q: %v", text, again, err)
			}
		}
		if s, err := scrutin.Parse[retention.Statement](text); err == nil {
			if again, err := scrutin.Text(s); err != nil || again != text {
				t.Fatalf("%q is written again as %q: %v", text, again, err)
			}
		}
	})
}
