package journal_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/journal/journaltest"
	"isoloir/bve/journal/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

var ctx = context.Background()

func bench(t testing.TB) *journaltest.Bench {
	t.Helper()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "bureau.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shut() })
	return journaltest.NewBench(t, s)
}

// bodies has one of every kind.
func bodies(b *journaltest.Bench) []journal.Body {
	d := scrutin.DigestOf([]byte("something"))
	act := scrutin.NewProcedure(b.Manifest, b.Fingerprint).Draft(scrutin.ActConstitute, scrutin.TimeOf(journaltest.Noon), 1, []string{"member-1", "member-2"},
		scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: "manifest.json", SHA256: b.Fingerprint}}})
	act.Record = act.Kind()
	work := journal.Maintenance{Ticket: "T-12", Who: "Ada Martin, exploitation", Why: "disque remplacé", Measures: "copie, échange", Data: "aucune"}
	return []journal.Body{
		journal.SessionOpen{Purpose: "constitution"}, journal.SessionClose{Head: d}, journal.Present{}, journal.Leave{},
		journal.Motion{Act: *act}, journal.Support{Motion: d, Signature: "— member-1 AAAA"}, journal.Against{Motion: d}, journal.Abstain{Motion: d},
		journal.Adopted{Motion: d, Path: "acts/0001-constitute.note"}, journal.Lapsed{Motion: d, Reason: "somebody came"},
		journal.Opinion{About: "suspend", Opinion: "heard, no objection"}, journal.Agreement{Motion: d, Scrutin: d},
		journal.Intervention{Maintenance: work}, journal.InterventionEnd{Maintenance: work},
		journal.Access{Processing: "roll", List: []string{"Ada Martin, administrator"}, Digest: d},
		journal.Alert{What: journal.AlertDisk, Severity: journal.Critical, Source: "urn", Detail: "93 %"}, journal.AlertEnd{Alert: d}, journal.Acknowledged{Alert: d},
		journal.Turnout{Urns: []scrutin.Finding{{Urn: "urn-1", Marks: 10, Ballots: 10}}},
		journal.Delivery{Rows: []journal.DeliveryRow{{Channel: "email", Operator: "example.org", Country: "FR", Sent: 3, Delivered: 2, Pending: 1}}},
		journal.Checked{Reports: []journal.CheckedRole{{Role: "urn", SHA256: d}}, Verdict: journal.Well},
		journal.Read{Member: "member-1", What: journal.ReadList, Urn: "urn-1"},
		journal.Custody{Medium: "fragment 1", SHA256: d, Seal: "0042", Holder: "safe of the town hall", State: journal.In},
		journal.Observation{Who: "Paul Durand", Quality: "voter", Text: []string{"La page était lente.", "", "Merci."}},
		journal.Report{Title: "Expertise", SHA256: d, Size: 1000}, journal.Credential{Member: "member-1", Fingerprint: d},
		journal.Invited{Member: "member-1"}, journal.Revoked{Member: "member-1"}, journal.Page{Page: 1, Digest: d},
		journal.DrawnUp{Member: "member-1", Language: "fr", Act: d, Entries: 3, SHA256: d, Pages: []scrutin.Digest{d, d}},
	}
}

func authorOf(kind string) string {
	if journal.AuthorsOf(kind)&journal.Member != 0 {
		return "member-1"
	}
	return "contents"
}

// Every kind is written, signed, read again the same, and read by nobody else's key.
func TestEveryKind(t *testing.T) {
	b := bench(t)
	seen := map[string]bool{}
	for _, body := range bodies(b) {
		seen[body.Kind()] = true
		by := authorOf(body.Kind())
		s := &journal.Statement{Manifest: b.Fingerprint, By: by, Session: 3, Time: scrutin.TimeOf(journaltest.Noon), Nonce: journal.NewNonce(), Body: body}
		data, err := s.Sign(b.Signers[by])
		if err != nil {
			t.Errorf("%s: %v", body.Kind(), err)
			continue
		}
		got, name, err := journal.OpenStatement(data, b.Manifest, b.Fingerprint)
		if err != nil {
			t.Errorf("%s: %v", body.Kind(), err)
			continue
		}
		text, _ := s.Text()
		again, err := got.Text()
		if err != nil || again != text || name != scrutin.TextDigest(text) {
			t.Errorf("%s is read as another one: %v\n%s%s", body.Kind(), err, text, again)
		}
		for _, other := range []string{"contents", "member-2", "member-1", "mixer-1"} {
			authors, of := journal.AuthorsOf(body.Kind()), journal.Member
			if other == "contents" {
				of = journal.Platform
			}
			if other != "mixer-1" && authors&of != 0 {
				continue
			}
			s.By = other
			forged, err := s.Sign(b.Signers[other])
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := journal.OpenStatement(forged, b.Manifest, b.Fingerprint); !errors.Is(err, journal.ErrAuthor) {
				t.Errorf("%s by %s: %v", body.Kind(), other, err)
			}
		}
		s.By = by
		under, err := s.Sign(b.Signers["mixer-1"])
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := journal.OpenStatement(under, b.Manifest, b.Fingerprint); !errors.Is(err, note.ErrUnknownSigner) {
			t.Errorf("%s under another key: %v", body.Kind(), err)
		}
		both, err := note.Add(data, b.Signers["mixer-1"])
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := journal.OpenStatement(both, b.Manifest, b.Fingerprint); !errors.Is(err, note.ErrUnknownSigner) {
			t.Errorf("%s with a second signature: %v", body.Kind(), err)
		}
	}
	for _, kind := range journal.Kinds() {
		if !seen[kind] {
			t.Errorf("kind %s is not tried", kind)
		}
	}
}

func TestRefusedTexts(t *testing.T) {
	b := bench(t)
	s := &journal.Statement{Manifest: b.Fingerprint, By: "member-1", Time: scrutin.TimeOf(journaltest.Noon), Body: journal.SessionOpen{Purpose: "constitution"}}
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from, to string
		want     error
	}{
		"another kind":      {`"session-open"`, `"present"`, scrutin.ErrMalformed},
		"no kind":           {`"session-open"`, `"sessions"`, journal.ErrKind},
		"another record":    {"isoloir/v1/statement", "isoloir/v1/act", scrutin.ErrMalformed},
		"a key more":        {`"purpose"`, "\"more\": 1,\n    \"purpose\"", scrutin.ErrMalformed},
		"no purpose":        {"constitution", "", scrutin.ErrMalformed},
		"upper case":        {`"nonce": "0`, `"nonce": "A`, scrutin.ErrMalformed},
		"negative session":  {`"session": 0`, `"session": -1`, scrutin.ErrMalformed},
		"time of a zone":    {"12:00:00Z", "12:00:00+00:00", scrutin.ErrMalformed},
		"name of no member": {`"member-1"`, `"member 1"`, scrutin.ErrMalformed},
		"something after":   {"}\n}\n", "}\n}\n{}\n", scrutin.ErrMalformed},
	} {
		bad := strings.Replace(text, c.from, c.to, 1)
		if bad == text {
			t.Errorf("%s: nothing was changed", name)
		}
		if _, err := journal.ParseStatement(bad); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestStatementsThatDoNotEnter(t *testing.T) {
	b := bench(t)
	j := b.Open(t)
	first, err := j.Say(ctx, 0, journal.Invited{Member: "member-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Add(ctx, b.Signed(t, "member-1", scrutin.DigestOf([]byte("no head")), journal.Present{})); !errors.Is(err, journal.ErrSeen) {
		t.Errorf("a head that never was: %v", err)
	}
	b.At = b.At.Add(3 * time.Minute)
	early := b.Signed(t, "member-1", first.Head, journal.Present{})
	b.At = b.At.Add(-3 * time.Minute)
	if _, err := j.Add(ctx, early); !errors.Is(err, journal.ErrFuture) {
		t.Errorf("a time to come: %v", err)
	}
	refused := errors.New("not now")
	b.Admit = func(before []*journal.Entry, e *journal.Entry) error {
		if len(before) != 1 || e.Number != 2 {
			t.Errorf("judged as entry %d after %d", e.Number, len(before))
		}
		return refused
	}
	if _, err := b.Open(t).Add(ctx, b.Signed(t, "member-1", first.Head, journal.Leave{})); !errors.Is(err, refused) {
		t.Errorf("what the rules refuse: %v", err)
	}
	if p := j.Place(); p.Number != 1 {
		t.Errorf("%d entries", p.Number)
	}
}

func TestGrown(t *testing.T) {
	b := bench(t)
	j := b.Open(t)
	grown := j.Grown(0)
	select {
	case <-grown:
		t.Fatal("nothing has come")
	default:
	}
	if _, err := j.Say(ctx, 0, journal.Invited{Member: "member-1"}); err != nil {
		t.Fatal(err)
	}
	<-grown
	<-j.Grown(0)
}

// filled is a journal with members' statements between those of the service.
func filled(t *testing.T, b *journaltest.Bench, n int) []journal.Row {
	t.Helper()
	j := b.Open(t)
	for i := range n {
		var err error
		if b.At = b.At.Add(time.Minute); i%3 == 1 {
			_, err = j.Add(ctx, b.Signed(t, fmt.Sprint("member-", 1+i%2), j.Place().Head, journal.Present{}))
		} else {
			_, err = j.Say(ctx, 0, journal.Alert{What: journal.AlertDisk, Severity: journal.Warning, Source: "urn", Detail: fmt.Sprint(i)})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	rows, err := b.Store.Rows(ctx, b.Fingerprint, 0)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// chained is what somebody makes who has the store and the platform's key: numbers and heads are right again, and what the service said too.
func chained(t *testing.T, b *journaltest.Bench, rows []journal.Row) []journal.Row {
	t.Helper()
	var place journal.Place
	out := slices.Clone(rows)
	for i := range out {
		s, _, err := journal.OpenStatement(out[i].Note, b.Manifest, b.Fingerprint)
		if err != nil {
			t.Fatal(err)
		}
		if s.By == "contents" {
			s.Seen = place.Head
			if out[i].Note, err = s.Sign(b.Signers["contents"]); err != nil {
				t.Fatal(err)
			}
			text, _ := s.Text()
			out[i].Text = scrutin.TextDigest(text)
		}
		at := scrutin.TimeOf(time.Unix(out[i].Seconds, 0))
		out[i].Number, out[i].Head = i+1, place.Next(at, out[i].Note)
		place = journal.Place{Number: i + 1, Head: out[i].Head, Time: at}
	}
	return out
}

// Whoever edits the journal is found, and where: even if he made heads anew.
func TestEdited(t *testing.T) {
	b := bench(t)
	rows := filled(t, b, 12) // members at 2, 5, 8, 11
	end := rows[len(rows)-1].Head
	if _, flaws := journal.Verify(b.Manifest, b.Fingerprint, rows, end, rows[3].Head); len(flaws) > 0 {
		t.Fatal(flaws)
	}
	s := &journal.Statement{Manifest: b.Fingerprint, By: "contents", Time: scrutin.TimeOf(time.Unix(rows[5].Seconds, 0)), Nonce: journal.NewNonce(),
		Body: journal.Alert{What: journal.AlertDisk, Severity: journal.Warning, Source: "roll"}}
	forged, err := s.Sign(b.Signers["contents"])
	if err != nil {
		t.Fatal(err)
	}
	text, _ := s.Text()
	for name, c := range map[string]struct {
		edit    func([]journal.Row) []journal.Row
		anew    bool // heads are made again
		want    error
		between [2]int
	}{
		"a note changed":         {func(r []journal.Row) []journal.Row { r[5].Note, r[5].Text = forged, scrutin.TextDigest(text); return r }, false, journal.ErrHead, [2]int{4, 6}},
		"changed, made whole":    {func(r []journal.Row) []journal.Row { r[5].Note, r[5].Text = forged, scrutin.TextDigest(text); return r }, true, journal.ErrOtherPast, [2]int{4, 8}},
		"one taken away":         {func(r []journal.Row) []journal.Row { return slices.Delete(r, 5, 6) }, false, journal.ErrPlace, [2]int{4, 6}},
		"taken away, made whole": {func(r []journal.Row) []journal.Row { return slices.Delete(r, 5, 6) }, true, journal.ErrOtherPast, [2]int{4, 7}},
		"exchanged, made whole": {func(r []journal.Row) []journal.Row {
			r[5].Note, r[6].Note, r[5].Text, r[6].Text = r[6].Note, r[5].Note, r[6].Text, r[5].Text
			return r
		}, true, journal.ErrOtherPast, [2]int{4, 8}},
		"added, made whole": {func(r []journal.Row) []journal.Row {
			return slices.Insert(r, 6, journal.Row{Seconds: r[6].Seconds, Note: forged, Text: scrutin.TextDigest(text)})
		}, true, journal.ErrOtherPast, [2]int{4, 9}},
		"dated otherwise, made whole": {func(r []journal.Row) []journal.Row { r[5].Seconds++; return r }, true, journal.ErrOtherPast, [2]int{4, 8}},
		"twice, made whole": {func(r []journal.Row) []journal.Row {
			again := r[10]
			again.Seconds = r[11].Seconds
			return append(r, again)
		}, true, journal.ErrTwice, [2]int{10, 13}},
		"backwards, made whole": {func(r []journal.Row) []journal.Row { r[11].Seconds = r[10].Seconds - 1; return r }, true, journal.ErrOlder, [2]int{10, 12}},
		"cut":                   {func(r []journal.Row) []journal.Row { return r[:9] }, false, journal.ErrNotThisEnd, [2]int{7, 10}},
	} {
		bad := c.edit(slices.Clone(rows))
		if c.anew {
			bad = chained(t, b, bad)
		}
		_, flaws := journal.Verify(b.Manifest, b.Fingerprint, bad, end)
		if len(flaws) == 0 || !errors.Is(flaws[0].What, c.want) || flaws[0].Between != c.between {
			t.Errorf("%s: %+v, want %v between %v", name, flaws, c.want, c.between)
		}
	}
}

func TestFile(t *testing.T) {
	b := bench(t)
	rows := filled(t, b, 5)
	data := journal.Encode(b.Fingerprint, rows)
	f, got, err := journal.Decode(data)
	if err != nil || f != b.Fingerprint || string(journal.Encode(f, got)) != string(data) {
		t.Fatalf("%v", err)
	}
	if _, flaws := journal.Verify(b.Manifest, f, got); len(flaws) > 0 {
		t.Fatal(flaws)
	}
	for name, bad := range map[string][]byte{"empty": nil, "cut": data[:len(data)-1], "of another kind": append([]byte("isoloir/v1/journey\n"), data[19:]...), "something after": append(slices.Clone(data), 0)} {
		if _, _, err := journal.Decode(bad); !errors.Is(err, journal.ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseStatement(f *testing.F) {
	b := bench(f)
	for _, body := range bodies(b) {
		s := &journal.Statement{Manifest: b.Fingerprint, By: authorOf(body.Kind()), Time: scrutin.TimeOf(journaltest.Noon), Body: body}
		text, err := s.Text()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := journal.ParseStatement(text)
		if err != nil {
			return
		}
		if again, err := s.Text(); err != nil || again != text {
			t.Fatalf("accepted %q, written %q, %v", text, again, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(journal.Encode(scrutin.Digest{1}, []journal.Row{{Number: 1, Note: []byte("note\n\n")}, {Number: 2}}))
	f.Add([]byte("isoloir/v1/journal\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, rows, err := journal.Decode(data)
		if err == nil && string(journal.Encode(d, rows)) != string(data) {
			t.Fatalf("%x is read and written otherwise", data)
		}
	})
}
