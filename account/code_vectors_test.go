package account

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"isoloir/crypto/group"
	"isoloir/scrutin"
)

// codeVector is what an elector's device makes of a code that he typed, with what
// the code's issuer deposited; or what is no code.
type codeVector struct {
	Name      string   `json:"name"`
	Length    int      `json:"length"`
	Alphabet  string   `json:"alphabet"`
	Passes    uint32   `json:"passes"`
	MemoryKiB uint32   `json:"memory_kib"`
	Lanes     uint8    `json:"lanes"`
	Manifest  hexBytes `json:"manifest"`
	Urn       string   `json:"urn"`
	Elector   uint32   `json:"elector"`
	Issuer    string   `json:"issuer"`
	Typed     string   `json:"typed"`
	Login     hexBytes `json:"login"`
	Mask      hexBytes `json:"mask"`
	Point     hexBytes `json:"point"`
	Masked    hexBytes `json:"masked"`
	Half      hexBytes `json:"half"`
	Refused   string   `json:"refused"`
}

func (v codeVector) rules() scrutin.Codes {
	return scrutin.Codes{Length: v.Length, Alphabet: v.Alphabet, Passes: v.Passes, MemoryKiB: v.MemoryKiB, Lanes: v.Lanes}
}

// run computes what follows from what was typed.
func (v codeVector) run(t *testing.T, half group.Scalar) codeVector {
	v.Login, v.Mask, v.Point, v.Masked, v.Half, v.Refused = nil, nil, nil, nil, nil, ""
	c, err := ParseCode(v.rules(), v.Typed)
	if err != nil {
		if !errors.Is(err, ErrCode) {
			t.Errorf("%s: %v", v.Name, err)
		}
		v.Refused = "code"
		return v
	}
	return v.made(c.Stretch(v.rules(), scrutin.Digest(v.Manifest), Number{v.Urn, v.Elector}, v.Issuer), half)
}

// made has what follows from a stretched code.
func (v codeVector) made(s Stretched, half group.Scalar) codeVector {
	bytes := func(b [32]byte) hexBytes { return b[:] }
	d := s.Deposit(half)
	v.Login, v.Mask, v.Point, v.Masked, v.Half = bytes(s.Login.Bytes()), bytes(s.Mask.Bytes()), bytes(d.Login.Bytes()), bytes(d.Masked.Bytes()), bytes(half.Bytes())
	return v
}

// TestCodeVectors compares what codes become with the committed file, or writes it.
func TestCodeVectors(t *testing.T) {
	f := scrutin.DigestOf([]byte("isoloir test manifest"))
	base := codeVector{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Passes: 1, MemoryKiB: 1024, Lanes: 1,
		Manifest: f[:], Urn: "urne-japon", Elector: 17, Issuer: "issuer-a", Typed: "ABCD-EFGH-2345"}
	var cases []codeVector
	add := func(name string, change func(v *codeVector)) {
		v := base
		v.Name = name
		change(&v)
		cases = append(cases, v.run(t, group.ScalarFromUint64(7).Inverse()))
	}
	add("as printed", func(*codeVector) {})
	add("in small letters, with spaces", func(v *codeVector) { v.Typed = " abcd efgh 2345 " })
	add("without hyphens", func(v *codeVector) { v.Typed = "ABCDEFGH2345" })
	add("of the other issuer", func(v *codeVector) { v.Issuer = "issuer-b" })
	add("of another elector", func(v *codeVector) { v.Elector = 1<<32 - 1 })
	add("of another urn", func(v *codeVector) { v.Urn = "A" })
	add("of another scrutin", func(v *codeVector) { v.Manifest = make([]byte, 32) })
	add("at another cost", func(v *codeVector) { v.Passes, v.MemoryKiB, v.Lanes = 3, 2048, 4 })
	add("both cases, where they differ", func(v *codeVector) { v.Alphabet, v.Length, v.Typed = "abcdefghABCDEFGH", 16, "abcd-ABCD-abcd-ABCD" })
	add("digits alone", func(v *codeVector) { v.Alphabet, v.Length, v.Typed = "0123456789", 19, "0123456789012345678" })
	add("a character too few", func(v *codeVector) { v.Typed = "ABCD-EFGH-234" })
	add("a character too many", func(v *codeVector) { v.Typed = "ABCD-EFGH-23456" })
	add("a character that is in no code", func(v *codeVector) { v.Typed = "ABCD-EFGH-2340" })
	add("another hyphen", func(v *codeVector) { v.Typed = "ABCD–EFGH–2345" })
	add("a letter that looks the same", func(v *codeVector) { v.Typed = "АBCD-EFGH-2345" })
	add("empty", func(v *codeVector) { v.Typed = "" })
	committed(t, "codes", "What a device makes of a code: login half and mask; point and masked are what the issuer deposited, half what opens.", cases)
}

// companionVector is what an elector's device makes, for a companion, of a code of the
// leading scrutin.
type companionVector struct {
	codeVector
	Stretched hexBytes `json:"stretched"` // argon2id of the code: the same for all companions
	Companion hexBytes `json:"companion"` // the fingerprint
}

// TestCompanionVectors compares what codes become in companions with the committed
// file, or writes it.
func TestCompanionVectors(t *testing.T) {
	f, g := scrutin.DigestOf([]byte("isoloir test manifest")), scrutin.DigestOf([]byte("isoloir test companion"))
	base := companionVector{codeVector: codeVector{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Passes: 1, MemoryKiB: 1024, Lanes: 1,
		Manifest: f[:], Urn: "urne-japon", Elector: 17, Issuer: "issuer-a", Typed: "ABCD-EFGH-2345"}, Companion: g[:]}
	var cases []companionVector
	add := func(name string, change func(v *companionVector)) {
		v := base
		v.Name = name
		change(&v)
		c, err := ParseCode(v.rules(), v.Typed)
		if err != nil {
			t.Fatal(err)
		}
		half := group.ScalarFromUint64(7).Inverse()
		leading := c.Stretch(v.rules(), scrutin.Digest(v.Manifest), Number{v.Urn, v.Elector}, v.Issuer)
		v.codeVector = v.made(leading.Companion(scrutin.Digest(v.Companion), v.Issuer), half)
		v.Stretched = leading.bytes[:]
		cases = append(cases, v)
	}
	add("of the first issuer", func(*companionVector) {})
	add("of the second issuer", func(v *companionVector) { v.Issuer = "issuer-b" })
	add("another companion", func(v *companionVector) { v.Companion = make([]byte, 32) })
	add("the leading scrutin itself, which is none", func(v *companionVector) { v.Companion = v.Manifest })
	add("an issuer of a long name", func(v *companionVector) { v.Issuer = "emetteur-courriel.0123456789_ABCDEFGHIJK" })
	add("another elector", func(v *companionVector) { v.Urn, v.Elector = "A", 1<<32-1 })
	committed(t, "companions", "What a device makes, for a companion, of a code of the leading scrutin (docs/protocol.md, section 5): stretched is argon2id of the code, 128 bytes; "+
		"login and mask are the companion's; point and masked are what the issuer deposited with the companion's roll, half what opens there.", cases)
}

// committed compares vectors with the file of that name, or writes it.
func committed(t *testing.T, name, about string, cases any) {
	t.Helper()
	want, err := json.MarshalIndent(struct {
		About string `json:"about"`
		Cases any    `json:"cases"`
	}{about, cases}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	path := "../spec/vectors/" + name + ".json"
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what is computed now: %v", path, err)
	}
}
