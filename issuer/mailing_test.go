package issuer_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"isoloir/account"
	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/crypto/group"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

func fixture(t testing.TB, electors int) *scrutintest.Fixture {
	return scrutintest.New(t, scrutintest.Options{Electors: electors, Edit: issuertest.Cheap})
}

var printed = regexp.MustCompile(`\b(\d+-)?[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b`)

// codeIn is the code that a message prints.
func codeIn(t testing.TB, m courier.Message) string {
	t.Helper()
	found := printed.FindString(m.Body)
	if found == "" {
		t.Fatalf("no code in %q", m.Body)
	}
	return found
}

// opens says whether a printed code opens the deposit of an elector: its login half
// makes the login key, and its mask uncovers the half that was enrolled.
func opens(t testing.TB, b *issuertest.Bench, e exchange.Elector, code string, half group.Point) bool {
	t.Helper()
	if b.First() {
		number, rest, _ := strings.Cut(code, "-")
		if number != fmt.Sprint(e.Number) {
			t.Fatalf("the code %s is not for elector %d", code, e.Number)
		}
		code = rest
	}
	c, err := account.ParseCode(b.Manifest.Codes, code)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Stretch(b.Manifest.Codes, b.Fingerprint, account.Number{Urn: b.Manifest.Urns[e.Urn].ID, Index: e.Number}, b.Station.Issuer)
	d := b.Roll.Last(e)
	masked, err := d.Masked.Decode()
	if err != nil {
		t.Fatal(err)
	}
	return scrutin.PointOf(group.MulBase(s.Login)) == d.Login && group.MulBase(s.Open(masked)).Equal(half)
}

// enrolled are the keys that an issuer publishes for an urn.
func enrolled(t testing.TB, b *issuertest.Bench, urn int) []group.Point {
	t.Helper()
	dir := t.TempDir()
	w := create(t, dir)
	defer w.Close()
	if err := b.Enrol(w, nil); err != nil {
		t.Fatal(err)
	}
	keys, err := os.ReadFile(filepath.Join(dir, "enrolment", b.Manifest.Urns[urn].ID, b.Station.Issuer+".keys"))
	if err != nil {
		t.Fatal(err)
	}
	points, err := group.DecodeBatch(keys, 2)
	if err != nil {
		t.Fatal(err)
	}
	return points
}

// Both issuers, from enrolment to everybody's code: each elector gets the general
// information and one code, which opens his deposit; nothing secret is in the files.
func TestEverybodyGetsOneCode(t *testing.T) {
	f := fixture(t, 30)
	for number := range 2 {
		b := issuertest.New(t, f, number, nil)
		letters := b.Mail(t)
		messages := letters
		for _, l := range b.Box.Letters() {
			messages = append(messages, l.Message)
		}
		codes, informed := map[string]string{}, map[string]int{}
		for _, m := range messages {
			switch m.Kind {
			case courier.Codes:
				if codes[m.To] != "" {
					t.Errorf("two messages with codes to %q", m.To)
				}
				codes[m.To] = codeIn(t, m)
			case courier.Information:
				informed[m.To]++
				if printed.MatchString(m.Body) {
					t.Errorf("the general information holds a code: %s", m.Body)
				}
			}
		}
		for u := range f.Manifest.Urns {
			keys := enrolled(t, b, u)
			for e := range f.Manifest.Urns[u].Electors {
				address := issuertest.Address(b.Channel(), u, e)
				if informed[address] != 1 || codes[address] == "" {
					t.Fatalf("elector %d of urn %d: %d times informed, code %q", e, u, informed[address], codes[address])
				}
				if !opens(t, b, exchange.Elector{Urn: uint16(u), Number: uint32(e)}, codes[address], keys[e]) {
					t.Errorf("the code of elector %d of urn %d does not open his deposit", e, u)
				}
			}
		}
		if n := f.Manifest.Electors(); len(codes) != n || len(messages) != 2*n {
			t.Errorf("%d messages, %d codes for %d electors", len(messages), len(codes), n)
		}
		nothingKept(t, b, codes)
	}
}

// nothingKept searches all files of a station for codes, halves, secrets.
func nothingKept(t testing.TB, b *issuertest.Bench, codes map[string]string) {
	t.Helper()
	var needles [][]byte
	add := func(secret []byte) {
		needles = append(needles, secret, []byte(hex.EncodeToString(secret)), []byte(strings.ToUpper(hex.EncodeToString(secret))))
	}
	for _, code := range codes {
		if b.First() {
			_, code, _ = strings.Cut(code, "-")
		}
		needles = append(needles, []byte(code), []byte(strings.ReplaceAll(code, "-", "")))
	}
	secret, err := hex.DecodeString(b.Secret.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	add(secret)
	for _, half := range issuer.Halves(b.Station) {
		bytes := half.Bytes()
		add(bytes[:])
	}
	sought := 0
	err = filepath.WalkDir(b.Dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		sought += len(data)
		for _, needle := range needles {
			if bytes.Contains(data, needle) {
				t.Errorf("%s holds the secret %q", filepath.Base(file), needle)
			}
		}
		return nil
	})
	if err != nil || sought < 4096 {
		t.Errorf("%d bytes were searched: %v", sought, err)
	}
}

// Codes wait for the general information to have left for everybody, letters too,
// and for every deposit. (S002-06)
func TestCodesWait(t *testing.T) {
	b := issuertest.New(t, fixture(t, 20), 0, nil)
	refused := func(when string, want error) {
		t.Helper()
		if _, err := b.Release(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: %v, not %v", when, err, want)
		}
	}
	if _, err := b.Inform(t.Context()); !errors.Is(err, issuer.ErrNoBook) {
		t.Errorf("without a book: %v", err)
	}
	b.Import(t)
	refused("nobody is informed", issuer.ErrInformation)
	if n, err := b.Inform(t.Context()); err != nil || n != 40 {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := b.Inform(t.Context()); err != nil || n != 0 {
		t.Errorf("the second time: %d, %v", n, err)
	}
	refused("it is in the spool", issuer.ErrInformation)
	if _, err := b.Dispatch(t.Context(), courier.Email, nil); err != nil {
		t.Fatal(err)
	}
	refused("letters are not printed", issuer.ErrInformation)
	rows, _, err := b.Letters(t.Context(), courier.Information, 1000)
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d letters, %v", len(rows), err)
	}
	if err := b.Printed(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	refused("nothing is deposited", issuer.ErrDeposits)
	b.Roll.Fail = errors.New("no line")
	if _, err := b.Deposit(t.Context(), b.Roll, nil); !errors.Is(err, b.Roll.Fail) {
		t.Errorf("the roll is away: %v", err)
	}
	refused("the roll was away", issuer.ErrDeposits)
	b.Roll.Fail = nil
	if n, err := b.Deposit(t.Context(), b.Roll, nil); err != nil || n != 40 {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := b.Deposit(t.Context(), b.Roll, nil); err != nil || n != 0 {
		t.Errorf("deposits, again: %d, %v", n, err)
	}
	if n, err := b.Release(t.Context()); err != nil || n != 40 {
		t.Fatalf("%d, %v", n, err)
	}
}

// Without the rule of the plan codes wait for deposits only.
func TestPlanWithoutInformation(t *testing.T) {
	b := issuertest.New(t, fixture(t, 20), 1, func(c *issuer.Config) { c.Plan.InformationFirst = false })
	b.Import(t)
	if _, err := b.Release(t.Context()); !errors.Is(err, issuer.ErrDeposits) {
		t.Errorf("nothing is deposited: %v", err)
	}
	if _, err := b.Deposit(t.Context(), b.Roll, nil); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Release(t.Context()); err != nil || n != 40 {
		t.Fatalf("%d, %v", n, err)
	}
}

// A link carries number, code and fingerprint in its fragment, which no server sees.
func TestLinks(t *testing.T) {
	f := fixture(t, 20)
	for number, want := range []string{`https://vote\.example/(fr|en)/urne/urn-\d/voter#f=%s&i=\d+-%s\s`, `https://vote\.example/(fr|en)/urne/urn-\d/voter#f=%s&p=%s$`} {
		b := issuertest.New(t, f, number, nil)
		letters := b.Mail(t)
		link := regexp.MustCompile(fmt.Sprintf(want, f.Fingerprint, `[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}`))
		for _, l := range b.Box.Letters() {
			if l.Kind == courier.Codes && !link.MatchString(l.Body) {
				t.Errorf("no link to the vote in %q", l.Body)
			}
		}
		for _, m := range letters {
			if strings.Contains(m.Body, "#") {
				t.Errorf("a letter has a link: %q", m.Body)
			}
		}
	}
}

func TestNotIssuer(t *testing.T) {
	f := fixture(t, 20)
	b := issuertest.New(t, f, 0, nil)
	c := b.Station.Config
	c.Issuer = "issuer-2"
	if _, err := issuer.New(c); !errors.Is(err, issuer.ErrNotIssuer) {
		t.Errorf("the key of the other issuer: %v", err)
	}
	c.Issuer = "issuer-3"
	if _, err := issuer.New(c); !errors.Is(err, issuer.ErrNotIssuer) {
		t.Errorf("nobody: %v", err)
	}
	extract, books := issuertest.Books(f.Manifest, courier.SMS)
	r, err := issuer.ReadBooks(f.Manifest, extract, books)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Station.Import(t.Context(), r); !errors.Is(err, issuer.ErrPolicy) {
		t.Errorf("the address book of the other issuer: %v", err)
	}
}
