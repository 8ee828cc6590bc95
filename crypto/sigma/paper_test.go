package sigma

import (
	"errors"
	"testing"

	"isoloir/crypto/group"
)

// TestPaper: the claim of who votes on paper holds over the urn's generator, for one urn, account and minutes.
func TestPaper(t *testing.T) {
	x, other := secret("account"), secret("other")
	generator := NewElement(group.MulBase(secret("generator")))
	account := NewElement(generator.Point().Mul(x))
	ctx := testRecord("A").context()
	good := Paper(ctx, generator, account, "salle-1")
	proof, err := good.Prove(x)
	if err != nil || good.Verify(proof) != nil {
		t.Fatal(err, good.Verify(proof))
	}
	if _, err := good.Prove(other); !errors.Is(err, ErrSecret) {
		t.Errorf("proved without the secret: %v", err)
	}
	elsewhere := testRecord("B").context()
	for name, claim := range map[string]Claim{
		"other urn":       Paper(elsewhere, generator, account, "salle-1"),
		"other minutes":   Paper(ctx, generator, account, "salle-2"),
		"other generator": Paper(ctx, NewElement(group.MulBase(other)), account, "salle-1"),
		"other account":   Paper(ctx, generator, NewElement(generator.Point().Mul(other)), "salle-1"),
		"other purpose":   Reservation(ctx, account, 0),
	} {
		if err := claim.Verify(proof); !errors.Is(err, ErrKnowledge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	mine, err := Reservation(ctx, NewElement(group.MulBase(x)), 1).Prove(x)
	if err != nil {
		t.Fatal(err)
	}
	if err := VerifyKnowledge([]Claim{good, Reservation(ctx, NewElement(group.MulBase(x)), 1)}, []Knowledge{proof, mine}, 1); err != nil {
		t.Error("bases of both kinds in one batch:", err)
	}
}
