package shuffle

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// drawn is a source of seeds that says the same each time: what makes vectors
// the same each time they are written.
func drawn(name string) draw {
	count := 0
	return func(*transcript.Transcript, ...scalar) scalar {
		count++
		b := group.Hash("isoloir/v1/test", fmt.Appendf(nil, "%s/%d", name, count)).Bytes()
		var wide [64]byte
		copy(wide[:], b[:])
		return group.ScalarFromWide(wide)
	}
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func writeVectors(t *testing.T, path string) {
	file := vectorFile{
		About: "docs/protocol.md §8.1 and §8.3: mixes of ballots. A case without \"refused\" is accepted; " +
			"else its names say which checks fail: empty, length, encoding, identity, statement (no equation holds), t1, t2, t3, t4-t5, chain.",
	}
	for i := range 4 {
		file.Generators = append(file.Generators, hexOf(encode(group.Generator(Label, uint64(i)))))
	}
	maker := ballotVector
	if filepath.Base(path) == "exponentiation.json" {
		maker = keyVector
		file.About = "docs/protocol.md §8.2 and §8.3: mixes of keys. " + file.About[len("docs/protocol.md §8.1 and §8.3: mixes of ballots. "):]
	}
	for _, n := range []int{1, 2, 3} {
		v := maker(t, n)
		v.U, v.C = v.challenges(t)
		file.Cases = append(file.Cases, v)
	}
	honest := maker(t, 3)
	for _, c := range spoilers {
		if c.key && honest.Key == "" || c.generator && honest.Generator == "" {
			continue
		}
		v := honest
		v.Name = c.name
		c.spoil(t, &v)
		err := v.verify(t)
		if v.Refused = names(err); v.Refused == nil {
			t.Fatalf("%s is not refused for a reason that has a name: %v", c.name, err)
		}
		file.Cases = append(file.Cases, v)
	}
	for _, v := range forgedVectors(t, honest) {
		if v.Refused = names(v.verify(t)); v.Refused == nil {
			t.Fatalf("%s is not refused", v.Name)
		}
		file.Cases = append(file.Cases, v)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(file); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func vectorContext(v *vector) transcript.Context {
	ctx := transcript.Context{Manifest: [32]byte{0xf0}, Opening: [32]byte{0x0f}, Urn: "bureau-001"}
	v.Manifest, v.Opening, v.Urn, v.Stage = hexOf(ctx.Manifest[:]), hexOf(ctx.Opening[:]), ctx.Urn, 2
	return ctx
}

func ballotVector(t *testing.T, n int) vector {
	v := vector{Name: fmt.Sprintf("honest, %d ballots", n)}
	d := drawn("ballots")
	st := Statement{Context: vectorContext(&v), Seal: [32]byte{0x5e, 0xa1}, Question: "president", Stage: 2, Key: group.MulBase(d(nil))}
	ballots := make([]elgamal.Ciphertext, n)
	for i := range ballots {
		ballots[i] = elgamal.Encrypt(st.Key, elgamal.Option(st.Context.Manifest, st.Question, fmt.Sprint(i)), d(nil))
	}
	in := elgamal.NewList(ballots, 0)
	out, proof, err := reencrypt(st, in, new(Generators), d, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.Seal, v.Question, v.Key = hexOf(st.Seal[:]), st.Question, hexOf(encode(st.Key))
	v.Inputs, v.Outputs, v.Proof = hexOf(in.Bytes()), hexOf(out.Bytes()), hexOf(proof)
	return v
}

func keyVector(t *testing.T, n int) vector {
	v := vector{Name: fmt.Sprintf("honest, %d keys", n)}
	d := drawn("keys")
	st := KeyStatement{Context: vectorContext(&v), Stage: 2, Generator: group.MulBase(d(nil))}
	points := make([]point, n)
	for i := range points {
		points[i] = st.Generator.Mul(d(nil))
	}
	in, err := EncodeKeys(points, 0)
	if err != nil {
		t.Fatal(err)
	}
	raised, out, proof, err := exponentiate(st, in, d(nil), new(Generators), d, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.Generator, v.Raised = hexOf(encode(st.Generator)), hexOf(encode(raised))
	v.Inputs, v.Outputs, v.Proof = hexOf(in.Bytes()), hexOf(out.Bytes()), hexOf(proof)
	return v
}

// spoilers change one thing of an honest case of three elements.
var spoilers = []struct {
	name           string
	key, generator bool // only for mixes of ballots, of keys
	spoil          func(t *testing.T, v *vector)
}{
	{name: "other manifest", spoil: func(t *testing.T, v *vector) { v.Manifest = flip(t, v.Manifest, 0) }},
	{name: "other opening record", spoil: func(t *testing.T, v *vector) { v.Opening = flip(t, v.Opening, 0) }},
	{name: "other urn", spoil: func(t *testing.T, v *vector) { v.Urn = "bureau-002" }},
	{name: "other stage", spoil: func(t *testing.T, v *vector) { v.Stage = 1 }},
	{name: "other seal", key: true, spoil: func(t *testing.T, v *vector) { v.Seal = flip(t, v.Seal, 5) }},
	{name: "other question", key: true, spoil: func(t *testing.T, v *vector) { v.Question = "senate" }},
	{name: "other key", key: true, spoil: func(t *testing.T, v *vector) { v.Key = v.Inputs[:64] }},
	{name: "identity key", key: true, spoil: func(t *testing.T, v *vector) { v.Key = zeros }},
	{name: "other generator", generator: true, spoil: func(t *testing.T, v *vector) { v.Generator = v.Raised }},
	{name: "other raised generator", generator: true, spoil: func(t *testing.T, v *vector) { v.Raised = v.Generator }},
	{name: "identity raised generator", generator: true, spoil: func(t *testing.T, v *vector) { v.Raised = zeros }},
	{name: "two inputs exchanged", spoil: func(t *testing.T, v *vector) { v.Inputs = exchange(v.Inputs) }},
	{name: "two outputs exchanged", spoil: func(t *testing.T, v *vector) { v.Outputs = exchange(v.Outputs) }},
	{name: "an output doubled", spoil: func(t *testing.T, v *vector) {
		size := len(v.Outputs) / 3
		v.Outputs = v.Outputs[:size] + v.Outputs[:size] + v.Outputs[2*size:]
	}},
	{name: "an output dropped", spoil: func(t *testing.T, v *vector) { v.Outputs = v.Outputs[:len(v.Outputs)/3*2] }},
	{name: "an identity output", spoil: func(t *testing.T, v *vector) { v.Outputs = zeros + v.Outputs[64:] }},
	{name: "an output that is no element", spoil: func(t *testing.T, v *vector) { v.Outputs = "01" + zeros[2:] + v.Outputs[64:] }},
	{name: "proof cut", spoil: func(t *testing.T, v *vector) { v.Proof = v.Proof[:len(v.Proof)-2] }},
	{name: "proof extended", spoil: func(t *testing.T, v *vector) { v.Proof += "00" }},
	{name: "c not canonical", spoil: value(0, noElement)},
	{name: "c replaced", spoil: value(0, zeros)},
	{name: "chain replaced", spoil: value(3, zeros)},
	{name: "chain commitment replaced", spoil: value(8, zeros)},
	{name: "t1 replaced", spoil: value(9, zeros)},
	{name: "t5 replaced", spoil: value(13, zeros)},
	{name: "s1 replaced", spoil: value(14, zeros)},
	{name: "s2 replaced", spoil: value(15, zeros)},
	{name: "s3 replaced", spoil: value(16, zeros)},
	{name: "s4 replaced", spoil: value(17, zeros)},
	{name: "s-hat replaced", spoil: value(18, zeros)},
	{name: "s' replaced", spoil: value(23, zeros)},
	{name: "s1 not canonical", spoil: value(14, orderOfGroup)},
}

const (
	zeros        = "0000000000000000000000000000000000000000000000000000000000000000"
	noElement    = "0100000000000000000000000000000000000000000000000000000000000000"
	orderOfGroup = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
)

// value replaces the i-th 32 bytes of the proof.
func value(i int, with string) func(*testing.T, *vector) {
	return func(_ *testing.T, v *vector) { v.Proof = v.Proof[:64*i] + with + v.Proof[64*(i+1):] }
}

func flip(t *testing.T, s string, i int) string {
	b := unhex(t, s)
	b[i] ^= 1
	return hexOf(b)
}

// exchange swaps the first two of three elements.
func exchange(list string) string {
	size := len(list) / 3
	return list[size:2*size] + list[:size] + list[2*size:]
}
