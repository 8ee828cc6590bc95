package urnapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/scrutin/note"
)

// TestReadByOthers has a program of others (filippo.io/torchwood, in .ci/tlog) read the
// log: checkpoint, co-signatures, tiles, entries and a proof, under the keys as they
// stand in the manifest. (CoE-35)
func TestReadByOthers(t *testing.T) {
	build := exec.Command("go", "build", "-o", filepath.Join(t.TempDir(), "tlog"), ".")
	build.Dir = "../../.ci/tlog"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	o := newWatched(t, true)
	server := httptest.NewServer(o.h)
	defer server.Close()
	read := func(keys ...note.Verifier) (string, error) {
		args := []string{server.URL + "/" + o.urn.Origin(0), o.urn.Origin(0)}
		for _, k := range keys {
			args = append(args, k.String())
		}
		out, err := exec.Command(build.Args[3], args...).CombinedOutput()
		return string(out), err
	}
	log := o.Urn.Verifier()
	empty := sha256.Sum256(nil)
	if out, err := read(log); err != nil || out != fmt.Sprintf("0 %s %x\n", base64.StdEncoding.EncodeToString(empty[:]), empty) {
		t.Errorf("an empty log: %v: %s", err, out)
	}
	o.grow(t, 0, 250)
	o.grow(t, 250, 40)
	shown := o.ask("GET", o.address("checkpoint"), nil).Body.Bytes()
	text, err := note.Text(shown)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range o.names {
		left, err := note.Cosign([]byte(text+"\n"), k, uint64(o.now.Unix()))
		if err != nil {
			t.Fatal(err)
		}
		if w := o.ask("POST", o.address("cosignature"), left, "Content-Type", octets); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	leaves := sha256.New()
	if _, err := o.urn.Export(ctx, 0, leaves, io.Discard); err != nil {
		t.Fatal(err)
	}
	out, err := read(log, o.witnesses[0], o.witnesses[1])
	if err != nil || !strings.HasPrefix(out, "290 ") || !strings.HasSuffix(out, " "+hex.EncodeToString(leaves.Sum(nil))+"\n") {
		t.Errorf("%v: %s", err, out)
	}
	stranger, err := note.GenerateKey("anne")
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]note.Verifier{"a stranger's co-signature": stranger.Verifier().Cosigner(), "a plain one of a witness": o.witnesses[0].Plain()} {
		if out, err := read(log, key); err == nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}
