package replay

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/audit"
	"isoloir/bve/minutes"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// theVote is the manifest of a vote under french-abroad, with everything that a rehearsal has to go through.
func theVote(t testing.TB, urns int) *scrutin.Manifest {
	t.Helper()
	f := scrutintest.New(t, scrutintest.Options{Urns: urns, Electors: 400, Choices: 2, Questions: urns, MinSize: 20, Edit: func(m *scrutin.Manifest) {
		m.Scrutin.Kind = scrutin.Real
		m.Schedule.GraceMinutes, m.Codes.MemoryKiB, m.Codes.Passes = 15, 64, 1
		key, err := note.GenerateKey("comite")
		if err != nil {
			t.Fatal(err)
		}
		m.Bureau.Members = append(m.Bureau.Members, scrutin.Member{ID: "comite", Label: "Comité technique", Role: scrutin.Committee, Voice: scrutin.Consultative, Class: "anssi",
			Rank: scrutin.Titular, Born: "1970-01-01", Key: key.Verifier().String()})
		m.Schedule.Count = scrutin.TimeOf(m.Schedule.Close.AddDate(0, 0, 3))
	}})
	return f.Manifest
}

func rehearse(t testing.TB, m *scrutin.Manifest, dir string) *Rehearsed {
	t.Helper()
	d := Drill{Of: m, Electors: 8, Seed: 1, WorkFactor: 1, Language: "fr", Draw: func(s *minutes.Sheets) ([]byte, error) { return []byte("<!doctype html>"), nil }}
	out, err := Rehearse(context.Background(), d, dir, Watcher{Stage: func(string, int, int) {}, Step: func(name string, c Cost) { t.Log(name, c.Took) }})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The whole life of a vote, rehearsed from its manifest.
func TestDrill(t *testing.T) {
	m := theVote(t, 2)
	dir := filepath.Join(t.TempDir(), "out")
	out := rehearse(t, m, dir)
	if out.Report.Verdict != string(audit.Verified) || len(out.Refused) != 2 || len(out.Left) != 0 {
		t.Errorf("%+v", out.Report)
	}
	if out.Manifest.Scrutin.Kind != scrutin.Rehearsal || out.Fingerprint == out.Report.Of || len(out.Manifest.Clauses) != len(m.Clauses) {
		t.Error("it is not the rehearsal of this vote")
	}
	for i, c := range m.Clauses {
		if c.Threshold > 1 && c.Threshold < len(c.Holders) && (slices.Equal(out.Third[i], out.First[i]) || slices.Equal(out.Third[i], out.Second[i]) || slices.Equal(out.First[i], out.Second[i])) {
			t.Errorf("clause %s is opened by %v, after %v and %v", c.ID, out.Third[i], out.First[i], out.Second[i])
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, reportFile))
	if err != nil {
		t.Fatal(err)
	}
	r, n, err := scrutin.Open[Report](data, out.Fingerprint, scrutin.Digest{}, out.Manifest.BureauVerifiers()...)
	if err != nil || out.Manifest.AdoptedBy(n) != nil || r.Archive != out.Report.Archive {
		t.Error(r, err)
	}
	packed, err := os.ReadFile(out.Archive)
	if err != nil || scrutin.DigestOf(packed) != r.Archive || !bytes.Contains(packed, []byte("dossier/minutes.json")) {
		t.Error("the archive is not the one of the report: ", err)
	}
	var keys []note.Verifier
	for _, b := range m.Bureau.Members {
		keys = append(keys, b.Verifier())
	}
	for _, b := range out.Manifest.Bureau.Members {
		if slices.Contains(keys, b.Verifier()) {
			t.Errorf("%s has one key in both", b.ID)
		}
	}
}
