package urn_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// seedBallot is one valid ballot, so that fuzzing starts near.
func seedBallot(f *testing.F, w int) []byte {
	return urntest.New(f, urntest.Size{Questions: w, Electors: 2}).Ballot(f, 0, 0, 1).Bytes()
}

func FuzzParseBallot(f *testing.F) {
	f.Add(seedBallot(f, 1), 1)
	f.Add(seedBallot(f, 2), 2)
	f.Add(make([]byte, urn.BallotSize(1)), 1)
	f.Fuzz(func(t *testing.T, b []byte, w int) {
		p, err := urn.ParseBallot(b, w)
		if err != nil {
			if !errors.Is(err, urn.ErrFormat) {
				t.Errorf("refused as %v", err)
			}
			return
		}
		if !bytes.Equal(p.Bytes(), b) || p.Questions() != w || len(b) != urn.BallotSize(w) {
			t.Error("what was read is not what was given")
		}
	})
}

func FuzzReadLeaves(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 1, 4})
	f.Add([]byte{0, 0, 0, 2, 1})
	f.Fuzz(func(t *testing.T, file []byte) {
		r := urn.NewLeafReader(bytes.NewReader(file))
		var out bytes.Buffer
		w := urn.NewLeafWriter(&out)
		for {
			leaf, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				if !errors.Is(err, urn.ErrTruncated) {
					t.Errorf("refused as %v", err)
				}
				return
			}
			if err := w.Write(leaf); err != nil {
				t.Fatal(err)
			}
			if kind, data, err := urn.SplitLeaf(leaf, 1); err == nil && !bytes.Equal(append([]byte{byte(kind)}, data...), leaf) {
				t.Error("a leaf is not its type and data")
			}
		}
		if err := w.Flush(); err != nil || !bytes.Equal(out.Bytes(), file) {
			t.Error("what was read is not what was given")
		}
	})
}

func FuzzReadCheckpoints(f *testing.F) {
	fixture := urntest.New(f, urntest.Size{})
	r := fixture.Rules[0]
	var signed [][]byte
	for size := range uint64(3) {
		s, err := note.Sign(note.Checkpoint{Origin: r.Origin(), Size: size}.Text(), fixture.Urn)
		if err != nil {
			f.Fatal(err)
		}
		signed = append(signed, s)
		f.Add(bytes.Join(signed, []byte("\x1e\n")))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := r.ReadCheckpoints(file, fixture.Urn.Verifier())
		if err != nil {
			return
		}
		if len(list) == 0 || len(list) > len(signed) {
			t.Errorf("%d checkpoints read, %d were signed", len(list), len(signed))
		}
	})
}

// FuzzMessages reads every message of the wire.
func FuzzMessages(f *testing.F) {
	f.Add(byte(0), urn.AppendRequest{Urn: 3, Device: [32]byte{1}, Signature: [64]byte{2}, Authorisation: []byte("text"), Ballot: seedBallot(f, 1)}.Bytes())
	f.Add(byte(1), urn.AppendAnswer{Promise: []byte("promise"), Receipt: []byte("receipt")}.Bytes())
	f.Add(byte(1), urn.AppendAnswer{Err: urn.ErrVoted}.Bytes())
	f.Add(byte(2), urn.FateRequest{Urn: 1, Void: true, Tokens: make([]urn.Hash, 2)}.Bytes())
	f.Add(byte(3), urn.FateAnswer{Fates: [][]byte{[]byte("text"), nil}}.Bytes())
	f.Add(byte(4), urn.AccountRequest{Urn: 2, Key: [32]byte{3}}.Bytes())
	f.Add(byte(5), urn.AccountAnswer{Place: 1, Count: 3, Path: make([]urn.Hash, 2)}.Bytes())
	f.Add(byte(6), urn.ReceiptAnswer{}.Bytes())
	f.Add(byte(6), urn.ReceiptAnswer{State: urn.Received, Urn: 1, Next: 2, End: 3}.Bytes())
	f.Add(byte(6), urn.ReceiptAnswer{State: urn.Logged, Index: 5, Leaf: []byte("leaf"), Path: make([]urn.Hash, 3), Checkpoint: []byte("note")}.Bytes())
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		var m interface{ Bytes() []byte }
		var err error
		switch kind % 7 {
		case 0:
			m, err = urn.ParseAppendRequest(b)
		case 1:
			m, err = urn.ParseAppendAnswer(b)
		case 2:
			m, err = urn.ParseFateRequest(b)
		case 3:
			m, err = urn.ParseFateAnswer(b)
		case 4:
			m, err = urn.ParseAccountRequest(b)
		case 5:
			m, err = urn.ParseAccountAnswer(b)
		case 6:
			m, err = urn.ParseReceiptAnswer(b)
		}
		if err == nil && !bytes.Equal(m.Bytes(), b) {
			t.Errorf("read %x, which is written %x", b, m.Bytes())
		}
	})
}
