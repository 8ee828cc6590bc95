package keyceremony_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"isoloir/crypto/group"
	kc "isoloir/keyceremony"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// victim is who cheats in the tests below; run 1 must name him alone.
const victim = "member-3"

func TestCheats(t *testing.T) {
	at := func(step kc.Step, f func(tb *table, body any, s *kc.State) []byte) func(*table) {
		return func(tb *table) {
			tb.cheat = func(now kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
				if now != step || holder != victim || s.Run != 1 {
					return nil, false
				}
				return f(tb, body, s), false
			}
		}
	}
	reveal := func(f func(tb *table, r *kc.Reveal, s *kc.State)) func(*table) {
		return at(kc.RevealStep, func(tb *table, body any, s *kc.State) []byte { f(tb, body.(*kc.Reveal), s); return nil })
	}
	// threshold commits to, and deals from, a polynomial of another degree.
	threshold := func(by int) func(*table) {
		return at(kc.CommitStep, func(tb *table, body any, s *kc.State) []byte {
			tb.drawn[victim] = []kc.Polynomial{kc.NewPolynomial(4 + by)}
			c, err := s.Commit(victim, tb.drawn[victim])
			if err != nil {
				tb.Fatal(err)
			}
			*body.(*kc.Commit) = *c
			return nil
		})
	}
	for _, c := range []struct {
		name   string
		cheat  func(*table)
		reason error
		step   kc.Step
	}{
		{"threshold one above", threshold(1), kc.ErrThreshold, kc.RevealStep},
		{"threshold one below", threshold(-1), kc.ErrThreshold, kc.RevealStep},
		{"box that does not open", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			r.Clauses[0].Boxes[4].Box[3] ^= 1
		}), kc.ErrShare, kc.CheckStep},
		{"boxes swapped", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			b := r.Clauses[0].Boxes
			b[0].Box, b[1].Box = b[1].Box, b[0].Box
			b[0].Ephemeral, b[1].Ephemeral = b[1].Ephemeral, b[0].Ephemeral
		}), kc.ErrShare, kc.CheckStep},
		{"late change (B14)", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			r.Clauses[0].Coefficients[0] = scrutin.PointOf(group.MulBase(group.RandomScalar()))
		}), kc.ErrCommitment, kc.RevealStep},
		{"late change of a higher coefficient", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			r.Clauses[0].Coefficients[2] = scrutin.PointOf(group.Identity())
		}), kc.ErrCommitment, kc.RevealStep},
		{"identity as constant term", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			r.Clauses[0].Coefficients[0] = scrutin.PointOf(group.Identity())
		}), kc.ErrProof, kc.RevealStep},
		{"box that everybody opens", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			r.Clauses[0].Boxes[0].Ephemeral = scrutin.PointOf(group.Identity())
		}), kc.ErrMalformed, kc.RevealStep},
		{"box missing", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			r.Clauses[0].Boxes = r.Clauses[0].Boxes[1:]
		}), kc.ErrMalformed, kc.RevealStep},
		{"box for another", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			r.Clauses[0].Boxes[0].Holder = "member-2"
		}), kc.ErrMalformed, kc.RevealStep},
		{"clause of others", reveal(func(tb *table, r *kc.Reveal, s *kc.State) {
			r.Clauses = append(r.Clauses, kc.Dealing{Clause: "delegates", Proof: r.Clauses[0].Proof})
		}), kc.ErrMalformed, kc.RevealStep},
		{"clause renamed", reveal(func(tb *table, r *kc.Reveal, s *kc.State) { r.Clauses[0].Clause = "delegates" }), kc.ErrMalformed, kc.RevealStep},
		{"no clause", reveal(func(tb *table, r *kc.Reveal, s *kc.State) { r.Clauses = nil }), kc.ErrMalformed, kc.RevealStep},
		{"another's board", reveal(func(tb *table, r *kc.Reveal, s *kc.State) { r.Board[0] ^= 1 }), kc.ErrBoard, kc.RevealStep},
		{"board of a commit", at(kc.CommitStep, func(tb *table, body any, s *kc.State) []byte {
			body.(*kc.Commit).Board[0] ^= 1
			return nil
		}), kc.ErrBoard, kc.CommitStep},
		{"board of a check", at(kc.CheckStep, func(tb *table, body any, s *kc.State) []byte {
			body.(*kc.Check).Board[0] ^= 1
			return nil
		}), kc.ErrBoard, kc.CheckStep},
		{"board of a seal", at(kc.SealStep, func(tb *table, body any, s *kc.State) []byte {
			body.(*kc.Seal).Board[0] ^= 1
			return nil
		}), kc.ErrBoard, kc.SealStep},
		{"malformed message", at(kc.RevealStep, func(tb *table, body any, s *kc.State) []byte {
			return tb.reword(victim, tb.sign(victim, body), `"clauses": [`, `"clauses":  [`)
		}), kc.ErrMalformed, kc.RevealStep},
		{"point that is none", at(kc.SealStep, func(tb *table, body any, s *kc.State) []byte {
			key := body.(*kc.Seal).Key.String()
			return tb.reword(victim, tb.sign(victim, body), key, strings.Repeat("f", 64))
		}), kc.ErrMalformed, kc.SealStep},
		{"unknown key", at(kc.CommitStep, func(tb *table, body any, s *kc.State) []byte {
			return tb.reword(victim, tb.sign(victim, body), `"coefficients": `, `"more": 1,`+"\n"+`  "coefficients": `)
		}), kc.ErrMalformed, kc.CommitStep},
		{"other key sealed", at(kc.SealStep, func(tb *table, body any, s *kc.State) []byte {
			body.(*kc.Seal).Key = scrutin.PointOf(group.Base())
			return nil
		}), kc.ErrSeal, kc.SealStep},
		{"other verification key sealed", at(kc.SealStep, func(tb *table, body any, s *kc.State) []byte {
			body.(*kc.Seal).Clauses[1].Holders[0].Key = scrutin.PointOf(group.Base())
			return nil
		}), kc.ErrSeal, kc.SealStep},
		{"clause missing from the seal", at(kc.SealStep, func(tb *table, body any, s *kc.State) []byte {
			body.(*kc.Seal).Clauses = body.(*kc.Seal).Clauses[:1]
			return nil
		}), kc.ErrSeal, kc.SealStep},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := newTable(t)
			c.cheat(tb)
			s := tb.play(1)
			tb.names(s, c.reason, victim)
			if s.Step != c.step {
				t.Errorf("named at %s, want %s", s.Step, c.step)
			}
			keys := tb.again(victim)
			if len(keys.Faults) != 1 || keys.Faults[0].Holder != victim || !errors.Is(keys.Faults[0], c.reason) {
				t.Errorf("the record says %v", keys.Faults)
			}
			if h, ok := keys.Clauses[0].Holder("member-4"); !ok || h.Index != 4 {
				t.Errorf("index of member-4 is %d once %s is left out", h.Index, victim)
			}
		})
	}
}

// reword changes the text of a note and signs again.
func (tb *table) reword(holder string, data []byte, old, new string) []byte {
	tb.Helper()
	text, err := note.Text(data)
	if err != nil {
		tb.Fatal(err)
	}
	changed := strings.Replace(text, old, new, 1)
	if changed == text {
		tb.Fatalf("%q is not in the text", old)
	}
	out, err := note.Sign(changed, tb.Signers[holder])
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// A dealer who commits to one polynomial and deals from another is convicted by
// whoever got a share off the curve, though every box opens.
func TestShareOfAnotherPolynomial(t *testing.T) {
	tb := newTable(t)
	tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
		if step == kc.RevealStep && holder == victim {
			// The same dealer in a table of his own: boxes of other shares, sealed
			// under the right addresses.
			twin := &table{tester: tb, Fixture: tb.Fixture, Ceremony: tb.Ceremony, drawn: map[string][]kc.Polynomial{}}
			first, _, err := twin.Progress(1, nil)
			if err != nil {
				tb.Fatal(err)
			}
			for _, h := range first.Holders() {
				twin.add(twin.sign(h, twin.honest(first, h)))
			}
			second, _, err := twin.Progress(1, twin.messages)
			if err != nil {
				tb.Fatal(err)
			}
			other, err := second.Reveal(victim, twin.drawn[victim])
			if err != nil {
				tb.Fatal(err)
			}
			body.(*kc.Reveal).Clauses[0].Boxes[1] = other.Clauses[0].Boxes[1]
		}
		return nil, false
	}
	tb.names(tb.play(1), kc.ErrShare, victim)
	tb.again(victim)
}

func TestReplayedProof(t *testing.T) {
	// B15: the last to reveal copies another's constant term and proof. He had
	// to commit to it before; here he is given even that.
	tb := newTable(t)
	var copied []kc.Polynomial
	tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
		switch {
		case step == kc.CommitStep && holder == "member-2":
			copied = tb.drawn[holder][:1]
		case step == kc.CommitStep && holder == victim:
			tb.drawn[victim] = copied
			c, err := s.Commit(victim, copied)
			if err != nil {
				tb.Fatal(err)
			}
			*body.(*kc.Commit) = *c
		case step == kc.RevealStep && holder == victim:
			model := tb.honest(s, "member-2").(*kc.Reveal)
			body.(*kc.Reveal).Clauses[0].Coefficients = model.Clauses[0].Coefficients
			body.(*kc.Reveal).Clauses[0].Proof = model.Clauses[0].Proof
		}
		return nil, false
	}
	tb.names(tb.play(1), kc.ErrProof, victim)
	tb.again(victim)
}

func TestFalseComplaints(t *testing.T) {
	complain := func(change func(*table, *kc.Complaint)) func(*testing.T) {
		return func(t *testing.T) {
			tb := newTable(t)
			tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
				if step == kc.CheckStep && holder == victim {
					// An honest tool makes a true complaint when the box is broken; its
					// proof is then shown against the sound box.
					c := tb.complaint(s, victim, "member-1")
					change(tb, &c)
					body.(*kc.Check).Complaints = []kc.Complaint{c}
				}
				return nil, false
			}
			tb.names(tb.play(1), kc.ErrComplaint, victim)
			tb.again(victim)
		}
	}
	t.Run("the share is right", complain(func(*table, *kc.Complaint) {}))
	t.Run("another key shown", complain(func(tb *table, c *kc.Complaint) { c.Shared = scrutin.PointOf(group.Base()) }))
	t.Run("identity shown", complain(func(tb *table, c *kc.Complaint) { c.Shared = scrutin.PointOf(group.Identity()) }))
	t.Run("proof of another dealer", complain(func(tb *table, c *kc.Complaint) { c.Dealer = "member-2" }))
}

// complaint lets a holder complain of a dealer whose share is right, by showing
// his own tool a broken box of the same ephemeral key.
func (tb *table) complaint(s *kc.State, holder, dealer string) kc.Complaint {
	tb.Helper()
	broken := slices.DeleteFunc(slices.Clone(tb.messages), func(m *kc.Message) bool { return m.Step == kc.CheckStep })
	for i, m := range broken {
		if m.Step == kc.RevealStep && m.Holder == dealer && m.Run == s.Run {
			r := decodeReveal(tb, m)
			at := slices.IndexFunc(r.Clauses[0].Boxes, func(b kc.SealedShare) bool { return b.Holder == holder })
			r.Clauses[0].Boxes[at].Box[0] ^= 1
			var err error
			if broken[i], err = tb.Open(tb.sign(dealer, r)); err != nil {
				tb.Fatal(err)
			}
		}
	}
	other, err := tb.RunState(s.Run, nil, broken)
	if err != nil {
		tb.Fatal(err)
	}
	check, err := other.Check(holder, tb.Reception[holder])
	if err != nil || len(check.Complaints) != 1 {
		tb.Fatalf("%v, %v", check, err)
	}
	return check.Complaints[0]
}

func TestMalformedComplaints(t *testing.T) {
	for name, change := range map[string]func([]kc.Complaint) []kc.Complaint{
		"unknown dealer": func(c []kc.Complaint) []kc.Complaint { c[0].Dealer = "member-9"; return c },
		"unknown clause": func(c []kc.Complaint) []kc.Complaint { c[0].Clause = "none"; return c },
		"another clause": func(c []kc.Complaint) []kc.Complaint { c[0].Clause = "delegates"; return c },
		"doubled":        func(c []kc.Complaint) []kc.Complaint { return append(c, c[0]) },
		"not in the order": func(c []kc.Complaint) []kc.Complaint {
			d := c[0]
			d.Dealer = "member-2"
			c[0].Dealer = "member-4"
			return append(c, d)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tb := newTable(t)
			tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
				if step == kc.CheckStep && holder == victim {
					body.(*kc.Check).Complaints = change([]kc.Complaint{tb.complaint(s, victim, "member-1")})
				}
				return nil, false
			}
			tb.names(tb.play(1), kc.ErrMalformed, victim)
			tb.again(victim)
		})
	}
}
