package sigma

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

func drawScalar(t *rapid.T, label string) group.Scalar {
	return group.ScalarFromWide([64]byte(rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, label)))
}

func drawContext(t *rapid.T) transcript.Context {
	return transcript.Context{
		Manifest: [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "manifest")),
		Opening:  [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "opening")),
		Urn:      rapid.String().Draw(t, "urn"),
	}
}

// What is proved verifies, through its encoding, and only with its secret.
func TestHonestProofsVerify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx, x := drawContext(t), drawScalar(t, "x")
		if x.IsZero() {
			return
		}
		key := NewElement(group.MulBase(x))
		claim := Account(ctx, key, rapid.String().Draw(t, "holder"))
		p := must(claim.Prove(x))
		b := p.Bytes()
		if err := claim.Verify(must(DecodeKnowledge(b[:]))); err != nil {
			t.Fatal(err)
		}
		if _, err := claim.Prove(x.Add(group.ScalarFromUint64(1))); !errors.Is(err, ErrSecret) {
			t.Fatalf("another secret: %v", err)
		}
		base := NewElement(group.Hash("isoloir test base", b[:]))
		equality := Complaint(ctx, 1, "c", "d", "r", key, base, NewElement(base.point.Mul(x)))
		q := must(equality.Prove(x)).Bytes()
		if err := equality.Verify(must(DecodeEquality(q[:]))); err != nil {
			t.Fatal(err)
		}
	})
}

func TestHonestListsVerify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx, n := drawContext(t), rapid.IntRange(1, 12).Draw(t, "n")
		secrets, points := make([]group.Scalar, n), make([]group.Point, n)
		for i := range n {
			secrets[i] = group.RandomScalar()
			points[i] = group.MulBase(secrets[i])
		}
		list := NewList(points, 1)
		enrolment := must(Enrolment(ctx, "issuer", list))
		if err := enrolment.Verify(must(enrolment.Prove(secrets)), 2); err != nil {
			t.Fatal(err)
		}
		x := group.RandomScalar()
		shares := must(Shares(ctx, ctx.Manifest, "q", "c", "h", NewElement(group.MulBase(x)), list))
		outputs, p, err := shares.Prove(x, 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := shares.Verify(outputs, p, 2); err != nil {
			t.Fatal(err)
		}
		base, key := NewElement(points[0]), NewElement(group.MulBase(x))
		cs := make([]elgamal.Ciphertext, n)
		for i := range cs {
			cs[i] = elgamal.Encrypt(key.point, points[i], secrets[i])
		}
		urn := must(NewBallots(ctx, base, key))
		claim := must(urn.Claim(NewElement(base.point.Mul(x)), uint32(n), ctx.Opening, elgamal.NewList(cs, 1)))
		ballot := must(claim.Prove(secrets, x))
		if err := claim.Verify(must(DecodeBallotProof(ballot.Bytes(), n))); err != nil {
			t.Fatal(err)
		}
	})
}

// Two proofs of one claim by one prover have other commitments: a nonce that
// returned would give the secret away.
func TestNoncesAreFresh(t *testing.T) {
	x := secret("x")
	claim := Account(testRecord("A").context(), NewElement(group.MulBase(x)), "h")
	seen := map[[32]byte]bool{}
	for range 50 {
		seen[must(claim.Prove(x)).r.encoded] = true
	}
	claims, proofs := ballots(20)
	for i := range claims {
		for _, r := range proofs[i].r {
			seen[r.encoded] = true
		}
	}
	if len(seen) != 110 {
		t.Fatalf("%d different commitments of 110", len(seen))
	}
}

func TestElementsKnowTheirEncoding(t *testing.T) {
	points := shareInputs(5)
	list := NewList(points, 1)
	known := KnownList(points, list.Bytes())
	for i, p := range list.Points() {
		e := NewElement(p)
		if known.At(i) != e || list.At(i).Bytes() != p.Bytes() || KnownElement(p, p.Bytes()) != e || !e.Point().Equal(p) {
			t.Fatal("an element with another encoding")
		}
	}
	defer func() {
		if recover() == nil {
			t.Fatal("a list of other lengths")
		}
	}()
	KnownList(points, list.Bytes()[1:])
}

func TestHexadecimalIsStrict(t *testing.T) {
	k, e := honestKnowledge(t)[0].Proof, honestComplaint(t).Proof
	note := struct {
		Knowledge Knowledge `json:"knowledge"`
		Equality  Equality  `json:"equality"`
	}{must(DecodeKnowledge(k)), must(DecodeEquality(e))}
	text := must(json.Marshal(note))
	if want := `{"knowledge":"` + hex.EncodeToString(k) + `","equality":"` + hex.EncodeToString(e) + `"}`; string(text) != want {
		t.Fatalf("got %s, want %s", text, want)
	}
	back := note
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if again := must(json.Marshal(back)); !bytes.Equal(again, text) {
		t.Fatal("the note changed on its way")
	}
	hexadecimal := string(must(note.Knowledge.MarshalText()))
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"upper case", string(bytes.ToUpper([]byte(hexadecimal))), group.ErrNotCanonical},
		{"odd", hexadecimal[1:], group.ErrLength},
		{"short", hexadecimal[2:], group.ErrLength},
		{"long", hexadecimal + "00", group.ErrLength},
		{"space", " " + hexadecimal[1:], group.ErrNotCanonical},
		{"empty", "", group.ErrLength},
	} {
		var p Knowledge
		refused(t, c.name, p.UnmarshalText([]byte(c.text)), c.want)
		var q Equality
		refused(t, c.name, q.UnmarshalText([]byte(c.text)), c.want)
	}
}
