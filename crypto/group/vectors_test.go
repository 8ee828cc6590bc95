package group

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"filippo.io/edwards25519/field"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// vectors reads a file of published test vectors kept beside the project.
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../shared/data/pairs", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("the vectors %s are not beside the project (../shared/data/pairs)", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

type rfc9496 struct {
	SmallMultiples   []string                            `json:"small_multiples"`
	InvalidEncodings []struct{ Encoding, Reason string } `json:"invalid_encodings"`
	SHA512Labels     []struct{ Label, Encoding string }  `json:"sha512_labels"`
	FromUniformBytes []struct {
		UniformBytes string `json:"uniform_bytes"`
		Encoding     string
	} `json:"from_uniform_bytes"`
}

func (v *rfc9496) check(t *testing.T) {
	p := Identity()
	for i, want := range v.SmallMultiples {
		if b := p.Bytes(); hex.EncodeToString(b[:]) != want {
			t.Errorf("%d times the generator: %x, want %s", i, b, want)
		}
		q, err := Decode(unhex(t, want))
		if err != nil || !q.Equal(p) || !q.Equal(MulBase(ScalarFromUint64(uint64(i)))) {
			t.Errorf("%d times the generator decodes wrong: %v", i, err)
		}
		if _, err := DecodeNonIdentity(unhex(t, want)); (i == 0) != errors.Is(err, ErrIdentity) {
			t.Errorf("DecodeNonIdentity of %d times the generator: %v", i, err)
		}
		p = p.Add(Base())
	}
	for _, bad := range v.InvalidEncodings {
		if _, err := Decode(unhex(t, bad.Encoding)); !errors.Is(err, ErrNotCanonical) {
			t.Errorf("%s accepted or misnamed (%v): %s", bad.Encoding, err, bad.Reason)
		}
		if _, err := DecodeNonIdentity(unhex(t, bad.Encoding)); !errors.Is(err, ErrNotCanonical) {
			t.Errorf("%s accepted or misnamed (%v): %s", bad.Encoding, err, bad.Reason)
		}
	}
	mapped := func(uniform []byte, want string) {
		p.mapUniform((*[64]byte)(uniform))
		if b := p.Bytes(); hex.EncodeToString(b[:]) != want {
			t.Errorf("image of %x: %x, want %s", uniform, b, want)
		}
	}
	for _, l := range v.SHA512Labels {
		h := sha512.Sum512([]byte(l.Label))
		mapped(h[:], l.Encoding)
	}
	for _, u := range v.FromUniformBytes {
		mapped(unhex(t, u.UniformBytes), u.Encoding)
	}
}

func TestRFC9496(t *testing.T) {
	var v rfc9496
	vectors(t, "rfc9496_ristretto255.json", &v)
	if len(v.SmallMultiples) < 16 || len(v.InvalidEncodings) < 29 || len(v.SHA512Labels) < 7 || len(v.FromUniformBytes) < 11 {
		t.Fatal("the file has fewer vectors than RFC 9496")
	}
	v.check(t)
}

// One vector of every class of RFC 9496, appendix A, always at hand.
func TestRFC9496Excerpt(t *testing.T) {
	v := rfc9496{SmallMultiples: []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
		"6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
		"94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
	}}
	v.InvalidEncodings = append(v.InvalidEncodings, refused...)
	v.SHA512Labels = append(v.SHA512Labels, struct{ Label, Encoding string }{
		"Ristretto is traditionally a short shot of espresso coffee",
		"3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46",
	})
	v.check(t)
}

var refused = []struct{ Encoding, Reason string }{
	{"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "p, the zero of the field again"},
	{"efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "p + 2"},
	{"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "above p"},
	{"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "bit 255 set"},
	{"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6", "the generator with bit 255 set"},
	{"0100000000000000000000000000000000000000000000000000000000000000", "negative"},
	{"ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20", "negative"},
	{"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371", "x^2 is no square: off the group"},
	{"3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e", "xy is negative"},
	{"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "y = 0"},
}

func TestDecodeLengths(t *testing.T) {
	b := Base().Bytes()
	long := append(b[:], 0, 0)
	for _, n := range []int{0, 1, 31, 33, 34} {
		if _, err := Decode(long[:n]); !errors.Is(err, ErrLength) {
			t.Errorf("Decode of %d bytes: %v", n, err)
		}
		if _, err := DecodeNonIdentity(long[:n]); !errors.Is(err, ErrLength) {
			t.Errorf("DecodeNonIdentity of %d bytes: %v", n, err)
		}
		if _, err := DecodeScalar(long[:n]); !errors.Is(err, ErrLength) {
			t.Errorf("DecodeScalar of %d bytes: %v", n, err)
		}
	}
}

func TestDecodeScalarRefusesLAndAbove(t *testing.T) {
	l := "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
	for _, s := range []string{l, "ee" + l[2:], l[:62] + "11", strings.Repeat("f", 64), l[:62] + "90"} {
		if _, err := DecodeScalar(unhex(t, s)); !errors.Is(err, ErrNotCanonical) {
			t.Errorf("scalar %s: %v", s, err)
		}
	}
	s, err := DecodeScalar(unhex(t, "ec"+l[2:]))
	if err != nil || !s.Equal(ScalarFromUint64(1).Neg()) {
		t.Errorf("l - 1: %v", err)
	}
}

// The hash-to-group step of RFC 9497 shows in its blinded elements.
func TestRFC9497HashToGroup(t *testing.T) {
	var suites []struct {
		GroupDST string
		Vectors  []struct{ Blind, BlindedElement, Input string }
	}
	vectors(t, "rfc9497_ristretto255_sha512.json", &suites)
	n := 0
	for _, suite := range suites {
		for _, v := range suite.Vectors {
			blinds, inputs, elements := strings.Split(v.Blind, ","), strings.Split(v.Input, ","), strings.Split(v.BlindedElement, ",")
			for i := range blinds {
				checkBlinded(t, suite.GroupDST, blinds[i], inputs[i], elements[i])
				n++
			}
		}
	}
	if n < 6 {
		t.Errorf("only %d vectors", n)
	}
}

func TestRFC9497Excerpt(t *testing.T) {
	checkBlinded(t, "48617368546f47726f75702d4f50524656312d002d72697374726574746f3235352d534841353132",
		"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", "00",
		"609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c")
}

func checkBlinded(t *testing.T, dst, blind, input, want string) {
	t.Helper()
	s, err := DecodeScalar(unhex(t, blind))
	if err != nil {
		t.Fatal(err)
	}
	got := Hash(string(unhex(t, dst)), unhex(t, input)).Mul(s).Bytes()
	if hex.EncodeToString(got[:]) != want {
		t.Errorf("hash of %s blinded: %x, want %s", input, got, want)
	}
}

func TestRFC9380ExpandMessage(t *testing.T) {
	var file struct {
		DST   string
		Tests []struct {
			Msg     string
			Length  string `json:"len_in_bytes"`
			Uniform string `json:"uniform_bytes"`
		}
	}
	vectors(t, "rfc9380/expand_message_xmd_SHA512_38.json", &file)
	if len(file.Tests) < 10 {
		t.Errorf("only %d vectors", len(file.Tests))
	}
	for _, v := range file.Tests {
		n, err := strconv.ParseInt(v.Length, 0, 32)
		if err != nil {
			t.Fatal(err)
		}
		if got := expandMessage(file.DST, []byte(v.Msg), int(n)); hex.EncodeToString(got) != v.Uniform {
			t.Errorf("%d bytes from %q: %x, want %s", n, v.Msg, got, v.Uniform)
		}
	}
}

func TestLongDomainSeparationTag(t *testing.T) {
	long := strings.Repeat("d", 256)
	h := sha512.Sum512([]byte("H2C-OVERSIZE-DST-" + long))
	if !bytes.Equal(expandMessage(long, []byte("m"), 64), expandMessage(string(h[:]), []byte("m"), 64)) {
		t.Error("a tag of 256 bytes is not replaced by its hash")
	}
	if bytes.Equal(expandMessage(long[1:], nil, 64), expandMessage(long[2:], nil, 64)) {
		t.Error("the tag does not change the output")
	}
}

func TestGenerators(t *testing.T) {
	for _, workers := range []int{0, 1, 2} {
		whole := Generators("generators", 300, workers)
		for _, i := range []int{0, 1, 255, 256, 299} {
			want := Hash("generators", []byte{byte(i), byte(i >> 8), 0, 0, 0, 0, 0, 0})
			if !GeneratorHalf("generators", uint64(i)).Equal(want) || !whole[i].Equal(want.Double()) || !whole[i].Equal(Generator("generators", uint64(i))) {
				t.Errorf("generator %d is not twice its hash", i)
			}
		}
	}
	if Generator("a", 0).Equal(Generator("b", 0)) || Generator("a", 0).Equal(Generator("a", 1)) {
		t.Error("generators repeat")
	}
	if len(Generators("none", 0, 1)) != 0 {
		t.Error("no generators asked, some given")
	}
}

// The constants of RFC 9496, section 4.1, in decimal, and what the others are.
func TestConstants(t *testing.T) {
	p, _ := new(big.Int).SetString("57896044618658097711785492504343953926634992332820282019728792003956564819949", 10)
	value := func(e *field.Element) *big.Int {
		b := e.Bytes()
		for i := range 16 {
			b[i], b[31-i] = b[31-i], b[i]
		}
		return new(big.Int).SetBytes(b)
	}
	for _, c := range []struct {
		name    string
		element field.Element
		decimal string
	}{
		{"D", feD, "37095705934669439343138083508754565189542113879843219016388785533085940283555"},
		{"SQRT_M1", feSqrtM1, "19681161376707505956807079304988542015446066515923890162744021073123829784752"},
		{"SQRT_AD_MINUS_ONE", feSqrtADMinusOne, "25063068953384623474111414158702152701244531502492656460079210482610430750235"},
		{"INVSQRT_A_MINUS_D", feInvSqrtAMinusD, "54469307008909316920995813868745141605393597292927456921205312896311721017578"},
		{"ONE_MINUS_D_SQ", feOneMinusDSq, "1159843021668779879193775521855586647937357759715417654439879720876111806838"},
		{"D_MINUS_ONE_SQ", feDMinusOneSq, "40440834346308536858101042469323190826248399146238708352240133220865137265952"},
	} {
		if got := value(&c.element).String(); got != c.decimal {
			t.Errorf("%s = %s, want %s", c.name, got, c.decimal)
		}
	}
	d := value(&feD)
	for name, want := range map[string][2]*big.Int{
		"-d":  {value(&feMinusD), new(big.Int).Neg(d)},
		"2d":  {value(&fe2D), new(big.Int).Lsh(d, 1)},
		"1/2": {value(&feHalf), new(big.Int).ModInverse(big.NewInt(2), p)},
	} {
		if want[0].Cmp(want[1].Mod(want[1], p)) != 0 {
			t.Errorf("%s = %s, want %s", name, want[0], want[1])
		}
	}
	if b := Base(); !onCurve(&b) {
		t.Error("the generator is off the curve")
	}
	half, borrow := groupOrder.sub(halfOrder)
	if one, _ := half.sub(halfOrder); borrow != 0 || one != (limbs{1}) {
		t.Error("halfOrder is not (l-1)/2")
	}
}
