package demonstration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/urn"
	"isoloir/voter"
)

// TestAmended adds three electors and strikes off another while the vote is open and everything is served: nothing counts before the act, all
// of it after, without a restart; the count and the auditor agree.
func TestAmended(t *testing.T) {
	dir := copied(t)
	w := serve(t, dir)
	ctx := t.Context()
	all, want := ballots(t, w.Demonstration, w.house.Public, 7)
	if err := castAll(context.Background(), all[:6]); err != nil {
		t.Fatal(err)
	}
	gone := all[6] // of the first urn, who has not voted
	forget(want, gone)
	added := newcomers(3)
	amending, err := server.OpenAmending(ctx, w.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer amending.Shut()
	number, err := amending.Number()
	if err != nil || number != 1 {
		t.Fatal(number, err)
	}
	strikes := func(references ...string) io.Reader {
		return strings.NewReader("reference\n" + strings.Join(references, "\n") + "\n")
	}
	ask := func(add []Person, references ...string) (roll.Staging, []int, []*roll.Mistake) {
		t.Helper()
		q := roll.Asked{Manifest: w.house.Public.Manifest, Number: number, Add: rollFile(add), Strike: strikes(references...)}
		s, before, wrong, err := q.Staging(ctx, amending.Store, amending.Scope())
		if err != nil {
			t.Fatal(err)
		}
		return s, before, wrong
	}
	var said []string
	_, _, wrong := ask(append(newcomers(1), w.People[0]), all[0].voter.Reference, "nobody", gone.voter.Reference)
	for _, m := range wrong {
		said = append(said, m.Sentence("en"))
	}
	for _, part := range []string{"line 3: the elector of reference M00001 is on the roll already", "line 2: the elector of reference " + all[0].voter.Reference + " has voted", `line 3: the roll has no elector of reference "nobody"`, "urn agents gets 1 electors, and fewer than 2"} {
		if !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, part) }) {
			t.Errorf("nobody said %q: %q", part, said)
		}
	}
	staging, before, wrong := ask(added, gone.voter.Reference)
	if len(wrong) > 0 || len(staging.Added) != 3 || len(staging.Struck) != 1 {
		t.Fatalf("%+v, %v", staging, wrong)
	}
	if err := errors.Join(amending.Judge(ctx, staging, before), amending.Store.Stage(ctx, amending.Scope(), staging)); err != nil {
		t.Fatal(err)
	}
	if _, err := amending.Sign(ctx, 1); err == nil {
		t.Fatal("the roll signs before issuers and mixers have done their part")
	}
	w.enrolAdded(t, amending, staging, added)
	signed, err := amending.Sign(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := amending.Sign(ctx, 1); !errors.Is(err, server.ErrSigned) {
		t.Errorf("signed twice: %v", err)
	}
	if err := amending.Drop(ctx); !errors.Is(err, server.ErrSigned) {
		t.Errorf("dropped after it was signed: %v", err)
	}
	if err := gone.vote(ctx); !errors.Is(err, roll.ErrLogin) {
		t.Errorf("who is barred logs in: %v", err)
	}
	if n, err := w.house.Roles.IssuerA.Station.Inform(ctx); n != 0 || err != nil {
		t.Fatalf("%d are told of a vote that is not theirs yet: %v", n, err)
	}
	w.adopt(t, signed)
	w.codes(t, added)
	voters, err := w.Voters()
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range voters[len(voters)-3:] {
		if i == 2 { // the last one after everything has begun again
			w.stop()
			w = serve(t, dir)
		}
		rules, population := known(t, w, 2, staging.Added[0].Number)
		e := &elector{Demonstration: w.Demonstration, public: w.house.Public, rules: rules, voter: v, choices: map[string]string{"place": []string{"oui", "non", "oui"}[i]}, population: population}
		if err := e.vote(ctx); err != nil {
			t.Fatalf("%s cannot vote: %v", v.Reference, err)
		}
		want["agents place"][e.choices["place"]]++
	}
	gone.Demonstration = w.Demonstration
	if err := gone.vote(ctx); !errors.Is(err, roll.ErrLogin) {
		t.Errorf("who is struck off logs in: %v", err)
	}
	finish(t, w, want)
}

// forget takes the choices of somebody who has not voted out of what is wanted.
func forget(want map[string]map[string]int, e *elector) {
	for q, choice := range e.choices {
		if one := want[e.voter.Urn+" "+q]; one[choice] > 1 {
			one[choice]--
		} else {
			delete(one, choice)
		}
	}
}

// newcomers are people who are on no roll.
func newcomers(n int) (all []Person) {
	for i := range n {
		all = append(all, Person{Reference: fmt.Sprintf("M9%04d", i+1), Urn: "agents", College: "agents", Given: "Noé", Family: "Arrivant", Language: "fr",
			Email: fmt.Sprintf("newcomer.%d@montclair.example", i+1), Telephone: fmt.Sprintf("+3363999%04d", i+1)})
	}
	return all
}

// enrolAdded has issuers and mixers do their part.
func (w *world) enrolAdded(t *testing.T, a *server.Amending, s roll.Staging, people []Person) {
	t.Helper()
	out, err := record.Resume(w.Config.Record)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	m := w.house.Public.Manifest
	var extract strings.Builder
	extract.WriteString(strings.Join(roll.ExtractColumns, ",") + "\n")
	first, electors := make([]int, len(m.Urns)), make([]int, len(m.Urns))
	for i, u := range m.Urns {
		first[i], electors[i] = u.Electors, len(s.Of(1, uint16(i)))
	}
	for _, e := range s.Added {
		fmt.Fprintf(&extract, "%s,%s,%d,FR\n", e.Reference, m.Urns[e.Urn].ID, e.Number)
	}
	for _, at := range []struct {
		*issuer.Station
		address func(Person) string
	}{{w.house.Roles.IssuerA.Station, func(p Person) string { return p.Email }}, {w.house.Roles.IssuerB.Station, func(p Person) string { return p.Telephone }}} {
		books := []issuer.Book{{Channel: at.Channel(), File: issuer.File{Name: "book", Reader: book(people, at.address)}}}
		r, err := at.ReadAdded(issuer.File{Name: "extract", Reader: strings.NewReader(extract.String())}, books)
		if err != nil {
			t.Fatal(err)
		}
		if err := at.Amend(t.Context(), 1, r, out); err != nil {
			t.Fatal(err)
		}
	}
	company, err := meet(w.dir, m, 1)
	if err != nil {
		t.Fatal(err)
	}
	p := account.Procedure{Manifest: m, Fingerprint: w.house.Public.Fingerprint, Workers: 1,
		Added: &account.Addition{Opening: w.house.Public.OpeningDigest, Amendment: 1, First: first, Electors: electors}}
	source, err := p.Enrolment(&out.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i, mixer := range m.Mixers {
		if err := p.Anonymise(&out.Reader, out, source, i+1, company.Signers[mixer.ID]); err != nil {
			t.Fatal(err)
		}
	}
}

// adopt has the bureau adopt the amendment, and waits until urn and roll have taken it up.
func (w *world) adopt(t *testing.T, signed *scrutin.Amendment) {
	t.Helper()
	m := w.house.Public.Manifest
	var body scrutin.ActBody
	body.Reason = "décision du tribunal"
	at := record.Population(1)
	paths := []string{record.Amendment(1)}
	for _, i := range m.Issuers {
		paths = append(paths, at.Enrolment(i.ID))
	}
	for i := range m.Mixers {
		paths = append(paths, at.Anonymisation(i+1))
	}
	for _, path := range paths {
		data, err := w.house.Public.Record.Read(path, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(string(data), "\n\n")
		body.Adopts = append(body.Adopts, scrutin.Adopted{Path: path, SHA256: scrutin.DigestOf([]byte(text + "\n"))})
	}
	rec, err := record.Resume(w.Config.Record)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	company, err := meet(w.dir, m, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parties.Resume(company, rec, parties.Options{Now: w.Clock.Now, WorkFactor: 1, Stage: func(string, int, int) {}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bureau.Act(scrutin.ActAddendum, body); err != nil {
		t.Fatal(err)
	}
	last := roll.Place{Urn: 2, Elector: uint32(signed.Urns[2].Before + signed.Urns[2].Added - 1)}
	for end := time.Now().Add(30 * time.Second); !w.house.Roles.Roll.Service.Votes(last); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the roll does not take up the amendment")
		}
	}
}

// codes lets information and codes leave for those who are added.
func (w *world) codes(t *testing.T, people []Person) {
	t.Helper()
	w.People = append(w.People, people...)
	for _, at := range []*issuer.Station{w.house.Roles.IssuerA.Station, w.house.Roles.IssuerB.Station} {
		if n, err := at.Inform(t.Context()); n != len(people) || err != nil {
			t.Fatalf("%d are informed: %v", n, err)
		}
	}
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		waits := time.Now().Before(end)
		for _, at := range []*issuer.Station{w.house.Roles.IssuerA.Station, w.house.Roles.IssuerB.Station} {
			_, err := at.Release(t.Context())
			if err != nil && !waits {
				t.Fatal(err)
			}
		}
		letters, err := w.Letters()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, l := range letters {
			if l.Kind == courier.Codes && slices.ContainsFunc(people, func(p Person) bool { return l.To == p.Email || l.To == p.Telephone }) {
				n++
			}
		}
		if n == 2*len(people) {
			return
		}
		if !waits {
			t.Fatalf("%d of %d codes came", n, 2*len(people))
		}
	}
}

// known are the rules by which the device of an elector who was added makes his ballot, and his population, as the public record proves both.
func known(t *testing.T, w *world, number uint16, elector uint32) ([]*urn.Rules, *scrutin.AmendedUrn) {
	t.Helper()
	p := w.house.Public
	r := &voter.Records{Manifest: p.Manifest, Fingerprint: p.Fingerprint, Opening: p.Opening, Hash: p.OpeningDigest}
	for i, path := range p.Progress().Amendments() {
		var notes [2][]byte
		for j, path := range []string{path, record.Amendment(i + 1)} {
			var err error
			if notes[j], err = p.Record.Read(path, note.MaxSize); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Amend(notes[0], notes[1]); err != nil {
			t.Fatal(err)
		}
	}
	base, root, accounts, err := r.Population(number, elector)
	if err != nil {
		t.Fatal(err)
	}
	key, err := p.Opening.Key.Decode()
	if err != nil {
		t.Fatal(err)
	}
	name := p.Manifest.Urns[number].ID
	rules := make([]*urn.Rules, len(p.Manifest.Urns))
	if rules[number], err = urn.NewRules(urn.Params{Manifest: urn.Hash(p.Fingerprint), Opening: urn.Hash(p.OpeningDigest), Number: number, Name: name,
		Questions: len(p.Manifest.QuestionsOf(name)), Base: base, Key: key}); err != nil {
		t.Fatal(err)
	}
	return rules, &scrutin.AmendedUrn{Generator: scrutin.PointOf(base), Root: scrutin.Digest(root), Added: accounts}
}
