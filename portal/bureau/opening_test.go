package bureau

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee"
	"isoloir/trustee/trusteetest"
)

// TestSharesInTheirTime takes shares from the adoption of the mixes to the opening of the
// urns, once the last polling station has closed, and not of a vote that was annulled; and
// of them what belongs to valid statements, so that nobody takes the place of another.
func TestSharesInTheirTime(t *testing.T) {
	opened := func(m *scrutin.Manifest) { m.Schedule.Count = scrutin.TimeOf(m.Schedule.Close.Add(12 * time.Hour)) }
	first := trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10, Edit: opened}).
		Ceremony().Enrol().Anonymise().Vote(11).Seal().Mix()
	count := first.Manifest.Schedule.Count.Time
	mine := func(w *trusteetest.World, holder string) *record.Writer {
		t.Helper()
		mixed, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{Now: func() time.Time { return count }})
		if err != nil {
			t.Fatal(err)
		}
		out, err := record.Create(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mixed.Decrypt(w.Devices[holder], out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	tell := first.Copy(t.TempDir()).AdoptMix()
	two, three := mine(tell, "member-2"), mine(tell, "member-3")
	bring := func(w *world, data []byte) (code int, said string) {
		for range 200 {
			if code, said = w.bring("/fr/ouverture/apporter", "member-2", data); !strings.Contains(said, "en cours de vérification") {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		return code, said
	}
	for name, c := range map[string]struct {
		at   time.Time
		act  func(*trusteetest.World)
		want string
	}{
		"before the mixes": {count, func(*trusteetest.World) {}, "une fois les mélanges adoptés"},
		"before the count": {count.Add(-time.Hour), func(w *trusteetest.World) { w.AdoptMix() }, "Pas avant"},
		"after the annulment": {count, func(w *trusteetest.World) {
			w.AdoptMix().Act(scrutin.ActAnnul, scrutin.ActBody{Reason: "une urne a manqué"})
		}, "arrêté ou annulé"},
		"after the opening": {count, func(w *trusteetest.World) {
			w.AdoptMix()
			var adopts []scrutin.Adopted
			for _, h := range []string{"member-1", "member-3"} {
				for _, f := range unpackedOf(t, packed(t, &mine(w, h).Reader, "shares/", nil)) {
					if err := w.Out.Write(f.path, f.data); err != nil {
						t.Fatal(err)
					}
					if text, err := note.Text(f.data); err == nil && strings.HasSuffix(f.path, ".note") {
						adopts = append(adopts, scrutin.Adopted{Path: f.path, SHA256: scrutin.TextDigest(text)})
					}
				}
			}
			w.Later().Act(scrutin.ActDecrypt, scrutin.ActBody{Adopts: adopts})
		}, "jusqu’à l’ouverture des urnes"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{World: first.Copy(t.TempDir())}
			c.act(w.World)
			w.begin(t, c.at)
			before := listed(w.World)
			code, said := bring(w, packed(t, &two.Reader, "shares/", nil))
			if code != http.StatusUnprocessableEntity || !strings.Contains(said, c.want) {
				t.Errorf("%d %s", code, said)
			}
			if _, said := w.bring("/en/ouverture/apporter", "member-2", packed(t, &two.Reader, "shares/", nil)); said == "" || strings.Contains(said, c.want) {
				t.Errorf("in English: %s", said)
			}
			if after := listed(w.World); after != before {
				t.Errorf("the record was\n%s\nand is\n%s", before, after)
			}
		})
	}

	w := &world{World: first.Copy(t.TempDir()).AdoptMix()}
	w.begin(t, count)
	st, err := w.office.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	acts := st.Acts()
	aloud := "<code>" + groups(acts[len(acts)-1].Text, 16)[0] + "</code>"
	if room := w.ask(http.MethodGet, "/fr/salle", "member-2", nil).Body.String(); !strings.Contains(room, aloud) {
		t.Error("before the first holder opens the room does not show the bureau's last act, which is read out then")
	}
	before := listed(w.World)
	junk, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(unpackedOf(t, packed(t, &two.Reader, "shares/", nil)), unpackedOf(t, packed(t, &three.Reader, "shares/", nil))...) {
		if strings.HasSuffix(f.path, ".note") && strings.Contains(f.path, "member-3") {
			continue
		}
		if strings.Contains(f.path, "member-3") {
			f.data = []byte("junk")
		}
		if err := junk.Write(f.path, f.data); err != nil {
			t.Fatal(err)
		}
	}
	if code, said := bring(w, packed(t, &junk.Reader, "shares/", nil)); code != http.StatusUnprocessableEntity || listed(w.World) != before {
		t.Errorf("with a list in the place of another: %d %s", code, said)
	}
	for _, out := range []*record.Writer{three, two} {
		if code, said := bring(w, packed(t, &out.Reader, "shares/", nil)); code != http.StatusOK {
			t.Errorf("%d %s", code, said)
		}
	}
	if taken := w.unpacked(t, "/fr/ouverture/export.tar", "member-2"); strings.Contains(listed(&trusteetest.World{TB: t, Fixture: w.Fixture, Out: taken}), "shares/") {
		t.Error("the export tells a holder what another has answered")
	}
}

func unpackedOf(t *testing.T, data []byte) []brought {
	t.Helper()
	all, err := unpack(data)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
