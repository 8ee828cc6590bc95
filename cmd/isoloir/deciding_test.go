package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// TestDecideCommand enters votes on paper and the result that follows, with signatures that came as files, and is told of every clash.
func TestDecideCommand(t *testing.T) {
	w, err := audittest.New(audittest.Shape{Abstain: 4, Fixture: scrutintest.Options{Urns: 1, Electors: 10, Mixers: 2, MinSize: 3, Edit: func(m *scrutin.Manifest) {
		m.Scrutin.Profile = scrutin.Consultation
		m.Weight = scrutin.Weight{Rule: scrutin.Mixed, Absent: mixte.Counted, Several: mixte.Equal}
		m.Urns[0].Represented, m.Urns[0].Members = 100, 1
	}}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Mixed)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := w.Write(at("record")); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keys, clashing := "", ""
	for e := range 10 {
		line := hex.EncodeToString(w.PaperKey(0, e, "salle-1")) + "\n"
		if slices.ContainsFunc(w.Marks[0], func(m audittest.Mark) bool { return int(m.Elector) == e }) {
			clashing = line
		} else {
			keys += line
		}
	}
	write("keys", keys)
	write("clashing", keys+clashing)
	write("counts.csv", "place,urn,question,option,ballots\nSalle,urn-1,,option-1,3\nSalle,urn-1,,option-2,1\nSalle,urn-1,,option-3,0\nSalle,urn-1,,blanc,0\nSalle,urn-1,,nul,0\nSalle,urn-1,,emargements,4\n")
	write("members.csv", membersHead+"\nm1,Claire Aubin,urn-1,,option-2\n")
	write("wrong.csv", membersHead+"\nm1,Claire Aubin,urn-1,,perhaps\n")
	decide := func(code int, says string, args ...string) {
		t.Helper()
		var out, stderr bytes.Buffer
		if got := run(context.Background(), append([]string{"decide", args[0], "-lang", "en", "-record", at("record")}, args[1:]...), &out, &stderr); got != code || !strings.Contains(out.String()+stderr.String(), says) {
			t.Errorf("%s: code %d, not %d with %q\n%s%s", args, got, code, says, &out, &stderr)
		}
	}
	sign := func(text string) (signed []string) {
		t.Helper()
		data, err := os.ReadFile(at(text))
		if err != nil {
			t.Fatal(err)
		}
		for i, key := range w.Keyring(w.Members()...) {
			n, err := note.Sign(string(data), key)
			if err != nil {
				t.Fatal(err)
			}
			write(fmt.Sprint(filepath.Base(text), i, ".note"), string(n))
			signed = append(signed, at(fmt.Sprint(filepath.Base(text), i, ".note")))
		}
		return signed
	}
	paper := []string{"paper", "-minutes", "salle-1", "-urn", "urn-1", "-station", "Salle des fêtes", "-counts", at("counts.csv"), "-out", at("paper")}
	decide(exitUsage, "decide help", "paper", "-minutes", "salle-1")
	decide(exitUsage, "decide help", "adopt", "-text", at("statement.json"))
	decide(exitRefused, "has a ballot in the urn", append(paper, "-keys", at("clashing"))...)
	decide(exitNoInput, "", append(paper, "-keys", at("nothing"))...)
	decide(exitDone, "4 voters", append(paper, "-keys", at("keys"))...)
	decide(exitCannot, "", append(paper, "-keys", at("keys"))...)
	decide(exitData, "suffice", "adopt", "-text", at("paper/salle-1.json"), sign("paper/salle-1.json")[0])
	decide(exitDone, "is in the record", append([]string{"adopt", "-text", at("paper/salle-1.json")}, sign("paper/salle-1.json")...)...)
	statement := []string{"statement", "-question", "question-1", "-out", at("statement.json")}
	decide(exitData, "perhaps", append(statement, "-members", at("wrong.csv"), "-provisional")...)
	decide(exitDone, "provisional", append(statement, "-members", at("members.csv"), "-provisional")...)
	decide(exitDone, "is in the record", append([]string{"adopt", "-text", at("statement.json")}, sign("statement.json")...)...)
	for _, path := range []string{record.Paper("salle-1"), record.PaperKeys("salle-1"), record.MixteProvisional("question-1")} {
		data, err := os.ReadFile(filepath.Join(at("record"), filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		w.Files[path] = data
	}
	w.Advance(audittest.Adopted)
	delete(w.Files, record.Mixte("question-1"))
	delete(w.Files, record.MixteCSV("question-1"))
	for _, old := range []string{"record", "statement.json"} {
		if err := os.RemoveAll(at(old)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write(at("record")); err != nil {
		t.Fatal(err)
	}
	decide(exitData, "too late", append(statement, "-members", at("members.csv"), "-provisional")...)
	decide(exitDone, "definitive", append(statement, "-members", at("members.csv"))...)
	decide(exitDone, "is in the record", append([]string{"adopt", "-text", at("statement.json")}, sign("statement.json")...)...)
	for _, path := range []string{record.Paper("salle-1"), record.PaperKeys("salle-1"), record.Mixte("question-1"), record.MixteCSV("question-1")} {
		if _, err := os.Stat(filepath.Join(at("record"), filepath.FromSlash(path))); err != nil {
			t.Error(err)
		}
	}
}
