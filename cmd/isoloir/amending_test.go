package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/server"
	"isoloir/server/config"
)

// amendedVote is a directory with an open vote of two urns of twenty, whose roll is imported.
type amendedVote struct {
	*testing.T
	*audittest.World
	dir string
}

func newAmended(t *testing.T) *amendedVote {
	t.Helper()
	w, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Urns: 2, Electors: 20}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	v := &amendedVote{t, w.Advance(audittest.Amended), t.TempDir()}
	v.publish()
	v.write("roll.csv", []byte(rollFile(40)))
	v.write("roll.key", []byte(w.Signers["roll"].Encode()+"\n"))
	c := config.Config{Record: "record", Origins: config.Origins{Portal: "https://p.example", Roll: "https://r.example", Urn: "https://u.example", IssuerA: "https://a.example", IssuerB: "https://b.example"},
		Roll: &config.Roll{Place: config.Place{Directory: "roll", Listen: "127.0.0.1:8443"}, Key: "roll.key", Challenges: "challenges", Database: "roll.db",
			Links: config.RollLinks{Fate: "fate", DepositA: "a", DepositB: "b", NotifyA: "c", NotifyB: "d"}}}
	data, err := c.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	v.write("config.yaml", data)
	v.write("fate", []byte(strings.Repeat("5", 64)+"\n"))
	v.run(0, "imported", "import-roll", "-manifest", v.at("record/manifest.json"), "-roll", v.at("roll.csv"), "-commit")
	return v
}

func (v *amendedVote) at(name string) string { return filepath.Join(v.dir, name) }

func (v *amendedVote) write(name string, data []byte) {
	v.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(v.at(name)), 0o700), os.WriteFile(v.at(name), data, 0o600)); err != nil {
		v.Fatal(err)
	}
}

// publish writes the record as it is.
func (v *amendedVote) publish() {
	for path, data := range v.Files {
		v.write("record/"+path, data)
	}
}

// run runs a command of the roll's operator, in English, and looks for what it must say, and for its exit code.
func (v *amendedVote) run(code int, say, command string, args ...string) {
	v.Helper()
	var out, complaints bytes.Buffer
	do := map[string]func() error{
		"amend-roll":  func() error { return amendRoll(v.T.Context(), args, &out, &complaints) },
		"import-roll": func() error { return importRoll(v.T.Context(), args, &out, &complaints) },
	}[command]
	args = append([]string{"-config", v.at("config.yaml"), "-lang", "en"}, args...)
	err := do()
	got := 0
	var e *exit
	switch {
	case errors.As(err, &e):
		got = e.code
	case err != nil:
		got = -1
	}
	if said := fmt.Sprint(out.String(), complaints.String(), err); got != code || !strings.Contains(said, say) {
		v.Fatalf("%s %q: exit code %d and not %d, and it says %q where %q belongs", command, args, got, code, said, say)
	}
}

// newcomerFile is a roll file of so many electors of an urn who are on no roll.
func newcomerFile(n, urn int) []byte {
	lines := []string{strings.Join(roll.Columns, ",")}
	for i := range n {
		lines = append(lines, fmt.Sprintf("n-%d,urn-%d,,agents,FR,fr,email sms,1981-05-24,Arrivant,Noé %d", i, urn, i))
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

// Additions are judged by the line and wait for issuers and mixers; one amendment is under way at a time, and can be dropped.
func TestAmendRollAdds(t *testing.T) {
	v := newAmended(t)
	k := v.Manifest.MinimumSize
	v.write("few.csv", newcomerFile(k-1, 1))
	v.write("known.csv", bytes.Replace(newcomerFile(k, 1), []byte("n-3,"), []byte("r-3,"), 1))
	v.write("bad.csv", bytes.Replace(newcomerFile(k, 1), []byte(",FR,"), []byte(",fr,"), 1))
	v.write("add.csv", newcomerFile(k, 2))
	v.run(64, "one of these", "amend-roll", "-add", "x", "-sign")
	v.run(64, "one word too many", "amend-roll", "x")
	v.run(0, "no amendment is under way", "amend-roll")
	v.run(66, "", "amend-roll", "-add", v.at("nowhere.csv"))
	v.run(65, fmt.Sprintf("urn urn-1 gets %d electors, and fewer than %d", k-1, k), "amend-roll", "-add", v.at("few.csv"))
	v.run(65, "attendez-en d'autres", "amend-roll", "-lang", "fr", "-add", v.at("few.csv"))
	v.run(65, "line 5: the elector of reference r-3 is on the roll already", "amend-roll", "-add", v.at("known.csv"), "-commit")
	v.run(65, `line 2: the country "fr"`, "amend-roll", "-add", v.at("bad.csv"), "-commit")
	v.run(1, "no amendment is under way", "amend-roll", "-sign")
	v.run(1, "aucune modification n'est en cours", "amend-roll", "-lang", "fr", "-drop", "-commit")
	v.run(0, "nothing is written", "amend-roll", "-add", v.at("add.csv"))
	v.run(0, "no amendment is under way", "amend-roll")
	v.run(0, fmt.Sprintf("urn urn-2: %d added, 0 struck off", k), "amend-roll", "-add", v.at("add.csv"), "-commit", "-extract", v.at("extract.csv"))
	extract, err := os.ReadFile(v.at("extract.csv"))
	if err != nil || strings.Count(string(extract), ",urn-2,") != k || !strings.Contains(string(extract), fmt.Sprintf(",urn-2,%d,FR", 20+k-1)) {
		t.Fatalf("%s, %v", extract, err)
	}
	v.run(1, "amendment 1 is under way", "amend-roll", "-add", v.at("add.csv"), "-commit")
	v.run(73, "", "amend-roll", "-extract", v.at("extract.csv"))
	v.run(66, "not all in the record yet", "amend-roll", "-sign")
	v.run(0, "nothing is dropped", "amend-roll", "-drop")
	v.run(0, "dropped", "amend-roll", "-drop", "-commit")
	v.run(0, "no amendment is under way", "amend-roll")
	// What issuers, mixers and the roll made for it is of other electors than the next one.
	at := record.Population(1)
	for _, left := range []string{at.Enrolment("issuer-a"), at.EnrolmentKeys("urn-2", v.Manifest.Issuers[1].ID), at.AnonymisationProof("urn-1", 2), record.Amendment(1)} {
		left = strings.Replace(left, "issuer-a", v.Manifest.Issuers[0].ID, 1)
		v.write("record/"+left, []byte("x"))
		v.run(1, left+": the record holds files of an amendment of this number that was dropped", "amend-roll", "-add", v.at("add.csv"), "-commit")
		if err := os.Remove(v.at("record/" + left)); err != nil {
			t.Fatal(err)
		}
	}
	v.run(0, "extract2.csv: ", "amend-roll", "-add", v.at("add.csv"), "-commit", "-extract", v.at("extract2.csv"))
	if extract, err = os.ReadFile(v.at("extract2.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(v.at("extract2.csv")); err != nil {
		t.Fatal(err)
	}
	v.run(0, fmt.Sprintf("extract2.csv: %x", sha256.Sum256(extract)), "amend-roll", "-extract", v.at("extract2.csv"))
	// What nobody can adopt any more is dropped, and nothing else is staged.
	v.Act(scrutin.ActStop, scrutin.ActBody{Reason: "panne", Opinion: "favourable"})
	v.publish()
	v.run(1, "neither before nor after", "amend-roll", "-sign")
	v.run(0, "dropped", "amend-roll", "-drop", "-commit")
	v.run(1, "neither before nor after", "amend-roll", "-add", v.at("add.csv"), "-commit")
}

// Strikes are signed at once, adopted, and taken up; then the roll is compared as it is.
func TestAmendRollStrikes(t *testing.T) {
	v := newAmended(t)
	v.write("strike.csv", []byte("reference\nr-4\nr-7\n"))
	v.write("wrong.csv", []byte("reference\nr-4\nr-99\nr-4\n"))
	v.run(65, `references to strike, line 3: the roll has no elector of reference "r-99"`, "amend-roll", "-strike", v.at("wrong.csv"))
	v.run(65, "radier, ligne 4 : la référence r-4 figure aussi à la ligne 2", "amend-roll", "-lang", "fr", "-strike", v.at("wrong.csv"))
	v.run(65, "the first line must be reference", "amend-roll", "-strike", v.at("roll.csv"))
	v.run(0, "adds nobody: -sign", "amend-roll", "-strike", v.at("strike.csv"), "-commit")
	v.run(0, "amendment 1 is signed", "amend-roll", "-sign")
	v.run(1, "is signed", "amend-roll", "-sign")
	v.run(1, "take addenda/N away", "amend-roll", "-drop", "-commit")
	path := record.Amendment(1)
	data, err := os.ReadFile(v.at("record/" + path))
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := scrutin.Open[scrutin.Amendment](data, v.Fingerprint, v.O, v.Manifest.Platform.Roll.Verifier())
	if err != nil || a.Adds() || len(a.Urns[0].Struck)+len(a.Urns[1].Struck) != 2 {
		t.Fatalf("%+v, %v", a, err)
	}
	v.Files[path] = data
	v.Act(scrutin.ActAddendum, scrutin.ActBody{Adopts: v.Adopts(path), Reason: "radiations", Opinion: "favourable"})
	v.publish()
	v.run(1, "amendment 1 is under way", "amend-roll", "-strike", v.at("strike.csv")) // the roll is not served
	v.run(1, "has not taken up", "amend-roll", "-drop", "-commit")
	c, err := config.Read(v.at("config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	at, err := server.OpenAmending(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Shut()
	adoption := roll.Adoption{Amendment: 1}
	for i, u := range a.Urns {
		in := roll.AmendedUrn{Urn: uint16(i), Before: u.Before}
		for _, n := range u.Struck {
			in.Struck = append(in.Struck, uint32(n))
		}
		adoption.Urns = append(adoption.Urns, in)
	}
	if _, err := at.Store.Adopt(t.Context(), at.Scope(), adoption); err != nil {
		t.Fatal(err)
	}
	v.run(65, "line 2: the elector of reference r-4 was struck before", "amend-roll", "-strike", v.at("strike.csv"))
	v.run(65, "more electors than", "import-roll", "-manifest", v.at("record/manifest.json"), "-roll", v.at("roll.csv"))
	var left []string
	for _, line := range strings.SplitAfter(rollFile(40), "\n") {
		if !strings.HasPrefix(line, "r-4,") && !strings.HasPrefix(line, "r-7,") {
			left = append(left, line)
		}
	}
	v.write("left.csv", []byte(strings.Join(left, "")))
	v.run(0, "38 electors are the same, 0 differ, 0 are new", "import-roll", "-manifest", v.at("record/manifest.json"), "-roll", v.at("left.csv"))
}

// meddled is a roll's store in which an operator drops and changes what is under way while another one signs it.
type meddled struct {
	server.RollStore
	instead roll.Staging
}

func (m meddled) Bar(ctx context.Context, scope roll.Scope) (roll.Spared, error) {
	spared, err := m.RollStore.Bar(ctx, scope)
	return spared, errors.Join(err, m.Unstage(ctx, scope), m.Stage(ctx, scope, m.instead))
}

// Who votes in a companion by his login here is not struck off, and nothing is signed that is under way no more.
func TestAmendRollRefuses(t *testing.T) {
	v := newAmended(t)
	v.write("strike.csv", []byte("reference\nr-4\nr-7\n"))
	c, err := config.Read(v.at("config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	at, err := server.OpenAmending(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Shut()
	find, err := roll.References(t.Context(), at.Store, at.Scope(), 2)
	if err != nil {
		t.Fatal(err)
	}
	led, _ := find("r-9")
	free, _ := find("r-4")
	if err := at.Store.Pair(t.Context(), at.Scope(), 0, func(yield func(roll.Pair, error) bool) { yield(roll.Pair{Place: led}, nil) }); err != nil {
		t.Fatal(err)
	}
	v.write("leads.csv", []byte("reference\nr-4\nr-9\n"))
	v.run(1, fmt.Sprintf("[{%d %d}]: electors to be struck off vote in companions", led.Urn, led.Elector), "amend-roll", "-strike", v.at("leads.csv"), "-commit")
	v.run(0, "adds nobody: -sign", "amend-roll", "-strike", v.at("strike.csv"), "-commit")
	at.Store = meddled{at.Store, roll.Staging{Amendment: 1, Struck: []roll.Place{free}}}
	if _, err := at.Sign(t.Context(), 1); !errors.Is(err, server.ErrChanged) || at.Signed(1) {
		t.Fatalf("what is under way no more is signed: %v", err)
	}
	// A note that was signed, taken away and dropped is adopted after all, while another amendment is under way.
	v.run(0, "amendment 1 is signed", "amend-roll", "-sign")
	path := record.Amendment(1)
	if v.Files[path], err = os.ReadFile(v.at("record/" + path)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(v.at("record/" + path)); err != nil {
		t.Fatal(err)
	}
	v.run(0, "dropped", "amend-roll", "-drop", "-commit")
	v.run(0, "adds nobody: -sign", "amend-roll", "-strike", v.at("strike.csv"), "-commit")
	v.Act(scrutin.ActAddendum, scrutin.ActBody{Adopts: v.Adopts(path), Reason: "radiation", Opinion: "favourable"})
	v.publish()
	v.run(1, "has not taken up", "amend-roll", "-sign")
	v.run(0, "dropped", "amend-roll", "-drop", "-commit")
}

// An issuer takes whom an amendment adds into its book and enrols them, once its record says that the vote is open, and by the number that is next.
func TestIssuerAmends(t *testing.T) {
	v := newAmended(t)
	k, id := v.Manifest.MinimumSize, v.Manifest.Issuers[0].ID
	do := func(code int, say, command string, args ...string) {
		t.Helper()
		var out, complaints bytes.Buffer
		err := issue(t.Context(), append([]string{command, "-dir", v.at("issuer"), "-lang", "en", "-quiet"}, args...), strings.NewReader(""), &out, &complaints)
		got := 0
		var e *exit
		switch {
		case errors.As(err, &e):
			got = e.code
		case err != nil:
			got = -1
		}
		if said := fmt.Sprint(out.String(), complaints.String(), err); got != code || !strings.Contains(said, say) {
			t.Fatalf("issuer %s %q: exit code %d and not %d, and it says %q where %q belongs", command, args, got, code, said, say)
		}
	}
	do(0, "", "init", "-role", "issuer-a", "-id", id)
	v.write("issuer/issuer.key", []byte(v.Signers[id].Encode()+"\n"))
	do(0, "are enrolled", "enrol", "-manifest", v.at("record/manifest.json"), "-out", v.at("issuer-out"))
	v.write("add.csv", newcomerFile(k, 1))
	v.run(0, "", "amend-roll", "-add", v.at("add.csv"), "-commit", "-extract", v.at("extract.csv"))
	book := "reference,address,language\n"
	for i := range k {
		book += fmt.Sprintf("n-%d,n%d@mail.example,fr\n", i, i)
	}
	v.write("book.csv", []byte(book))
	args := func(number string) []string {
		return []string{"-amendment", number, "-extract", v.at("extract.csv"), "-book", v.at("book.csv"), "-out", v.at("issuer-out"), "-without-digits"}
	}
	do(77, "has no opening yet", "amend", args("1")...)
	for path, data := range v.Files {
		if strings.HasPrefix(path, "acts/") || path == record.Opening {
			v.write("issuer/record/"+path, data)
		}
	}
	do(77, "the next one is 1", "amend", args("2")...)
	v.write("book.csv", []byte(strings.Replace(book, "n-2,", "n-99,", 1)))
	do(65, `the reference "n-99" is not on the roll`, "amend", args("1")...)
	v.write("book.csv", []byte(book))
	extract, err := os.ReadFile(v.at("extract.csv"))
	if err != nil {
		t.Fatal(err)
	}
	do(0, fmt.Sprintf("extract.csv: %x", sha256.Sum256(extract)), "amend", append(args("1"), "-dry-run")...)
	do(0, "Nothing was written", "amend", append(args("1"), "-dry-run")...)
	do(0, fmt.Sprintf("%d electors are enrolled for the amendment", k), "amend", args("1")...)
	do(73, "is there already", "amend", args("1")...)
	for _, path := range []string{record.Population(1).Enrolment(id), record.Population(1).EnrolmentKeys("urn-1", id)} {
		if _, err := os.Stat(v.at("issuer-out/" + path)); err != nil {
			t.Error(err)
		}
	}
}
