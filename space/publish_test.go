package space_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isoloir/account"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/spacetest"
)

// torn are works to which something happens in the midst of a publication.
type torn struct {
	space.Works
	prepared func()
	begin    error
}

func (w *torn) Prepare(ctx context.Context, id string, s *space.Sealed, files []space.File) error {
	err := w.Works.Prepare(ctx, id, s, files)
	if w.prepared != nil {
		w.prepared()
		w.prepared = nil
	}
	return err
}

func (w *torn) Begin(ctx context.Context, id string, f scrutin.Digest) error {
	if w.begin != nil {
		return w.begin
	}
	return w.Works.Begin(ctx, id, f)
}

// TestPublicationCut has a publication overtaken, fail half-way and be cut short: nothing of it is in
// the way of the next one, and what the store has taken begins.
func TestPublicationCut(t *testing.T) {
	w := spacetest.New(t, scrutin.Real, scrutin.Real)
	w.Ceremony()
	publisher := w.Person("Nadia Bensaïd", space.Publisher, "")
	works := &torn{Works: w.Space.Works}
	w.Space.Works = works
	at := func(id string, path ...string) string {
		return filepath.Join(append([]string{w.Dir, "ville", "consultations", id}, path...)...)
	}
	begun := func(id string) {
		t.Helper()
		c, err := w.Space.Store.Consultation(ctx, "ville", id)
		if err != nil || c.State != space.Published {
			t.Fatalf("%+v %v", c, err)
		}
		text, err := os.ReadFile(at(id, "record", "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		if _, f, err := scrutin.ParseManifest(text); err != nil || f != c.Fingerprint {
			t.Errorf("the record begins with another manifest than was published: %v", err)
		}
		if left, _ := filepath.Glob(at(id) + ".*"); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	}
	refused := func(id, code string) {
		t.Helper()
		var found space.Problems
		if err := w.Space.Publish(ctx, publisher, id, 2); !errors.As(err, &found) || !slices.ContainsFunc(found, func(p space.Problem) bool { return p.Code == code }) {
			t.Errorf("%s: %v", code, err)
		}
		if _, err := os.Stat(at(id, "record")); err == nil {
			t.Errorf("%s: a record has begun", code)
		}
	}

	id := w.Begin(w.Draft())
	w.List(id, "nord", "sud")
	works.prepared = func() { // an editor saves meanwhile
		d := w.Draft()
		d.Title = "Une autre place"
		if err := w.Space.Save(ctx, id, 2, d); err != nil {
			t.Error(err)
		}
	}
	if err := w.Space.Publish(ctx, publisher, id, 2); !errors.Is(err, space.ErrStale) {
		t.Errorf("overtaken: %v", err)
	}
	if err := w.Space.Publish(ctx, publisher, id, 3); err != nil {
		t.Fatalf("after it was overtaken: %v", err)
	}
	begun(id)

	id = w.Begin(w.Draft())
	w.List(id, "nord", "sud")
	keys := filepath.Join(w.Dir, "ville", "lists", id, record.EnrolmentKeys("sud", "roll"))
	for _, broken := range []func() error{func() error { return os.WriteFile(keys, []byte("sux"), 0o644) }, func() error { return os.Remove(keys) }} {
		if err := broken(); err != nil {
			t.Fatal(err)
		}
		refused(id, "changed-list")
	}
	if left, _ := filepath.Glob(at(".partial-*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if err := os.WriteFile(keys, []byte("sud"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(at(id, "record"), 0o700); err != nil { // as a copy that was restored
		t.Fatal(err)
	}
	var found space.Problems
	if err := w.Space.Publish(ctx, publisher, id, 2); !errors.As(err, &found) || found[0].Code != "other-record" || !strings.Contains(found[0].Sentence("fr"), id) {
		t.Errorf("beside another record: %v", err)
	}
	if err := os.RemoveAll(at(id)); err != nil {
		t.Fatal(err)
	}
	works.begin = errors.New("the machine stops")
	if err := w.Space.Publish(ctx, publisher, id, 2); !errors.Is(err, works.begin) {
		t.Fatal(err)
	}
	if _, err := os.Stat(at(id)); err == nil {
		t.Error("it has begun")
	}
	again, err := w.Office.Space(ctx, "ville")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := again.Resume(ctx); err != nil {
			t.Fatal(err)
		}
		begun(id)
	}
}

// TestDamagedGround breaks one part of what a consultation is made on at a time: it is said to who
// writes, with what to do, and nothing else fails.
func TestDamagedGround(t *testing.T) {
	w := spacetest.New(t, scrutin.Real, scrutin.Real)
	w.Ceremony()
	d := w.Draft()
	id := w.Begin(d)
	dir := filepath.Join(w.Dir, "ville")
	list := func(register scrutin.Digest, by string) func() {
		return func() {
			if err := os.RemoveAll(filepath.Join(dir, "lists")); err != nil {
				t.Fatal(err)
			}
			w.Sign(&account.Snapshot{Register: register, Scrutin: id, Urns: []account.SnapshotUrn{{Urn: "nord", Constituencies: []string{"nord"}, Electors: 300, Keys: scrutin.DigestOf([]byte("nord"))},
				{Urn: "sud", Constituencies: []string{"sud"}, Electors: 300, Keys: scrutin.DigestOf([]byte("sud"))}}}, by)
		}
	}
	write := func(path, text string) func() {
		return func() {
			if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		do   func()
		want []string
	}{
		{list(w.Space.Organisation.Register, "roll"), nil},
		{list(scrutin.Digest{8}, "roll"), []string{"ground other-register"}},
		{list(w.Space.Organisation.Register, "member-1"), []string{"ground.list unsigned-list"}},
		{list(w.Space.Organisation.Register, "roll"), nil},
		{write("standing/acts/0004-extend.note", "isoloir/v1/act\nhalf of"), []string{"ground.standing bad-standing"}},
		{write("parties.json", `{"record":`), []string{"ground.parties bad-parties", "ground.standing bad-standing", "ground no-snapshot"}},
	} {
		c.do()
		found, err := w.Space.Ready(ctx, id, d)
		if got := codes(found); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q, not %q: %v", got, c.want, err)
		}
		if len(found.At("ground")) != len(found) {
			t.Errorf("not beside the ground: %q", codes(found))
		}
	}
	if err := w.Office.Store.PutOrganisation(ctx, "abimee", []byte("{")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Office.Space(ctx, "abimee"); err == nil || !strings.Contains(err.Error(), "abimee") {
		t.Errorf("which space is damaged is not said: %v", err)
	}
}
