package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// TestDevices verifies opened ballots from files and from an export, and prints a day of
// checks.
func TestDevices(t *testing.T) {
	w, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Urns: 2, Electors: 5, Choices: 2, Mixers: 2, MinSize: 2,
		Edit: func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.Consultation }}, Challenges: 2}, 3)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Opened)
	v := w.NewVote(0, 1)
	v.Options[0] = 0
	good, code := w.Open(v)
	false_, wrong := w.Open(w.NewVote(0, 2))
	false_.Coins[0][0] ^= 1
	w.Advance(audittest.Listed)
	w.Uncast = append(w.Uncast, audittest.Uncast{Challenge: good})
	w.ListChallenges(nil)
	dir := t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path, data := range w.Files {
		put(filepath.Join("export", path), data)
	}
	file := func(name, urn string, code, record []byte) string {
		text := "{\n  \"record\": \"isoloir/v1/challenge\",\n  \"manifest\": \"" + w.Fingerprint.String() + "\",\n  \"opening\": \"" + w.O.String() + "\",\n  \"urn\": \"" + urn +
			"\",\n  \"code\": \"" + hex.EncodeToString(code) + "\",\n  \"challenge\": \"" + hex.EncodeToString(record) + "\"\n}\n"
		return put(name, []byte(text))
	}
	export := filepath.Join(dir, "export")
	fine, bad := file("good.json", "urn-1", code[:], good.Bytes()), file("false.json", "urn-1", wrong[:], false_.Bytes())
	elsewhere, seed := file("elsewhere.json", "urn-2", code[:], good.Bytes()), put("seed", []byte("4 2 6 6 1 5\n"))
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"challenge", "-record", export, fine}, exitHolds, "held\n  \"Question 1\": \"Liste 1\"\n"},
		{[]string{"challenge", "-record", export, "-lang", "fr", fine, bad}, exitRefused, "N'A PAS OUVERT"},
		{[]string{"challenge", "-record", export, elsewhere}, exitRefused, "(ballot)"},
		{[]string{"challenge", "-record", export, "-code", hex.EncodeToString(code[:])}, exitHolds, "\"Liste 1\""},
		{[]string{"challenge", "-record", export, "-code", hex.EncodeToString(wrong[:])}, exitRefused, "no ballot of this code was opened"},
		{[]string{"challenge", "-record", export, "-json", fine}, exitHolds, `"option": "Liste 1"`},
		{[]string{"challenge", "-record", export, seed}, exitUsage, ""},
		{[]string{"challenge", "-record", export}, exitUsage, ""},
		{[]string{"challenge", fine}, exitUsage, ""},
		{[]string{"challenge", "-record", dir, fine}, exitNoExport, ""},
		{[]string{"challenge", "-record", export, "-fingerprint", strings.Repeat("0", 64), fine}, exitNoExport, ""},
		{[]string{"challenge", "-record", export, filepath.Join(dir, "none")}, exitIO, ""},
		{[]string{"script", "-record", export, "-seed", seed, "-checks", "3", "-lang", "fr"}, exitHolds, "contrôle 2, urne urn-"},
		{[]string{"script", "-record", export, "-checks", "3"}, exitUsage, ""},
		{[]string{"script", "-record", export, "-seed", seed, "-from", "9"}, exitUsage, ""},
		{[]string{"script", "-record", export, "-seed", seed, "-checks", "0"}, exitUsage, ""},
	} {
		var out, errs bytes.Buffer
		if got := run(test.args, &out, &errs); got != test.code || !strings.Contains(out.String(), test.says) {
			t.Errorf("%v: %d, not %d\n%s%s", test.args, got, test.code, &out, &errs)
		}
	}
	var first, again, other bytes.Buffer
	run([]string{"script", "-record", export, "-seed", seed, "-checks", "40"}, &first, &first)
	run([]string{"script", "-record", export, "-seed", seed, "-checks", "40"}, &again, &again)
	run([]string{"script", "-record", export, "-seed", fine, "-checks", "40"}, &other, &other)
	if first.String() != again.String() || first.String() == other.String() || strings.Count(first.String(), "check ") != 40 {
		t.Errorf("the same seed, then another:\n%s\n%s", &first, &other)
	}
}
