package web_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/custody/deputy"
	"isoloir/merkle"
	"isoloir/portal/guard"
	"isoloir/portal/urnapi"
	"isoloir/roll"
	"isoloir/roll/login"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
)

// electors is how many there are in the world's one urn.
const electors = 12

// A world is a scrutin that is open: records, codes, roll and urn, each with an
// origin of its own, as a page meets them.
type world struct {
	*scrutintest.Fixture
	Opening  *scrutin.Opening
	Note     []byte // opening.note
	o        scrutin.Digest
	secrets  []group.Scalar // x by elector
	codes    [2][]account.Code
	urnRules *urn.Rules
	urn      *urn.Service
	page     *page
	// answer changes what a service answers to a request; nil to change nothing.
	answer atomic.Pointer[func(name string, request, answer []byte) []byte]
	status atomic.Int32 // of all answers; 0 for the true one
}

// newRecords makes a scrutin of some questions, its codes and its opening record; and
// gives the electors' keys before anonymisation.
func newRecords(t *testing.T, questions int) (w *world, keys []byte) {
	t.Helper()
	w = &world{Fixture: scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: electors, Questions: questions, Open: time.Now().Add(-time.Hour).Truncate(time.Second),
		Edit: func(m *scrutin.Manifest) {
			m.Colleges[0].Validation = scrutin.Validation{Kind: "none", Channel: "none"}
			m.Codes.Passes, m.Codes.MemoryKiB, m.Codes.Lanes = 1, 64, 1
		}})}
	return w, w.open(t)
}

// newWorld opens such a scrutin, and a page with the client and its records in it.
func newWorld(t *testing.T, questions int) *world {
	t.Helper()
	w, keys := newRecords(t, questions)
	ctx, dir := context.Background(), t.TempDir()
	store, err := rollsqlite.Open(ctx, filepath.Join(dir, "roll.db"), rollsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	box, err := urnsqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), urnsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Shut() })
	open := func(time.Time) bool { return true }
	scope := roll.Scope{Organisation: w.Manifest.Organisation.ID, Scrutin: w.Manifest.Scrutin.ID}
	rules, err := roll.RulesOf(w.Manifest, w.Fingerprint, w.Opening, w.o, "urn-1", keys)
	if err != nil {
		t.Fatal(err)
	}
	register := roll.NewService(roll.Config{Store: store, Scope: scope, Rules: []*roll.Rules{rules}, Signer: w.speaker(t, scrutin.RoleRoll, questions > 1),
		Urn: w.Manifest.Platform.Urn.Verifier(), Open: open, Now: time.Now})
	if w.urn, err = urn.NewService(ctx, urn.Config{Store: box, Scope: urn.Scope(scope), Rules: []*urn.Rules{w.urnRules}, Signer: w.speaker(t, scrutin.RoleUrn, questions > 1),
		Roll: w.Manifest.Platform.Roll.Verifier(), MinimumSize: 2, Open: open, Now: time.Now, Period: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if err := store.Deposit(ctx, scope, w.deposits()); err != nil {
		t.Fatal(err)
	}
	window := login.Window{Open: w.Manifest.Schedule.Open.Time, Close: w.Manifest.Schedule.Close.Time, Ends: w.Manifest.Schedule.Close.Time}
	logins, err := login.New(login.Config{Roll: register, Store: store, Manifest: w.Manifest, Window: func() login.Window { return window }})
	if err != nil {
		t.Fatal(err)
	}
	guards := guard.New(guard.Config{Now: time.Now})
	var origins []string
	w.page = newPage(t, func(portal string) []string {
		origins = []string{w.origin(t, guards.Messages(portal, rollHandler(register, logins, guards))),
			w.origin(t, urnapi.New(urnapi.Config{Urn: w.urn, Guard: guards, Portal: portal, Public: true}))}
		return origins
	})
	call[bool](w.page, "Object.assign(globalThis, {roll: client.transport.asking('roll', $1), urnAsk: client.transport.asking('urn', $2), urnGet: client.transport.getting($2), stretch: client.stretch.stretchIn('/client/worker.js')}) === globalThis",
		origins[0], origins[1])
	call[bool](w.page, "(globalThis.scrutin = new client.scrutin.Scrutin(client.bytes.utf8($1), client.bytes.utf8($2), $3)).o === $4",
		string(w.Bytes), string(w.Note), w.Fingerprint, w.o)
	return w
}

// speaker is who says what a role says: its own key, or deputies.
func (w *world) speaker(t *testing.T, role string, deputies bool) note.Signer {
	t.Helper()
	if !deputies {
		return w.Signers[role]
	}
	s, err := deputy.Open(deputy.Config{Own: w.Signers[role], Role: role, Opening: w.o, Keep: func(string, []byte) error { return nil }, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open makes the opening record, and gives the electors' keys before anonymisation.
func (w *world) open(t *testing.T) []byte {
	t.Helper()
	generator := group.MulBase(group.RandomScalar())
	var points, accounts []group.Point
	for range electors {
		x := group.RandomScalar()
		w.secrets, points = append(w.secrets, x), append(points, group.MulBase(x))
	}
	for i := range electors {
		accounts = append(accounts, generator.Mul(w.secrets[(i*5+3)%electors])) // in another order
	}
	keys := group.EncodeBatch(accounts, 1)
	random := func() scrutin.Point { return scrutin.PointOf(group.MulBase(group.RandomScalar())) }
	m := w.Manifest
	w.Opening = &scrutin.Opening{Head: scrutin.Head{Manifest: w.Fingerprint}, Ceremony: scrutin.Digest{1}, Key: random(),
		RollKey: m.Platform.Roll.Key, UrnKey: m.Platform.Urn.Key, Software: scrutin.Digest{2}, Specification: scrutin.Digest{3}, Client: scrutin.Digest{4}}
	for _, c := range m.Clauses {
		clause := scrutin.ClauseKey{Clause: c.ID, Key: random()}
		for _, h := range c.Holders {
			clause.Holders = append(clause.Holders, scrutin.HolderKey{Holder: h, Key: random()})
		}
		w.Opening.Clauses = append(w.Opening.Clauses, clause)
	}
	for _, u := range m.Urns {
		w.Opening.Urns = append(w.Opening.Urns, scrutin.OpenUrn{Urn: u.ID, Electors: u.Electors, Generator: scrutin.PointOf(generator), Accounts: u.Electors,
			Root: scrutin.Digest(merkle.Root(keys, group.PointSize))})
	}
	for _, i := range m.Issuers {
		w.Opening.Enrolment = append(w.Opening.Enrolment, scrutin.Statement{Party: i.ID, Digest: scrutin.Digest{5}})
	}
	for _, x := range m.Mixers {
		w.Opening.Anonymisation = append(w.Opening.Anonymisation, scrutin.Statement{Party: x.ID, Digest: scrutin.Digest{6}})
	}
	text, err := scrutin.Text(w.Opening)
	if err != nil {
		t.Fatal(err)
	}
	w.o = scrutin.TextDigest(text)
	w.Note = w.signed(t, text)
	if w.urnRules, err = urn.RulesOf(m, w.Fingerprint, w.Opening, w.o, "urn-1", keys); err != nil {
		t.Fatal(err)
	}
	return group.EncodeBatch(points, 1)
}

// signed is a text signed by the whole bureau and all witnesses but those named.
func (w *world) signed(t *testing.T, text string, but ...string) []byte {
	t.Helper()
	var signers []note.Signer
	add := func(id string) {
		for _, b := range but {
			if b == id {
				return
			}
		}
		signers = append(signers, w.Signers[id])
	}
	for _, b := range w.Manifest.Bureau.Members {
		add(b.ID)
	}
	for _, x := range w.Manifest.Witnesses {
		add(x.ID)
	}
	data, err := note.Sign(text, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// deposits are what both issuers leave with the roll, once each has drawn its codes.
func (w *world) deposits() (out []roll.Deposit) {
	for i := range electors {
		half := group.RandomScalar()
		for issuer, h := range []group.Scalar{half, w.secrets[i].Sub(half)} {
			code := account.NewCode(w.Manifest.Codes)
			w.codes[issuer] = append(w.codes[issuer], code)
			d := code.Stretch(w.Manifest.Codes, w.Fingerprint, account.Number{Urn: "urn-1", Index: uint32(i)}, w.Manifest.Issuers[issuer].ID).Deposit(h)
			out = append(out, roll.Deposit{Place: roll.Place{Elector: uint32(i)}, Issuer: issuer, Half: roll.Half{Login: d.Login.Bytes(), Masked: d.Masked.Bytes()}})
		}
	}
	return out
}

// origin serves a role, whose answers the world can change, and gives its origin.
func (w *world) origin(t *testing.T, role http.Handler) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(request))
		r.Header.Del("If-None-Match") // what is changed here is not what the browser keeps
		honest := httptest.NewRecorder()
		role.ServeHTTP(honest, r)
		answer := honest.Body.Bytes()
		if change := w.answer.Load(); change != nil && r.Method != http.MethodOptions {
			if answer = (*change)(r.URL.Path[len("/v1/"):], request, answer); answer == nil {
				panic(http.ErrAbortHandler) // the connection is cut
			}
		}
		for name, values := range honest.Header() {
			out.Header()[name] = values
		}
		out.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		if status := int(w.status.Load()); status != 0 && r.Method != http.MethodOptions {
			out.Header().Set("Retry-After", "7")
			out.Header().Set("Access-Control-Expose-Headers", "Retry-After")
			honest.Code = status
		}
		out.WriteHeader(honest.Code)
		out.Write(answer)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// lies has the services answer what change makes of their answers; nil ends it.
func (w *world) lies(change func(name string, request, answer []byte) []byte) {
	if change == nil {
		w.answer.Store(nil)
		return
	}
	w.answer.Store(&change)
}

// rollHandler is the roll's protocol over HTTP.
func rollHandler(register *roll.Service, logins *login.Service, guards *guard.Guard) http.Handler {
	secret := func(b []byte) (login.Secret, []byte) { return login.Secret(b[:32]), b[32:] }
	said := func(err error, answer []byte) []byte {
		if err != nil {
			return roll.ReserveAnswer{Err: err}.Bytes()
		}
		return append([]byte{0}, answer...)
	}
	serve := map[string]func(context.Context, *http.Request, []byte) []byte{
		"hello": func(_ context.Context, _ *http.Request, b []byte) []byte {
			q, err := login.ParseHelloRequest(b)
			if err != nil {
				return said(err, nil)
			}
			c, err := logins.Hello(q)
			return said(err, c[:])
		},
		"login": func(ctx context.Context, r *http.Request, b []byte) []byte {
			q, err := login.ParseLoginRequest(b)
			if err != nil {
				return said(err, nil)
			}
			a, err := logins.Login(ctx, guards.Network(r), q)
			return said(err, a.Bytes())
		},
		"open": func(ctx context.Context, _ *http.Request, b []byte) []byte {
			s, _ := secret(b)
			a, err := logins.Open(ctx, s)
			return said(err, a.Bytes())
		},
		"leave": func(ctx context.Context, _ *http.Request, b []byte) []byte {
			s, _ := secret(b)
			return said(logins.Leave(ctx, s), nil)
		},
		"reserve": func(ctx context.Context, _ *http.Request, b []byte) []byte {
			s, rest := secret(b)
			q, err := roll.ParseReserveRequest(rest)
			if err != nil {
				return said(err, nil)
			}
			a, err := logins.Reserve(ctx, s, q)
			a.Err = err
			return a.Bytes()
		},
		"mark": func(ctx context.Context, _ *http.Request, b []byte) []byte { return register.ServeMark(ctx, b) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		ask := serve[r.URL.Path[len("/v1/"):]]
		if err != nil || ask == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write(ask(r.Context(), r, b))
	})
}
