package sigma

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

var update = flag.Bool("update", false, "write spec/vectors again")

const vectorFolder = "../../spec/vectors"

// hexBytes is written in lower-case hexadecimal.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = lowerHex(b)
	return err
}

// record is the context of a vector.
type record struct {
	Manifest hexBytes `json:"manifest"`
	Opening  hexBytes `json:"opening"`
	Urn      string   `json:"urn"`
}

func (r record) context() transcript.Context {
	return transcript.Context{Manifest: [32]byte(r.Manifest), Opening: [32]byte(r.Opening), Urn: r.Urn}
}

func testRecord(urn string) record {
	f, o := secret("manifest").Bytes(), secret("opening").Bytes()
	return record{f[:], o[:], urn}
}

// beforeOpening is a record made before the opening record.
func beforeOpening(urn string) record {
	r := testRecord(urn)
	r.Opening = make([]byte, 32)
	return r
}

// vector is one case of a file: a statement of type S with its proof, accepted
// or refused.
type vector[S any] struct {
	Name      string   `json:"name"`
	Statement S        `json:"statement"`
	Proof     hexBytes `json:"proof"`
	// Refused is empty where the proof is accepted.
	Refused string `json:"refused"`
	// What an honest prover used, and the values on the way, where the case
	// is accepted.
	Witness *witness `json:"witness,omitempty"`
}

type witness struct {
	Secrets   []hexBytes `json:"secrets"`
	Nonces    []hexBytes `json:"nonces"`
	Weights   []hexBytes `json:"weights,omitempty"`
	Combined  []hexBytes `json:"combined,omitempty"`
	Challenge hexBytes   `json:"challenge,omitempty"`
}

// mutation changes one thing of an accepted case and says how it is refused.
type mutation[S any] struct {
	name   string
	change func(*vector[S])
	want   error
}

// refusals are the short names that vectors give to errors. The last five all
// say that the equations do not hold.
var refusals = []struct {
	err  error
	name string
}{
	{group.ErrLength, "length"},
	{group.ErrNotCanonical, "not canonical"},
	{group.ErrIdentity, "identity"},
	{ErrCount, "count"},
	{ErrKnowledge, "proof"},
	{ErrEnrolment, "proof"},
	{ErrEquality, "proof"},
	{ErrShare, "proof"},
	{ErrBallot, "proof"},
}

func refusal(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return r.name
		}
	}
	t.Fatalf("error without a name: %v", err)
	return ""
}

// attack checks that honest cases verify, that each mutation of each is refused
// with the error it names, and compares all cases with the committed file, or
// writes it.
func attack[S any](t *testing.T, file, about string, honest []vector[S], mutations func(vector[S]) []mutation[S], verify func(vector[S]) error) {
	t.Helper()
	cases := append([]vector[S](nil), honest...)
	for _, h := range honest {
		if err := verify(h); err != nil {
			t.Errorf("%s: honest proof refused: %v", h.Name, err)
		}
		for _, m := range mutations(h) {
			c := clone(t, h)
			m.change(&c)
			c.Name, c.Witness = h.Name+": "+m.name, nil
			if same(t, c, h) {
				continue // nothing of that kind to change in this case
			}
			err := verify(c)
			if !errors.Is(err, m.want) {
				t.Errorf("%s: got %v, want %v", c.Name, err, m.want)
			}
			c.Refused = refusal(t, err)
			cases = append(cases, c)
		}
	}
	compareFile(t, file, about, cases)
	for _, c := range readFile[vector[S]](t, file) {
		if got := refusal(t, verify(c)); got != c.Refused {
			t.Errorf("%s, %s: refused as %q, the file says %q", file, c.Name, got, c.Refused)
		}
	}
}

func clone[S any](t *testing.T, v vector[S]) (c vector[S]) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func same[S any](t *testing.T, c, h vector[S]) bool {
	t.Helper()
	c.Name, c.Witness = h.Name, h.Witness
	a, errA := json.Marshal(c)
	b, errB := json.Marshal(h)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	return bytes.Equal(a, b)
}

type vectorFile[C any] struct {
	About string `json:"about"`
	Cases []C    `json:"cases"`
}

func compareFile[C any](t *testing.T, file, about string, cases []C) {
	t.Helper()
	want, err := json.MarshalIndent(vectorFile[C]{about, cases}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	path := filepath.Join(vectorFolder, file)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what is computed now; a change of the protocol needs -update and a reason", file)
	}
}

func readFile[C any](t *testing.T, file string) []C {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectorFolder, file))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var f vectorFile[C]
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) == 0 {
		t.Fatalf("%s holds no case", file)
	}
	return f.Cases
}

// secret is a scalar for tests, the same at every run.
func secret(name string) group.Scalar {
	return group.ScalarFromWide(sha512.Sum512([]byte("isoloir test scalar " + name)))
}

func scalarHex(scalars ...group.Scalar) (out []hexBytes) {
	for _, s := range scalars {
		b := s.Bytes()
		out = append(out, b[:])
	}
	return out
}

func pointHex(p group.Point) hexBytes {
	b := p.Bytes()
	return b[:]
}

func joined(points ...group.Point) hexBytes { return group.EncodeBatch(points, 1) }

var (
	identityBytes = make([]byte, 32)
	// nonCanonical is p + 2, whose reduction 2 is no encoding either.
	nonCanonical = append(append([]byte{0xef}, bytes.Repeat([]byte{0xff}, 30)...), 0x7f)
	// orderBytes is the group order l, no canonical scalar.
	orderBytes = []byte{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 31: 0x10}
	otherPoint = group.MulBase(secret("another point")).Bytes()
)

// flip inverts the lowest bit of byte i.
func flip(b hexBytes, i int) { b[i] ^= 1 }

// put writes 32 bytes at item i.
func put(b hexBytes, i int, item []byte) { copy(b[32*i:32*i+32], item) }

// swap exchanges items i and j of 32 bytes.
func swap(b hexBytes, i, j int) {
	x := append([]byte(nil), b[32*i:32*i+32]...)
	put(b, i, b[32*j:32*j+32])
	put(b, j, x)
}

// shift adds d to the scalar at item i.
func shift(b hexBytes, i int, d group.Scalar) {
	s, err := group.DecodeScalar(b[32*i : 32*i+32])
	if err != nil {
		panic(err)
	}
	e := s.Add(d).Bytes()
	put(b, i, e[:])
}

// move multiplies the point at item i by d.
func move(b hexBytes, i int, d group.Point) {
	p, err := group.Decode(b[32*i : 32*i+32])
	if err != nil {
		panic(err)
	}
	put(b, i, pointHex(p.Add(d)))
}

// power raises the point at item i to k.
func power(b hexBytes, i int, k group.Scalar) {
	p, err := group.Decode(b[32*i : 32*i+32])
	if err != nil {
		panic(err)
	}
	put(b, i, pointHex(p.Mul(k)))
}

// proofMutations are what is done to the bytes of any proof of so many points
// followed by so many scalars.
func proofMutations[S any](points, scalars int, refused error) (m []mutation[S]) {
	add := func(name string, want error, change func(b hexBytes) hexBytes) {
		m = append(m, mutation[S]{name, func(v *vector[S]) { v.Proof = change(v.Proof) }, want})
	}
	in := func(do func(b hexBytes)) func(b hexBytes) hexBytes {
		return func(b hexBytes) hexBytes { do(b); return b }
	}
	for i := range points {
		n := string(rune('1' + i))
		add("commitment "+n+" replaced", refused, in(func(b hexBytes) { put(b, i, otherPoint[:]) }))
		add("commitment "+n+" negated", refused, in(func(b hexBytes) { power(b, i, group.ScalarFromUint64(1).Neg()) }))
		add("commitment "+n+" identity", group.ErrIdentity, in(func(b hexBytes) { put(b, i, identityBytes) }))
		add("commitment "+n+" negative", group.ErrNotCanonical, in(func(b hexBytes) { flip(b, 32*i) }))
		add("commitment "+n+" not canonical", group.ErrNotCanonical, in(func(b hexBytes) { put(b, i, nonCanonical) }))
	}
	for i := range scalars {
		n := string(rune('1' + i))
		at := points + i
		add("response "+n+" plus one", refused, in(func(b hexBytes) { shift(b, at, group.ScalarFromUint64(1)) }))
		add("response "+n+" flipped", refused, in(func(b hexBytes) { flip(b, 32*at+7) }))
		add("response "+n+" zero", refused, in(func(b hexBytes) { put(b, at, identityBytes) }))
		add("response "+n+" of the order", group.ErrNotCanonical, in(func(b hexBytes) { put(b, at, orderBytes) }))
		add("response "+n+" with a high bit", group.ErrNotCanonical, in(func(b hexBytes) { b[32*at+31] |= 0x80 }))
	}
	for i := 1; i < points; i++ {
		add("commitments swapped", refused, in(func(b hexBytes) { swap(b, i-1, i) }))
	}
	for i := 1; i < scalars; i++ {
		add("responses swapped", refused, in(func(b hexBytes) { swap(b, points+i-1, points+i) }))
	}
	add("truncated by a byte", group.ErrLength, func(b hexBytes) hexBytes { return b[:len(b)-1] })
	add("truncated by a field", group.ErrLength, func(b hexBytes) hexBytes { return b[:len(b)-32] })
	add("longer by a byte", group.ErrLength, func(b hexBytes) hexBytes { return append(b, 0) })
	add("empty", group.ErrLength, func(b hexBytes) hexBytes { return b[:0] })
	return m
}

func jsonOf(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
