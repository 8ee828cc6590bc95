package bve

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

var ctx = context.Background()

// memory is a store of one journal. It can fail before a row is kept.
type memory struct {
	journal.Store
	mu   sync.Mutex
	rows map[scrutin.Digest][]journal.Row
	fail func(journal.Row) error
}

func (s *memory) Append(_ context.Context, f scrutin.Digest, r journal.Row) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(r); err != nil {
			return err
		}
	}
	if r.Number != len(s.rows[f])+1 {
		return journal.ErrTaken
	}
	s.rows[f] = append(s.rows[f], r)
	return nil
}

func (s *memory) Rows(_ context.Context, f scrutin.Digest, after int) ([]journal.Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rows[f][min(after, len(s.rows[f])):]), nil
}

// A template is a scrutin whose ceremony is held and whose parties have given everything, before the bureau has decided anything. Who is added to its
// four members: a committee and an expert, and a technician of the platform.
type template struct {
	*trusteetest.World
	signers map[string]note.Signer
}

func newTemplate(t testing.TB, o scrutintest.Options) *template {
	t.Helper()
	m := &template{signers: map[string]note.Signer{}}
	edit := o.Edit
	o.Edit = func(x *scrutin.Manifest) {
		for _, p := range []struct{ id, role, class string }{{"comite", scrutin.Committee, "anssi"}, {"expert", scrutin.Expert, "expert"}, {"technicien", scrutin.Committee, scrutin.Operator}} {
			key, err := note.GenerateKey(p.id)
			if err != nil {
				t.Fatal(err)
			}
			m.signers[p.id] = key
			x.Bureau.Members = append(x.Bureau.Members, scrutin.Member{ID: p.id, Label: p.id, Role: p.role, Voice: scrutin.Consultative, Class: p.class,
				Rank: scrutin.Titular, Born: "1970-01-01", Key: key.Verifier().String()})
		}
		x.Schedule.Count = scrutin.TimeOf(x.Schedule.Close.AddDate(0, 0, 2))
		x.Addenda.Allowed = append(x.Addenda.Allowed, "update")
		if edit != nil {
			edit(x)
		}
	}
	m.World = trusteetest.New(t, t.TempDir(), o)
	for id, d := range m.Devices {
		m.signers[id] = d.Signer()
	}
	for _, step := range []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep, keyceremony.CheckStep, keyceremony.SealStep} {
		b := m.Board()
		for _, h := range m.Manifest.Holders {
			if _, _, err := b.Speak(m.Devices[h.Member], step, 0, m.Out); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := m.Board()
	for _, h := range m.Manifest.Holders {
		if _, err := b.Rehearse(m.Devices[h.Member], m.Out); err != nil {
			t.Fatal(err)
		}
	}
	s := NewState(m.Manifest, m.Fingerprint, nil, scrutin.NewProcedure(m.Manifest, m.Fingerprint))
	paths := []string{record.Shares("quorum", "member-2"), record.Shares("quorum", "member-3"), record.Shares("quorum", "member-4")}
	for _, kind := range path {
		for _, p := range s.parts(kind) {
			paths = append(paths, p.path)
		}
	}
	for _, p := range paths {
		if p == record.Manifest {
			continue
		}
		data, err := note.Sign(p+"\n", m.Signers["contents"])
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Out.Write(p, data); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// A table is an office with everybody around it.
type table struct {
	testing.TB
	*template
	*Office
	dir   string
	store *memory
	at    time.Time
	found []scrutin.Finding

	signedBefore []byte // by a member, and withheld
}

// sit begins with a copy of the record.
func (m *template) sit(t testing.TB, dir string) *table {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(m.Dir())); err != nil {
		t.Fatal(err)
	}
	b := &table{TB: t, template: m, dir: dir, store: &memory{rows: map[scrutin.Digest][]journal.Row{}}, at: m.Manifest.Schedule.Open.AddDate(0, 0, -7)}
	b.count(0)
	b.again()
	return b
}

// count has roll and urn tell so many marks and ballots in every urn.
func (b *table) count(n int) {
	b.found = nil
	for _, u := range b.Manifest.Urns {
		b.found = append(b.found, scrutin.Finding{Urn: u.ID, Marks: n, Ballots: n})
	}
}

// again takes the office up anew, as after a stop.
func (b *table) again() {
	b.Helper()
	rec, err := record.Beside(b.dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Office, err = OpenOffice(ctx, Config{
		Journal: journal.Config{Store: b.store, Manifest: b.Manifest, Fingerprint: b.Fingerprint, Signer: b.Signers["contents"], Now: func() time.Time { return b.at }},
		Record:  rec,
		Figures: func(context.Context) ([]scrutin.Finding, error) { return slices.Clone(b.found), nil },
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *table) state() *State {
	b.Helper()
	s, err := b.State(ctx)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// tell signs and submits a statement of a member.
func (b *table) tell(by string, body journal.Body) error {
	b.Helper()
	s := b.state()
	session := s.Session.Number
	if body.Kind() == "session-open" {
		session = s.NextSession()
	}
	st := journal.Statement{Manifest: b.Fingerprint, By: by, Session: session, Time: scrutin.TimeOf(b.at), Nonce: journal.NewNonce(), Seen: b.Office.Journal().Place().Head, Body: body}
	data, err := st.Sign(b.signers[by])
	if err != nil {
		b.Fatal(err)
	}
	_, err = b.Submit(ctx, data)
	return err
}

func (b *table) told(by string, body journal.Body) {
	b.Helper()
	if err := b.tell(by, body); err != nil {
		b.Fatalf("%s, %s: %v", by, body.Kind(), err)
	}
}

func (b *table) says(body journal.Body) {
	b.Helper()
	if _, err := b.Say(ctx, body); err != nil {
		b.Fatalf("%s: %v", body.Kind(), err)
	}
}

// open opens a session with these present.
func (b *table) open(members ...string) {
	b.Helper()
	b.told("member-1", journal.SessionOpen{Purpose: "séance"})
	for _, m := range members {
		b.told(m, journal.Present{})
	}
}

func (b *table) close() error {
	return b.tell("member-1", journal.SessionClose{Head: b.Office.Journal().Place().Head})
}

var four = []string{"member-1", "member-2", "member-3", "member-4"}

// move drafts and proposes an act, and returns the motion's name.
func (b *table) move(kind string, given scrutin.ActBody) (scrutin.Digest, error) {
	b.Helper()
	a, err := b.Draft(ctx, kind, given)
	if err != nil {
		return scrutin.Digest{}, err
	}
	m := journal.Motion{Act: *a}
	text, err := m.Text()
	if err != nil {
		b.Fatal(err)
	}
	return scrutin.TextDigest(text), b.tell(b.state().Session.Present[0], m)
}

// sign is a member's line under the act of a motion.
func (b *table) sign(name scrutin.Digest, by string) string {
	b.Helper()
	m, ok := b.state().Motion(name)
	if !ok {
		b.Fatal("no such motion")
	}
	data, err := note.Sign(m.Text, b.signers[by])
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSuffix(string(data[len(m.Text)+1:]), "\n")
}

func (b *table) support(name scrutin.Digest, members ...string) error {
	b.Helper()
	for _, m := range members {
		if err := b.tell(m, journal.Support{Motion: name, Signature: b.sign(name, m)}); err != nil {
			return err
		}
	}
	return nil
}

// act takes an act from its draft to the record, with the voices of all present.
func (b *table) act(kind string, given scrutin.ActBody) error {
	b.Helper()
	name, err := b.move(kind, given)
	if err != nil {
		return err
	}
	present := b.state().signers()
	if err := b.support(name, present...); err != nil {
		return err
	}
	return b.Adopt(ctx, present[0], name)
}

// until takes the path up to an act, and without it.
func (b *table) until(kind string) {
	b.Helper()
	if b.state().Session.Number == 0 {
		b.open(four...)
	}
	for _, k := range path {
		if k == kind {
			return
		}
		b.step(k)
	}
}

// step does what its act needs, and then the act.
func (b *table) step(kind string) {
	b.Helper()
	var given scrutin.ActBody
	switch kind {
	case scrutin.ActOpen:
		b.says(journal.Delivery{Rows: []journal.DeliveryRow{{Channel: "email", Sent: 80, Delivered: 80}, {Channel: "sms", Sent: 80, Delivered: 79}}})
	case scrutin.ActClose:
		b.at = b.state().Procedure.Ends()
		b.count(20)
	case scrutin.ActSeal:
		b.says(journal.Checked{Verdict: journal.Well})
	case scrutin.ActDecrypt:
		b.at = b.Manifest.Schedule.Count.Time
	case scrutin.ActMinutes:
		given.Adopts = b.minutes()
	case scrutin.ActArchive:
		given.Adopts = bare(scrutin.AdoptArchive)
	case scrutin.ActDestroy:
		given.Adopts = bare(scrutin.AdoptDestroyed)
		b.at = b.state().Procedure.Retained()
	}
	b.at = b.at.Add(time.Minute)
	if err := b.act(kind, given); err != nil {
		b.Fatalf("%s: %v", kind, err)
	}
}

// minutes are those of the journal as it is now.
func (b *table) minutes() []scrutin.Adopted {
	return append(bare(scrutin.AdoptMinutes), scrutin.Adopted{Path: scrutin.AdoptJournal, SHA256: b.Office.Journal().Place().Head})
}

func bare(paths ...string) (out []scrutin.Adopted) {
	for _, p := range paths {
		out = append(out, scrutin.Adopted{Path: p, SHA256: scrutin.DigestOf([]byte(p))})
	}
	return out
}

// refused requires a rule, and that its sentence cites the law in both languages, where there is one.
func refused(t interface {
	Helper()
	Errorf(string, ...any)
}, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, expected %v", err, want)
		return
	}
	said, ok := err.(interface{ Sentence(string) string })
	if !ok {
		t.Errorf("%v says no sentence", err)
		return
	}
	for _, language := range []string{"fr", "en"} {
		s := said.Sentence(language)
		if !strings.Contains(s, "art") && !strings.Contains(s, "R. ") && !strings.Contains(s, "proto") && !uncited(err) || strings.Contains(s, "%!") || strings.Contains(s, "docs/") {
			t.Errorf("%q names no article", s)
		}
	}
}

func world(t testing.TB) *table {
	t.Helper()
	return shared(t).sit(t, filepath.Join(t.TempDir(), "record"))
}

// shared is one template for all tests, whose directories the first one of them keeps until the end.
var shared = func() func(t testing.TB) *template {
	var once sync.Once
	var m *template
	return func(t testing.TB) *template {
		once.Do(func() {
			dir, err := os.MkdirTemp("", "isoloir-bve-")
			if err != nil {
				t.Fatal(err)
			}
			m = newTemplate(lasting{t, dir}, scrutintest.Options{})
			left = append(left, dir)
		})
		return m
	}
}()

// lasting is a test whose directory stays until all tests are done.
type lasting struct {
	testing.TB
	dir string
}

func (l lasting) TempDir() string { return l.dir }

var left []string

func TestMain(m *testing.M) {
	flag.Set("rapid.checks", "6") // a whole bureau each; the command line says otherwise
	code := m.Run()
	for _, dir := range left {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}
