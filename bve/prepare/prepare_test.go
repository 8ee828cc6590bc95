package prepare_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"isoloir/bve/prepare"
	"isoloir/keyceremony/device"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// folder is that of a template, with documents and everybody's keys.
func folder(t testing.TB, template string) fstest.MapFS {
	t.Helper()
	files, err := prepare.Skeleton(template)
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	dir["documents/liste-a.pdf"] = &fstest.MapFile{Data: []byte("%PDF-1.7 A")}
	dir["documents/liste-a.txt"] = &fstest.MapFile{Data: []byte("A")}
	edit(dir, prepare.Options, "Prénom Nom | Prénom Nom,\nquestion-1,liste-b", "Prénom Nom | Prénom Nom,liste-a.pdf | liste-a.txt\nquestion-1,liste-b")
	yaml := string(dir[prepare.File].Data)
	holders := yaml[strings.Index(yaml, "\nholders:"):]
	holders = holders[:strings.Index(holders, "\nclauses:")]
	for line := range strings.SplitSeq(yaml, "\n") {
		i := strings.Index(line, "{id: ")
		if i < 0 {
			continue
		}
		id := line[i+len("{id: "):]
		id = id[:strings.IndexAny(id, ",}")]
		switch {
		case strings.Contains(holders, `"`+id+`"`):
			medium := t.TempDir()
			d, err := device.Create(id, "une phrase de passe d'essai", 10, medium)
			if err != nil {
				t.Fatal(err)
			}
			card, err := d.SignCard()
			if err != nil {
				t.Fatal(err)
			}
			dir["keys/"+id+prepare.CardEnd] = &fstest.MapFile{Data: card}
		case strings.HasPrefix(id, "temoin-"):
			dir["keys/"+id+prepare.KeyEnd] = &fstest.MapFile{Data: []byte(key(t, id, note.Cosigning) + "\n")}
		case slices.ContainsFunc([]string{"melangeur-", "emetteur-", "liste", "urne", "registre", "secretariat", "expert"}, func(p string) bool { return strings.HasPrefix(id, p) }):
			dir["keys/"+id+prepare.KeyEnd] = &fstest.MapFile{Data: []byte(key(t, id, note.Ed25519) + "\n")}
		}
	}
	return dir
}

func edit(dir fstest.MapFS, name, old, new string) {
	if !bytes.Contains(dir[name].Data, []byte(old)) {
		panic(fmt.Sprintf("%s has no %q", name, old))
	}
	dir[name] = &fstest.MapFile{Data: bytes.Replace(dir[name].Data, []byte(old), []byte(new), 1)}
}

func sentences(err error) string {
	var problems scrutin.Problems
	if errors.As(err, &problems) {
		return problems.Sentences("en")
	}
	return fmt.Sprint(err)
}

// S002-02, S004-10a: each template, with people's keys, is a manifest; made again it is the same.
func TestTemplates(t *testing.T) {
	for _, template := range prepare.Templates {
		t.Run(template, func(t *testing.T) {
			dir := folder(t, template)
			if template == "decree-2009" || template == "consular" {
				edit(dir, prepare.File, "  close: 2032-05-26 12:00", "  close: 2032-05-26 12:00\n  polling_day: 2032-05-30\n  count: 2032-05-31 07:00")
			}
			p, err := prepare.Read(dir)
			if err != nil {
				t.Fatal(sentences(err))
			}
			if again, err := prepare.Read(dir); err != nil || !bytes.Equal(again.Bytes, p.Bytes) || again.Fingerprint != p.Fingerprint {
				t.Errorf("made again it is another one: %v", err)
			}
			if p.Manifest.Schedule.Open.String() != "2032-05-21T10:00:00Z" {
				t.Errorf("it opens at %s", p.Manifest.Schedule.Open)
			}
			a := slices.IndexFunc(p.Manifest.Questions[0].Options, func(o scrutin.Option) bool { return o.ID == "liste-a" })
			documents := p.Manifest.Questions[0].Options[a].Documents
			if len(documents) != 2 || documents[0].Media != "application/pdf" || documents[1].SHA256 != scrutin.DigestOf([]byte("A")) || p.Documents[documents[1].SHA256] != "documents/liste-a.txt" {
				t.Errorf("documents %+v, %v", documents, p.Documents)
			}
		})
	}
}

// The draw: known words give a known order, other words another one at once, and the digest stands in the manifest.
func TestDraw(t *testing.T) {
	dir := folder(t, "town-council")
	var rows strings.Builder
	rows.WriteString("question,id,label,candidates,documents\n")
	for i := range 12 {
		fmt.Fprintf(&rows, "question-1,o%d,Option %d,,\n", i, i)
	}
	dir[prepare.Options] = &fstest.MapFile{Data: []byte(rows.String())}
	order := func() (ids []string, d scrutin.Digest) {
		p, err := prepare.Read(dir)
		if err != nil {
			t.Fatal(sentences(err))
		}
		for _, o := range p.Manifest.Questions[0].Options {
			ids = append(ids, o.ID)
		}
		if p.Draw == nil || p.Draw.Minutes() != p.Manifest.Draw.Minutes {
			t.Fatal("the manifest does not keep the draw")
		}
		return ids, p.Manifest.Draw.Minutes
	}
	first, minutes := order()
	if want := scrutin.DigestOf([]byte("isoloir/v1/draw\n2032-05-03\n17 4 33 8 21\n")); minutes != want {
		t.Errorf("the minutes are %s, want %s", minutes, want)
	}
	if got := strings.Join(first, " "); got != "o4 o11 o7 o3 o10 o8 o6 o1 o0 o9 o2 o5" {
		t.Errorf("the order is %s", got)
	}
	edit(dir, prepare.File, "17 4 33 8 21", "17 4 33 8 22")
	if second, other := order(); slices.Equal(first, second) || other == minutes {
		t.Error("other words give the same order")
	}
}

// What is wrong is named with its file, all of it at once, and nothing is made.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(fstest.MapFS)
		want string
	}{
		"no file":                   {func(d fstest.MapFS) { delete(d, prepare.File) }, "scrutin.yaml"},
		"no profile":                {func(d fstest.MapFS) { edit(d, prepare.File, "profile: consultation", "profile: autre") }, "scrutin.profile"},
		"a key twice":               {func(d fstest.MapFS) { edit(d, prepare.File, "mixers:", "schedule: {}\nmixers:") }, `"schedule" stands twice`},
		"an unknown key":            {func(d fstest.MapFS) { edit(d, prepare.File, "mixers:", "couleur: bleu\nmixers:") }, "couleur"},
		"an alias":                  {func(d fstest.MapFS) { edit(d, prepare.File, "mixers:", "x: &a 1\ny: *a\nmixers:") }, "without a reference"},
		"a value lacking":           {func(d fstest.MapFS) { edit(d, prepare.File, "level: 2", "level:") }, "a value is lacking"},
		"no card":                   {func(d fstest.MapFS) { delete(d, "keys/assesseur-1.isoloir-card") }, `"assesseur-1"`},
		"a card under a name":       {func(d fstest.MapFS) { d["keys/assesseur-1.isoloir-card"] = d["keys/assesseur-2.isoloir-card"] }, "bears its owner's name"},
		"a forged card":             {func(d fstest.MapFS) { edit(d, "keys/assesseur-1.isoloir-card", "reception", "receptiom") }, "assesseur-1.isoloir-card"},
		"a card and a key":          {func(d fstest.MapFS) { d["keys/urne.isoloir-card"] = d["keys/assesseur-1.isoloir-card"] }, "urne"},
		"another file":              {func(d fstest.MapFS) { d["keys/secret.txt"] = &fstest.MapFile{} }, "secret.txt"},
		"no document":               {func(d fstest.MapFS) { delete(d, "documents/liste-a.pdf") }, "options.csv, line 2"},
		"a document elsewhere":      {func(d fstest.MapFS) { edit(d, prepare.Options, "liste-a.pdf", "../scrutin.yaml.pdf") }, "options.csv, line 2"},
		"an unknown question":       {func(d fstest.MapFS) { edit(d, prepare.Options, "question-1,liste-b", "question-2,liste-b") }, `no question "question-2"`},
		"another head":              {func(d fstest.MapFS) { edit(d, prepare.Urns, "electors", "voters") }, "urns.csv, line 1"},
		"no number":                 {func(d fstest.MapFS) { edit(d, prepare.Urns, "1200", "beaucoup") }, "urns.csv, line 2"},
		"an hour that is skipped":   {func(d fstest.MapFS) { edit(d, prepare.File, "open: 2032-05-21 12:00", "open: 2032-03-28 02:30") }, "schedule.open"},
		"an hour twice":             {func(d fstest.MapFS) { edit(d, prepare.File, "close: 2032-05-26 12:00", "close: 2032-10-31 02:30") }, "schedule.close"},
		"no zone":                   {func(d fstest.MapFS) { edit(d, prepare.File, "schedule:", "schedule:\n  zone: Paris") }, "schedule.zone"},
		"words without lot":         {func(d fstest.MapFS) { edit(d, prepare.File, "method: lot", "method: given") }, "draw.words"},
		"true in capitals":          {func(d fstest.MapFS) { edit(d, prepare.File, "casting_vote: true", "casting_vote: True") }, "true or false"},
		"a second document":         {func(d fstest.MapFS) { edit(d, prepare.File, "platform:", "---\n[\nplatform:") }, "scrutin.yaml"},
		"two spaces":                {func(d fstest.MapFS) { edit(d, prepare.File, "17 4", "17  4") }, "draw.words"},
		"a leading zero":            {func(d fstest.MapFS) { edit(d, prepare.File, "17 4", "17 04") }, "draw.words"},
		"a space behind":            {func(d fstest.MapFS) { edit(d, prepare.File, "8 21\"", "8 21 \"") }, "draw.words"},
		"words that are no numbers": {func(d fstest.MapFS) { edit(d, prepare.File, "17 4", "dix-sept 4") }, "draw.words"},
		"closing first":             {func(d fstest.MapFS) { edit(d, prepare.File, "close: 2032-05-26", "close: 2032-05-20") }, "schedule"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "town-council")
			c.edit(dir)
			p, err := prepare.Read(dir)
			if err == nil || p != nil || !strings.Contains(sentences(err), c.want) {
				t.Errorf("%v, want %q", sentences(err), c.want)
			}
		})
	}
	if _, err := prepare.Skeleton("senate"); err == nil {
		t.Error("there is a template of this name")
	}
}

// S004-04: a vote of the French abroad closes at the latest at noon of the third day before polling day.
func TestLatestClose(t *testing.T) {
	dir := folder(t, "consular")
	edit(dir, prepare.File, "  close: 2032-05-26 12:00", "  close: 2032-05-27 12:00\n  polling_day: 2032-05-30\n  count: 2032-05-31 07:00")
	if _, err := prepare.Read(dir); err != nil {
		t.Fatal(sentences(err))
	}
	edit(dir, prepare.File, "  close: 2032-05-27 12:00", "  close: 2032-05-27 12:01")
	if _, err := prepare.Read(dir); err == nil {
		t.Error("it closes a minute too late")
	}
}

func FuzzFile(f *testing.F) {
	files, err := prepare.Skeleton("town-council")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(files[prepare.File]))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := prepare.Read(fstest.MapFS{prepare.File: {Data: data}}); err == nil && p.Manifest == nil {
			t.Fatal("neither a manifest nor a mistake")
		}
	})
}

// key is the verifier key of somebody whose private one nobody has.
func key(t testing.TB, name string, algorithm byte) string {
	t.Helper()
	k, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	if algorithm == note.Cosigning {
		return k.Verifier().Cosigner().String()
	}
	return k.Verifier().String()
}
