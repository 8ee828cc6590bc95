package office_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/batchkey"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/register/cards"
	"isoloir/register/office"
	"isoloir/register/registertest"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

const stations = `station,label,constituency,electors
n1,École,nord,15
n2,Mairie,nord,9
s1,Gymnase,sud,12
`

func template() register.Register {
	return register.Register{Organisation: "ville", ID: "comptes", Title: "Comptes", Kind: "rehearsal", Zone: "Europe/Paris", MinimumSize: 10,
		Constituencies: []register.Place{{ID: "nord", Label: "Nord"}, {ID: "sud", Label: "Sud"}},
		Codes:          scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id", Passes: 1, MemoryKiB: 64, Lanes: 1}}
}

func open(t *testing.T, dir string, now *time.Time) *office.Office {
	t.Helper()
	d, err := office.Open(t.Context(), dir, func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Shut() })
	return d
}

// TestDay goes from the register's first day to the list that everybody adds up (S000-07,
// S000-12, S000-13): one station hands out cards and loses one.
func TestDay(t *testing.T) {
	ctx, dir, now := t.Context(), filepath.Join(t.TempDir(), "register"), registertest.Opens.Add(-time.Hour)
	rho, err := office.Init(dir, template())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := office.Init(dir, template()); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("made a second time: %v", err)
	}
	d := open(t, dir, &now)
	round := register.Round{Opens: scrutin.TimeOf(registertest.Opens), Closes: scrutin.TimeOf(registertest.Closes)}
	plan, err := d.Distribution(office.Plan{Title: "Remise", Scope: register.General, Rounds: []register.Round{round}}, strings.NewReader(stations))
	if err != nil {
		t.Fatal(err)
	}
	text, err := canon.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	run := &cards.Run{Register: d.Service.Register, Rho: rho, Distribution: plan, Workers: 2}
	var all []register.Card
	var first cards.Box
	for _, s := range plan.Stations {
		box, made, err := run.Draw(s)
		if err != nil {
			t.Fatal(err)
		}
		if s.ID == "n1" {
			first = box
		}
		all = append(all, made...)
	}
	if err := d.Service.Open(ctx, text, all); err != nil {
		t.Fatal(err)
	}
	code, err := d.Service.Invite(ctx, "n1")
	if err != nil {
		t.Fatal(err)
	}
	phone := (&registertest.Town{Rho: rho}).NewPhone(t)
	if _, err := d.Service.Enrol(ctx, code, phone.ID, phone.Key(t)); err != nil {
		t.Fatal(err)
	}
	if err := d.Store.PutBox(ctx, register.ID{}, 1, "n1", register.Box{Counted: 15, Left: -1}); err != nil {
		t.Fatal(err)
	}
	now = registertest.Opens
	scan := func(mode register.Mode, p cards.Print, want register.Answer) {
		t.Helper()
		if a, _, err := d.Service.Scan(ctx, phone.Scan(t, mode, p.Sealed)); err != nil || a != want {
			t.Errorf("%d, not %d; %v", a, want, err)
		}
	}
	for _, p := range first.Prints[:8] {
		scan(register.Activate, p, register.Done)
	}
	scan(register.Activate, first.Prints[0], register.Again)
	if _, _, err := d.Published(ctx, 1); !errors.Is(err, register.ErrInvalid) {
		t.Errorf("published before the end: %v", err)
	}
	now = registertest.Closes
	scan(register.Check, first.Prints[0], register.Done)
	for _, p := range first.Prints[9:] { // the ninth card is gone
		scan(register.Check, p, register.Done)
	}
	if err := d.Service.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	scan(register.Check, first.Prints[9], register.Done) // also once the distribution is finished
	if reports, err := d.Report(ctx, 1); err != nil || reports[0].Agrees() {
		t.Errorf("nobody has counted what is left, and it agrees; %v", err)
	}
	if st, err := d.Service.Tell(ctx, phone.Notice(t, register.TellRest, 7)); err != nil || st.Left != 7 {
		t.Fatalf("%+v %v", st, err)
	}
	reports, err := d.Report(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := reports[0]
	if r.Rest != 8 || r.Left != 7 || r.Activated != 8 || r.Again != 1 || len(r.Missing) != 1 || r.Missing[0] != first.Prints[8].Number || r.Agrees() {
		t.Errorf("%+v", r)
	}
	list, signed, err := d.Published(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := d.Service.Register.Verifier()
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, verifier)
	if err != nil || !strings.Contains(n.Text, scrutin.DigestOf(list).String()+"\n7 29 36\n") {
		t.Errorf("%v\n%s", err, signed)
	}
	if lines := bytes.Count(list, []byte("\n")); lines != 37 || bytes.Count(list, []byte(",active\n")) != 7 {
		t.Errorf("%s", list)
	}
	later(t, d, first.Prints[1].Number, first.Prints[8].Number)
	if after, _, err := d.Published(ctx, 1); err != nil || !bytes.Equal(after, list) {
		t.Errorf("the list is another one after an account ended; %v", err)
	}
	if reports, err := d.Report(ctx, 1); err != nil || len(reports[0].Acts) != 0 || reports[0].Rest != 8 || len(reports[0].Missing) != 1 {
		t.Errorf("an account that ended later is a station's: %+v %v", reports[0], err)
	}
}

// later ends an account at the town hall: once, with a reason, in acts that none can edit.
func later(t *testing.T, d *office.Office, active, invalid register.Number) {
	t.Helper()
	ctx, by := t.Context(), "Mme Petit"
	if err := d.Invalidate(ctx, register.Number(0), by, "perdu"); !errors.Is(err, register.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if err := d.Invalidate(ctx, active, by, ""); !errors.Is(err, register.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := d.Invalidate(ctx, invalid, by, "perdu"); !errors.Is(err, register.ErrOver) {
		t.Errorf("%v", err)
	}
	if err := d.Invalidate(ctx, active, by, "carte et phrase perdues"); err != nil {
		t.Fatal(err)
	}
	if err := d.Invalidate(ctx, active, by, "encore"); !errors.Is(err, register.ErrOver) {
		t.Errorf("a second time: %v", err)
	}
	acts, head, err := d.Acts(ctx)
	digits, _ := active.MarshalText()
	if err != nil || len(acts) != 1 || head.IsZero() || acts[0].Account != string(digits) || acts[0].By != by || acts[0].Station != "n1" {
		t.Errorf("%+v %v", acts, err)
	}
}

// TestWeightReturns: an account that was invalidated at the desk is in no snapshot, so its
// citizen cannot take his part back: it is his member's, exactly.
func TestWeightReturns(t *testing.T) {
	ctx, dir, now := t.Context(), filepath.Join(t.TempDir(), "register"), registertest.Opens.Add(-time.Hour)
	if _, err := office.Init(dir, template()); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir, &now)
	var cards []register.Card
	for range 36 {
		cards = append(cards, register.Card{Number: register.DrawNumber(), Constituency: "nord", Station: "n1", Token: register.DrawToken().Hash(), State: register.Active})
	}
	if err := d.Store.Open(ctx, []byte("{}"), 1, cards); err != nil {
		t.Fatal(err)
	}
	for _, c := range cards[:11] {
		x := group.RandomScalar()
		key := sigma.NewElement(group.MulBase(x))
		proof, err := access.KeyClaim(d.Service.Rho, key).Prove(x)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Store.First(ctx, access.Account{Number: c.Number, Key: key.Bytes(), Proof: proof.Bytes()}, nil); err != nil {
			t.Fatal(err)
		}
	}
	urns, err := d.Urns(strings.NewReader("urn,constituency\nville,sud\nville,nord\n"))
	if err != nil || len(urns) != 1 || strings.Join(urns[0].Constituencies, " ") != "nord sud" {
		t.Fatalf("%v %v", urns, err)
	}
	member := func(direct int) string { // all against, the member for
		rules := mixte.Rules{Scale: mixte.Constituency, Absent: mixte.Counted, Several: mixte.Equal, MinimumSize: 1, Options: []string{"pour", "contre"}}
		r, err := mixte.Compute(rules, []mixte.Member{{ID: "m", Label: "M", Electorate: "nord", Position: "pour"}}, mixte.Groups{
			Electorates: []mixte.Electorate{{ID: "nord", Label: "Nord", Represented: 36, Seats: 1}},
			Counts:      []mixte.Count{{ID: "nord", Parts: []mixte.Part{{Electorate: "nord", Direct: direct}}, Options: []int{0, direct}}}})
		if err != nil {
			t.Fatal(err)
		}
		return r.Mixed.Options[0].String()
	}
	for i, want := range []struct {
		electors int
		weight   string
	}{{11, "25/36"}, {10, "13/18"}} {
		where := filepath.Join(t.TempDir(), "record")
		out, err := record.Create(where)
		if err != nil {
			t.Fatal(err)
		}
		s, digest, err := d.Snapshot(ctx, out, "parc", urns, false)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := os.ReadFile(filepath.Join(where, "enrolment", "comptes.note"))
		if err != nil {
			t.Fatal(err)
		}
		if back, same, err := account.OpenSnapshot(signed, d.Signer.Verifier()); err != nil || same != digest || back.Urns[0].Electors != want.electors {
			t.Errorf("%+v %v", back, err)
		}
		keys, err := os.ReadFile(filepath.Join(where, "enrolment", "ville", "comptes.keys"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := account.FromRegister(d.Service.Rho, "ville", keys, want.electors, 1); err != nil {
			t.Error(err)
		}
		if got := member(s.Urns[0].Electors); got != want.weight {
			t.Errorf("the member has %s, not %s", got, want.weight)
		}
		if i == 0 {
			if err := d.Invalidate(ctx, cards[3].Number, "Mme Petit", "perdu"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, file := range map[string]string{"another place": "urn,constituency\nville,est\n", "twice": "urn,constituency\na,nord\nb,nord\n", "no name": "urn,constituency\na b,nord\n", "nothing": "urn,constituency\n"} {
		if _, err := d.Urns(strings.NewReader(file)); !errors.Is(err, register.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRestored: a register restored from a backup, in which the keys of what waited are
// not, is opened again without it, and says how much that was.
func TestRestored(t *testing.T) {
	ctx, dir, now := t.Context(), filepath.Join(t.TempDir(), "register"), registertest.Opens.Add(-time.Hour)
	if _, err := office.Init(dir, template()); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir, &now)
	if err := d.Store.PutBox(ctx, register.ID{1}, 1, "n1", register.Box{Counted: 3, Left: -1}); err != nil {
		t.Fatal(err)
	}
	round := register.Round{Opens: scrutin.TimeOf(registertest.Opens), Closes: scrutin.TimeOf(registertest.Closes)}
	plan, err := d.Distribution(office.Plan{Title: "Remise", Scope: register.General, Rounds: []register.Round{round}}, strings.NewReader(stations))
	if err != nil {
		t.Fatal(err)
	}
	text, err := canon.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	run := &cards.Run{Register: d.Service.Register, Rho: d.Service.Rho, Distribution: plan, Workers: 2}
	var all []register.Card
	for _, s := range plan.Stations {
		_, made, err := run.Draw(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, made...)
	}
	if err := d.Service.Open(ctx, text, all); err != nil {
		t.Fatal(err)
	}
	settle := func(i int, name byte) {
		t.Helper()
		if _, err := d.Store.Scan(ctx, register.Attempt{Name: register.ID{name}, Distribution: 1, Station: all[i].Station, Token: all[i].Token, Mode: register.Activate,
			Judge: func(*register.Card) (register.State, register.Answer) { return register.Active, register.Done }}); err != nil {
			t.Fatal(err)
		}
	}
	lose := func() {
		t.Helper()
		if err := errors.Join(d.Shut(), os.RemoveAll(filepath.Join(dir, "batch-keys"))); err != nil {
			t.Fatal(err)
		}
	}
	settle(0, 1)
	if _, err := d.Store.Flush(ctx, 0); err != nil {
		t.Fatal(err)
	}
	lose()
	d = open(t, dir, &now) // nothing waited
	settle(1, 2)
	settle(2, 3)
	lose()
	if _, err := office.Open(ctx, dir, time.Now); !errors.Is(err, batchkey.ErrLost) {
		t.Fatalf("two cards wait under a key that is lost: %v", err)
	}
	if n, err := office.Discard(ctx, dir); err != nil || n != 2 {
		t.Fatalf("%d %v", n, err)
	}
	open(t, dir, &now)
}

// TestPlanRefused names each mistake of a file of stations.
func TestPlanRefused(t *testing.T) {
	dir, now := filepath.Join(t.TempDir(), "register"), registertest.Opens.Add(-time.Hour)
	if _, err := office.Init(dir, template()); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir, &now)
	round := register.Round{Opens: scrutin.TimeOf(registertest.Opens), Closes: scrutin.TimeOf(registertest.Closes)}
	for name, c := range map[string]struct{ file, want string }{
		"another header":    {strings.Replace(stations, "label", "name", 1), "line 1"},
		"nothing":           {"", "line 1"},
		"no number":         {strings.Replace(stations, ",15", ",quinze", 1), "line 2"},
		"a negative number": {strings.Replace(stations, ",9", ",-9", 1), "line 3"},
		"a field too many":  {strings.Replace(stations, ",12", ",12,1", 1), "line 4"},
		"another place":     {strings.Replace(stations, ",sud,", ",est,", 1), "no constituency \"est\""},
		"too few":           {strings.Replace(stations, ",12", ",9", 1), "not hidden"},
		"a station twice":   {strings.Replace(stations, "n2", "n1", 1), "stands twice"},
	} {
		_, err := d.Distribution(office.Plan{Title: "Remise", Scope: register.General, Rounds: []register.Round{round}}, strings.NewReader(c.file))
		if !errors.Is(err, register.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := template()
	bad.MinimumSize = 2
	if _, err := office.Init(t.TempDir(), bad); !errors.Is(err, register.ErrInvalid) {
		t.Errorf("%v", err)
	}
}
