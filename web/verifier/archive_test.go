package verifier_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/archive"
	"isoloir/archive/ustar"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// archived is an archive of a small election, by its files: before the act archive or after it.
func archived(t *testing.T, adopted bool) map[string][]byte {
	t.Helper()
	w, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Urns: 1, Electors: 3, Choices: 2, Mixers: 2, MinSize: 2,
		Edit: func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.Consultation }}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Listed)
	w.Act(scrutin.ActMinutes, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptMinutes, SHA256: scrutin.Digest{1}}, {Path: scrutin.AdoptJournal, SHA256: scrutin.Digest{2}}}})
	dossier, out := t.TempDir(), new(bytes.Buffer)
	if err := os.WriteFile(filepath.Join(dossier, "minutes.json"), []byte("the minutes"), 0o600); err != nil {
		t.Fatal(err)
	}
	gathered := func() *archive.Parcel {
		dir := filepath.Join(t.TempDir(), "export")
		if err := w.Write(dir); err != nil {
			t.Fatal(err)
		}
		in, err := record.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close() })
		p, err := archive.Gather(in, dossier)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		return p
	}
	p := gathered()
	if adopted {
		text, err := scrutin.Text(p.Kept())
		if err != nil {
			t.Fatal(err)
		}
		w.Act(scrutin.ActArchive, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptArchive, SHA256: scrutin.TextDigest(text)}}})
		p = gathered()
	}
	if err := p.Write(out, nil); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(out); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// repacked is a tar of files with the sums that they have now.
func repacked(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	delete(files, archive.Sums)
	var sums, out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(files[name]), name)
	}
	files[archive.Sums] = sums.Bytes()
	w := ustar.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.Add(name, int64(len(files[name])), bytes.NewReader(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The page and the auditor say the same of an archive whose sums are right: nothing that
// is kept may be missing or changed, and nothing added but where more may come.
func TestArchive(t *testing.T) {
	p := open(t, 20*time.Minute)
	honest := map[bool]map[string][]byte{false: archived(t, false), true: archived(t, true)}
	for _, c := range []struct {
		name    string
		adopted bool
		holds   bool
		change  func(files map[string][]byte)
	}{
		{"before the act archive", false, true, func(map[string][]byte) {}},
		{"after it", true, true, func(map[string][]byte) {}},
		{"annex that came later", true, true, func(f map[string][]byte) { f["dossier/annex-1.json"] = []byte("an observation") }},
		{"annex that is not on the list to propose", false, false, func(f map[string][]byte) { f["dossier/annex-1.json"] = []byte("an observation") }},
		{"other minutes", true, false, func(f map[string][]byte) { f["dossier/minutes.json"] = []byte("other minutes") }},
		{"minutes taken away", true, false, func(f map[string][]byte) { delete(f, "dossier/minutes.json") }},
		{"certificate that was added", true, false, func(f map[string][]byte) { f["certificates/"+fmt.Sprintf("%064x", 1)+".cer"] = []byte("x") }},
		{"no list", false, false, func(f map[string][]byte) { delete(f, archive.KeptList) }},
		{"list of another opening record", false, false, func(f map[string][]byte) {
			f[archive.KeptList] = regexp.MustCompile(`"opening": "[0-9a-f]{64}"`).ReplaceAll(f[archive.KeptList], fmt.Appendf(nil, `"opening": "%064x"`, 1))
		}},
		{"list in another form", false, false, func(f map[string][]byte) { f[archive.KeptList] = append(f[archive.KeptList], ' ') }},
	} {
		files := maps.Clone(honest[c.adopted])
		c.change(files)
		data := repacked(t, files)
		r, err := archive.Read(bytes.NewReader(data), int64(len(data)))
		if err == nil {
			_, err = r.Check()
		}
		drawn := c.holds && err != nil && strings.Contains(err.Error(), archive.Index) // which the page does not draw again
		if (err == nil) != c.holds && !drawn {
			t.Errorf("%s: the auditor says %v", c.name, err)
		}
		path := filepath.Join(t.TempDir(), "a.tar")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		v := p.verify(path, "", nil)
		if failed := v.failed(); c.holds != (len(failed) == 0) || !c.holds && !slices.Equal(failed, []int{1107}) {
			t.Errorf("%s: the page says %s by %v\n%s", c.name, v.Verdict, failed, v.findings())
		}
	}
}
