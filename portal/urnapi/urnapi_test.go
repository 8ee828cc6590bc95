package urnapi_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/merkle"
	"isoloir/portal/guard"
	"isoloir/portal/urnapi"
	"isoloir/ratelimit"
	"isoloir/urn"
	"isoloir/urn/sqlite"
	"isoloir/urn/urntest"
)

const (
	page   = "https://vote.example"
	octets = "application/octet-stream"
)

var ctx = context.Background()

// origin is the urn's origin over a store, and who speaks to it.
type origin struct {
	*urntest.Fixture
	urn  *urn.Service
	h    http.Handler
	link [32]byte
	now  time.Time

	config urnapi.Config
}

func newOrigin(t testing.TB, public bool, edit func(*urnapi.Config)) *origin {
	t.Helper()
	dir := t.TempDir()
	store, err := sqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	o := &origin{Fixture: urntest.New(t, urntest.Size{Urns: 2, Electors: 300}), link: [32]byte{1, 2, 3}, now: time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)}
	c := o.Config(store)
	opens := o.now
	c.Now, c.Period = func() time.Time { return o.now }, 15*time.Minute
	c.Ends = func() time.Time { return opens.Add(time.Hour) }
	c.Open = func(at time.Time) bool { return !at.Before(opens) && at.Before(c.Ends()) }
	if o.urn, err = urn.NewService(ctx, c); err != nil {
		t.Fatal(err)
	}
	o.config = urnapi.Config{Urn: o.urn, Guard: guard.New(guard.Config{Now: c.Now}), Portal: page, Public: public, Link: &o.link}
	if edit == nil {
		edit = func(*urnapi.Config) {}
	}
	o.edit(edit)
	return o
}

// edit has the origin serve with another configuration.
func (o *origin) edit(change func(*urnapi.Config)) {
	change(&o.config)
	o.h = urnapi.New(o.config)
}

// ask sends a request with headers given as pairs.
func (o *origin) ask(method, path string, body []byte, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	return w
}

func (o *origin) post(t *testing.T, path string, body []byte) []byte {
	t.Helper()
	w := o.ask("POST", path, body, "Content-Type", octets, "Origin", page)
	if w.Code != 200 || w.Header().Get("Content-Type") != octets || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%s: %d %v", path, w.Code, w.Header())
	}
	return w.Body.Bytes()
}

func (o *origin) cast(t *testing.T, number, elector int) (urn.Hash, urn.AppendAnswer) {
	t.Helper()
	b := o.Ballot(t, number, elector, elector)
	a, err := urn.ParseAppendAnswer(o.post(t, "/v1/append", o.Request(t, urntest.Token(), b).Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return b.Hash(), a
}

// TestVoter casts, asks for his place, and proves his ballot, over HTTP. (S002-g4c)
func TestVoter(t *testing.T) {
	o := newOrigin(t, false, nil)
	r, key := o.Rules[0], o.Urn.Verifier()
	account := urn.AccountRequest{Urn: 0, Key: [32]byte(o.Keys[0][32*5:])}
	place, err := urn.ParseAccountAnswer(o.post(t, "/v1/account", account.Bytes()))
	if err != nil || place.Verify(account.Key, r.Accounts.Root(), r.Accounts.Len()) != nil {
		t.Fatal(err, place.Err)
	}
	hash, answer := o.cast(t, 0, 5)
	if answer.Err != nil {
		t.Fatal(answer.Err)
	}
	receipt := func() urn.ReceiptAnswer {
		a, err := urn.ParseReceiptAnswer(o.post(t, "/v1/receipt", hash[:]))
		if err != nil || a.Err != nil {
			t.Fatal(err, a.Err)
		}
		return a
	}
	if a := receipt(); a.State != urn.Received || a.Next != uint64(o.now.Unix())+900 || a.End != uint64(o.now.Unix())+3600 {
		t.Errorf("%+v", a)
	}
	for i := range 9 {
		o.cast(t, 0, 10+i)
	}
	o.now = o.now.Add(2 * time.Hour)
	if _, late := o.cast(t, 0, 30); !errors.Is(late.Err, urn.ErrClosed) {
		t.Error(late.Err)
	}
	if err := o.urn.Close(ctx); err != nil {
		t.Fatal(err)
	}
	head, err := receipt().Verify(hash, r, key)
	if err != nil || head.Size != 10 {
		t.Fatal(head, err)
	}
	// The same from the public files, without saying which ballot.
	list, leaves := o.ask("GET", "/v1/urn-1/list", nil, "Origin", page), o.ask("GET", "/v1/urn-1/leaves/0", nil, "Origin", page)
	var tree merkle.Frontier
	at := -1
	for i, e := 0, list.Body.Bytes(); len(e) > 0; i, e = i+1, e[urn.ListEntry:] {
		if tree.AppendHash(urn.Hash(e[33:])); urn.Hash(e[1:]) == hash {
			at = i
		}
	}
	c, err := r.OpenCheckpoint(o.ask("GET", "/v1/urn-1/checkpoint", nil).Body.Bytes(), key)
	if err != nil || c.Root != tree.Root() || at < 0 {
		t.Fatal("the list is not that of the checkpoint ", err, at)
	}
	reader, leaf := urn.NewLeafReader(leaves.Body), []byte(nil)
	for range at + 1 {
		if leaf, err = reader.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if e, err := urn.ReadEnvelope(leaf[1:]); err != nil || e.Hash() != hash {
		t.Error("the bundle holds another leaf there ", err)
	}
}

// TestCaches asks again with what it has, and for parts.
func TestCaches(t *testing.T) {
	o := newOrigin(t, true, nil)
	o.grow(t, 0, 200)
	paths := []string{"/v1/urn-1/checkpoint", "/v1/urn-1/checkpoints", "/v1/urn-1/list", "/v1/urn-1/leaves/0"}
	tags := map[string]string{}
	for _, path := range paths {
		w := o.ask("GET", path, nil)
		tags[path] = w.Header().Get("ETag")
		if w.Code != 200 || tags[path] == "" || w.Header().Get("Cache-Control") != "public, no-cache" || w.Header().Get("Vary") != "Origin" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if again := o.ask("GET", path, nil, "If-None-Match", tags[path]); again.Code != 304 || again.Body.Len() != 0 {
			t.Errorf("%s, unchanged: %d", path, again.Code)
		}
		if part := o.ask("GET", path, nil, "Range", "bytes=10-19"); part.Code != 206 || !bytes.Equal(part.Body.Bytes(), w.Body.Bytes()[10:20]) {
			t.Errorf("%s: part of it: %d", path, part.Code)
		}
		if head := o.ask("HEAD", path, nil); head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
			t.Errorf("%s: its head: %d %v", path, head.Code, head.Header())
		}
	}
	o.grow(t, 200, 100)
	for _, path := range paths {
		if w := o.ask("GET", path, nil, "If-None-Match", tags[path]); w.Code != 200 || w.Header().Get("ETag") == tags[path] {
			t.Errorf("%s, grown: %d", path, w.Code)
		}
	}
	full, rest := o.ask("GET", "/v1/urn-1/leaves/0", nil), o.ask("GET", "/v1/urn-1/leaves/1", nil)
	if !strings.Contains(full.Header().Get("Cache-Control"), "immutable") || strings.Contains(rest.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("full %v, rest %v", full.Header(), rest.Header())
	}
	whole, _ := io.ReadAll(io.MultiReader(full.Body, rest.Body))
	var export, checkpoints bytes.Buffer
	if _, err := o.urn.Export(ctx, 0, &export, &checkpoints); err != nil || !bytes.Equal(export.Bytes(), whole) {
		t.Error("the bundles are not the export ", err)
	}
	if got := o.ask("GET", "/v1/urn-1/checkpoints", nil).Body.Bytes(); !bytes.Equal(got, checkpoints.Bytes()) {
		t.Error("the checkpoints are not those of the export")
	}
}

// TestLimits refuses a network that asks too often with the byte of busy.
func TestLimits(t *testing.T) {
	l := ratelimit.Limit{Every: time.Minute, Burst: 2}
	o := newOrigin(t, true, func(c *urnapi.Config) { c.Messages, c.Files = l, l })
	for i := range 4 {
		message := o.ask("POST", "/v1/receipt", make([]byte, 32), "Content-Type", octets)
		file := o.ask("GET", "/v1/urn-1/checkpoint", nil)
		if want := map[bool]int{true: 200, false: 429}[i < 2]; message.Code != want || file.Code != want {
			t.Errorf("request %d: %d and %d", i, message.Code, file.Code)
		}
		if i < 2 {
			continue
		}
		if a, err := urn.ParseAppendAnswer(message.Body.Bytes()); err != nil || !errors.Is(a.Err, urn.ErrBusy) || message.Header().Get("Retry-After") == "" {
			t.Errorf("request %d: %v, %v", i, err, a.Err)
		}
	}
}

// broken is a store that cannot be read.
type broken struct{ urn.Store }

func (broken) Latest(context.Context, urn.Scope, uint16) ([]byte, error) {
	return nil, errors.New("the disk, and a secret path")
}

func (broken) Find(context.Context, urn.Scope, urn.Hash) (urn.Place, error) {
	return urn.Place{}, errors.New("the disk, and a secret path")
}

// TestBroken says nothing of why it cannot answer.
func TestBroken(t *testing.T) {
	o := newOrigin(t, true, nil)
	c := o.Config(broken{o.urn.Store})
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	o.h = urnapi.New(urnapi.Config{Urn: s, Guard: guard.New(guard.Config{Now: time.Now}), Portal: page, Public: true})
	for _, path := range []string{"/v1/urn-1/checkpoint", "/v1/urn-1/list", "/v1/urn-1/leaves/0"} {
		if w := o.ask("GET", path, nil); w.Code != 503 || w.Body.Len() != 0 || w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q %v", path, w.Code, w.Body, w.Header())
		}
	}
	if a, err := urn.ParseReceiptAnswer(o.post(t, "/v1/receipt", make([]byte, 32))); err != nil || !errors.Is(a.Err, urn.ErrBusy) {
		t.Error(err, a.Err)
	}
}

// FuzzRequests sends bytes to every endpoint: they are answered as §2 says, whatever
// they are.
func FuzzRequests(f *testing.F) {
	o := newOrigin(f, true, nil)
	b := o.Ballot(f, 0, 0, 1)
	hash := b.Hash()
	f.Add(byte(0), o.Request(f, urntest.Token(), b).Bytes())
	f.Add(byte(1), urn.AccountRequest{Urn: 1, Key: [32]byte(o.Keys[1])}.Bytes())
	f.Add(byte(2), hash[:])
	f.Add(byte(3), urn.FateRequest{Urn: 1, Void: true, Tokens: make([]urn.Hash, 2)}.Bytes())
	bearer := "Bearer " + hex.EncodeToString(o.link[:])
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		path := []string{"/v1/append", "/v1/account", "/v1/receipt", "/link/v1/fate"}[which%4]
		w := o.ask("POST", path, body, "Content-Type", octets, "Authorization", bearer)
		if w.Code == http.StatusRequestEntityTooLarge && len(body) > guard.MessageSize {
			return
		}
		var err error
		switch answer := w.Body.Bytes(); which % 4 {
		case 0:
			_, err = urn.ParseAppendAnswer(answer)
		case 1:
			_, err = urn.ParseAccountAnswer(answer)
		case 2:
			_, err = urn.ParseReceiptAnswer(answer)
		case 3:
			_, err = urn.ParseFateAnswer(answer)
		}
		if w.Code != 200 || err != nil {
			t.Errorf("%s: %d, %v", path, w.Code, err)
		}
	})
}
