package space_test

import (
	"errors"
	"slices"
	"testing"

	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/signature"
	"isoloir/space/spacetest"
)

// TestVoices has members and authors say what is theirs, and nobody else.
func TestVoices(t *testing.T) {
	w := spacetest.New(t, scrutin.Real, scrutin.Real)
	w.Ceremony()
	publisher, author := w.Person("Nadia Bensaïd", space.Publisher, ""), w.Person("Les Amis des arbres", space.Author, "")
	north, second, hamlet := w.Person("Marie Tran", space.Member, "nord"), w.Person("Olivier Ferrand", space.Member, "nord"), space.Person{ID: "none", Role: space.Member, Constituency: "hameaux"}
	d := w.Draft()
	d.Deciders = space.Both
	id := w.Begin(d)
	w.List(id, "nord", "sud")
	var found space.Problems
	if _, err := w.Space.Argue(ctx, author, id, space.For, "Des arbres", "Parce que.", signature.Signature{}); !errors.As(err, &found) || found[0].Code != "not-published" {
		t.Errorf("before it is published: %v", err)
	}
	if err := w.Space.Publish(ctx, publisher, id, 2); err != nil {
		t.Fatal(err)
	}
	_, text, err := w.Space.Arguing(ctx, author, id, space.For, "Des arbres", "Parce que.\n\nEt encore.")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Space.Argue(ctx, author, id, space.For, "Des arbres", "Parce que.", spacetest.Sign(text)); !errors.As(err, &found) || found[0].Code != "signature" {
		t.Errorf("another text than the one that was signed: %v", err)
	}
	n, err := w.Space.Argue(ctx, author, id, space.For, "Des arbres", "Parce que.\n\nEt encore.", spacetest.Sign(text))
	if err != nil {
		t.Fatal(err)
	}
	sign := func(p space.Person) error {
		text, err := w.Space.Signing(ctx, p, id, n)
		if err != nil {
			return err
		}
		return w.Space.Sign(ctx, p, id, n, spacetest.Sign(text))
	}
	for name, err := range map[string]error{
		"staff argues": func() error {
			_, err := w.Space.Argue(ctx, publisher, id, space.For, "Non", "x", signature.Signature{})
			return err
		}(),
		"an author judges":          w.Space.Show(ctx, author, id, n),
		"a member refuses":          w.Space.Refuse(ctx, north, id, n, "non"),
		"an author has a position":  w.Space.TakePosition(ctx, author, id, 1, "pour", ""),
		"a member votes for others": w.Space.EnterVote(ctx, second, id, north.ID, 1, "pour"),
		"an author votes":           w.Space.EnterVote(ctx, author, id, north.ID, 1, "pour"),
	} {
		if !errors.Is(err, space.ErrRole) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := sign(north); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("signed before it is shown: %v", err)
	}
	for _, err := range []error{w.Space.Show(ctx, publisher, id, n), sign(north), sign(north),
		w.Space.TakePosition(ctx, north, id, 1, space.Undecided, ""), w.Space.TakePosition(ctx, north, id, 1, "pour", "Pour les piétons."),
		w.Space.EnterVote(ctx, north, id, north.ID, 1, "contre"), w.Space.EnterVote(ctx, publisher, id, north.ID, 1, "pour")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := sign(author); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("an author signs his own argument twice: %v", err)
	}
	if err := w.Space.Sign(ctx, second, id, n, spacetest.Sign(text)); !errors.As(err, &found) || found[0].Code != "signature" {
		t.Errorf("signed with what the author has signed: %v", err)
	}
	c, err := w.Space.Store.Consultation(ctx, "ville", id)
	if err != nil {
		t.Fatal(err)
	}
	if all, _ := w.Space.Store.Arguments(ctx, "ville", id); len(all) != 1 || all[0].Verify("ville", id, c.Fingerprint) != nil || !slices.Equal(all[0].Names(), []string{"Marie Tran"}) || len(all[0].Text) != 3 {
		t.Errorf("%+v", all)
	}
	for want, err := range map[string]error{
		"from-minutes": w.Space.EnterVote(ctx, north, id, north.ID, 1, "contre"),
		"no-say":       w.Space.TakePosition(ctx, hamlet, id, 1, "pour", ""),
		"oneof":        w.Space.TakePosition(ctx, north, id, 1, "peut-être", ""),
		"reason":       w.Space.Refuse(ctx, publisher, id, n, ""),
	} {
		if !errors.As(err, &found) || found[0].Code != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := w.Space.TakePosition(ctx, north, id, 2, "pour", ""); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("on a question that there is not: %v", err)
	}
	if p, _ := w.Space.Store.Positions(ctx, "ville", id); len(p) != 2 || p[1].Version != 2 || p[1].Position != "pour" {
		t.Errorf("%+v", p)
	}
	if err := w.Space.Show(ctx, publisher, id, n); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("shown twice: %v", err)
	}
	if err := w.Space.Refuse(ctx, publisher, id, n, "Hors sujet."); err != nil {
		t.Fatal(err)
	}
	acts, err := w.Space.Store.Acts(ctx, "ville", id)
	var kinds []string
	for _, a := range acts {
		kinds = append(kinds, a.Kind+" "+a.Reason)
	}
	if want := []string{"publish ", "shown ", "vote ", "vote ", "argument Hors sujet."}; err != nil || !slices.Equal(kinds, want) {
		t.Errorf("%q %v", kinds, err)
	}
	_, text, err = w.Space.Arguing(ctx, author, id, space.Against, "Sans arbres", "Parce que.")
	if err != nil {
		t.Fatal(err)
	}
	late, err := w.Space.Argue(ctx, author, id, space.Against, "Sans arbres", "Parce que.", spacetest.Sign(text))
	if err != nil {
		t.Fatal(err)
	}
	w.At = w.At.AddDate(1, 0, 0)
	for name, err := range map[string]error{
		"a position":           w.Space.TakePosition(ctx, north, id, 1, "contre", ""),
		"an argument shown":    w.Space.Show(ctx, publisher, id, late),
		"an argument withheld": w.Space.Refuse(ctx, publisher, id, late, "Trop tard."),
	} {
		if !errors.As(err, &found) || found[0].Code != "over" {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
}
