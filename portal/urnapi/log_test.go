package urnapi_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"isoloir/merkle"
	"isoloir/merkle/tiles"
	"isoloir/portal/urnapi"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/urntest"
	"isoloir/urn/witness"
)

// watched is an urn's origin with two witnesses.
type watched struct {
	*origin
	names     []*note.PrivateKey
	witnesses []note.Verifier
}

func newWatched(t *testing.T, public bool) *watched {
	t.Helper()
	w := &watched{}
	for _, name := range []string{"anne", "paul"} {
		k, err := note.GenerateKey(name)
		if err != nil {
			t.Fatal(err)
		}
		w.names, w.witnesses = append(w.names, k), append(w.witnesses, k.Verifier().Cosigner())
	}
	w.origin = newOrigin(t, public, nil)
	book, err := witness.Open(t.TempDir(), witness.Config{Log: w.Urn.Verifier(), Witnesses: w.witnesses, Slot: time.Hour, Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	w.edit(func(c *urnapi.Config) { c.Witnesses = book })
	return w
}

func (w *watched) address(file string) string { return "/" + w.urn.Origin(0) + "/" + file }

func (w *watched) pass(t *testing.T, k note.Signer, origin string) string {
	t.Helper()
	p, err := witness.Pass(origin, w.now, k)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// grow takes ballots of n electors from one on into the log.
func (o *origin) grow(t *testing.T, from, n int) {
	t.Helper()
	var requests []urn.AppendRequest
	for i := range n {
		requests = append(requests, o.Request(t, urntest.Token(), o.Ballot(t, 0, from+i, 0)))
	}
	for _, a := range o.urn.Append(ctx, requests) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	if _, err := o.urn.Store.Flush(ctx, o.Scope, urn.Everything); err != nil {
		t.Fatal(err)
	}
	if _, err := o.urn.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestLogAccess asks for the log in every phase, as everybody and as each who might be
// a witness. What a witness alone is shown is for no shared cache.
func TestLogAccess(t *testing.T) {
	stranger, err := note.GenerateKey("anne")
	if err != nil {
		t.Fatal(err)
	}
	for _, public := range []bool{false, true} {
		o := newWatched(t, public)
		o.grow(t, 0, 5)
		for _, phase := range []string{"open", "after the end", "closed"} {
			if phase != "open" {
				o.now = o.now.Add(2 * time.Hour)
			}
			if phase == "closed" {
				if err := o.urn.Close(ctx); err != nil {
					t.Fatal(err)
				}
			}
			for who, c := range map[string]struct {
				pass string
				may  bool
			}{
				"everybody":                 {"", false},
				"a witness":                 {o.pass(t, o.names[1], o.urn.Origin(0)), true},
				"a witness, at another urn": {o.pass(t, o.names[1], o.urn.Origin(1)), false},
				"a stranger":                {o.pass(t, stranger, o.urn.Origin(0)), false},
				"the urn":                   {o.pass(t, o.Urn, o.urn.Origin(0)), false},
				"the roll's link":           {"Bearer " + strings.Repeat("0", 64), false},
			} {
				for file, want := range map[string]int{
					"checkpoint": 200, "tile/0/000.p/5": 200, "tile/0/000.p/2": 200, "tile/entries/000.p/5": 200,
					"tile/0/000.p/6": 404, "tile/0/000": 404, "tile/1/000": 404, "tile/entries/000": 404, "tile/entries/001.p/1": 404, "tile/0/0": 404, "tile/9/000": 404, "tile/data/000": 404, "tiles": 404,
				} {
					open := public || c.may || phase == "closed"
					if strings.HasPrefix(file, "tile/") && !open {
						want = 403
					}
					for _, method := range []string{"GET", "HEAD", "POST", "DELETE"} {
						asked := want
						if method != "GET" && method != "HEAD" {
							asked = 405
						}
						w := o.ask(method, o.address(file), nil, "Authorization", c.pass)
						cache := w.Header().Get("Cache-Control")
						switch {
						case w.Code != asked:
							t.Errorf("public %v, %s: %s asks %s %s: %d, not %d", public, phase, who, method, file, w.Code, asked)
						case w.Code != 200:
							if cache != "no-store" {
								t.Errorf("a refusal is kept: %q", cache)
							}
						case file == "checkpoint":
							if cache != "public, no-cache" {
								t.Errorf("a checkpoint is kept: %q", cache)
							}
						case !strings.HasSuffix(cache, ", max-age=31536000, immutable") || strings.HasPrefix(cache, "public") != (public || phase == "closed") ||
							w.Header().Get("ETag") == "" || (strings.Contains(strings.Join(w.Header().Values("Vary"), " "), "Authorization") == public):
							t.Errorf("public %v, %s: %s: %v", public, phase, file, w.Header())
						}
					}
				}
			}
		}
		for _, path := range []string{strings.Replace(o.address("checkpoint"), "isoloir/v1/", "isoloir/v1/0", 1), strings.Replace(o.address("checkpoint"), "urn-1", "urn-2", 1) + "s",
			strings.Replace(o.address("checkpoint"), "urn-1", "urn-9", 1)} {
			if w := o.ask("GET", path, nil); w.Code != 404 {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		if w := o.ask("GET", o.address("checkpoint"), nil, "Origin", "https://evil.example"); w.Code != 403 {
			t.Errorf("another page: %d", w.Code)
		}
	}
}

// TestTilesAreTheExport puts the export's files together from tiles, at every size that
// the log had, and the tree's upper tiles from the leaves alone.
func TestTilesAreTheExport(t *testing.T) {
	o := newWatched(t, true)
	get := func(name string) []byte {
		w := o.ask("GET", o.address(name), nil)
		if w.Code != 200 {
			t.Fatalf("%s: %d", name, w.Code)
		}
		return w.Body.Bytes()
	}
	var leaves, checkpoints [][]byte
	bare := func() []byte { return get("checkpoint") }
	checkpoints = append(checkpoints, bare())
	old := uint64(0)
	for _, n := range []int{3, 250, 7, 30} {
		o.grow(t, int(old), n)
		checkpoints = append(checkpoints, bare())
		size := old + uint64(n)
		tree := merkle.NewTree(func(n uint64) merkle.Hash { return merkle.LeafHash(leaves[n]) })
		for tile := range tiles.Of(old, size) {
			if !tile.Entries {
				continue
			}
			r := urn.NewLeafReader(bytes.NewReader(get(tile.Name())))
			for i := tile.From(); i < tile.To(); i++ {
				leaf, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				if i == uint64(len(leaves)) {
					leaves = append(leaves, leaf)
				} else if !bytes.Equal(leaves[i], leaf) {
					t.Errorf("leaf %d is another one now", i)
				}
			}
		}
		tree.Grow(size)
		for tile := range tiles.Of(0, size) {
			if tile.Entries {
				continue
			}
			want, err := tile.Hashes(tree)
			if got := get(tile.Name()); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s of %d leaves: %v", tile.Name(), size, err)
			}
		}
		old = size
	}
	var file, rebuilt, list bytes.Buffer
	if _, err := o.urn.Export(ctx, 0, &file, &list); err != nil {
		t.Fatal(err)
	}
	w := urn.NewLeafWriter(&rebuilt)
	for _, leaf := range leaves {
		if err := w.Write(leaf); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	if !bytes.Equal(file.Bytes(), rebuilt.Bytes()) {
		t.Error("the tiles are not the export's leaves")
	}
	var all bytes.Buffer
	if err := urn.WriteCheckpoints(&all, checkpoints); err != nil || !bytes.Equal(all.Bytes(), list.Bytes()) {
		t.Error("the checkpoints served are not those of the export ", err)
	}
}

// TestCosignatures leaves co-signatures of each kind, and reads them with the
// checkpoint, which without them is the urn's own.
func TestCosignatures(t *testing.T) {
	o := newWatched(t, false)
	o.grow(t, 0, 5)
	leave := func(text string, k note.Signer, at time.Time) int {
		t.Helper()
		left, err := note.Cosign([]byte(text+"\n"), k, uint64(at.Unix()))
		if err != nil {
			t.Fatal(err)
		}
		return o.ask("POST", o.address("cosignature"), left, "Content-Type", octets).Code
	}
	first := o.ask("GET", o.address("checkpoint"), nil).Body.Bytes()
	text, err := note.Text(first)
	if err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Truncate(time.Hour).Add(10 * time.Minute)
	slot := o.now.Truncate(time.Hour)
	other := strings.Replace(text, "\n5\n", "\n6\n", 1)
	for i, got := range []int{leave(text, o.Urn, slot), leave(other, o.names[0], slot), leave(text, o.names[0], slot.Add(time.Minute)), leave(text, o.names[0], slot.Add(time.Hour)),
		o.ask("POST", o.address("cosignature"), first, "Content-Type", octets).Code, o.ask("POST", o.address("cosignature"), nil, "Content-Type", octets).Code,
		o.ask("POST", o.address("cosignature"), make([]byte, 1<<17), "Content-Type", octets).Code, o.ask("POST", o.address("cosignature"), nil, "Content-Type", "text/plain").Code,
		o.ask("GET", o.address("cosignature"), nil).Code} {
		if want := []int{400, 409, 400, 400, 400, 400, 413, 415, 405}[i]; got != want {
			t.Errorf("refusal %d: %d, not %d", i, got, want)
		}
	}
	for _, k := range []int{1, 0, 1} {
		if got := leave(text, o.names[k], slot); got != 200 {
			t.Errorf("%d", got)
		}
	}
	n, err := note.Open(o.ask("GET", o.address("checkpoint"), nil).Body.Bytes(), append([]note.Verifier{o.Urn.Verifier()}, o.witnesses...)...)
	if err != nil || len(n.Signatures) != 3 || n.Signatures[2].Time != uint64(slot.Unix()) {
		t.Fatal(err, n)
	}
	if w := o.ask("GET", "/v1/urn-1/checkpoint", nil); !bytes.Equal(w.Body.Bytes(), first) {
		t.Error("devices are given another checkpoint than the urn's own")
	}
	o.grow(t, 5, 4)
	if w := o.ask("GET", o.address("checkpoint"), nil); bytes.Count(w.Body.Bytes(), []byte("— ")) != 1 {
		t.Errorf("%s", w.Body)
	}
	none := newOrigin(t, true, nil)
	if w := none.ask("POST", "/"+none.urn.Origin(0)+"/cosignature", nil, "Content-Type", octets); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("an urn without witnesses: %d", w.Code)
	}
}
