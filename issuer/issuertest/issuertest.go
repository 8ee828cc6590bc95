// Package issuertest makes stations with their address books, on stores in a
// directory of the test, for the tests of the packages above. No command imports it.
package issuertest

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/courier/outbox"
	"isoloir/issuer"
	"isoloir/issuer/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// Cheap makes codes cost nothing to stretch.
func Cheap(m *scrutin.Manifest) {
	m.Codes.Passes, m.Codes.MemoryKiB, m.Codes.Lanes = 1, 8, 1
}

// A Bench is a station of one issuer, with what surrounds it.
type Bench struct {
	*issuer.Station
	Fixture *scrutintest.Fixture
	Dir     string
	Store   *sqlite.Store
	Box     *outbox.Box
	Roll    *Roll
	Clock   *Clock
}

// A Clock stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is its time.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

// Move moves it forward.
func (c *Clock) Move(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// A Roll keeps the deposits it gets, by urn and elector the last of them.
type Roll struct {
	Fixture *scrutintest.Fixture
	Fail    error // answered instead, if not nil

	mu    sync.Mutex
	Got   map[exchange.Elector]exchange.Deposit
	Notes int
}

// Deposit implements issuer.Roll, strictly.
func (r *Roll) Deposit(_ context.Context, note []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Fail != nil {
		return r.Fail
	}
	d, _, err := exchange.OpenDeposits(note, r.Fixture.Manifest, r.Fixture.Fingerprint)
	if err != nil {
		return err
	}
	r.Notes++
	for _, l := range d.Lines {
		at := exchange.Elector{Urn: l.Urn, Number: l.Elector}
		if old, there := r.Got[at]; there && old.Generation == l.Generation && old != l {
			return fmt.Errorf("elector %v has another deposit of generation %d", at, l.Generation)
		}
		r.Got[at] = l
	}
	return nil
}

// Last is what the roll holds for an elector.
func (r *Roll) Last(e exchange.Elector) exchange.Deposit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Got[e]
}

// New makes the station of the manifest's issuer of a number, without address book,
// or fails the test. edit may change its configuration.
func New(t testing.TB, f *scrutintest.Fixture, number int, edit func(*issuer.Config)) *Bench {
	t.Helper()
	b := &Bench{Fixture: f, Dir: t.TempDir(), Clock: &Clock{now: f.Manifest.Schedule.Open.AddDate(0, 0, -20)}}
	b.Box = outbox.New(1_000_000, b.Clock.Now)
	b.Roll = &Roll{Fixture: f, Got: map[exchange.Elector]exchange.Deposit{}}
	var err error
	if b.Store, err = sqlite.Open(t.Context(), filepath.Join(b.Dir, "issuer.db"), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Store.Shut() })
	party := f.Manifest.Issuers[number]
	c := issuer.Config{
		Manifest: f.Manifest, Fingerprint: f.Fingerprint, Issuer: party.ID, Signer: f.Signers[party.ID], Secret: issuer.NewSecret(), Store: b.Store,
		Plan:     issuer.Plan{Site: "https://vote.example", InformationFirst: true, WithoutDigits: true, Home: "+33"},
		Carriers: map[courier.Channel]courier.Carrier{courier.Channel(party.Channel): b.Box},
		Roll:     b.Roll, Now: b.Clock.Now, Workers: 2,
	}
	if edit != nil {
		edit(&c)
	}
	if b.Station, err = issuer.New(c); err != nil {
		t.Fatal(err)
	}
	return b
}

// Address is that of an elector in the books of [Books]: of urn 0, each tenth has a
// postal address.
func Address(channel courier.Channel, urn, elector int) string {
	switch {
	case urn == 0 && elector%10 == 9:
		return fmt.Sprintf("Camille ÉLECTEUR-%d\n%d rue de la Paix\n28000 CHARTRES", elector, elector+1)
	case channel == courier.Email:
		return fmt.Sprintf("e%d.%d@mail%d.example", urn, elector, elector%3)
	}
	return fmt.Sprintf("+336%04d%04d", urn, elector)
}

// Books are the roll's extract and the address books of a channel for all electors
// of a manifest, in alternating languages.
func Books(m *scrutin.Manifest, channel courier.Channel) (extract issuer.File, books []issuer.Book) {
	var roll, own, post strings.Builder
	roll.WriteString(strings.Join(issuer.ExtractColumns, ",") + "\n")
	own.WriteString(strings.Join(issuer.BookColumns, ",") + "\n")
	post.WriteString(strings.Join(issuer.BookColumns, ",") + "\n")
	for u, urn := range m.Urns {
		for e := range urn.Electors {
			country, language := "FR", "fr"
			if e%2 == 1 {
				country, language = "AR", "en"
			}
			fmt.Fprintf(&roll, "R%d-%d,%s,%d,%s\n", u, e, urn.ID, e, country)
			to, address := &own, Address(channel, u, e)
			if strings.Contains(address, "\n") {
				to, address = &post, `"`+address+`"`
			}
			fmt.Fprintf(to, "R%d-%d,%s,%s\n", u, e, address, language)
		}
	}
	file := func(name string, b *strings.Builder) issuer.File {
		return issuer.File{Name: name, Reader: bytes.NewReader([]byte(b.String()))}
	}
	return file("extract.csv", &roll), []issuer.Book{{Channel: channel, File: file("book.csv", &own)}, {Channel: courier.Post, File: file("letters.csv", &post)}}
}

// Import brings the books of [Books] in.
func (b *Bench) Import(t testing.TB) {
	t.Helper()
	extract, books := Books(b.Manifest, b.Channel())
	r, err := issuer.ReadBooks(b.Manifest, extract, books)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Station.Import(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// Mail imports, informs, deposits, releases and sends everything, letters too, which
// it returns.
func (b *Bench) Mail(t testing.TB) (letters []courier.Message) {
	t.Helper()
	b.Import(t)
	for _, kind := range []courier.Kind{courier.Information, courier.Codes} {
		var err error
		if kind == courier.Information {
			_, err = b.Inform(t.Context())
		} else if _, err = b.Deposit(t.Context(), b.Roll, nil); err == nil {
			_, err = b.Release(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Dispatch(t.Context(), b.Channel(), nil); err != nil {
			t.Fatal(err)
		}
		rows, printed, err := b.Letters(t.Context(), kind, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Printed(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		letters = append(letters, printed...)
	}
	return letters
}
