package bureau

import (
	"archive/tar"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee"
	"isoloir/trustee/trusteetest"
)

// bring sends a file as a page's script does.
func (w *world) bring(path, who string, data []byte) (int, string) {
	q := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(data))
	q.Header.Set("Content-Type", "application/octet-stream")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.AddCookie(&http.Cookie{Name: "who", Value: who})
	answer := httptest.NewRecorder()
	w.site.ServeHTTP(answer, q)
	return answer.Code, answer.Body.String()
}

// packed is a tar file of what stands under a prefix of a record.
func packed(t *testing.T, r *record.Reader, prefix string, edit func(path string, data []byte) []byte) []byte {
	t.Helper()
	paths, err := r.List()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, path := range paths {
		if !strings.HasPrefix(path, prefix) {
			continue
		}
		data, err := r.Read(path, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if edit != nil {
			data = edit(path, data)
		}
		w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "./" + path, Size: int64(len(data)), Mode: 0o644})
		w.Write(data)
	}
	w.Close()
	return out.Bytes()
}

// unpacked is a record made of a tar file that the site sends.
func (w *world) unpacked(t *testing.T, path, who string) *record.Writer {
	t.Helper()
	answer := w.ask(http.MethodGet, path, who, nil)
	if answer.Code != http.StatusOK {
		t.Fatalf("%s: %d", path, answer.Code)
	}
	out, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for in := tar.NewReader(answer.Body); ; {
		head, err := in.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Write(head.Name, data); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCeremony carries the messages of a ceremony: every holder fetches the board, speaks on
// his machine, and brings what he said; what does not belong on the board is refused, and
// what the service has of it holds no secret (S004-18a).
func TestCeremony(t *testing.T) {
	w := newWorld(t, nil)
	apart := w.World.Copy(t.TempDir()) // the same people, who go on by themselves
	for _, step := range steps[:2] {
		b := apart.Board()
		for _, h := range holders {
			if _, _, err := b.Speak(apart.Devices[h], step, 0, apart.Out); err != nil {
				t.Fatal(err)
			}
		}
	}
	read := func(from *record.Reader, step keyceremony.Step, holder string) []byte {
		t.Helper()
		data, err := from.Read(record.Ceremony(1, string(step), holder), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	other := newWorld(t, nil)
	other.commit()
	first := read(&apart.Out.Reader, keyceremony.CommitStep, "member-1")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"early":                 {read(&apart.Out.Reader, keyceremony.RevealStep, "member-1"), "comes too early"},
		"foreign":               {read(&other.Out.Reader, keyceremony.CommitStep, "member-1"), "not of this ceremony"},
		"changed":               {bytes.Replace(first, []byte(`"run": 1`), []byte(`"run": 2`), 1), "neither a whole message"},
		"nothing":               {nil, "neither a whole message"},
		"a tar of other things": {packed(t, &apart.Out.Reader, "manifest", nil), "neither a whole message"},
	} {
		if code, said := w.bring("/en/ceremonie/apporter", "member-1", c.data); code != http.StatusUnprocessableEntity || !strings.Contains(said, c.want) {
			t.Errorf("%s: %d %s", name, code, said)
		}
	}
	if code, _ := w.bring("/en/ceremonie/apporter", "staff", first); code != http.StatusForbidden {
		t.Errorf("who runs the platform brings a message: %d", code)
	}

	for i, step := range steps[:4] {
		board, err := trustee.ReadBoard(&w.unpacked(t, "/fr/ceremonie/tableau.tar", holders[i]).Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range holders {
			out, err := record.Create(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := board.Speak(w.Devices[h], step, 0, out); err != nil {
				t.Fatal(err)
			}
			message := read(&out.Reader, step, h)
			if code, said := w.bring("/fr/ceremonie/apporter", h, message); code != http.StatusOK || !strings.Contains(said, "Vérifié et mis au tableau") {
				t.Fatalf("%s of %s: %d %s", step, h, code, said)
			}
			if code, said := w.bring("/fr/ceremonie/apporter", h, message); code != http.StatusOK || !strings.Contains(said, "déjà au tableau") {
				t.Errorf("%s of %s again: %d %s", step, h, code, said)
			}
		}
	}
	for _, h := range holders {
		out, err := record.Create(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Board().Rehearse(w.Devices[h], out); err != nil {
			t.Fatal(err)
		}
		if code, said := w.bring("/fr/ceremonie/apporter", h, packed(t, &out.Reader, "ceremony/", nil)); code != http.StatusOK {
			t.Fatalf("rehearsals of %s: %d %s", h, code, said)
		}
	}
	page := w.ask(http.MethodGet, "/fr/ceremonie", "member-3", nil).Body.String()
	digest := strings.Join(groups(digestOf(t, w), 10), "</code> <code>")
	if !strings.Contains(page, "La cérémonie est complète") || !strings.Contains(strings.ReplaceAll(page, "</code><code>", "</code> <code>"), digest) {
		t.Error("the page does not say that the ceremony is complete, with its digest")
	}
}

// TestOpening carries the sealed export to a holder and his shares back: damaged ones are
// refused, whole ones stand in the record (S004-21a).
func TestOpening(t *testing.T) {
	w := &world{World: trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10}).
		Ceremony().Enrol().Anonymise().Vote(11).Seal().Mix().AdoptMix()}
	w.begin(t, w.Manifest.Schedule.Close.AddDate(0, 1, 0))
	copied := w.unpacked(t, "/fr/ouverture/export.tar", "member-2")
	mixed, err := trustee.ReadMixed(&copied.Reader, trustee.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	clauses, err := mixed.Decrypt(w.Devices["member-2"], out)
	if err != nil || len(clauses) != 1 {
		t.Fatal(clauses, err)
	}
	path := record.Shares(clauses[0], "member-2")
	damage := func(p string, data []byte) []byte {
		if p != path {
			data[7] ^= 1
		}
		return data
	}
	bring := func(data []byte) (code int, said string) {
		for range 200 {
			if code, said = w.bring("/fr/ouverture/apporter", "member-2", data); !strings.Contains(said, "en cours de vérification") {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		return code, said
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"damaged":      {packed(t, &out.Reader, "shares/", damage), "ne sont pas bonnes"},
		"lists alone":  {packed(t, &out.Reader, strings.TrimSuffix(path, ".note")+"x", nil), "ni un message"},
		"other things": {packed(t, &copied.Reader, "acts/", nil), "ni un message"},
	} {
		if code, said := bring(c.data); code != http.StatusUnprocessableEntity || !strings.Contains(said, c.want) {
			t.Errorf("%s: %d %s", name, code, said)
		}
	}
	if w.Out.Exists(path) {
		t.Fatal("refused shares are in the record")
	}
	if code, said := bring(packed(t, &out.Reader, "shares/", nil)); code != http.StatusOK || !strings.Contains(said, "Vérifié et pris") {
		t.Fatalf("%d %s", code, said)
	}
	if !w.Out.Exists(path) || !strings.Contains(w.ask(http.MethodGet, "/fr/ouverture", "member-1", nil).Body.String(), "reçue et vérifiée") {
		t.Error("the shares are not in the record, or the page does not show them")
	}
}

func digestOf(t *testing.T, w *world) scrutin.Digest {
	t.Helper()
	b := w.Board()
	keys, err := b.Ceremony.Verify(b.Messages)
	if err != nil {
		t.Fatal(err)
	}
	return keys.Digest
}

// FuzzUnpack reads whatever is brought: a message, a tar file of some, or nothing.
func FuzzUnpack(f *testing.F) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "shares/", Mode: 0o755})
	w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "./shares/quorum.member-1.note", Size: 4, Mode: 0o644})
	w.Write([]byte("{}\n\n"))
	w.Close()
	f.Add(out.Bytes())
	f.Add([]byte("{\n}\n\n"))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := unpack(data)
		if (err == nil) != (len(all) > 0) {
			t.Errorf("%d files, %v", len(all), err)
		}
		size := 0
		for _, b := range all {
			size += len(b.data)
		}
		if size > len(data) {
			t.Errorf("%d bytes come out of %d", size, len(data))
		}
	})
}
