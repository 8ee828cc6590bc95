package audit_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
)

// anywhere verifies as several machines do: every piece is judged twice, by others
// who read the export for themselves, in an order of their own.
func anywhere(t *testing.T, w *audittest.World, opt audit.Options) *audit.Report {
	t.Helper()
	p := must(audit.Prepare(w.Source(), opt))
	others := []*audit.Prepared{must(audit.Prepare(w.Clone().Source(), audit.Options{})), must(audit.Prepare(w.Clone().Source(), audit.Options{PieceSize: 2}))}
	pieces := p.Pieces()
	outcomes := make([][]byte, len(pieces))
	for _, i := range rand.Perm(len(pieces)) {
		piece := must(audit.ParsePiece(must(pieces[i].Bytes())))
		outcomes[i] = must(others[i%2].Judge(piece, 1+i%3))
		if again := must(others[(i+1)%2].Judge(piece, 1)); !bytes.Equal(again, outcomes[i]) {
			t.Errorf("%s: two judges found %q and %q", piece, outcomes[i], again)
		}
	}
	return must(p.Conclude(outcomes))
}

// TestReportIsTheSameAnywhere compares the reports, findings too, on honest and on
// false exports, whatever
// the size of the pieces.
func TestReportIsTheSameAnywhere(t *testing.T) {
	same := func(name string, w *audittest.World) {
		t.Helper()
		for _, opt := range []audit.Options{{PieceSize: 1}, {PieceSize: 3, Workers: 3}, {}} {
			want := must(json.Marshal(verify(t, w, opt)))
			if got := must(json.Marshal(anywhere(t, w, opt))); !bytes.Equal(got, want) {
				t.Errorf("%s, pieces of %d:\n%s\n%s", name, opt.PieceSize, findings(verify(t, w, opt)), findings(anywhere(t, w, opt)))
			}
		}
	}
	honest := make([]ladder, len(shapes))
	for _, i := range []int{0, 1, amended} {
		honest[i] = climb(t, i, uint64(60+i))
		same("honest", honest[i][audittest.Listed])
	}
	tried := map[int]bool{}
	for _, m := range mutations {
		if honest[m.shape] == nil || tried[m.check] {
			continue
		}
		switch m.check {
		case 302, 303, 402, 606, 613, 703, 802, 902, 1002, 1004:
			tried[m.check] = true
			same(m.name, m.apply(honest[m.shape]))
		}
	}
	if len(tried) < 10 {
		t.Errorf("checks %v were tried", tried)
	}
}

// TestNoPieceOfThisExport asks for what is not there.
func TestNoPieceOfThisExport(t *testing.T) {
	p := must(audit.Prepare(climb(t, amended, 63)[audittest.Listed].Source(), audit.Options{}))
	for _, piece := range p.Pieces() {
		for _, change := range []func(*audit.Piece){
			func(q *audit.Piece) { q.Kind = "count" },
			func(q *audit.Piece) { q.Subject = "elsewhere" },
			func(q *audit.Piece) { q.From = -1 },
			func(q *audit.Piece) { q.From = q.To + 1 },
		} {
			q := piece
			change(&q)
			if _, err := p.Judge(q, 1); !errors.Is(err, audit.ErrPiece) {
				t.Errorf("%s: %v", q, err)
			}
		}
		q := piece
		switch q.Kind {
		case audit.Ballots, audit.Marks, audit.Opening:
			q.To = 1 << 40
		case audit.Anonymisation, audit.Mix:
			q.Stage = 9
		case audit.Enrolment:
			q.Amendment = 9
		case audit.Shares:
			q.Holder = "nobody"
		default:
			continue
		}
		if _, err := p.Judge(q, 1); !errors.Is(err, audit.ErrPiece) {
			t.Errorf("%s: %v", q, err)
		}
	}
	outcomes := must(p.JudgeAll())
	for _, wrong := range [][][]byte{nil, outcomes[1:], append([][]byte{nil}, outcomes[1:]...), append([][]byte{append(bytes.Clone(outcomes[0][:4]), '{')}, outcomes[1:]...)} {
		if _, err := p.Conclude(wrong); !errors.Is(err, audit.ErrOutcome) {
			t.Errorf("%d outcomes: %v", len(wrong), err)
		}
	}
}

// FuzzPiece reads a piece: what is accepted is written as it was.
func FuzzPiece(f *testing.F) {
	f.Add(must(audit.Piece{Kind: audit.Ballots, Subject: "urn-1", To: 5}.Bytes()))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := audit.ParsePiece(text); err == nil && !bytes.Equal(must(p.Bytes()), text) {
			t.Errorf("%q was read", text)
		}
	})
}

// TestSilentOutcome refuses what says that nothing was found and leaves out what that is
// compared with: the report would say nothing of the result.
func TestSilentOutcome(t *testing.T) {
	p := must(audit.Prepare(climb(t, 0, 64)[audittest.Listed].Source(), audit.Options{}))
	counts, tried := regexp.MustCompile(`"counts": \[[^]]*\]`), map[audit.Kind]bool{}
	for _, piece := range p.Pieces() {
		honest := must(p.Judge(piece, 1))
		if holds, err := p.Holds(piece, honest); !holds || err != nil {
			t.Fatalf("%s: %v, %v", piece, holds, err)
		}
		text, keys := honest[4:4+binary.BigEndian.Uint32(honest)], honest[4+binary.BigEndian.Uint32(honest):]
		said := func(numbers ...string) []byte {
			list := "[]"
			if len(numbers) > 0 {
				list = "[\n    " + strings.Join(numbers, ",\n    ") + "\n  ]"
			}
			changed := counts.ReplaceAll(text, []byte(`"counts": `+list))
			return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(len(changed))), changed, keys)
		}
		var wrong [][]byte
		switch piece.Kind {
		case audit.Enrolment:
			wrong = [][]byte{honest[:len(honest)-len(keys)]}
		case audit.Opening:
			size := fmt.Sprint(piece.Size())
			wrong = [][]byte{said(), said(size), said("-1", size, "1", "0"), said("0", "0", "0", "0")}
		}
		idle := []byte(strings.ReplaceAll(string(text), fmt.Sprintf(" %d,\n", piece.Size()), " 0,\n"))
		if !bytes.Equal(idle, text) && piece.Kind != audit.Opening {
			wrong = append(wrong, slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(len(idle))), idle, keys))
		}
		for _, b := range wrong {
			tried[piece.Kind] = true
			if _, err := p.Holds(piece, b); !errors.Is(err, audit.ErrOutcome) {
				t.Errorf("%s: %q passes: %v", piece, b, err)
			}
		}
	}
	if len(tried) < 6 {
		t.Error("tried were ", tried)
	}
}
