package keyceremony_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/crypto/group"
	kc "isoloir/keyceremony"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

var update = flag.Bool("update", false, "write spec/vectors again")

var vectorsPath = filepath.Join("..", "spec", "vectors", "ceremony.json")

// ceremonyVectors are whole runs of one ceremony as another implementation can
// read them.
type ceremonyVectors struct {
	About     string                    `json:"about"`
	Manifest  string                    `json:"manifest"`  // the file
	Reception map[string]scrutin.Scalar `json:"reception"` // secrets z, to open boxes with
	Cases     []ceremonyVector          `json:"cases"`
	// Rehearsals are sets of notes that follow those of the honest case.
	Rehearsals []rehearsalVector `json:"rehearsals"`
}

type ceremonyVector struct {
	Name  string   `json:"name"`
	Notes []string `json:"notes"`
	// What the notes come to: the step reached in run 1 with those awaited and
	// those named, or the keys.
	Step      kc.Step                   `json:"step"`
	Pending   []string                  `json:"pending"`
	Faults    []vectorFault             `json:"faults"`
	Board     scrutin.Digest            `json:"board"`
	Key       scrutin.Point             `json:"key"`
	Fragments map[string]scrutin.Scalar `json:"fragments"` // x of the one clause, by holder
}

type rehearsalVector struct {
	Name  string   `json:"name"`
	Notes []string `json:"notes"`
	Holds bool     `json:"holds"`
}

type vectorFault struct {
	Holder string `json:"holder"`
	Reason string `json:"reason"`
}

// reasonNames are the words for the reasons in the vectors.
var reasonNames = map[string]error{
	"malformed": kc.ErrMalformed, "double": kc.ErrDouble, "board": kc.ErrBoard, "threshold": kc.ErrThreshold,
	"commitment": kc.ErrCommitment, "proof": kc.ErrProof, "share": kc.ErrShare, "complaint": kc.ErrComplaint, "seal": kc.ErrSeal,
}

// outcome says what notes come to.
func outcome(t *testing.T, tb *table, name string, notes []string) ceremonyVector {
	t.Helper()
	v := ceremonyVector{Name: name, Notes: notes, Pending: []string{}, Faults: []vectorFault{}, Fragments: map[string]scrutin.Scalar{}}
	s, err := tb.RunState(1, nil, messages(t, tb, notes))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	v.Step, v.Board = s.Step, s.Board
	v.Pending = append(v.Pending, s.Pending...)
	for _, f := range s.Faults {
		for word, reason := range reasonNames {
			if errors.Is(f, reason) {
				v.Faults = append(v.Faults, vectorFault{f.Holder, word})
			}
		}
	}
	if keys := s.Keys(); keys != nil {
		v.Key = scrutin.PointOf(keys.Key)
		for _, h := range s.Holders() {
			fragments, err := s.Fragments(h, tb.Reception[h])
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			v.Fragments[h] = scrutin.ScalarOf(fragments[0].Value)
		}
	}
	return v
}

func messages(t *testing.T, tb *table, notes []string) (read []*kc.Message) {
	t.Helper()
	for _, n := range notes {
		m, err := tb.Open([]byte(n))
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, m)
	}
	return read
}

// lies are the cases beside the honest one, by member-2 and where two are at fault by member-3 too.
var lies = map[string]func(tb *table, body any, s *kc.State) (instead []byte, silent bool){
	"absent": func(tb *table, body any, s *kc.State) ([]byte, bool) { return nil, s.Step == kc.RevealStep },
	"malformed": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if s.Step != kc.CommitStep {
			return nil, false
		}
		return tb.reword("member-2", tb.sign("member-2", body), `"coefficients": `, `"coefficients":  `), false
	},
	"double": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if c, ok := body.(*kc.Commit); ok {
			tb.add(tb.sign("member-2", body))
			c.Coefficients[0] ^= 1
		}
		return nil, false
	},
	"board": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if c, ok := body.(*kc.Check); ok {
			c.Board[0] ^= 1
		}
		return nil, false
	},
	"threshold": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if c, ok := body.(*kc.Commit); ok {
			tb.drawn["member-2"] = []kc.Polynomial{kc.NewPolynomial(3)}
			other, err := s.Commit("member-2", tb.drawn["member-2"])
			if err != nil {
				tb.Fatal(err)
			}
			*c = *other
		}
		return nil, false
	},
	"late change": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if r, ok := body.(*kc.Reveal); ok {
			r.Clauses[0].Coefficients[0] = scrutin.PointOf(group.Base())
		}
		return nil, false
	},
	"another's proof": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if r, ok := body.(*kc.Reveal); ok {
			r.Clauses[0].Proof = tb.honest(s, "member-1").(*kc.Reveal).Clauses[0].Proof
		}
		return nil, false
	},
	"bad share": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if r, ok := body.(*kc.Reveal); ok {
			r.Clauses[0].Boxes[2].Box[0] ^= 1
		}
		return nil, false
	},
	"another's share": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if r, ok := body.(*kc.Reveal); ok {
			b := r.Clauses[0].Boxes
			b[0].Ephemeral, b[0].Box, b[2].Ephemeral, b[2].Box = b[2].Ephemeral, b[2].Box, b[0].Ephemeral, b[0].Box
		}
		return nil, false
	},
	"false complaint": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if c, ok := body.(*kc.Check); ok {
			c.Complaints = []kc.Complaint{tb.complaint(s, "member-2", "member-1")}
		}
		return nil, false
	},
	twoAtOnce: func(tb *table, body any, s *kc.State) ([]byte, bool) {
		switch b := body.(type) {
		case *kc.Reveal:
			if b.Holder == "member-3" {
				b.Clauses[0].Boxes[0].Box[0] ^= 1
			}
		case *kc.Check:
			if b.Holder == "member-2" {
				b.Board[0] ^= 1
			}
		}
		return nil, false
	},
	"another seal": func(tb *table, body any, s *kc.State) ([]byte, bool) {
		if c, ok := body.(*kc.Seal); ok {
			c.Clauses[0].Holders[0].Key = scrutin.PointOf(group.Base())
		}
		return nil, false
	},
}

// twoAtOnce is the lie in which member-1 convicts member-3 before member-2 is judged.
const twoAtOnce = "two at once"

func makeVectors(t *testing.T) {
	tb := newTable(t, small...)
	file := ceremonyVectors{
		About: "docs/protocol.md § 4: all notes of run 1, in any order, and what they come to. An empty step is the end: then board is the ceremony digest," +
			" key is Y, and fragments are what each holder adds up from his boxes with the secret of his reception key. Rehearsals follow the honest case. All lies are member-2's, and one of two at once member-3's.",
		Manifest: string(tb.Bytes), Reception: map[string]scrutin.Scalar{},
	}
	for name, z := range tb.Reception {
		file.Reception[name] = scrutin.ScalarOf(z)
	}
	names := []string{"honest"}
	for name := range lies {
		names = append(names, name)
	}
	slices.Sort(names[1:])
	for _, name := range names {
		tb.messages = nil
		tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
			if lie, ok := lies[name]; ok && (holder == "member-2" || name == twoAtOnce) {
				return lie(tb, body, s)
			}
			return nil, false
		}
		tb.play(1)
		var notes []string
		for _, m := range tb.messages {
			notes = append(notes, string(m.Bytes()))
		}
		file.Cases = append(file.Cases, outcome(t, tb, name, notes))
		if name == "honest" {
			file.Rehearsals = makeRehearsals(t, tb)
		}
	}
	data, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsPath, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// makeRehearsals makes the honest rehearsal of a ceremony and others, in which
// member-2 gives something else from his second medium.
func makeRehearsals(t *testing.T, tb *table) []rehearsalVector {
	s, err := tb.RunState(1, nil, tb.messages)
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[kc.Step]map[string]*kc.Rehearsal{}
	var notes []string
	sign := func(body *kc.Rehearsal) string { return string(tb.sign(body.Holder, body)) }
	for i, step := range []kc.Step{kc.RehearsalStep1, kc.RehearsalStep2} {
		bodies[step] = map[string]*kc.Rehearsal{}
		for _, h := range s.Holders() {
			fragments, err := s.Fragments(h, tb.Reception[h])
			if err != nil {
				t.Fatal(err)
			}
			if bodies[step][h], err = s.Rehearse(h, i+1, fragments); err != nil {
				t.Fatal(err)
			}
			notes = append(notes, sign(bodies[step][h]))
		}
	}
	at := len(s.Holders()) + 1 // member-2, second medium
	instead := func(name string, text ...string) rehearsalVector {
		return rehearsalVector{name, slices.Concat(notes[:at], text, notes[at+1:]), false}
	}
	right := bodies[kc.RehearsalStep2]["member-2"]
	copied, anothers, board := *bodies[kc.RehearsalStep1]["member-2"], *right, *right
	copied.Record, anothers.Clauses = right.Record, bodies[kc.RehearsalStep2]["member-1"].Clauses
	board.Board[0] ^= 1
	return []rehearsalVector{
		{"honest", notes, true}, instead("missing"), instead("the other medium's", sign(&copied)), instead("another's", sign(&anothers)), instead("another board", sign(&board)),
	}
}

func TestVectors(t *testing.T) {
	if *update {
		makeVectors(t)
	}
	data, err := os.ReadFile(vectorsPath)
	if err != nil {
		t.Fatal(err)
	}
	var file ceremonyVectors
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	m, f, err := scrutin.ParseManifest([]byte(file.Manifest))
	if err != nil {
		t.Fatal(err)
	}
	c, err := kc.New(m, f)
	if err != nil {
		t.Fatal(err)
	}
	tb := &table{tester: t, Ceremony: c, Fixture: &scrutintest.Fixture{Reception: map[string]group.Scalar{}}}
	for name, z := range file.Reception {
		if tb.Reception[name], err = z.Decode(); err != nil {
			t.Fatal(err)
		}
	}
	if len(file.Cases) != len(lies)+1 {
		t.Errorf("%d cases, want %d", len(file.Cases), len(lies)+1)
	}
	honest := messages(t, tb, file.Cases[0].Notes)
	keys, err := tb.Verify(honest)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Rehearsals {
		if err := tb.VerifyRehearsals(keys, slices.Concat(honest, messages(t, tb, r.Notes))); (err == nil) != r.Holds {
			t.Errorf("rehearsal, %s: %v", r.Name, err)
		}
	}
	if len(file.Rehearsals) < 5 {
		t.Errorf("%d rehearsals", len(file.Rehearsals))
	}
	for _, want := range file.Cases {
		got, err := json.Marshal(outcome(t, tb, want.Name, want.Notes))
		if err != nil {
			t.Fatal(err)
		}
		if expected, _ := json.Marshal(want); string(got) != string(expected) {
			t.Errorf("%s:\n%s\nwant\n%s", want.Name, got, expected)
		}
	}
}
