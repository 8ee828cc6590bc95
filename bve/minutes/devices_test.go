package minutes

import (
	"strings"
	"testing"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// TestChallenges reads what the urn signed of opened ballots, and nobody else's word for it.
func TestChallenges(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Urns: 2})
	stated := func(urn string, signer note.Signer) string {
		dir := t.TempDir()
		w, err := record.Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		data, err := scrutin.Sign(&scrutin.ChallengeStatement{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: f.Fingerprint}, Opening: scrutin.Digest{1}},
			Urn: urn, Challenges: 3, Contested: 2, Failed: 1, File: scrutin.Digest{2}}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(record.Challenges("urn-1"), data); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	own, other := f.Signers[f.Manifest.Platform.Urn.ID], f.Signers[f.Manifest.Platform.Roll.ID]
	for name, test := range map[string]struct {
		dir string
		n   int
	}{
		"the urn's":      {stated("urn-1", own), 1},
		"the roll's":     {stated("urn-1", other), -1},
		"of another urn": {stated("urn-2", own), -1},
		"none":           {t.TempDir(), 0},
	} {
		r, err := record.Open(test.dir)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		all, err := challenges(r, f.Manifest)
		if (err != nil) != (test.n < 0) || err == nil && len(all) != test.n {
			t.Errorf("%s: %d, %v", name, len(all), err)
		}
	}
}

// TestDevices has the minutes say how many ballots were opened, contested and contradicted.
func TestDevices(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Urns: 2})
	for _, test := range []struct {
		all  []*scrutin.ChallengeStatement
		says string
	}{
		{nil, "Aucun appareil n’a été contrôlé"},
		{[]*scrutin.ChallengeStatement{{Urn: "urn-1", Challenges: 31, Contested: 2}}, "ne prouvent rien à eux seuls"},
		{[]*scrutin.ChallengeStatement{{Urn: "urn-1", Challenges: 31, Contested: 2, Failed: 1}, {Urn: "urn-2", Challenges: 4, Contested: 1, Failed: 1}}, "dément\u00a0: 2"},
	} {
		w, err := newWords("fr", "Europe/Paris")
		if err != nil {
			t.Fatal(err)
		}
		b := &sheet{words: w}
		devices(&Source{Manifest: f.Manifest, Challenges: test.all}, b)
		var text strings.Builder
		rows := 0
		for _, block := range b.blocks {
			text.WriteString(strings.Join(block.Text, " ") + "\n")
			rows += len(block.Rows)
		}
		if !strings.Contains(text.String(), test.says) || rows != len(test.all) || w.missing != nil {
			t.Errorf("%q, %d rows, %v: not %q", text.String(), rows, w.missing, test.says)
		}
	}
}
