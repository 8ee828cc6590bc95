package audit_test

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/audit/evidence"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

func prepare(t testing.TB, w *audittest.World) *audit.Prepared {
	t.Helper()
	p, err := audit.Prepare(w.Source(), audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// promise is what the urn, or its deputy with that key and certificate, promises.
func promise(t testing.TB, w *audittest.World, urn string, ballot scrutin.Digest, key note.Signer, certificate []byte) []byte {
	t.Helper()
	said := scrutin.CastingText{Kind: scrutin.Promise, Opening: w.O, Urn: urn, Value: ballot}
	signed, err := note.Sign(said.Text(), key)
	if err != nil {
		t.Fatal(err)
	}
	return append(signed, certificate...)
}

// TestTrace follows every leaf of honest exports, of all shapes: a path to the seal for
// each, and of those that were counted distinct places in what was mixed, all of them.
func TestTrace(t *testing.T) {
	for i, shape := range shapes {
		if i == 1 || i == 5 {
			continue // of forms that the others have
		}
		w, err := audittest.New(shape, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(audittest.Listed)
		p := prepare(t, w)
		states, places, ballots := map[string]int{}, map[string]map[int]bool{}, map[string]int{}
		for u, batches := range w.Batches {
			name := w.Manifest.Urns[u].ID
			for _, batch := range batches {
				for _, leaf := range batch {
					ballot := scrutin.DigestOf(leaf[1:])
					if audittest.Counts(leaf) {
						ballot = scrutin.Digest(audittest.Envelope(leaf).Hash())
					}
					trace, err := p.Trace(audit.Receipt{Ballot: ballot})
					if err != nil {
						t.Fatal(err)
					}
					if trace.Urn != name || len(trace.Faults) > 0 || trace.Witnesses != trace.Of || trace.Promise != audit.PromiseNone ||
						merkle.CheckInclusion(trace.Path, uint64(trace.Leaves), merkle.Hash(trace.Root), uint64(trace.Leaf), merkle.LeafHash(leaf)) != nil {
						t.Fatalf("%+v", trace)
					}
					states[trace.State]++
					if audittest.Counts(leaf) == (trace.State == audit.BallotOther) {
						t.Errorf("a %s leaf is %s", urn.LeafType(leaf[0]), trace.State)
					}
					if trace.State != audit.BallotCounted {
						continue
					}
					if places[trace.Cell] == nil {
						places[trace.Cell] = map[int]bool{}
					}
					if places[trace.Cell][trace.Place] || trace.Place >= trace.Ballots {
						t.Errorf("%+v", trace)
					}
					places[trace.Cell][trace.Place], ballots[trace.Cell] = true, trace.Ballots
				}
			}
		}
		for cell, n := range ballots {
			if len(places[cell]) != n {
				t.Errorf("cell %s: %d ballots are found of %d", cell, len(places[cell]), n)
			}
		}
		if (states[audit.BallotClosed] > 0) != (shape.Few > 0) {
			t.Errorf("shape %d: %d ballots stay closed", i, states[audit.BallotClosed])
		}
		if (states[audit.BallotCounted] == 0) != (i == silent) || (states[audit.BallotReplaced] > 0) != (shape.Revoters > 0) {
			t.Errorf("shape %d: %v", i, states)
		}
	}
}

// TestBrokenPromise has an urn that promised a ballot, which is not there, accused by
// its own signature, or its deputy's; and nobody else's.
func TestBrokenPromise(t *testing.T) {
	w, err := audittest.New(shapes[2], 7)
	if err != nil {
		t.Fatal(err)
	}
	deputy := func(key *note.PrivateKey) []byte {
		return w.Deputy(scrutin.RoleUrn, w.Manifest.Schedule.Open.Time, func(d *scrutin.Deputy) { d.Key = key.Verifier().PublicKey() })
	}
	acting, stolen := newSigner(t, "urn"), newSigner(t, "urn")
	w.Advance(audittest.Logged)
	acted, taken := deputy(acting), deputy(stolen)
	w.Withdraw(scrutin.Withdrawal{Opening: w.O, Role: scrutin.RoleUrn, Key: stolen.Verifier().PublicKey()}, "urn")
	w.Advance(audittest.Listed)
	p := prepare(t, w)
	gone, there := scrutin.DigestOf([]byte("a ballot")), scrutin.Digest{}
	for _, leaf := range w.Batches[0][0] {
		if urn.LeafType(leaf[0]) == urn.Cast {
			there = sha256.Sum256(leaf[1:])
		}
	}
	own := w.Signers["urn"]
	var proof *evidence.Missing
	for name, c := range map[string]struct {
		promise []byte
		ballot  scrutin.Digest
		want    string
	}{
		"kept":                          {promise(t, w, "urn-1", there, own, nil), there, audit.PromiseKept},
		"kept, a deputy's":              {promise(t, w, "urn-1", there, acting, acted), there, audit.PromiseKept},
		"broken":                        {promise(t, w, "urn-1", gone, own, nil), gone, audit.PromiseBroken},
		"broken, a deputy's":            {promise(t, w, "urn-1", gone, acting, acted), gone, audit.PromiseBroken},
		"in another urn than promised":  {promise(t, w, "urn-2", there, own, nil), there, audit.PromiseBroken},
		"of a deputy who was withdrawn": {promise(t, w, "urn-1", gone, stolen, taken), gone, audit.PromiseFalse},
		"of a stranger":                 {promise(t, w, "urn-1", gone, stolen, nil), gone, audit.PromiseFalse},
		"of the roll":                   {promise(t, w, "urn-1", gone, w.Signers["roll"], nil), gone, audit.PromiseFalse},
		"of an urn that is not":         {promise(t, w, "urn-9", gone, own, nil), gone, audit.PromiseFalse},
		"of another opening":            {[]byte(strings.Replace(string(promise(t, w, "urn-1", gone, own, nil)), w.O.String()[:8], "00000000", 1)), gone, audit.PromiseFalse},
	} {
		r, err := audit.ParseReceipt("Ballot recorded\r\n\r\n" + strings.ReplaceAll(string(c.promise), "\n", "\r\n"))
		if err != nil || r.Ballot != c.ballot {
			t.Fatal(name, err)
		}
		trace, err := p.Trace(r)
		if err != nil || trace.Promise != c.want || (trace.Missing != nil) != (c.want == audit.PromiseBroken) {
			t.Errorf("%s: %v, %+v", name, err, trace)
		}
		if trace.Missing == nil {
			continue
		}
		data, err := evidence.Bytes(trace.Missing)
		if err != nil {
			t.Fatal(err)
		}
		e, err := evidence.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		proof = e.(*evidence.Missing)
		if err := p.Missing(proof); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// An export from which the ballot was taken away proves nothing.
	kept := &evidence.Missing{Head: proof.Head, Opening: w.O, Promise: evidence.LinesOf(promise(t, w, "urn-1", there, own, nil)), Seal: proof.Seal}
	kept.Urn = "urn-1"
	if err := p.Missing(kept); !errors.Is(err, evidence.ErrNothing) {
		t.Errorf("a promise that was kept: %v", err)
	}
	cut := w.Clone()
	path := record.Leaves("urn-1")
	cut.Files[path] = cut.Files[path][:len(cut.Files[path])-1-32]
	if trace, err := prepare(t, cut).Trace(audit.Receipt{Ballot: gone, Promise: promise(t, w, "urn-1", gone, own, nil)}); err == nil {
		t.Errorf("%+v", trace)
	}
	other, err := audittest.New(shapes[0], 8)
	if err != nil {
		t.Fatal(err)
	}
	if err := prepare(t, other.Advance(audittest.Listed)).Missing(proof); !errors.Is(err, evidence.ErrNothing) {
		t.Errorf("another export: %v", err)
	}
}

// TestForgedBreach has the holder of a promise that was kept set the log back to a
// checkpoint of before his ballot, which the urn signed and everybody has: no such export
// accuses the urn, whatever witnesses without the bureau make of it.
func TestForgedBreach(t *testing.T) {
	w, err := audittest.New(shapes[2], 7)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Listed)
	batches := w.Batches[0]
	var ballot scrutin.Digest
	for _, leaf := range batches[len(batches)-1] {
		if urn.LeafType(leaf[0]) == urn.Cast {
			ballot = sha256.Sum256(leaf[1:])
		}
	}
	r := audit.Receipt{Ballot: ballot, Promise: promise(t, w, "urn-1", ballot, w.Signers["urn"], nil)}
	if trace, err := prepare(t, w).Trace(r); err != nil || trace.Promise != audit.PromiseKept {
		t.Fatalf("%v, %+v", err, trace)
	}
	end := w.Manifest.Schedule.Close.Time
	for name, c := range map[string]struct {
		signing func(path string, names []string) []string
		at      time.Time
		also    func(w *audittest.World)
	}{
		"by the urn alone":             {func(string, []string) []string { return nil }, end, nil},
		"by a third of the witnesses":  {func(_ string, names []string) []string { return names[:1] }, end.Add(time.Hour), nil},
		"by witnesses, in the vote":    {nil, end.AddDate(0, 0, -1), nil},
		"by witnesses, after the vote": {nil, end.Add(time.Hour), nil},
		"without the act of the seal": {nil, end.Add(time.Hour), func(w *audittest.World) {
			for path := range w.Files {
				if strings.HasPrefix(path, "acts/") && strings.Contains(path, scrutin.ActSeal) {
					delete(w.Files, path)
				}
			}
		}},
	} {
		forged := w.Clone()
		forged.Batches = slices.Clone(w.Batches)
		forged.Batches[0] = batches[:len(batches)-1]
		forged.Signing, forged.Cosigned = c.signing, c.at
		forged.Log(0)
		forged.Signing = nil
		if c.also != nil {
			c.also(forged)
		}
		forged.List("contents")
		if trace, err := prepare(t, forged).Trace(r); !errors.Is(err, audit.ErrLog) || trace.Missing != nil {
			t.Errorf("%s: %v, %+v", name, err, trace)
		}
	}
}

// TestUnfinished keeps the acts after the seal away, by which a deputy may have been
// withdrawn: nobody is accused by what is left.
func TestUnfinished(t *testing.T) {
	w, err := audittest.New(shapes[2], 7)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Listed)
	gone := scrutin.DigestOf([]byte("a ballot"))
	r := audit.Receipt{Ballot: gone, Promise: promise(t, w, "urn-1", gone, w.Signers["urn"], nil)}
	if trace, err := prepare(t, w).Trace(r); err != nil || trace.Missing == nil {
		t.Fatalf("%v, %+v", err, trace)
	}
	for path := range w.Files {
		if strings.HasPrefix(path, "acts/") && strings.Contains(path, scrutin.ActProclaim) {
			delete(w.Files, path)
		}
	}
	w.List("contents")
	if trace, err := prepare(t, w).Trace(r); !errors.Is(err, audit.ErrLog) {
		t.Errorf("%v, %+v", err, trace)
	}
}

func newSigner(t testing.TB, name string) *note.PrivateKey {
	t.Helper()
	k, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestParseReceipt(t *testing.T) {
	code := strings.Repeat("0123 456789abcdef ", 4)
	r, err := audit.ParseReceipt(strings.ToUpper(code) + "\n")
	if err != nil || r.Promise != nil || r.Ballot.String() != strings.ReplaceAll(code, " ", "") {
		t.Error(err, r)
	}
	for _, text := range []string{"", "hello", code + "0", "isoloir/v1/promise\nhello\n", strings.Repeat("g", 64)} {
		if _, err := audit.ParseReceipt(text); !errors.Is(err, audit.ErrReceipt) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzReceipt(f *testing.F) {
	f.Add(strings.Repeat("0123 ", 16))
	f.Add("isoloir/v1/promise\n")
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := audit.ParseReceipt(text); err == nil && r.Promise == nil && r.Ballot.IsZero() && !strings.Contains(text, "0") {
			t.Fatalf("%q is read as %v", text, r)
		}
	})
}

// TestPromiseOfTerminal: a ballot cast at a terminal that is logged as another one, or the reverse, is not the promised one.
func TestPromiseOfTerminal(t *testing.T) {
	w, err := audittest.New(shapes[ofAccounts], 3)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Voted)
	var wrong, right scrutin.Digest
	for _, batch := range w.Batches[0] {
		for i, leaf := range batch {
			ballot := audittest.Envelope(leaf)
			switch {
			case !ballot.Supervised():
			case wrong.IsZero():
				wrong, batch[i] = scrutin.Digest(ballot.Hash()), urn.CastLeaf(ballot.Bytes())
			default:
				right = scrutin.Digest(ballot.Hash())
			}
		}
	}
	w.Tidy(0)
	p := prepare(t, w.Advance(audittest.Listed))
	for ballot, want := range map[scrutin.Digest]string{wrong: audit.PromiseBroken, right: audit.PromiseKept} {
		trace, err := p.Trace(audit.Receipt{Ballot: ballot, Promise: promise(t, w, "urn-1", ballot, w.Signers["urn"], nil)})
		if err != nil || trace.Promise != want {
			t.Fatalf("%v, %+v", err, trace)
		}
		if want == audit.PromiseBroken {
			if err := p.Missing(trace.Missing); err != nil || trace.State != audit.BallotOther {
				t.Errorf("%s: %v", trace.State, err)
			}
		}
	}
}
