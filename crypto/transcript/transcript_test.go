package transcript

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"isoloir/crypto/group"
)

var testContext = Context{Manifest: [32]byte{1}, Opening: [32]byte{2}, Urn: "A"}

// reference is section 2 of the protocol said again, over plain bytes.
type reference []byte

func (r *reference) frame(tag byte, label string, data []byte) {
	*r = append(*r, tag)
	*r = binary.LittleEndian.AppendUint64(*r, uint64(len(label)))
	*r = append(*r, label...)
	*r = binary.LittleEndian.AppendUint64(*r, uint64(len(data)))
	*r = append(*r, data...)
}

func (r *reference) challenge(label string) [64]byte {
	r.frame(2, label, nil)
	d := sha512.Sum512(*r)
	r.frame(3, label, d[:])
	return d
}

func newReference(proof string, ctx Context) *reference {
	r := new(reference)
	r.frame(0, "isoloir/v1", []byte(proof))
	r.frame(1, "manifest", ctx.Manifest[:])
	r.frame(1, "opening", ctx.Opening[:])
	r.frame(1, "urn", []byte(ctx.Urn))
	if ctx.Amendment != 0 {
		r.frame(1, "amendment", binary.LittleEndian.AppendUint32(nil, ctx.Amendment))
	}
	return r
}

func TestFollowsTheSpecification(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "proof")
		ctx := testContext
		ctx.Amendment = rapid.Uint32Range(0, 2).Draw(t, "amendment")
		got, want := New(name, ctx), newReference(name, ctx)
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			label := rapid.String().Draw(t, "label")
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
				got.Append(label, data)
				want.frame(1, label, data)
			case 1:
				data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
				cut := rapid.IntRange(0, len(data)).Draw(t, "cut")
				w := got.AppendStream(label, uint64(len(data)))
				for _, piece := range [][]byte{data[:cut], data[cut:]} {
					if _, err := w.Write(piece); err != nil {
						t.Fatal(err)
					}
				}
				want.frame(1, label, data)
			case 2:
				d := want.challenge(label)
				if !got.Challenge(label).Equal(group.ScalarFromWide(d)) {
					t.Fatal("challenge differs from the specification")
				}
			case 3:
				d := want.challenge(label)
				w := got.ChallengeWeights(label)
				i := rapid.IntRange(0, 9999).Draw(t, "index")
				block := sha512.Sum512(binary.LittleEndian.AppendUint64(append([]byte("isoloir/v1/vector"), d[:]...), uint64(i/4)))
				if at := w.At(i); !bytes.Equal(at[:], block[i%4*16:i%4*16+16]) {
					t.Fatal("weight differs from the specification")
				}
			}
		}
		if d := want.challenge("end"); !got.Challenge("end").Equal(group.ScalarFromWide(d)) {
			t.Fatal("last challenge differs from the specification")
		}
	})
}

func TestHelpersAreAppends(t *testing.T) {
	a, b := New("p", testContext), New("p", testContext)
	p, q := group.Base(), group.Identity()
	pb, qb := p.Bytes(), q.Bytes()
	a.AppendPoints("points", p, q)
	b.Append("points", append(pb[:], qb[:]...))
	a.AppendUint32("n", 0x01020304)
	b.Append("n", []byte{4, 3, 2, 1})
	a.AppendString("s", "é")
	b.Append("s", []byte("é"))
	if !a.Challenge("c").Equal(b.Challenge("c")) {
		t.Fatal("a helper absorbs other bytes than Append")
	}
}

// Every way to say something else gives another challenge.
func TestEveryInputChangesTheChallenge(t *testing.T) {
	type step struct{ label, data string }
	challenge := func(proof string, ctx Context, steps []step, label string) group.Scalar {
		tr := New(proof, ctx)
		for _, s := range steps {
			tr.AppendString(s.label, s.data)
		}
		return tr.Challenge(label)
	}
	steps := []step{{"a", "1"}, {"b", "23"}}
	honest := challenge("p", testContext, steps, "c")
	with := func(change func(*Context)) Context {
		c := testContext
		change(&c)
		return c
	}
	for name, got := range map[string]group.Scalar{
		"proof":              challenge("q", testContext, steps, "c"),
		"manifest":           challenge("p", with(func(c *Context) { c.Manifest[31] ^= 1 }), steps, "c"),
		"opening":            challenge("p", with(func(c *Context) { c.Opening[31] ^= 1 }), steps, "c"),
		"urn":                challenge("p", with(func(c *Context) { c.Urn = "B" }), steps, "c"),
		"urn longer":         challenge("p", with(func(c *Context) { c.Urn = "A\x00" }), steps, "c"),
		"amendment":          challenge("p", with(func(c *Context) { c.Amendment = 1 }), steps, "c"),
		"another amendment":  challenge("p", with(func(c *Context) { c.Amendment = 2 }), steps, "c"),
		"records swapped":    challenge("p", with(func(c *Context) { c.Manifest, c.Opening = c.Opening, c.Manifest }), steps, "c"),
		"label":              challenge("p", testContext, []step{{"x", "1"}, {"b", "23"}}, "c"),
		"data":               challenge("p", testContext, []step{{"a", "2"}, {"b", "23"}}, "c"),
		"order":              challenge("p", testContext, []step{{"b", "23"}, {"a", "1"}}, "c"),
		"missing":            challenge("p", testContext, steps[:1], "c"),
		"doubled":            challenge("p", testContext, []step{{"a", "1"}, {"a", "1"}, {"b", "23"}}, "c"),
		"joined":             challenge("p", testContext, []step{{"a", "123"}}, "c"),
		"boundary moved":     challenge("p", testContext, []step{{"a", "12"}, {"b", "3"}}, "c"),
		"label into data":    challenge("p", testContext, []step{{"", "a1"}, {"b", "23"}}, "c"),
		"empty step":         challenge("p", testContext, []step{{"a", "1"}, {"", ""}, {"b", "23"}}, "c"),
		"label of challenge": challenge("p", testContext, steps, "d"),
	} {
		if got.Equal(honest) {
			t.Errorf("%s changed, same challenge", name)
		}
	}
}

func TestLaterChallengeDependsOnEarlier(t *testing.T) {
	a, b := New("p", testContext), New("p", testContext)
	a.Challenge("first")
	b.Challenge("other")
	if a.Challenge("c").Equal(b.Challenge("c")) {
		t.Fatal("the earlier challenge does not enter the later one")
	}
	c := New("p", testContext)
	if first, second := c.Challenge("c"), c.Challenge("c"); first.Equal(second) {
		t.Fatal("the same challenge twice")
	}
	// What a challenge absorbs cannot be said by an append.
	d, e := New("p", testContext), New("p", testContext)
	e.Append("c", nil)
	if d.Challenge("c"); d.Challenge("x").Equal(e.Challenge("x")) {
		t.Fatal("a challenge and an append leave the same state")
	}
}

func TestClone(t *testing.T) {
	a := New("p", testContext)
	a.AppendString("a", "1")
	b := a.Clone()
	a.AppendString("b", "2")
	same := b.Clone()
	b.AppendString("b", "2")
	if !a.Challenge("c").Equal(b.Challenge("c")) || same.Challenge("c").Equal(b.Challenge("d")) {
		t.Fatal("a clone is not an independent copy")
	}
}

func TestStreamMustBeWhole(t *testing.T) {
	uses := map[string]func(*Transcript){
		"Append":           func(t *Transcript) { t.Append("x", nil) },
		"AppendStream":     func(t *Transcript) { t.AppendStream("x", 0) },
		"Challenge":        func(t *Transcript) { t.Challenge("x") },
		"ChallengeWeights": func(t *Transcript) { t.ChallengeWeights("x") },
		"Nonce":            func(t *Transcript) { t.Nonce() },
		"Clone":            func(t *Transcript) { t.Clone() },
	}
	for name, use := range uses {
		tr := New("p", testContext)
		w := tr.AppendStream("list", 64)
		if _, err := w.Write(make([]byte, 63)); err != nil {
			t.Fatal(err)
		}
		if n, err := w.Write(make([]byte, 2)); n != 0 || !errors.Is(err, io.ErrShortWrite) {
			t.Fatalf("a write beyond the length: %d, %v", n, err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s took a transcript whose streamed append lacks a byte", name)
				}
			}()
			use(tr)
		}()
		w.Write([]byte{0})
		use(tr)
	}
}

func TestWeightsByAnyRange(t *testing.T) {
	tr := New("p", testContext)
	w := tr.ChallengeWeights("w")
	var wg sync.WaitGroup
	for from := range 9 {
		wg.Go(func() {
			for n := range 11 {
				dst := make([][16]byte, n)
				w.Fill(dst, from)
				for k := range dst {
					if dst[k] != w.At(from+k) || !w.Scalar(from+k).Equal(group.ScalarFrom128(dst[k])) {
						t.Errorf("Fill(%d, %d) differs from At at %d", n, from, k)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestNoncesDifferAndAreHedged(t *testing.T) {
	tr := New("p", testContext)
	x := group.RandomScalar()
	seen := map[group.Scalar]bool{}
	for range 100 {
		seen[tr.Nonce(x)] = true
	}
	if len(seen) != 100 {
		t.Fatal("a nonce came twice")
	}
	if c := tr.Clone().Challenge("c"); !tr.Challenge("c").Equal(c) {
		t.Fatal("drawing a nonce changed the transcript")
	}
}
