package space_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/spacetest"
)

var ctx = context.Background()

// codes are those of problems, with their fields.
func codes(found space.Problems) (list []string) {
	for _, p := range found {
		list = append(list, p.Field+" "+p.Code)
		for _, l := range []string{"fr", "en"} {
			if s := p.Sentence(l); s == "" || strings.Contains(s, "%!") {
				list = append(list, "NO SENTENCE "+l+" "+s)
			}
		}
	}
	return list
}

// TestCheck breaks one rule of a draft at a time: it is said at the field, in both languages.
func TestCheck(t *testing.T) {
	w := spacetest.New(t, scrutin.Real, scrutin.Real)
	if found := w.Draft().Check(w.Space.Organisation, w.At); len(found) > 0 {
		t.Fatal(found)
	}
	asked := func(q space.Question) func(*space.Draft) {
		return func(d *space.Draft) {
			d.Questions[0].Answers, d.Questions[0].Options, d.Questions[0].Most = q.Answers, q.Options, max(q.Most, 1)
		}
	}
	many := make([]string, 65)
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	for want, edit := range map[string]func(*space.Draft){
		"title empty":                          func(d *space.Draft) { d.Title = "" },
		"title line":                           func(d *space.Draft) { d.Title = "a\u202eb" },
		"context[0] paragraph":                 func(d *space.Draft) { d.Context[0] = strings.Repeat("é", 3001) },
		"questions[0].title empty":             func(d *space.Draft) { d.Questions[0].Title = "" },
		"questions[0].answers oneof":           asked(space.Question{Answers: "maybe", Options: []string{"a", "b"}}),
		"questions[0].options two-options":     asked(space.Question{Answers: space.Listed, Options: []string{"a"}}),
		"questions[0].options max":             asked(space.Question{Answers: space.Listed, Options: many}),
		"questions[0].options[1] same-option":  asked(space.Question{Answers: space.Listed, Options: []string{"Arbres", "ARBRES"}}),
		"questions[0].options[1] blank-option": asked(space.Question{Answers: space.Listed, Options: []string{"Arbres", "Vote blanc"}}),
		"questions[0].most most-citizens": func(d *space.Draft) {
			asked(space.Question{Answers: space.Listed, Options: []string{"a", "b", "c"}, Most: 2})(d)
			d.Deciders = space.Both
		},
		"questions[0].most most-sets":        asked(space.Question{Answers: space.Listed, Options: many[:25], Most: 3}),
		"questions[0].most most-options":     asked(space.Question{Answers: space.Listed, Options: []string{"a", "b"}, Most: 3}),
		"questions[0].most most-for-against": func(d *space.Draft) { d.Questions[0].Most = 2 },
		"questions max": func(d *space.Draft) {
			for len(d.Questions) < 17 {
				d.Questions = append(d.Questions, d.Questions[0])
			}
		},
		"territory min":               func(d *space.Draft) { d.Territory = []string{} },
		"territory[0] constituency":   func(d *space.Draft) { d.Territory = []string{"ailleurs"} },
		"territory order":             func(d *space.Draft) { d.Territory = []string{"sud", "nord"} },
		"deciders no-member":          func(d *space.Draft) { d.Deciders, d.Territory = space.Both, []string{"hameaux"} },
		"opens moment":                func(d *space.Draft) { d.Opens = "demain" },
		"opens empty":                 func(d *space.Draft) { d.Opens = "" },
		"opens opens-past":            func(d *space.Draft) { d.Opens = "2032-03-30T10:00" },
		"closes closes-first":         func(d *space.Draft) { d.Closes = "2032-05-20T10:00" },
		"closes clocks":               func(d *space.Draft) { d.Closes = "2032-10-31T02:30" },
		"majority majority-half":      func(d *space.Draft) { d.Majority = 20 },
		"majority majority-rule":      func(d *space.Draft) { d.Rule, d.Majority = "relative-majority", 60 },
		"majority majority-counts":    func(d *space.Draft) { d.Rule, d.Majority = "counts", 50 },
		"turnout max":                 func(d *space.Draft) { d.Turnout = 101 },
		"publication oneof":           func(d *space.Draft) { d.Publication = "secret" },
		"publication by-code-sealed":  func(d *space.Draft) { d.Publication = "by-code" },
		"publication by-code-members": func(d *space.Draft) { d.Deciders, d.Publication = space.Assembly, "by-code" },
		"smallest min":                func(d *space.Draft) { d.Smallest = 5 },
		"smallest smallest-register":  func(d *space.Draft) { d.Smallest = 12 },
		"picture.text picture-text":   func(d *space.Draft) { d.Picture = space.Picture{SHA256: scrutin.Digest{1}, Media: "image/png"} },
	} {
		d := w.Draft()
		edit(d)
		if got := codes(d.Check(w.Space.Organisation, w.At)); !slices.Contains(got, want) || slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "NO SENTENCE") }) {
			t.Errorf("%s: got %q", want, got)
		}
	}
}

// TestSeal makes the same manifest twice from one draft, valid by the protocol's rules, and names what is
// not there yet.
func TestSeal(t *testing.T) {
	w := spacetest.New(t, scrutin.Real, scrutin.Real)
	publisher := w.Person("Nadia Bensaïd", space.Publisher, "")
	d := w.Draft()
	d.Deciders, d.Questions = space.Both, append(d.Questions, space.Question{Title: "Où planter des arbres ?", Answers: space.Listed, Options: []string{"Rue Haute", "Quai"}, Most: 1})
	d.Turnout = 40
	id := w.Begin(d)
	ready := func() []string {
		t.Helper()
		found, err := w.Space.Ready(ctx, id, d)
		if err != nil {
			t.Fatal(err)
		}
		return codes(found)
	}
	if got := ready(); !slices.Equal(got, []string{"ground no-ceremony", "ground no-snapshot"}) {
		t.Errorf("before the ceremony: %q", got)
	}
	var refused space.Problems
	if err := w.Space.Publish(ctx, publisher, id, 2); !errors.As(err, &refused) {
		t.Errorf("published before the ceremony: %v", err)
	}
	w.Ceremony()
	w.List(id, "nord")
	if got := ready(); !slices.Equal(got, []string{"ground other-territory"}) {
		t.Errorf("with a list of one constituency: %q", got)
	}
	if err := os.RemoveAll(filepath.Join(w.Dir, "ville", "lists", id)); err != nil {
		t.Fatal(err)
	}
	w.List(id, "nord", "sud")
	if got := ready(); len(got) > 0 {
		t.Fatalf("all is there: %q", got)
	}
	g, err := w.Space.Works.Ground(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := d.Seal(id, w.Space.Organisation, g, w.At)
	if err != nil {
		t.Fatal(err)
	}
	m, f, err := scrutin.ParseManifest(sealed.Text)
	if err != nil || f != sealed.Fingerprint {
		t.Fatal(err)
	}
	if m.Weight != (scrutin.Weight{Rule: "mixed", Absent: "counted", Several: "equal"}) || m.Urns[0].Represented != 4000 || m.Urns[0].Members != 2 || m.Urns[0].Electors != 300 ||
		m.Decision.Turnout != (scrutin.Fraction{Numerator: 2, Denominator: 5}) || m.Schedule.Open.String() != "2032-05-21T08:00:00Z" || m.Questions[1].Options[1].Label != "Quai" {
		t.Errorf("%+v", m)
	}
	if err := m.CheckStanding(g.Standing.Text); err != nil {
		t.Errorf("the standing manifest is not the one that is taken up: %v", err)
	}
	if editor := w.Person("Paul Rédacteur", space.Editor, ""); !errors.Is(w.Space.Publish(ctx, editor, id, 2), space.ErrRole) {
		t.Error("an editor publishes")
	}
	if err := w.Space.Publish(ctx, publisher, id, 1); !errors.Is(err, space.ErrStale) {
		t.Errorf("another revision than was read: %v", err)
	}
	if err := w.Space.Publish(ctx, publisher, id, 2); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(w.Dir, "ville", "consultations", id, "record", "manifest.json"))
	if err != nil || !bytes.Equal(text, sealed.Text) {
		t.Errorf("the record begins with another manifest: %v", err)
	}
	for _, path := range []string{"record/standing.json", "record/enrolment/roll.note", "documents/" + sealed.Presentation.Digest.String()} {
		if _, err := os.Stat(filepath.Join(w.Dir, "ville", "consultations", id, path)); err != nil {
			t.Error(err)
		}
	}
}

// TestKeysOfARehearsal never serve real voters, nor the reverse.
func TestKeysOfARehearsal(t *testing.T) {
	for _, c := range []struct{ kind, keys, want string }{{scrutin.Real, scrutin.Rehearsal, "ground demonstration"}, {scrutin.Rehearsal, scrutin.Real, "ground other-kind"}} {
		w := spacetest.New(t, c.kind, c.keys)
		w.Ceremony()
		d := w.Draft()
		id := w.Begin(d)
		w.List(id, "nord", "sud")
		if found, err := w.Space.Ready(ctx, id, d); err != nil || !slices.Equal(codes(found), []string{c.want}) {
			t.Errorf("%s on keys of %s: %q, %v", c.kind, c.keys, codes(found), err)
		}
	}
}

// TestChange lets an end come later and a document be added, by acts, and nothing else.
func TestChange(t *testing.T) {
	w := spacetest.New(t, scrutin.Real, scrutin.Real)
	w.Ceremony()
	publisher := w.Person("Nadia Bensaïd", space.Publisher, "")
	id := w.Begin(w.Draft())
	w.List(id, "nord", "sud")
	if err := w.Space.Publish(ctx, publisher, id, 2); err != nil {
		t.Fatal(err)
	}
	for want, edit := range map[string]func(*space.Draft){
		"title meaning":      func(d *space.Draft) { d.Questions[0].Title = "Faut-il ouvrir la place ?" },
		"closes earlier":     func(d *space.Draft) { d.Closes = "2032-05-25T18:00" },
		"closes moment":      func(d *space.Draft) { d.Closes = "plus tard" },
		"documents document": func(d *space.Draft) { d.Documents = append(d.Documents, space.Document{}) },
	} {
		c, err := w.Space.Store.Consultation(ctx, "ville", id)
		if err != nil {
			t.Fatal(err)
		}
		edit(c.Draft)
		var found space.Problems
		if err := w.Space.Change(ctx, publisher, id, c.Revision, c.Draft, "Une erreur."); !errors.As(err, &found) || !slices.Contains(codes(found), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	for _, edit := range []func(*space.Draft){
		func(d *space.Draft) { d.Territory = []string{"nord"} }, func(d *space.Draft) { d.Rule = "counts" }, func(d *space.Draft) { d.Opens = "2032-05-22T10:00" },
		func(d *space.Draft) { d.Deciders = space.Both }, func(d *space.Draft) { d.Context = []string{"Autre chose."} }, func(d *space.Draft) { d.Finality = "final" }, func(*space.Draft) {},
	} {
		c, _ := w.Space.Store.Consultation(ctx, "ville", id)
		edit(c.Draft)
		var found space.Problems
		if err := w.Space.Change(ctx, publisher, id, c.Revision, c.Draft, "Une erreur."); !errors.As(err, &found) || found[0].Code != "meaning" {
			t.Errorf("%+v: %v", c.Draft, err)
		}
	}
	c, _ := w.Space.Store.Consultation(ctx, "ville", id)
	c.Draft.Closes = "2032-05-27T18:00"
	var found space.Problems
	if err := w.Space.Change(ctx, publisher, id, c.Revision, c.Draft, " "); !errors.As(err, &found) || found[0].Code != "reason" {
		t.Errorf("without a reason: %v", err)
	}
	if err := w.Space.Change(ctx, publisher, id, c.Revision, c.Draft, "Une panne d’une heure."); err != nil {
		t.Fatal(err)
	}
	if err := w.Space.AddDocument(ctx, publisher, id, c.Revision+1, "Plan", []byte("Un plan."), "Il manquait."); err != nil {
		t.Fatal(err)
	}
	if err := w.Space.AddDocument(ctx, publisher, id, c.Revision+2, "Image", []byte("\x89PNG"), "Il manquait."); !errors.As(err, &found) || found[0].Code != "document" {
		t.Errorf("a file that is no document: %v", err)
	}
	acts, err := w.Space.Store.Acts(ctx, "ville", id)
	if err != nil || len(acts) != 3 || acts[1].Kind != space.ActExtend || acts[1].Reason != "Une panne d’une heure." || acts[2].Kind != space.ActDocument {
		t.Errorf("%+v, %v", acts, err)
	}
	w.At = w.At.AddDate(1, 0, 0)
	c, _ = w.Space.Store.Consultation(ctx, "ville", id)
	c.Draft.Closes = "2034-05-27T18:00"
	if err := w.Space.Change(ctx, publisher, id, c.Revision, c.Draft, "Encore."); !errors.As(err, &found) || found[0].Code != "over" {
		t.Errorf("after its end: %v", err)
	}
}

// photograph is a JPEG with an Exif part that says where it was taken.
func photograph(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 {
		m.Set(i, i%30, color.RGBA{200, 30, uint8(i), 255})
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00GPS 48.4469 N 1.4892 E, 2031-08-15 14:03")
	part := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return slices.Concat(out.Bytes()[:2], part, exif, out.Bytes()[2:])
}

// TestPicture stores nothing of a file but what it shows.
func TestPicture(t *testing.T) {
	data := photograph(t)
	f, width, height, err := space.Redraw(data)
	if err != nil || width != 40 || height != 30 || f.Media != "image/jpeg" || f.Digest != scrutin.DigestOf(f.Data) {
		t.Fatal(f.Media, width, height, err)
	}
	if !bytes.Contains(data, []byte("GPS")) || bytes.Contains(f.Data, []byte("GPS")) || bytes.Contains(f.Data, []byte("Exif")) {
		t.Error("what was attached to the photograph is still there")
	}
	indexed := image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.Black, color.White, color.RGBA{'G', 'P', 'S', 255}})
	var out bytes.Buffer
	if err := png.Encode(&out, indexed); err != nil {
		t.Fatal(err)
	}
	again, _, _, err := space.Redraw(append(out.Bytes(), "behind the picture"...))
	if err != nil || bytes.Contains(again.Data, []byte("GPS")) || bytes.Contains(again.Data, []byte("behind")) {
		t.Errorf("a palette, or what stands behind, is kept: %v", err)
	}
	huge := slices.Clone(out.Bytes())
	binary.BigEndian.PutUint32(huge[16:], 1<<30) // the width, of which nothing is allocated
	for name, bad := range map[string][]byte{"nothing": nil, "text": []byte("bonjour"), "GIF": []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "half a picture": data[:len(data)/2], "huge": huge,
		"too large": make([]byte, space.MaxFile+1)} {
		if _, _, _, err := space.Redraw(bad); !errors.Is(err, space.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRedraw(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if g, w, h, err := space.Redraw(data); err == nil && (len(g.Data) == 0 || w < 1 || h < 1) {
			t.Fatal("neither a picture nor a refusal")
		}
	})
}

func FuzzDraft(f *testing.F) {
	f.Add([]byte("{\n}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := space.ParseDraft(data)
		if err != nil {
			return
		}
		if again, err := d.Bytes(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("accepted, and not canonical: %v", err)
		}
	})
}
