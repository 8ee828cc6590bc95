package issuer_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

func file(name, text string) issuer.File {
	return issuer.File{Name: name, Reader: strings.NewReader(text)}
}

const (
	roll = "reference,urn,number,country\nA1,urn-1,1,FR\nA2,urn-1,0,\nB1,urn-2,0,AR\nB2,urn-2,1,AR\n"
	book = "reference,address,language\nA1,a1@mail.example,fr\nB1,b1@mail.example,es-AR\nB2,b1@Mail.example,en\n"
	post = "reference,address,language\nA2,\"Ana Łoś\n1 rue X\n28000 CHARTRES\",fr\n"
)

func read(t testing.TB, roll, book, post string) (issuer.Reconciliation, error) {
	t.Helper()
	m := scrutintest.New(t, scrutintest.Options{Electors: 20}).Manifest
	for i := range m.Urns {
		m.Urns[i].Electors = 2
	}
	return issuer.ReadBooks(m, file("roll.csv", roll), []issuer.Book{{Channel: courier.Email, File: file("book.csv", book)}, {Channel: courier.Post, File: file("post.csv", post)}})
}

func TestReadBooks(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		r, err := read(t, strings.ReplaceAll(roll, "\n", end), strings.ReplaceAll(book, "\n", end), post)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range r.People {
			got += fmt.Sprintf("%d %d %s %s %s %s %s;", p.Urn, p.Elector, p.Reference, p.Channel, strings.ReplaceAll(p.Address, "\n", "/"), p.Language, p.Country)
		}
		want := "0 0 A2 post Ana Łoś/1 rue X/28000 CHARTRES fr ;0 1 A1 email a1@mail.example fr FR;1 0 B1 email b1@mail.example es-AR AR;1 1 B2 email b1@Mail.example en AR;"
		if got != want || r.Channels[courier.Email] != 3 || r.Channels[courier.Post] != 1 || r.Shared != 2 {
			t.Errorf("%s\n%+v, %d shared", got, r.Channels, r.Shared)
		}
	}
}

// Every mistake is named, with its file, its line and what to do, and nothing comes
// of the rest.
func TestBooksRefused(t *testing.T) {
	for _, c := range []struct {
		name, roll, book, post string
		want                   []string // code and line of each problem
	}{
		{"empty roll", "", book, post, []string{"header roll.csv 1"}},
		{"byte order mark", "\ufeff" + roll, book, post, []string{"header roll.csv 1"}},
		{"other columns", strings.Replace(roll, "number", "nombre", 1), book, post, []string{"header roll.csv 1"}},
		{"other columns of a book", roll, strings.Replace(book, "address", "email", 1), post, []string{"header book.csv 1"}},
		{"somebody is forgotten", roll, strings.Replace(book, "A1,a1@mail.example,fr\n", "", 1), post, []string{"missing roll.csv 2"}},
		{"somebody stands twice", roll, book + "A1,a1@mail.example,fr\n", post, []string{"book-twice book.csv 5"}},
		{"somebody stands in two books", roll, book, post + "A1,\"A\nB\",fr\n", []string{"book-twice post.csv 5"}},
		{"nobody of the roll", roll, book + "Z9,z@mail.example,fr\n", post, []string{"not-on-roll book.csv 5"}},
		{"the roll short", strings.Replace(roll, "B2,urn-2,1,AR\n", "", 1), strings.Replace(book, "B2,b1@Mail.example,en\n", "", 1), post, []string{"roll-short roll.csv 0"}},
		{"a number twice", strings.Replace(roll, "urn-2,1", "urn-2,0", 1), book, post, []string{"number-twice roll.csv 5"}},
		{"a number too great", strings.Replace(roll, "urn-2,1", "urn-2,2", 1), book, post, []string{"number roll.csv 5"}},
		{"a number with a zero", strings.Replace(roll, "urn-2,1", "urn-2,01", 1), book, post, []string{"number-form roll.csv 5"}},
		{"a negative number", strings.Replace(roll, "urn-2,1", "urn-2,-1", 1), book, post, []string{"number-form roll.csv 5"}},
		{"no such urn", strings.Replace(roll, "urn-2,1", "urn-3,1", 1), book, post, []string{"urn roll.csv 5"}},
		{"a reference twice on the roll", strings.Replace(roll, "B2,", "B1,", 1), book, post, []string{"roll-twice roll.csv 5"}},
		{"no reference", strings.Replace(roll, "B2,", "B 2,", 1), book, post, []string{"reference roll.csv 5"}},
		{"no country", strings.Replace(roll, "1,AR", "1,Ar", 1), book, post, []string{"country roll.csv 5"}},
		{"a quote", roll, strings.Replace(book, "A1,a1", "A1,\"a1", 1), post, []string{"csv book.csv 2"}},
		{"a field too many", roll, strings.Replace(book, "example,fr", "example,fr,x", 1), post, []string{"csv book.csv 2"}},
		{"not UTF-8", roll, book, strings.Replace(post, "Ł", "\xa3", 1), []string{"utf8 post.csv 2"}},
		{"no e-mail address", roll, strings.Replace(book, "a1@mail.example", "a1@mail", 1), post, []string{"address-email book.csv 2"}},
		{"a line feed in an address", roll, strings.Replace(book, "a1@mail.example", "\"a1@mail.example\nBcc: x@y.example\"", 1), post, []string{"address-email book.csv 2"}},
		{"one line of a letter", roll, book, strings.Replace(post, "\n1 rue X\n28000 CHARTRES", "", 1), []string{"address-post post.csv 2"}},
		{"no language", roll, strings.Replace(book, ",fr", ",français", 1), post, []string{"language book.csv 2"}},
		{"three mistakes", roll, strings.Replace(book, "B1", "b1", 1), post + "Z,\"A\nB\",fr\n", []string{"not-on-roll book.csv 3", "not-on-roll post.csv 5", "missing roll.csv 4"}},
	} {
		_, err := read(t, c.roll, c.book, c.post)
		var problems issuer.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%s %s %d", p.Code, p.File, p.Line))
			for _, language := range []string{"fr", "en"} {
				if s := p.Sentence(language); strings.Contains(s, "%!") || !strings.HasPrefix(s, p.File) {
					t.Errorf("%s: %s", c.name, s)
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", c.name, got, c.want)
		}
	}
}

// Who is asked for six digits by the issuer's channel and gets letters is refused,
// with his line, unless the plan is that he votes otherwise.
func TestWithoutDigits(t *testing.T) {
	validation := func(kind, channel string) scrutin.Validation { return scrutin.Validation{Kind: kind, Channel: channel} }
	code := func(channel string) scrutin.Factor { return scrutin.Factor{Kind: "code", Channel: channel} }
	for _, c := range []struct {
		name       string
		validation scrutin.Validation
		further    []scrutin.Factor
		asked      bool
	}{
		{"to validate", validation("code", "email"), nil, true},
		{"as a factor", validation("none", "none"), []scrutin.Factor{code("email")}, true},
		{"as a factor, and to validate by the other issuer", validation("code", "sms"), []scrutin.Factor{code("email")}, true},
		{"by the other issuer", validation("code", "sms"), nil, false},
		{"nothing", validation("none", "none"), nil, false},
		{"a question", validation("question", "none"), nil, false},
	} {
		f := scrutintest.New(t, scrutintest.Options{Electors: 20, Edit: func(m *scrutin.Manifest) {
			issuertest.Cheap(m)
			college := &m.Colleges[0]
			college.Validation, college.Factors = c.validation, append(college.Factors, c.further...)
		}})
		strict := func(c *issuer.Config) { c.Plan.WithoutDigits = false }
		b := issuertest.New(t, f, 0, strict)
		extract, books := issuertest.Books(f.Manifest, courier.Email)
		r, err := issuer.ReadBooks(f.Manifest, extract, books)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = b.Station.Import(t.Context(), r)
		var problems issuer.Problems
		if errors.As(err, &problems) != c.asked || (err == nil) == c.asked {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.asked {
			continue
		}
		// Their letters have three lines: the second one begins on line 5.
		if len(problems) != 2 || problems[0].Line != 2 || problems[1].Line != 5 || problems[0].File != "letters.csv" {
			t.Errorf("%s: %+v", c.name, problems)
		}
		for language, want := range map[string]string{"en": "letters.csv, line 5: the elector of reference R0-19 could never", "fr": "letters.csv, ligne 5 : l'électeur de référence R0-19 ne pourrait"} {
			if s := problems.Sentences(language); !strings.Contains(s, want) || strings.Contains(s, "%!") || strings.Count(s, "-without-digits") != 2 {
				t.Errorf("%s", s)
			}
		}
		if n, err := b.Store.Size(t.Context()); err != nil || n != 0 {
			t.Errorf("%s: %d electors were written, %v", c.name, n, err)
		}
		b.Plan.WithoutDigits = true
		if _, _, err := b.Station.Import(t.Context(), r); err != nil {
			t.Errorf("%s: they vote otherwise: %v", c.name, err)
		}
	}
}

// A hundred problems are listed, and how many more there are.
func TestManyProblems(t *testing.T) {
	_, err := read(t, roll, book+strings.Repeat("Z9,z@mail.example,fr\n", 250), post)
	if err == nil || strings.Count(err.Error(), "\n") != 100 || !strings.HasSuffix(err.Error(), "and 150 more") {
		t.Errorf("%.200v", err)
	}
}

func TestAddresses(t *testing.T) {
	for channel, addresses := range map[courier.Channel]map[string]bool{
		courier.Email: {"a@b.fr": true, "a.b+c_d'e@sub.mail-x.example": true, "a@xn--bcher-kva.example": true, "a@b.xn--p1ai": true,
			"": false, "a@b": false, "@b.fr": false, "a@": false, "a@@b.fr": false, ".a@b.fr": false, "a..b@c.fr": false, "a b@c.fr": false, "é@b.fr": false, "a@é.fr": false,
			"A <a@b.fr>": false, "a@-b.fr": false, "a@b-.fr": false, "a@b.fr ": false, strings.Repeat("a", 65) + "@b.fr": false, "a@" + strings.Repeat("b.", 130) + "fr": false, "a@b.fr\r\n": false},
		courier.SMS:  {"+33612345678": true, "+541145678901": true, "": false, "0612345678": false, "+0612345678": false, "+336 12345678": false, "+3361": false, "+3361234567890123": false},
		courier.Post: {"A\nB": true, "A": false, "A\n": false, "A\n\nB": false, " A\nB": false, "A\nB\nC\nD\nE\nF\nG": true, "A\nB\nC\nD\nE\nF\nG\nH": false, "A\n" + strings.Repeat("b", 61): false, "A\tB\nC": false},
	} {
		for address, want := range addresses {
			text := "reference,address,language\nA1,\"" + strings.ReplaceAll(address, `"`, `""`) + "\",fr\n"
			m := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 20}).Manifest
			m.Urns[0].Electors = 1
			_, err := issuer.ReadBooks(m, file("roll.csv", "reference,urn,number,country\nA1,urn-1,0,\n"), []issuer.Book{{Channel: channel, File: file("book.csv", text)}})
			if (err == nil) != want {
				t.Errorf("%s %q: %v", channel, address, err)
			}
		}
	}
}

func TestLookUp(t *testing.T) {
	for _, c := range []struct {
		channel           courier.Channel
		typed, home, want string
	}{
		{courier.Email, " Camille@Mail.example ", "", "camille@mail.example"},
		{courier.SMS, "06 12 34 56 78", "+33", "+33612345678"},
		{courier.SMS, "06.12.34.56.78", "", "0612345678"},
		{courier.SMS, "+33 (0)6 12-34-56-78", "", "+33612345678"},
		{courier.SMS, "0033 6 12 34 56 78", "+32", "+33612345678"},
		{courier.SMS, "+33\u202f6\u00a012345678", "", "+33612345678"},
	} {
		if got := issuer.LookUp(c.channel, c.typed, c.home); got != c.want {
			t.Errorf("%q is looked for as %q, not %q", c.typed, got, c.want)
		}
	}
}

func TestWriteExtract(t *testing.T) {
	places := []issuer.Place{{"A1", "urn-1", 1, "FR"}, {"A2", "urn-1", 0, ""}, {"B1", "urn-2", 0, "AR"}, {"B2", "urn-2", 1, "AR"}}
	var out bytes.Buffer
	if err := issuer.WriteExtract(&out, func(yield func(issuer.Place, error) bool) {
		for _, p := range places {
			if !yield(p, nil) {
				return
			}
		}
	}); err != nil || out.String() != roll {
		t.Errorf("%q, %v", out.String(), err)
	}
	gone := errors.New("gone")
	if err := issuer.WriteExtract(&out, func(yield func(issuer.Place, error) bool) { yield(issuer.Place{}, gone) }); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
}

// Whatever the files hold, an accepted book has every elector once, each with an
// address of its channel.
func FuzzReadBooks(f *testing.F) {
	f.Add(roll, book, post)
	f.Add("reference,urn,number,country\nA1,urn-1,0,\n", "reference,address,language\nA1,a@b.fr,fr\n", "reference,address,language\n")
	m := scrutintest.New(f, scrutintest.Options{Electors: 20}).Manifest
	for i := range m.Urns {
		m.Urns[i].Electors = 2
	}
	f.Fuzz(func(t *testing.T, roll, book, post string) {
		r, err := issuer.ReadBooks(m, file("roll", roll), []issuer.Book{{Channel: courier.Email, File: file("book", book)}, {Channel: courier.Post, File: file("post", post)}})
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a word")
			}
			return
		}
		if len(r.People) != m.Electors() {
			t.Errorf("%d electors", len(r.People))
		}
		for i, p := range r.People {
			if p.Urn != uint16(i/2) || p.Elector != uint32(i%2) || p.Address == "" || p.Reference == "" {
				t.Errorf("%+v in place %d", p, i)
			}
		}
	})
}
