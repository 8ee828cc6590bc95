package roll_test

import (
	"errors"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/rolltest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// The urn speaks by deputies, and nobody else passes for one. A receipt that came days too late, or after its deputy was withdrawn, counts as none: nobody
// is marked by it, and whom Reconcile has marked since is told so.
func TestDeputies(t *testing.T) {
	f := rolltest.New(t, 2, 4)
	c, now := f.Config(newStore(t)), time.Now()
	var stolen [][32]byte
	c.Now = func() time.Time { return now }
	c.Withdrawn = func(role string, key [32]byte) bool {
		return role == scrutin.RoleUrn && len(stolen) > 0 && stolen[0] == key
	}
	s, urn := roll.NewService(c), scrutintest.NewForgers(t, f.Urn, f.Roll)
	token := reserve(t, f, s, 0, 1)
	text := scrutin.CastingText{Kind: scrutin.Appended, Opening: scrutin.Digest(f.Rules[0].Opening), Urn: f.Rules[0].Name, Value: scrutin.Digest(token)}
	mark := func(receipt []byte) roll.MarkAnswer {
		return s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: f.Request(t, 0, 1), Receipt: receipt}})[0]
	}
	for _, forged := range urn.Forgeries(t, text, now) {
		want := error(roll.ErrReceipt)
		if forged.Refusal == scrutin.RefusedExpired {
			want = roll.ErrReservation
		}
		if a := mark(forged.Data); !errors.Is(a.Err, want) || a.Marked != nil {
			t.Errorf("%s: %v, not %v", forged.Name, a.Err, want)
		}
	}
	receipt := urn.Say(t, text, now)
	stolen = append(stolen, urn.Deputy.Verifier().PublicKey())
	if a := mark(receipt); !errors.Is(a.Err, roll.ErrReservation) || a.Marked != nil {
		t.Errorf("by a deputy who was withdrawn: %v", a.Err)
	}
	after := scrutintest.NewForgers(t, f.Urn, f.Roll) // the deputy that the urn has since
	done, err := s.Reconcile(ctx, urnThatSays(func(tokens []roll.Hash) (answers [][]byte) {
		for range tokens {
			answers = append(answers, after.Say(t, text, now))
		}
		return answers
	}), now.Add(time.Second))
	if err != nil || done.Marked != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	for name, receipt := range map[string][]byte{"the receipt that he has": receipt, "no receipt": nil} {
		if a := mark(receipt); a.Err != nil || a.Marked == nil {
			t.Errorf("marked since, with %s: %v", name, a.Err)
		}
	}
	now = now.AddDate(0, 0, 7)
	if a := mark(receipt); a.Err != nil {
		t.Errorf("days later: %v", a.Err)
	}
}
