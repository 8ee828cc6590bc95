package issuer_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/record"
	"isoloir/scrutin"
)

// addedBooks is the extract of an amendment with these lines, and the books of those who
// stand there.
func addedBooks(b *issuertest.Bench, lines ...string) (issuer.File, []issuer.Book) {
	book := strings.Join(issuer.BookColumns, ",") + "\n"
	for i, l := range lines {
		reference, _, _ := strings.Cut(l, ",")
		book += fmt.Sprintf("%s,new%d@mail.example,fr\n", reference, i)
	}
	extract := strings.Join(issuer.ExtractColumns, ",") + "\n" + strings.Join(lines, "\n") + "\n"
	return issuer.File{Name: "extract.csv", Reader: strings.NewReader(extract)}, []issuer.Book{{Channel: courier.Email, File: issuer.File{Name: "book.csv", Reader: strings.NewReader(book)}}}
}

// Who is added is enrolled and deposited at once, and written to once the bureau has
// adopted the amendment; until then others may stand in his place.
func TestAmend(t *testing.T) {
	f := fixture(t, 20)
	numbered := []int{20}
	for range f.Manifest.Urns[1:] {
		numbered = append(numbered, 20)
	}
	b := issuertest.New(t, f, 0, func(c *issuer.Config) {
		c.Opening, c.Numbered = scrutin.Digest{9}, func() []int { return slices.Clone(numbered) }
	})
	ctx, id := t.Context(), f.Manifest.Urns[0].ID
	b.Mail(t)
	line := func(reference string, number int) string { return fmt.Sprintf("%s,%s,%d,FR", reference, id, number) }
	for _, c := range []struct {
		want  string
		lines []string
	}{
		{"line 2: the number \"19\" is none of those that an amendment adds", []string{line("N1", 19), line("N2", 20)}},
		{"have not the numbers from 20 on, without a gap", []string{line("N1", 20), line("N2", 22)}},
		{"stands twice", []string{line("N1", 20), line("N2", 20)}},
		{"line 3: the reference N1 stands already", []string{line("N1", 20), line("N1", 21)}},
		{"no urn \"nowhere\"", []string{"N1,nowhere,20,FR"}},
		{"names nobody", nil},
	} {
		extract, books := addedBooks(b, c.lines...)
		if _, err := b.ReadAdded(extract, books); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, where %q belongs", c.lines, err, c.want)
		}
	}
	amend := func(lines ...string) error {
		t.Helper()
		extract, books := addedBooks(b, lines...)
		r, err := b.ReadAdded(extract, books)
		if err != nil {
			t.Fatal(err)
		}
		out, err := record.Create(t.TempDir() + "/record")
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		if err := b.Amend(ctx, 1, r, out); err != nil {
			return err
		}
		at := record.Population(1)
		keys, err := out.Read(at.EnrolmentKeys(id, b.Station.Issuer), 1<<10)
		if err != nil || len(keys) != 32*len(lines) || !out.Exists(at.Enrolment(b.Station.Issuer)) {
			t.Fatalf("%d bytes of keys, %v", len(keys), err)
		}
		return nil
	}
	counts := func(kind courier.Kind) (n int) {
		t.Helper()
		all, err := b.Store.Counts(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if c.Kind == kind {
				n += c.Number
			}
		}
		return n
	}
	before := counts(courier.Codes)
	if err := errors.Join(amend(line("N1", 20), line("N2", 21), line("N3", 22)), amend(line("N2", 20), line("N4", 21))); err != nil {
		t.Fatal(err)
	}
	if p, err := b.Store.Person(ctx, 0, 20); err != nil || p.Reference != "N2" {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := b.Store.Person(ctx, 0, 22); !errors.Is(err, issuer.ErrUnknown) {
		t.Fatalf("who was not added after all is in the book: %v", err)
	}
	if err := amend(line("R0-3", 20), line("N4", 21)); !errors.Is(err, issuer.ErrOtherPeople) {
		t.Errorf("somebody who is in the book is added: %v", err)
	}
	if n, err := b.Deposit(ctx, b.Roll, nil); n != 2 || err != nil {
		t.Fatalf("%d deposits, %v", n, err)
	}
	for _, do := range []func() (int, error){func() (int, error) { return b.Inform(ctx) }, func() (int, error) { return b.Release(ctx) }} {
		if n, err := do(); n != 0 || err != nil {
			t.Fatalf("%d messages leave before the act: %v", n, err)
		}
	}
	if err := b.RenewReference(ctx, "N2"); !errors.Is(err, issuer.ErrTooEarly) {
		t.Errorf("a code is renewed that nobody has: %v", err)
	}
	numbered[0] = 22
	if _, err := b.Release(ctx); !errors.Is(err, issuer.ErrInformation) {
		t.Errorf("codes before the information: %v", err)
	}
	if n, err := b.Inform(ctx); n != 2 || err != nil {
		t.Fatalf("%d are informed: %v", n, err)
	}
	if _, err := b.Dispatch(ctx, b.Channel(), nil); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Release(ctx); n != 2 || err != nil || counts(courier.Codes) != before+2 {
		t.Fatalf("%d codes leave: %v", n, err)
	}
	// They are electors like all others now, and nobody takes their numbers.
	if err := b.Store.Add(ctx, []int{20, 20}, nil); !errors.Is(err, issuer.ErrOtherPeople) {
		t.Errorf("they are taken away: %v", err)
	}
	if b.Whole().Urns[0].Electors != 22 || f.Manifest.Urns[0].Electors != 20 {
		t.Error("the whole roll is another one")
	}
}
