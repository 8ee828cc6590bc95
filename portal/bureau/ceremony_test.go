package bureau

import (
	"net/http"
	"strings"
	"testing"

	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

// TestCeremonyInItsTime takes, once the bureau has adopted the ceremony, rehearsals that
// hold and no other message, and from the enrolment on none: whoever could add one would
// make void what an act has adopted.
func TestCeremonyInItsTime(t *testing.T) {
	w := &world{World: trusteetest.New(t, t.TempDir(), scrutintest.Options{Holders: 3})}
	w.begin(t, w.Manifest.Schedule.Open.AddDate(0, 0, -7))
	held := []string{"member-1", "member-2", "member-3"}
	w.Act(scrutin.ActConstitute, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: record.Manifest, SHA256: w.Fingerprint}}})
	for _, step := range steps[:4] {
		for _, h := range held {
			if _, _, err := w.Board().Speak(w.Devices[h], step, 0, w.Out); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Act(scrutin.ActCeremony, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: digestOf(t, w)}}})

	refused := func(name, who string, data []byte, want string) {
		t.Helper()
		before := listed(w.World)
		if code, said := w.bring("/fr/ceremonie/apporter", who, data); code != http.StatusUnprocessableEntity || !strings.Contains(said, want) {
			t.Errorf("%s: %d %s", name, code, said)
		}
		if after := listed(w.World); after != before {
			t.Errorf("%s: the record was\n%s\nand is\n%s", name, before, after)
		}
	}
	read := func(from *record.Reader, step keyceremony.Step, holder string, body any) {
		t.Helper()
		data, err := from.Read(record.Ceremony(1, string(step), holder), note.MaxSize)
		if err != nil {
			t.Fatal(err)
		}
		text, err := note.Text(data)
		if err != nil {
			t.Fatal(err)
		}
		if err := canon.Unmarshal([]byte(text), body); err != nil {
			t.Fatal(err)
		}
	}
	sign := func(who string, body any) []byte {
		t.Helper()
		data, err := keyceremony.Sign(body, w.signer(who))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	seal := new(keyceremony.Seal)
	read(&w.Out.Reader, keyceremony.SealStep, "member-1", seal)
	seal.Key = seal.Clauses[0].Holders[0].Key
	refused("a second seal", "member-1", sign("member-1", seal), "seules les répétitions")

	rehearsed := map[string]*record.Writer{}
	for _, h := range held {
		out, err := record.Create(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Board().Rehearse(w.Devices[h], out); err != nil {
			t.Fatal(err)
		}
		rehearsed[h] = out
	}
	first, second := new(keyceremony.Rehearsal), new(keyceremony.Rehearsal)
	read(&rehearsed["member-2"].Reader, keyceremony.RehearsalStep1, "member-2", first)
	read(&rehearsed["member-2"].Reader, keyceremony.RehearsalStep2, "member-2", second)
	second.Clauses[0].Proof = first.Clauses[0].Proof
	refused("the proof of the other medium", "member-2", sign("member-2", second), "n’ouvre pas le texte d’essai")

	for _, h := range held {
		for _, want := range []string{"Vérifié et mis au tableau", "déjà au tableau"} {
			if code, said := w.bring("/fr/ceremonie/apporter", h, packed(t, &rehearsed[h].Reader, "ceremony/", nil)); code != http.StatusOK || !strings.Contains(said, want) {
				t.Fatalf("rehearsals of %s: %d %s", h, code, said)
			}
		}
	}
	again, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Board().Rehearse(w.Devices["member-3"], again); err != nil {
		t.Fatal(err)
	}
	before := listed(w.World)
	if code, said := w.bring("/fr/ceremonie/apporter", "member-3", packed(t, &again.Reader, "ceremony/", nil)); code != http.StatusOK || listed(w.World) != before {
		t.Errorf("rehearsed again: %d %s", code, said)
	}
	var adopts []scrutin.Adopted
	for _, step := range steps[4:] {
		for _, h := range held {
			data, err := w.Out.Read(record.Ceremony(1, string(step), h), note.MaxSize)
			if err != nil {
				t.Fatal(err)
			}
			text, err := note.Text(data)
			if err != nil {
				t.Fatal(err)
			}
			adopts = append(adopts, scrutin.Adopted{Path: record.Ceremony(1, string(step), h), SHA256: scrutin.TextDigest(text)})
		}
	}
	w.Act(scrutin.ActRehearse, scrutin.ActBody{Adopts: adopts})
	w.Enrol()
	refused("a seal after the enrolment", "member-1", sign("member-1", seal), "terminées")
}

// listed are the paths of a record.
func listed(w *trusteetest.World) string {
	w.Helper()
	paths, err := w.Out.List()
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(paths, "\n")
}
