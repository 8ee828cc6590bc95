package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/merkle"
	"isoloir/merkle/tiles"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/urn"
)

// TestFollow mirrors the logs of an export from a server, finds its files again in the
// mirror, and has the command say by its code what became of them.
func TestFollow(t *testing.T) {
	w, err := audittest.New(audittest.Shape{Abstain: 1, Fixture: scrutintest.Options{Urns: 2, Electors: 5, Choices: 2, Mixers: 2, MinSize: 2,
		Edit: func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.Consultation }}}, 5)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Logged)
	files := func(name string) (leaves [][]byte, checkpoint []byte) {
		all := bytes.Split(w.Files[record.Checkpoints(name)], []byte("\x1e\n"))
		r := urn.NewLeafReader(bytes.NewReader(w.Files[record.Leaves(name)]))
		for leaf, err := r.Next(); err == nil; leaf, err = r.Next() {
			leaves = append(leaves, leaf)
		}
		return leaves, all[len(all)-1]
	}
	forged := func(_ string, checkpoint []byte) []byte { return checkpoint }
	posted := 0
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		name := w.Manifest.Urns[0].ID
		if strings.Contains(r.URL.Path, "/"+w.Manifest.Urns[1].ID+"/") {
			name = w.Manifest.Urns[1].ID
		}
		leaves, checkpoint := files(name)
		file, ok := strings.CutPrefix(r.URL.Path, "/"+scrutin.Origin(w.Fingerprint, name)+"/")
		tile, err := tiles.Parse(file)
		switch {
		case r.Method == http.MethodPost:
			posted++
		case ok && file == "checkpoint":
			rw.Write(forged(name, checkpoint))
		case err == nil && tile.Entries && tile.In(uint64(len(leaves))):
			l := urn.NewLeafWriter(rw)
			for _, leaf := range leaves[tile.From():tile.To()] {
				l.Write(leaf)
			}
			l.Flush()
		default:
			rw.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	manifest, key, mirror := filepath.Join(dir, "manifest.json"), filepath.Join(dir, "witness.key"), filepath.Join(dir, "mirror")
	write(t, manifest, string(w.Files[record.Manifest]))
	witness := w.Signers[w.Manifest.Witnesses[0].ID]
	if err := os.WriteFile(key, []byte(witness.Encode()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	follow := func(want int, more ...string) {
		t.Helper()
		out.Reset()
		errs.Reset()
		if code := run(slices.Concat([]string{"follow", "-manifest", manifest, "-url", server.URL, "-out", mirror, "-once"}, more), &out, &errs); code != want {
			t.Fatalf("%v: exit code %d, not %d: %s%s", more, code, want, out.String(), errs.String())
		}
	}
	follow(exitHolds, "-fingerprint", w.Fingerprint.String(), "-vkey", w.Manifest.Platform.Urn.Key, "-witness", key)
	if posted != 2 || !strings.Contains(out.String(), "co-signed at 4 entries") {
		t.Errorf("%d co-signatures: %s", posted, out.String())
	}
	for _, u := range w.Manifest.Urns {
		at := filepath.Join(mirror, filepath.FromSlash(scrutin.Origin(w.Fingerprint, u.ID)), "tile", "entries")
		found, err := filepath.Glob(filepath.Join(at, "*", "*"))
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		if got, err := os.ReadFile(found[0]); err != nil || !bytes.Equal(got, w.Files[record.Leaves(u.ID)]) {
			t.Errorf("%s: the mirror is not the export: %v", u.ID, err)
		}
	}
	follow(exitUsage, "-fingerprint", strings.Repeat("0", 64))
	follow(exitUsage, "-vkey", w.Manifest.Platform.Roll.Key)
	follow(exitUsage, "-lang", "de")
	follow(exitUsage, "-every", "1ms")
	follow(exitUsage, "here")
	follow(exitUsage, "-url", "http://urn.example")
	follow(exitUsage, "-manifest", manifest+"s", "-url", "")
	follow(exitIO, "-manifest", manifest+"s")
	follow(exitIO, "-witness", key+"s")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	follow(exitIO, "-witness", key)

	forged = func(string, []byte) []byte { return []byte("hello") }
	follow(exitServer, "-lang", "fr")
	if !strings.Contains(out.String(), "sera interrogée de nouveau") {
		t.Errorf("%s", out.String())
	}
	forged = func(name string, _ []byte) []byte {
		return must(note.Sign(note.Checkpoint{Origin: scrutin.Origin(w.Fingerprint, name), Root: new(merkle.Frontier).Root()}.Text(), w.Signers["urn"]))
	}
	follow(exitHolds)
	out.Reset()
	if code := run([]string{"follow", "-manifest", manifest, "-url", server.URL, "-out", mirror, "-every", "1s"}, &out, &errs); code != exitTestimony {
		t.Fatalf("a log that shrank: %d: %s", code, out.String())
	}
	judge(t, filepath.Join(mirror, "evidence-shrunk-"+w.Fingerprint.String()+"-urn-1.json"), exitTestimony, "TESTIMONY")
	forged = func(name string, _ []byte) []byte {
		return must(note.Sign(note.Checkpoint{Origin: scrutin.Origin(w.Fingerprint, name), Size: 4, Root: [32]byte{1}}.Text(), w.Signers["urn"]))
	}
	follow(exitFork)
	judge(t, filepath.Join(mirror, "evidence-fork-"+w.Fingerprint.String()+"-urn-2.json"), exitHolds, "PROVED")
}

// judge has the command judge a file of evidence.
func judge(t *testing.T, file string, want int, says string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run([]string{"evidence", file}, &out, &errs); code != want || !strings.Contains(out.String(), says) {
		t.Errorf("%s: %d: %s%s", file, code, out.String(), errs.String())
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
