package urn_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"isoloir/merkle"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// cast appends ballots of so many electors, from one on, and gives their hashes.
func cast(t *testing.T, f *urntest.Fixture, s *urn.Service, number, from, n int) (hashes []urn.Hash) {
	t.Helper()
	var requests []urn.AppendRequest
	for i := range n {
		b := f.Ballot(t, number, from+i, i)
		requests, hashes = append(requests, f.Request(t, urntest.Token(), b)), append(hashes, b.Hash())
	}
	for _, a := range s.Append(ctx, requests) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	return hashes
}

// TestPlaces proves every account key under the root of the opening record.
func TestPlaces(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Electors: 21})
	s := f.Service(t, newStore(t))
	root := f.Rules[1].Accounts.Root()
	for i := range 21 {
		q := urn.AccountRequest{Urn: 1, Key: [32]byte(f.Keys[1][32*i:])}
		a, err := urn.ParseAccountAnswer(s.ServeAccount(ctx, q.Bytes()))
		if err != nil || a.Err != nil || int(a.Place) != i {
			t.Fatalf("key %d: %+v, %v", i, a, err)
		}
		if err := a.Verify(q.Key, root, 21); err != nil {
			t.Errorf("key %d: %v", i, err)
		}
		if i > 0 {
			continue
		}
		moved, short := a, a
		moved.Place++
		short.Count--
		for name, err := range map[string]error{
			"another key":         a.Verify([32]byte(f.Keys[1][32:]), root, 21),
			"another urn's root":  a.Verify(q.Key, f.Rules[0].Accounts.Root(), 21),
			"another number":      a.Verify(q.Key, root, 20),
			"another place":       moved.Verify(q.Key, root, 21),
			"another count of it": short.Verify(q.Key, root, 21),
		} {
			if !errors.Is(err, merkle.ErrPath) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for want, q := range map[error][]byte{
		urn.ErrUrn:     urn.AccountRequest{Urn: 2}.Bytes(),
		urn.ErrAccount: urn.AccountRequest{Urn: 0, Key: [32]byte(f.Keys[1])}.Bytes(),
		urn.ErrFormat:  make([]byte, 35),
	} {
		if a, err := urn.ParseAccountAnswer(s.ServeAccount(ctx, q)); err != nil || !errors.Is(a.Err, want) {
			t.Errorf("%v, %v, not %v", a.Err, err, want)
		}
	}
}

// TestReceipts follows ballots from nothing to a proof.
func TestReceipts(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Electors: 40, K: 4})
	c := f.Config(newStore(t))
	noon := time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)
	ends := noon.Add(time.Hour)
	c.Now, c.Period, c.Ends = func() time.Time { return noon }, 15*time.Minute, func() time.Time { return ends }
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(h urn.Hash) urn.ReceiptAnswer {
		t.Helper()
		a, err := urn.ParseReceiptAnswer(s.ServeReceipt(ctx, h[:]))
		if err != nil || a.Err != nil {
			t.Fatal(err, a.Err)
		}
		return a
	}
	if a := ask(urntest.Token()); a.State != urn.Absent {
		t.Errorf("a ballot of nobody: %+v", a)
	}
	first, other := cast(t, f, s, 0, 0, 10), cast(t, f, s, 1, 0, 1)
	waits := urn.ReceiptAnswer{State: urn.Received, Next: uint64(noon.Unix()) + 900, End: uint64(noon.Unix()) + 3600}
	if a := ask(first[3]); a.State != waits.State || a.Urn != 0 || a.Next != waits.Next || a.End != waits.End {
		t.Errorf("a pending ballot: %+v", a)
	}
	noon = noon.Add(50 * time.Minute)
	if a := ask(other[0]); a.Urn != 1 || a.Next != a.End || a.End != uint64(ends.Unix()) {
		t.Errorf("a pending ballot whose next slot is after the end: %+v", a)
	}
	if n, err := s.Flush(ctx); n != 6 || err != nil {
		t.Fatal(n, err)
	}
	logged := 0
	for _, h := range first {
		a := ask(h)
		if a.State == urn.Received {
			continue
		}
		logged++
		if _, err := a.Verify(h, f.Rules[0], f.Urn.Verifier()); err != nil {
			t.Error(err)
		}
	}
	if logged != 6 {
		t.Errorf("%d ballots proved of 6", logged)
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	for _, h := range first {
		a := ask(h)
		if head, err := a.Verify(h, f.Rules[0], f.Urn.Verifier()); err != nil || head.Size != 10 {
			t.Error(head, err)
		}
	}
	if a, err := urn.ParseReceiptAnswer(s.ServeReceipt(ctx, make([]byte, 31))); err != nil || !errors.Is(a.Err, urn.ErrFormat) {
		t.Errorf("half a hash: %v, %v", a.Err, err)
	}
}

// TestReceiptsThatLie changes every part of an answer.
func TestReceiptsThatLie(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2})
	s := f.Service(t, newStore(t))
	hashes := cast(t, f, s, 0, 0, 5)
	elsewhere := cast(t, f, s, 1, 0, 5)
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	h, r, key := hashes[2], f.Rules[0], f.Urn.Verifier()
	good, neighbour, foreign := s.Receipt(ctx, h), s.Receipt(ctx, hashes[3]), s.Receipt(ctx, elsewhere[2])
	if _, err := good.Verify(h, r, key); err != nil {
		t.Fatal(err)
	}
	log, err := s.Published(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := note.Sign(note.Checkpoint{Origin: r.Origin(), Size: log.Size, Root: log.Root}.Text(), f.Roll)
	if err != nil {
		t.Fatal(err)
	}
	another, err := note.Sign(note.Checkpoint{Origin: r.Origin(), Size: 1, Root: merkle.LeafHash(neighbour.Leaf)}.Text(), f.Urn)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(a *urn.ReceiptAnswer){
		"another voter's whole answer":         func(a *urn.ReceiptAnswer) { *a = neighbour },
		"another voter's leaf":                 func(a *urn.ReceiptAnswer) { a.Leaf = neighbour.Leaf },
		"another urn's answer":                 func(a *urn.ReceiptAnswer) { *a = foreign },
		"another urn's answer, renumbered":     func(a *urn.ReceiptAnswer) { *a = foreign; a.Urn = 0 },
		"another urn's checkpoint":             func(a *urn.ReceiptAnswer) { a.Checkpoint = foreign.Checkpoint },
		"as a challenged leaf":                 func(a *urn.ReceiptAnswer) { a.Leaf[0] = byte(urn.Challenged) },
		"another place":                        func(a *urn.ReceiptAnswer) { a.Index++ },
		"a place beyond the log":               func(a *urn.ReceiptAnswer) { a.Index += log.Size },
		"a path cut short":                     func(a *urn.ReceiptAnswer) { a.Path = a.Path[1:] },
		"a path with a changed hash":           func(a *urn.ReceiptAnswer) { a.Path[0][0] ^= 1 },
		"a checkpoint signed by the roll":      func(a *urn.ReceiptAnswer) { a.Checkpoint = forged },
		"a checkpoint of another tree":         func(a *urn.ReceiptAnswer) { a.Checkpoint = another },
		"received, and no more":                func(a *urn.ReceiptAnswer) { a.State = urn.Received },
		"a ballot with a bit changed":          func(a *urn.ReceiptAnswer) { a.Leaf[200] ^= 1 },
		"a leaf with a byte more":              func(a *urn.ReceiptAnswer) { a.Leaf = append(a.Leaf, 0) },
		"a checkpoint with a line of its own":  func(a *urn.ReceiptAnswer) { a.Checkpoint = append([]byte("isoloir\n"), a.Checkpoint...) },
		"a checkpoint without its signature":   func(a *urn.ReceiptAnswer) { a.Checkpoint = a.Checkpoint[:40] },
		"nothing but the state and the number": func(a *urn.ReceiptAnswer) { *a = urn.ReceiptAnswer{State: urn.Logged} },
	} {
		a := good
		a.Leaf, a.Path, a.Checkpoint = slices.Clone(a.Leaf), slices.Clone(a.Path), slices.Clone(a.Checkpoint)
		edit(&a)
		if _, err := a.Verify(h, r, key); !errors.Is(err, urn.ErrReceipt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPublished reads the public log in many pieces while it grows, through two
// services over one store, and recomputes its root.
func TestPublished(t *testing.T) {
	f := urntest.New(t, urntest.Size{Electors: 700})
	store := newStore(t)
	writer, reader := f.Service(t, store), f.Service(t, store)
	var old *urn.Published
	var before []byte
	for at, n := range []int{0, 1, 254, 2, 300, 143} {
		from := []int{0, 0, 1, 255, 257, 557}[at]
		if cast(t, f, writer, 0, from, n); n > 0 {
			if _, err := store.Flush(ctx, f.Scope, urn.Everything); err != nil {
				t.Fatal(err)
			}
			if unsigned, err := reader.Published(ctx, 0); err != nil || unsigned.Size != uint64(from) {
				t.Fatalf("what no checkpoint covers is shown: %d leaves, %v", unsigned.Size, err)
			}
			if _, err := writer.Flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
		log, err := reader.Published(ctx, 0)
		if err != nil || log.Size != uint64(from+n) {
			t.Fatalf("%d leaves, not %d: %v", log.Size, from+n, err)
		}
		list, err := io.ReadAll(log.List())
		if err != nil || len(list) != int(log.Size)*urn.ListEntry {
			t.Fatalf("a list of %d bytes, %v", len(list), err)
		}
		var tree merkle.Frontier
		for e := list; len(e) > 0; e = e[urn.ListEntry:] {
			tree.AppendHash(urn.Hash(e[33:]))
		}
		if c, err := f.Rules[0].OpenCheckpoint(log.Checkpoint, f.Urn.Verifier()); err != nil || c.Root != tree.Root() || c.Root != log.Root {
			t.Fatalf("the list has another root than the checkpoint of size %d: %v", log.Size, err)
		}
		sameLeaves(t, reader, list, int(log.Size))
		if old != nil {
			if again, err := io.ReadAll(old.List()); err != nil || !bytes.Equal(again, before) || !bytes.HasPrefix(list, before) {
				t.Fatal("an earlier list has changed")
			}
			if old.Size > 0 {
				path, err := old.Path(old.Size - 1)
				if err != nil || merkle.CheckInclusion(path, old.Size, old.Root, old.Size-1, urn.Hash(before[len(before)-32:])) != nil {
					t.Fatal("an earlier path has changed: ", err)
				}
			}
		}
		old, before = log, list
	}
	part := make([]byte, 100)
	if _, err := old.List().ReadAt(part, 256*urn.ListEntry-50); err != nil || !bytes.Equal(part, before[256*urn.ListEntry-50:][:100]) {
		t.Error("part of the list across two blocks", err)
	}
	if _, n, err := reader.Bundle(ctx, 0, 3); n != 0 || err != nil {
		t.Error("a bundle beyond the log", n, err)
	}
	for _, ask := range []func() error{
		func() error { _, err := reader.Published(ctx, 1); return err },
		func() error { _, _, err := reader.Bundle(ctx, 1, 0); return err },
		func() error { _, err := reader.Checkpoints(ctx, 1); return err },
		func() error { _, err := reader.Ended(ctx, 1); return err },
	} {
		if err := ask(); !errors.Is(err, urn.ErrUrn) {
			t.Error("an urn that is not there", err)
		}
	}
	file, err := reader.Checkpoints(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := f.Rules[0].ReadCheckpoints(file, f.Urn.Verifier()); err != nil || len(all) != 6 {
		t.Errorf("%d checkpoints, %v", len(all), err)
	}
}

// sameLeaves reads the bundles and compares each leaf with its entry of the list.
func sameLeaves(t *testing.T, s *urn.Service, list []byte, size int) {
	t.Helper()
	seen := 0
	for n := range uint64(size+urn.BundleSize-1) / urn.BundleSize {
		file, leaves, err := s.Bundle(ctx, 0, n)
		if err != nil || leaves != min(urn.BundleSize, size-seen) {
			t.Fatalf("bundle %d: %d leaves, %v", n, leaves, err)
		}
		for r := urn.NewLeafReader(bytes.NewReader(file)); ; seen++ {
			leaf, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			data, h := sha256.Sum256(leaf[1:]), merkle.LeafHash(leaf)
			if want := slices.Concat(leaf[:1], data[:], h[:]); !bytes.Equal(list[seen*urn.ListEntry:][:urn.ListEntry], want) {
				t.Fatalf("leaf %d is another in the list", seen)
			}
		}
	}
	if seen != size {
		t.Errorf("%d leaves in the bundles, %d in the list", seen, size)
	}
}

// forgetful is a store that gives another leaf in the place of one.
type forgetful struct{ urn.Store }

func (f forgetful) Leaves(ctx context.Context, s urn.Scope, number uint16, from, to uint64, yield func([]byte) error) error {
	return f.Store.Leaves(ctx, s, number, from, to, func(leaf []byte) error {
		leaf[9] ^= 1
		return yield(leaf)
	})
}

// TestDamagedStore shows nothing whose root the urn has not signed.
func TestDamagedStore(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	s := f.Service(t, forgetful{newStore(t)})
	h := cast(t, f, s, 0, 0, 7)[0]
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Published(ctx, 0); !errors.Is(err, urn.ErrCheckpoint) {
			t.Errorf("a changed leaf is shown: %v", err)
		}
		if a := s.Receipt(ctx, h); !errors.Is(a.Err, urn.ErrBusy) {
			t.Errorf("a changed leaf is proved: %+v", a)
		}
	}
}
