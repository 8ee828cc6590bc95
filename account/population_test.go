package account

import (
	"errors"
	"strings"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
)

var testContext = transcript.Context{Manifest: [32]byte{7}, Urn: "urn-1"}

// drawn is what an issuer published, with the halves it forgot.
func drawn(t testing.TB, ctx transcript.Context, issuer string, n int) (HalfList, []group.Scalar) {
	t.Helper()
	var halves []group.Scalar
	list, err := Draw(ctx, issuer, n, func(e Number, half group.Scalar) error {
		if e.Urn != ctx.Urn || int(e.Index) != len(halves) {
			t.Fatalf("elector %v comes in place %d", e, len(halves))
		}
		halves = append(halves, half)
		return nil
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return list, halves
}

func TestHalvesMakeTheElectorsKeys(t *testing.T) {
	const n = 37
	a, as := drawn(t, testContext, "email", n)
	b, bs := drawn(t, testContext, "post", n)
	p, err := Halves(testContext, n, []HalfList{a, b}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if p.Keys.Len() != n || !p.Generator.Equal(group.Base()) {
		t.Fatalf("%d keys", p.Keys.Len())
	}
	for i, y := range p.Keys.Points() {
		if !y.Equal(group.MulBase(as[i].Add(bs[i]))) {
			t.Fatalf("key %d is not that of the sum of its halves", i)
		}
	}
}

// An issuer alone cannot sign for an elector: the half it holds is not the
// secret of his key, neither before the mix nor after it (B37).
func TestOneIssuerAloneCannotSign(t *testing.T) {
	const n = 5
	a, as := drawn(t, testContext, "email", n)
	b, bs := drawn(t, testContext, "post", n)
	p, err := Halves(testContext, n, []HalfList{a, b}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, y := range p.Keys.Points() {
		claim := sigma.Reservation(testContext, sigma.NewElement(y), uint32(i))
		for name, half := range map[string]group.Scalar{"email": as[i], "post": bs[i]} {
			if _, err := claim.Prove(half); !errors.Is(err, sigma.ErrSecret) {
				t.Fatalf("issuer %s alone signs for elector %d: %v, not ErrSecret", name, i, err)
			}
			other := sigma.Reservation(testContext, sigma.NewElement(group.MulBase(half)), uint32(i))
			signature, err := other.Prove(half)
			if err != nil {
				t.Fatal(err)
			}
			if err := claim.Verify(signature); !errors.Is(err, sigma.ErrKnowledge) {
				t.Fatalf("the signature of issuer %s alone: %v, not ErrKnowledge", name, err)
			}
		}
		if _, err := claim.Prove(as[i].Add(bs[i])); err != nil {
			t.Fatalf("both halves do not sign: %v", err)
		}
	}
}

func TestHalvesRefused(t *testing.T) {
	const n = 8
	good := func(issuer string) HalfList { l, _ := drawn(t, testContext, issuer, n); return l }
	a, b := good("email"), good("post")
	edit := func(f func(keys []byte)) HalfList {
		l := b
		l.Keys = append([]byte(nil), b.Keys...)
		f(l.Keys)
		return l
	}
	other := testContext
	other.Urn = "urn-2"
	foreign := testContext
	foreign.Manifest[0]++
	rename := b
	rename.Issuer = "email"
	point := group.MulBase(group.RandomScalar()).Bytes()
	for _, c := range []struct {
		name  string
		ctx   transcript.Context
		n     int
		lists []HalfList
		want  error
	}{
		{"no list", testContext, n, nil, ErrUnproven},
		{"one elector more than keys", testContext, n + 1, []HalfList{a, b}, ErrNumber},
		{"one elector fewer than keys", testContext, n - 1, []HalfList{a, b}, ErrNumber},
		{"a key cut", testContext, n, []HalfList{a, {b.Issuer, b.Keys[:len(b.Keys)-1], b.Proof}}, ErrNumber},
		{"keys moved to another urn", other, n, []HalfList{a, b}, ErrUnproven},
		{"keys of another scrutin", foreign, n, []HalfList{a, b}, ErrUnproven},
		{"keys under another issuer's name", testContext, n, []HalfList{a, rename}, ErrUnproven},
		{"the proof of another list", testContext, n, []HalfList{a, {b.Issuer, b.Keys, a.Proof}}, ErrUnproven},
		{"a key replaced", testContext, n, []HalfList{a, edit(func(k []byte) { copy(k[96:], point[:]) })}, ErrUnproven},
		{"two keys swapped", testContext, n, []HalfList{a, edit(func(k []byte) {
			var first [32]byte
			copy(first[:], k)
			copy(k, k[32:64])
			copy(k[32:], first[:])
		})}, ErrUnproven},
		{"an identity half", testContext, n, []HalfList{a, edit(func(k []byte) { clear(k[:32]) })}, group.ErrIdentity},
		{"not canonical", testContext, n, []HalfList{a, edit(func(k []byte) { k[31] |= 0x80 })}, group.ErrNotCanonical},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Halves(c.ctx, c.n, c.lists, 1); !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
}

// Halves that cancel make the identity, which is nobody's key.
func TestIdentityAccountKeyRefused(t *testing.T) {
	secrets := []group.Scalar{group.RandomScalar(), group.RandomScalar()}
	list := func(issuer string, secrets []group.Scalar) HalfList {
		var points []group.Point
		for _, x := range secrets {
			points = append(points, group.MulBase(x))
		}
		keys := sigma.NewList(points, 1)
		claim, err := sigma.Enrolment(testContext, issuer, keys)
		if err != nil {
			t.Fatal(err)
		}
		proof, err := claim.Prove(secrets)
		if err != nil {
			t.Fatal(err)
		}
		return HalfList{issuer, keys.Bytes(), proof}
	}
	cancelling := []group.Scalar{group.RandomScalar(), secrets[1].Neg()}
	_, err := Halves(testContext, 2, []HalfList{list("email", secrets), list("post", cancelling)}, 1)
	if !errors.Is(err, shuffle.ErrIdentity) {
		t.Fatalf("%v, not ErrIdentity", err)
	}
}

func card(t testing.TB, ctx transcript.Context, holder string) (Card, group.Scalar) {
	t.Helper()
	x := group.RandomScalar()
	key := sigma.NewElement(group.MulBase(x))
	proof, err := sigma.Account(ctx, key, holder).Prove(x)
	if err != nil {
		t.Fatal(err)
	}
	return Card{holder, key, proof}, x
}

func TestCardsJoinTheRoll(t *testing.T) {
	a, _ := drawn(t, testContext, "email", 4)
	b, _ := drawn(t, testContext, "post", 4)
	roll, err := Halves(testContext, 4, []HalfList{a, b}, 1)
	if err != nil {
		t.Fatal(err)
	}
	c1, _ := card(t, testContext, "0001")
	c2, _ := card(t, testContext, "0002")
	cards, err := Cards(testContext, []Card{c1, c2}, 1)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Join(testContext, []Population{roll, cards}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(all.Keys.Bytes()), string(roll.Keys.Bytes())+string(cards.Keys.Bytes()); got != want {
		t.Fatal("the joined population is not the electors' keys, then the cards'")
	}
	raised, err := shuffle.EncodeKeys([]group.Point{group.MulBase(group.RandomScalar())}, 1)
	if err != nil {
		t.Fatal(err)
	}
	anonymised := Population{group.MulBase(group.RandomScalar()), raised}
	if _, err := Join(testContext, []Population{roll, anonymised}, 1); err == nil {
		t.Fatal("a population over another generator joins")
	}
}

func TestCardsRefused(t *testing.T) {
	victim, _ := card(t, testContext, "0001")
	mine, _ := card(t, testContext, "0002")
	other := testContext
	other.Urn = "urn-2"
	moved, _ := card(t, other, "0003")
	five := group.ScalarFromUint64(5)
	related := map[string]group.Point{
		"y·g^5": victim.Key.Point().Add(group.MulBase(five)),
		"y^5":   victim.Key.Point().Mul(five),
	}
	for name, c := range map[string]Card{
		"the proof of another holder":       {"0002", victim.Key, victim.Proof},
		"the proof of another key":          {"0001", victim.Key, mine.Proof},
		"a card of another urn":             moved,
		"y·g^5 of a victim (B24)":           {"0002", sigma.NewElement(related["y·g^5"]), mine.Proof},
		"y^5 of a victim (B24)":             {"0002", sigma.NewElement(related["y^5"]), mine.Proof},
		"y·g^5 with the victim's proof":     {"0001", sigma.NewElement(related["y·g^5"]), victim.Proof},
		"the victim's card in another name": {"0009", victim.Key, victim.Proof},
	} {
		_, err := Cards(testContext, []Card{victim, mine, c}, 1)
		if !errors.Is(err, ErrUnproven) {
			t.Errorf("%s: %v, not ErrUnproven", name, err)
			continue
		}
		var culprits *sigma.Culprits
		if !errors.As(err, &culprits) || len(culprits.Indices) != 1 || culprits.Indices[0] != 2 {
			t.Errorf("%s: the error names others than card 2: %v", name, err)
		}
	}
	identity := Card{"0004", sigma.NewElement(group.Identity()), mine.Proof}
	if _, err := Cards(testContext, []Card{mine, identity}, 1); !errors.Is(err, group.ErrIdentity) {
		t.Errorf("an identity as key: %v, not ErrIdentity", err)
	}
}

func TestDrawStopsWithItsSink(t *testing.T) {
	full := errors.New("disk full")
	_, err := Draw(testContext, "email", 3, func(e Number, _ group.Scalar) error {
		if e.Index == 1 {
			return full
		}
		return nil
	}, 1)
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "elector 1") {
		t.Fatalf("%v", err)
	}
}
