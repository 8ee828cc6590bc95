package voting_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/custody/deputy"
	"isoloir/merkle"
	"isoloir/portal/guard"
	"isoloir/portal/pages"
	"isoloir/portal/rollapi"
	"isoloir/portal/urnapi"
	"isoloir/portal/voting"
	"isoloir/ratelimit"
	"isoloir/roll"
	"isoloir/roll/login"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
	"isoloir/web"
)

// electors is how many there are in each urn.
const electors = 12

// A world is a vote as a page meets it: the portal with its real pages, the real
// roll and urn behind their real endpoints, each on an origin of its own, and an
// issuer that remembers what it was asked. Whatever they answer can be changed.
type world struct {
	*scrutintest.Fixture
	opening   *scrutin.Opening
	note      []byte // opening.note
	o         scrutin.Digest
	secrets   [][]group.Scalar    // x by urn and elector
	codes     [2][][]account.Code // by issuer, urn and elector
	urn       *urn.Service
	roll      *roll.Service
	register  roll.Store
	documents fstest.MapFS
	origins   pages.Origins
	portal    *httptest.Server

	mu      sync.Mutex
	acts    []*scrutin.Act
	closed  time.Time     // when the bureau closed
	late    time.Duration // by which the roll's clock is ahead
	digits  string        // last sent
	mails   [][]byte      // requests of receipt-mail
	asked   []string      // requests in their order
	meddle  meddler
	deaf    func(name string) bool
	records map[string][]byte // in place of the true ones
	page    func([]byte) []byte
}

// A meddler changes what a service answers, once it has done its work; nil cuts the
// connection.
type meddler func(name string, request, answer []byte) []byte

// newWorld opens a vote whose manifest edit has changed.
func newWorld(t *testing.T, edit func(*scrutin.Manifest)) *world {
	t.Helper()
	w := newWorldAt(t, httptest.NewUnstartedServer(nil), pages.Origins{}, edit)
	if err := w.register.Deposit(context.Background(), w.scope(), w.deposits()); err != nil {
		t.Fatal(err)
	}
	w.portal.Start()
	return w
}

// newWorldAt opens a vote on this portal, which is not started yet, nor has its roll
// any deposits. near is where the votes are that go with it.
func newWorldAt(t *testing.T, portal *httptest.Server, near pages.Origins, edit func(*scrutin.Manifest)) *world {
	t.Helper()
	w := &world{documents: fstest.MapFS{}, records: map[string][]byte{}, portal: portal, origins: near}
	w.origins.Portal = originOf(portal)
	w.Fixture = scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: electors, Open: time.Now().Add(-time.Hour).Truncate(time.Second),
		Edit: func(m *scrutin.Manifest) {
			m.Colleges[0].Validation = scrutin.Validation{Kind: "none", Channel: "none"}
			m.Publication.EmailAfterVote = "none"
			m.Codes.Passes, m.Codes.MemoryKiB, m.Codes.Lanes = 1, 64, 1
			w.people(m)
			if edit != nil {
				edit(m)
			}
		}})
	w.acts = []*scrutin.Act{{Type: scrutin.ActOpen}}
	publics, accounts := w.open(t)
	w.serve(t, publics, accounts)
	return w
}

// people puts names and documents on the lists.
func (w *world) people(m *scrutin.Manifest) {
	m.Scrutin.Title = "Élection des conseillers des Français de l’étranger"
	m.Organisation.Label = "Ministère de l’Europe et des affaires étrangères"
	names := []string{"Camille Lefèvre", "Yanis Benali", "Anne-Sophie Martin-Dubreuil", "Kenji Moreau", "Fatou Diallo", "Louis Garnier", "Inès Carpentier", "Paul Nguyen"}
	lists := []string{"Ensemble pour les Français du Japon", "Solidaires et écologistes à l’étranger", "Indépendants, entrepreneurs et familles d’Asie du Nord"}
	for i := range m.Urns {
		m.Urns[i].Label = []string{"Japon", "Corée du Sud"}[i%2]
	}
	for q := range m.Questions {
		m.Questions[q].Title, m.Questions[q].Seats = "Conseillers, Asie du Nord", 3
		for o := range m.Questions[q].Options {
			option := &m.Questions[q].Options[o]
			option.Label = lists[o%len(lists)]
			for i := range 4 {
				option.Candidates = append(option.Candidates, names[(3*o+i)%len(names)])
			}
			for _, kind := range []string{"application/pdf", "text/plain"} {
				data := []byte("Profession de foi de " + option.Label + ", " + kind)
				d := scrutin.DigestOf(data)
				w.documents[d.String()] = &fstest.MapFile{Data: data}
				option.Documents = append(option.Documents, scrutin.Document{Title: "Profession de foi", Media: kind, Size: int64(len(data)), SHA256: d})
			}
		}
	}
}

// open makes the opening record, and gives the electors' keys and the accounts of
// each urn.
func (w *world) open(t *testing.T) (publics, accounts [][]byte) {
	t.Helper()
	random := func() scrutin.Point { return scrutin.PointOf(group.MulBase(group.RandomScalar())) }
	m := w.Manifest
	w.opening = &scrutin.Opening{Head: scrutin.Head{Manifest: w.Fingerprint}, Ceremony: scrutin.Digest{1}, Key: random(),
		RollKey: m.Platform.Roll.Key, UrnKey: m.Platform.Urn.Key, Software: scrutin.Digest{2}, Specification: scrutin.Digest{3}, Client: web.Hash()}
	for _, c := range m.Clauses {
		clause := scrutin.ClauseKey{Clause: c.ID, Key: random()}
		for _, h := range c.Holders {
			clause.Holders = append(clause.Holders, scrutin.HolderKey{Holder: h, Key: random()})
		}
		w.opening.Clauses = append(w.opening.Clauses, clause)
	}
	for _, u := range m.Urns {
		generator := group.MulBase(group.RandomScalar())
		var secrets []group.Scalar
		var own, anonymous []group.Point
		for range electors {
			x := group.RandomScalar()
			secrets, own = append(secrets, x), append(own, group.MulBase(x))
		}
		for i := range electors {
			anonymous = append(anonymous, generator.Mul(secrets[(i*5+3)%electors])) // in another order
		}
		keys := group.EncodeBatch(anonymous, 1)
		w.secrets, publics, accounts = append(w.secrets, secrets), append(publics, group.EncodeBatch(own, 1)), append(accounts, keys)
		w.opening.Urns = append(w.opening.Urns, scrutin.OpenUrn{Urn: u.ID, Electors: u.Electors, Generator: scrutin.PointOf(generator), Accounts: u.Electors,
			Root: scrutin.Digest(merkle.Root(keys, group.PointSize))})
	}
	for _, i := range m.Issuers {
		w.opening.Enrolment = append(w.opening.Enrolment, scrutin.Statement{Party: i.ID, Digest: scrutin.Digest{5}})
	}
	for _, x := range m.Mixers {
		w.opening.Anonymisation = append(w.opening.Anonymisation, scrutin.Statement{Party: x.ID, Digest: scrutin.Digest{6}})
	}
	w.note, w.o = w.signed(t, w.opening)
	return publics, accounts
}

// signed is an opening record signed by the whole bureau and all witnesses but those
// named, and its digest.
func (w *world) signed(t *testing.T, o *scrutin.Opening, but ...string) ([]byte, scrutin.Digest) {
	t.Helper()
	text, err := scrutin.Text(o)
	if err != nil {
		t.Fatal(err)
	}
	var signers []note.Signer
	for _, id := range w.bureau() {
		if !slices.Contains(but, id) {
			signers = append(signers, w.Signers[id])
		}
	}
	data, err := note.Sign(text, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return data, scrutin.TextDigest(text)
}

// bureau is who signs the opening record.
func (w *world) bureau() (ids []string) {
	for _, b := range w.Manifest.Bureau.Members {
		ids = append(ids, b.ID)
	}
	for _, x := range w.Manifest.Witnesses {
		ids = append(ids, x.ID)
	}
	return ids
}

// originOf is where a server is reached, started or not.
func originOf(s *httptest.Server) string { return "http://" + s.Listener.Addr().String() }

func (w *world) scope() roll.Scope {
	return roll.Scope{Organisation: w.Manifest.Organisation.ID, Scrutin: w.Manifest.Scrutin.ID}
}

// serve starts roll, urn and issuers, and makes the portal ready.
func (w *world) serve(t *testing.T, publics, accounts [][]byte) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	register, err := rollsqlite.Open(ctx, filepath.Join(dir, "roll.db"), rollsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { register.Shut() })
	w.register = register
	box, err := urnsqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), urnsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Shut() })
	m := w.Manifest
	scope := w.scope()
	var rollRules []*roll.Rules
	var urnRules []*urn.Rules
	for i, u := range m.Urns {
		r, err := roll.RulesOf(m, w.Fingerprint, w.opening, w.o, u.ID, publics[i])
		if err != nil {
			t.Fatal(err)
		}
		b, err := urn.RulesOf(m, w.Fingerprint, w.opening, w.o, u.ID, accounts[i])
		if err != nil {
			t.Fatal(err)
		}
		rollRules, urnRules = append(rollRules, r), append(urnRules, b)
	}
	w.roll = roll.NewService(roll.Config{Store: register, Scope: scope, Rules: rollRules, Signer: w.speaker(t, scrutin.RoleRoll), Urn: m.Platform.Urn.Verifier(),
		Open: w.voting, Now: w.now})
	if w.urn, err = urn.NewService(ctx, urn.Config{Store: box, Scope: urn.Scope(scope), Rules: urnRules, Signer: w.speaker(t, scrutin.RoleUrn), Roll: m.Platform.Roll.Verifier(),
		MinimumSize: 2, Open: w.voting, Now: w.now, Period: time.Minute,
		Ends: func() time.Time { return w.window().Ends }}); err != nil {
		t.Fatal(err)
	}
	if err := register.Import(ctx, scope, w.electors()); err != nil {
		t.Fatal(err)
	}
	logins, err := login.New(login.Config{Roll: w.roll, Store: register, Manifest: m, Window: w.window, Sender: w})
	if err != nil {
		t.Fatal(err)
	}
	gate := guard.New(guard.Config{Now: time.Now, Leading: w.origins.Leading})
	w.origins.Roll = w.origin(t, rollapi.New(rollapi.Config{Login: logins, Guard: gate, Portal: w.origins.Portal}))
	w.origins.Urn = w.origin(t, urnapi.New(urnapi.Config{Urn: w.urn, Guard: gate, Portal: w.origins.Portal, Public: m.Publication.Board == "public"}))
	for range m.Issuers {
		w.origins.Issuers = append(w.origins.Issuers, w.origin(t, gate.Messages(w.origins.Portal, http.HandlerFunc(w.mail))))
	}
	pages, err := pages.New(pages.Config{Scrutin: site{w}, Now: time.Now, Failed: func(route string, err error) { t.Error(route, err) }})
	if err != nil {
		t.Fatal(err)
	}
	voting.Add(pages)
	w.portal.Config.Handler = w.rewritten(pages.Handler(gate, gate.NewLimiter(ratelimit.Limit{})))
	t.Cleanup(w.portal.Close)
}

// electors is the roll: all were born on the same day.
func (w *world) electors() iter.Seq2[roll.Elector, error] {
	return func(yield func(roll.Elector, error) bool) {
		for u, urn := range w.Manifest.Urns {
			for i := range electors {
				e := roll.Elector{Urn: uint16(u), Number: uint32(i), Reference: fmt.Sprint(u, "-", i), College: urn.College, Language: "fr",
					Channels: []string{"email", "sms"}, Born: "1971-05-24", Family: "Dupont"}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// deposits are what both issuers leave with the roll, once each has drawn its codes.
func (w *world) deposits() (out []roll.Deposit) {
	w.codes = [2][][]account.Code{make([][]account.Code, len(w.secrets)), make([][]account.Code, len(w.secrets))}
	for u, secrets := range w.secrets {
		for i, x := range secrets {
			half := group.RandomScalar()
			for issuer, h := range []group.Scalar{half, x.Sub(half)} {
				code := account.NewCode(w.Manifest.Codes)
				w.codes[issuer][u] = append(w.codes[issuer][u], code)
				who := account.Number{Urn: w.Manifest.Urns[u].ID, Index: uint32(i)}
				d := code.Stretch(w.Manifest.Codes, w.Fingerprint, who, w.Manifest.Issuers[issuer].ID).Deposit(h)
				out = append(out, roll.Deposit{Place: roll.Place{Urn: uint16(u), Elector: uint32(i)}, Issuer: issuer, Half: roll.Half{Login: d.Login.Bytes(), Masked: d.Masked.Bytes()}})
			}
		}
	}
	return out
}

// speaker says by deputies what a role says.
func (w *world) speaker(t *testing.T, role string) note.Signer {
	t.Helper()
	s, err := deputy.Open(deputy.Config{Own: w.Signers[role], Role: role, Opening: w.o, Keep: func(string, []byte) error { return nil }, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// identifier and password are what an elector of the first urn was sent.
func (w *world) identifier(elector int) string {
	return strconv.Itoa(elector) + "-" + w.codes[0][0][elector].Reveal()
}

func (w *world) password(elector int) string { return w.codes[1][0][elector].Reveal() }
