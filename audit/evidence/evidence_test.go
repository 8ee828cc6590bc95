package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"isoloir/audit/evidence"
	"isoloir/merkle"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

var f = scrutin.DigestOf([]byte("manifest"))

func key(t testing.TB) *note.PrivateKey {
	t.Helper()
	k, err := note.GenerateKey("urn")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// history is a log whose leaves are of a name, from one on.
func history(name string, from, n uint64) *merkle.Tree {
	tree := merkle.NewTree(func(i uint64) merkle.Hash {
		if i < from {
			return merkle.LeafHash(fmt.Append(nil, i))
		}
		return merkle.LeafHash(fmt.Append(nil, name, i))
	})
	tree.Grow(n)
	return tree
}

func head(t testing.TB, k note.Signer, urn string, size uint64, root [32]byte) evidence.Lines {
	t.Helper()
	signed, err := note.Sign(note.Checkpoint{Origin: scrutin.Origin(f, urn), Size: size, Root: root}.Text(), k)
	if err != nil {
		t.Fatal(err)
	}
	return evidence.LinesOf(signed)
}

func at(t testing.TB, k note.Signer, tree *merkle.Tree, size uint64) evidence.Lines {
	t.Helper()
	root, err := tree.Root(size)
	if err != nil {
		t.Fatal(err)
	}
	return head(t, k, "urn-1", size, root)
}

// fork is two histories that part after some leaves, one seen with old, the other with
// size leaves.
func fork(t testing.TB, k *note.PrivateKey, parted, old, size uint64) *evidence.Fork {
	t.Helper()
	mine, other := history("mine", parted, old), history("other", parted, size)
	root, err := other.Root(old)
	if err != nil {
		t.Fatal(err)
	}
	e := &evidence.Fork{Head: evidence.NewHead(evidence.KindFork, f, "urn-1", k.Verifier()), First: at(t, k, mine, old), Second: at(t, k, other, size), Root: root}
	if old > 0 {
		path, err := other.Consistency(old, size)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range path {
			e.Path = append(e.Path, h)
		}
	}
	return e
}

func TestFork(t *testing.T) {
	k := key(t)
	for _, c := range [][3]uint64{{0, 1, 1}, {0, 5, 5}, {3, 5, 5}, {3, 5, 9}, {255, 256, 300}, {0, 256, 700}} {
		e := fork(t, k, c[0], c[1], c[2])
		if err := e.Check(); err != nil {
			t.Errorf("%v: %v", c, err)
		}
		data, err := evidence.Bytes(e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := evidence.Read(data)
		if err != nil || again.Check() != nil || again.About() != e.Head {
			t.Errorf("%v, read again: %v", c, err)
		}
		if _, err := evidence.Read(append(data, '\n')); err == nil {
			t.Error("another form is read")
		}
	}
	empty := &evidence.Fork{Head: evidence.NewHead(evidence.KindFork, f, "urn-1", k.Verifier()), First: head(t, k, "urn-1", 0, [32]byte{1}), Second: head(t, k, "urn-1", 0, [32]byte{1}), Root: sha256.Sum256(nil)}
	if err := empty.Check(); err != nil {
		t.Errorf("an empty log of another root: %v", err)
	}
	for name, change := range map[string]func(e *evidence.Fork){
		"one history":               func(e *evidence.Fork) { *e = *fork(t, k, 5, 5, 9) },
		"another root between them": func(e *evidence.Fork) { e.Root[0]++ },
		"no path":                   func(e *evidence.Fork) { e.Path = nil },
		"a path too long":           func(e *evidence.Fork) { e.Path = append(e.Path, e.Root) },
		"exchanged":                 func(e *evidence.Fork) { e.First, e.Second = e.Second, e.First },
		"another urn":               func(e *evidence.Fork) { e.Urn = "urn-2" },
		"another scrutin":           func(e *evidence.Fork) { e.Manifest[0]++ },
		"another key":               func(e *evidence.Fork) { e.Key = key(t).Verifier().String() },
		"no key":                    func(e *evidence.Fork) { e.Key = "urn" },
		"another signer":            func(e *evidence.Fork) { e.First = at(t, key(t), history("mine", 3, 5), 5) },
		"a changed size":            func(e *evidence.Fork) { e.First[1] = "4" },
		"a record":                  func(e *evidence.Fork) { e.Second = nil },
	} {
		e := fork(t, k, 3, 5, 9)
		if change(e); !errors.Is(e.Check(), evidence.ErrNothing) {
			t.Errorf("%s: %v", name, e.Check())
		}
	}
}

func TestShrunk(t *testing.T) {
	k := key(t)
	tree := history("", 0, 9)
	e := &evidence.Shrunk{Head: evidence.NewHead(evidence.KindShrunk, f, "urn-1", k.Verifier()), First: at(t, k, tree, 9), Second: at(t, k, tree, 5), Time: scrutin.TimeOf(time.Unix(1796299200, 0))}
	if err := e.Check(); err != nil {
		t.Error(err)
	}
	if e.First, e.Second = e.Second, e.First; !errors.Is(e.Check(), evidence.ErrNothing) {
		t.Error("a log that grew")
	}
}

func TestMissing(t *testing.T) {
	k := key(t)
	o, ballot := scrutin.DigestOf([]byte("opening")), scrutin.DigestOf([]byte("ballot"))
	said := scrutin.CastingText{Kind: scrutin.Promise, Opening: o, Urn: "urn-1", Value: ballot}
	promise, err := note.Sign(said.Text(), k)
	if err != nil {
		t.Fatal(err)
	}
	made := func() *evidence.Missing {
		return &evidence.Missing{Head: evidence.NewHead(evidence.KindMissing, f, "urn-1", k.Verifier()), Opening: o, Promise: evidence.LinesOf(promise), Seal: at(t, k, history("", 0, 9), 9)}
	}
	if e := made(); e.Check() != nil {
		t.Error(e.Check())
	}
	said.Kind = scrutin.Appended
	appended, err := note.Sign(said.Text(), k)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(e *evidence.Missing){
		"another opening":    func(e *evidence.Missing) { e.Opening[0]++ },
		"another urn":        func(e *evidence.Missing) { e.Urn = "urn-2" },
		"another ballot":     func(e *evidence.Missing) { e.Promise[2] = scrutin.Digest{}.String() },
		"another text":       func(e *evidence.Missing) { e.Promise = evidence.LinesOf(appended) },
		"no promise":         func(e *evidence.Missing) { e.Promise = evidence.Lines{"isoloir/v1/promise"} },
		"a seal of nobody's": func(e *evidence.Missing) { e.Seal = at(t, key(t), history("", 0, 9), 9) },
	} {
		e := made()
		if change(e); !errors.Is(e.Check(), evidence.ErrNothing) {
			t.Errorf("%s: %v", name, e.Check())
		}
	}
}

func TestBare(t *testing.T) {
	k, w := key(t), key(t)
	signed := at(t, k, history("", 0, 9), 9).Bytes()
	cosigned, err := note.Cosign(signed, w, 3600)
	if err != nil {
		t.Fatal(err)
	}
	if bare, err := evidence.Bare(cosigned, k.Verifier()); err != nil || !bytes.Equal(bare, signed) {
		t.Errorf("%s, %v", bare, err)
	}
	if _, err := evidence.Bare(cosigned, w.Verifier()); !errors.Is(err, note.ErrMissing) {
		t.Error(err)
	}
}

func FuzzRead(fz *testing.F) {
	for _, e := range []evidence.Evidence{fork(fz, key(fz), 3, 5, 9), &evidence.Shrunk{Head: evidence.Head{Record: evidence.KindShrunk}}, &evidence.Missing{Head: evidence.Head{Record: evidence.KindMissing}}} {
		data, err := evidence.Bytes(e)
		if err != nil {
			fz.Fatal(err)
		}
		fz.Add(data)
	}
	fz.Fuzz(func(t *testing.T, data []byte) {
		e, err := evidence.Read(data)
		if err != nil {
			return
		}
		_ = e.Check()
		if again, err := evidence.Bytes(e); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%q is read as %q, %v", data, again, err)
		}
	})
}
