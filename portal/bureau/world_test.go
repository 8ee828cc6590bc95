package bureau

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/bve/journal/sqlite"
	"isoloir/keyceremony/device"
	"isoloir/portal/guard"
	"isoloir/portal/oversight"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

var ctx = context.Background()

// people are the members of the board of the tests: six who sit and hold, and three who do not.
var people = []scrutin.Member{
	{ID: "member-1", Label: "Claire Dubois", Role: scrutin.President, Voice: scrutin.Deliberative, Class: "administration"},
	{ID: "member-2", Label: "Amadou Sarr", Role: scrutin.Assessor, Voice: scrutin.Deliberative, Class: "administration"},
	{ID: "member-3", Label: "Hélène Le Goff", Role: scrutin.Assessor, Voice: scrutin.Deliberative, Class: "administration"},
	{ID: "member-4", Label: "Jean-Baptiste Étienne", Role: scrutin.Assessor, Voice: scrutin.Deliberative, Class: "administration"},
	{ID: "member-5", Label: "Marie Tran", Role: scrutin.Secretary, Voice: scrutin.Consultative, Class: "administration"},
	{ID: "member-6", Label: "Olivier Ferrand", Role: scrutin.Delegate, Voice: scrutin.Deliberative, Class: "delegates"},
	{ID: "expert", Label: "Nadia Bensaïd", Role: scrutin.Expert, Voice: scrutin.Consultative, Class: "expertise"},
	{ID: "committee", Label: "Comité technique", Role: scrutin.Committee, Voice: scrutin.Consultative, Class: "technique"},
	{ID: "staff", Label: "Exploitant", Role: scrutin.Assessor, Voice: scrutin.Consultative, Class: scrutin.Operator},
}

// A world is a board over its record and its journal.
type world struct {
	*trusteetest.World
	store   *sqlite.Store
	office  *bve.Office
	site    http.Handler
	roles   []Role
	checks  int
	ahead   time.Duration // of the service's clock
	keys    map[string]*note.PrivateKey
	figures []scrutin.Finding
	failed  []error

	others    []Carried
	documents fs.FS  // nil for none
	browser   string // that prints
	report    []byte
	heads     map[string][]byte // checkpoints, by urn
}

// newWorld makes a board, whose members come in by a cookie with their name.
func newWorld(t testing.TB, edit func(*scrutin.Manifest)) *world {
	t.Helper()
	w := &world{keys: map[string]*note.PrivateKey{}}
	w.World = trusteetest.New(t, t.TempDir(), scrutintest.Options{Holders: 6, Edit: func(m *scrutin.Manifest) { w.seat(t, m, edit) }})
	w.begin(t, w.Manifest.Schedule.Open.AddDate(0, 0, -7))
	return w
}

// begin puts a board over the record, at an hour.
func (w *world) begin(t testing.TB, at time.Time) {
	t.Helper()
	w.ahead = time.Until(at)
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "bureau.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	w.store = store
	for _, u := range w.Manifest.Urns {
		w.figures = append(w.figures, scrutin.Finding{Urn: u.ID})
	}
	w.office, err = bve.OpenOffice(ctx, bve.Config{Record: w.Out, Figures: func(context.Context) ([]scrutin.Finding, error) { return w.figures, nil },
		Journal: journal.Config{Store: store, Manifest: w.Manifest, Fingerprint: w.Fingerprint, Signer: w.Signers["contents"], Now: w.now}})
	if err != nil {
		t.Fatal(err)
	}
	w.site = w.open(t, w.cookies)
}

// seat gives the holders their names, and adds who holds nothing.
func (w *world) seat(t testing.TB, m *scrutin.Manifest, edit func(*scrutin.Manifest)) {
	m.Scrutin.Title, m.Organisation.Label = "Élection des conseillers des Français de l’étranger", "Ministère de l’Europe et des affaires étrangères"
	for i, p := range people {
		if i < len(m.Bureau.Members) {
			p.Rank, p.Born, p.Key = scrutin.Titular, m.Bureau.Members[i].Born, m.Bureau.Members[i].Key
			m.Bureau.Members[i] = p
			continue
		}
		key, err := note.GenerateKey(p.ID)
		if err != nil {
			t.Fatal(err)
		}
		p.Rank, p.Born, p.Key = scrutin.Titular, "1970-01-01", key.Verifier().String()
		w.keys[p.ID] = key
		m.Bureau.Members = append(m.Bureau.Members, p)
	}
	if edit != nil {
		edit(m)
	}
}

// cookies lets members in by a cookie with their name.
func (w *world) cookies(*guard.Guard) (Passkeys, error) { return cookies{w.Manifest}, nil }

func (w *world) now() time.Time { return time.Now().Add(w.ahead) }

func (w *world) open(t testing.TB, passkeys func(*guard.Guard) (Passkeys, error)) http.Handler {
	t.Helper()
	site, err := New(Config{Manifest: w.Manifest, Fingerprint: w.Fingerprint, Office: w.office, Platform: w, Record: w.Out, Others: w.others, Documents: w.documents, Browser: w.browser, Portal: "https://vote.example", Urns: "https://urne.example", Now: w.now, Passkeys: passkeys,
		Failed: func(route string, err error) { w.failed = append(w.failed, err) },
		Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return guard.New(guard.Config{Now: w.now, Passkeys: true, Refuse: refuse})
		}})
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// cookies lets in whoever names himself.
type cookies struct{ m *scrutin.Manifest }

func (c cookies) Who(r *http.Request) (*scrutin.Member, error) {
	cookie, err := r.Cookie("who")
	if err != nil {
		return nil, nil
	}
	m, _ := c.m.Member(cookie.Value)
	return m, nil
}

func (cookies) Mount(*http.ServeMux) {}

// The platform of the tests.
func (w *world) Turnout(context.Context) (*Turnout, error) {
	return &Turnout{At: w.now(), Urns: w.figures}, nil
}

func (w *world) List(_ context.Context, q oversight.ListQuestion) (*oversight.ListPage, error) {
	return &oversight.ListPage{Total: 412, Electors: []oversight.Listed{
		{Order: q.From, Family: "ABADIE", Given: "Rose Marguerite", Born: "1951-02-28", Voted: true},
		{Order: q.From + 1, Family: "ABDELKRIM-DELACROIX", Given: "Yanis", Born: "1999-11-03"},
	}}, nil
}

func (w *world) Check(context.Context) error {
	w.checks++
	return nil
}

func (w *world) Roles() []Role { return w.roles }

func (w *world) Report(context.Context, string) ([]byte, error) { return w.report, nil }

func (w *world) Checkpoint(_ context.Context, urn string) ([]byte, error) {
	if data := w.heads[urn]; data != nil {
		return data, nil
	}
	return nil, errors.New("no log yet")
}

// state brings a statement of a member to the journal.
func (w *world) state(by string, body journal.Body) *journal.Entry {
	w.Helper()
	e, err := w.office.Submit(ctx, w.signed(by, body))
	if err != nil {
		w.Fatalf("%s of %s: %v", body.Kind(), by, err)
	}
	return e
}

// signed is a statement of a member, as of now.
func (w *world) signed(by string, body journal.Body) []byte {
	w.Helper()
	s, err := w.office.State(ctx)
	if err != nil {
		w.Fatal(err)
	}
	session := s.Session.Number
	if body.Kind() == "session-open" {
		session = s.NextSession()
	}
	st := journal.Statement{Manifest: w.Fingerprint, By: by, Session: session, Time: scrutin.TimeOf(w.now()), Nonce: journal.NewNonce(), Seen: w.office.Journal().Place().Head, Body: body}
	data, err := st.Sign(w.signer(by))
	if err != nil {
		w.Fatal(err)
	}
	return data
}

func (w *world) signer(by string) note.Signer {
	if key := w.keys[by]; key != nil {
		return key
	}
	return w.Devices[by].Signer()
}

func (w *world) say(body journal.Body) *journal.Entry {
	w.Helper()
	e, err := w.office.Say(ctx, body)
	if err != nil {
		w.Fatalf("%s: %v", body.Kind(), err)
	}
	return e
}

// sit opens a session with these members, the first of whom presides.
func (w *world) sit(purpose string, members ...string) {
	w.Helper()
	w.state(members[0], journal.SessionOpen{Purpose: purpose})
	for _, m := range members {
		w.state(m, journal.Present{})
	}
}

// move proposes an act, has it supported by these members, and gives its name.
func (w *world) move(kind string, given scrutin.ActBody, by ...string) scrutin.Digest {
	w.Helper()
	act, err := w.office.Draft(ctx, kind, given)
	if err != nil {
		w.Fatal(err)
	}
	w.state("member-1", journal.Motion{Act: *act})
	text, err := scrutin.Text(act)
	if err != nil {
		w.Fatal(err)
	}
	for _, m := range by {
		signed, err := note.Sign(text, w.signer(m))
		if err != nil {
			w.Fatal(err)
		}
		line, err := lineOf(signed, scrutin.TextDigest(text), w.signer(m).Verifier())
		if err != nil {
			w.Fatal(err)
		}
		w.state(m, journal.Support{Motion: scrutin.TextDigest(text), Signature: line})
	}
	return scrutin.TextDigest(text)
}

// adopt moves an act and writes it.
func (w *world) adopt(kind string, given scrutin.ActBody) {
	w.Helper()
	name := w.move(kind, given, "member-1", "member-2", "member-3", "member-4", "member-6")
	if err := w.office.Adopt(ctx, "member-1", name); err != nil {
		w.Fatal(err)
	}
}

// medium is the path of a member's medium, which his passphrase opens.
func (w *world) medium(id string) string { return filepath.Join(w.Media(id)[0], id+device.Suffix) }

func everybodyOf() (ids []string) {
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	return slices.Clip(ids)
}
