package demonstration

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isoloir/account"
	"isoloir/courier"
	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/custody/agefile"
	"isoloir/issuer"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/porttest"
	"isoloir/urn"
	"isoloir/voter"
	"isoloir/voter/wire"
)

// pairOf is a demonstration and its companion, both served.
type pairOf struct{ leading, companion *world }

// accompanied prepares and serves both.
func accompanied(t *testing.T) pairOf {
	t.Helper()
	o := small()
	o.Companion = true
	listen, err := porttest.Row(2 * len(roles))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	if err := Prepare(t.Context(), dir, o, listen, Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}); err != nil {
		t.Fatal(err)
	}
	return pairOf{serve(t, dir), serve(t, filepath.Join(dir, companionDir))}
}

// A ballot is a vote in one of the two scrutins, by a person who has logged in.
type ballot struct {
	*world
	session *voter.Session
	voter.Elector
	choices map[string]string
	device  *voter.Device
}

// person logs in to the leading scrutin with his codes, and where he may, without them, to the companion.
func (p pairOf) person(t *testing.T, v Voter) (both []*ballot) {
	t.Helper()
	m := p.leading.house.Public.Manifest
	place, code, _ := strings.Cut(v.Identifier, "-")
	n, err := strconv.ParseUint(place, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	var codes [2]account.Code
	for i, text := range []string{code, v.Password} {
		if codes[i], err = account.ParseCode(m.Codes, text); err != nil {
			t.Fatal(err)
		}
	}
	number, _ := m.UrnNumber(v.Urn)
	who := p.leading.known(uint16(number), uint32(n))
	stretched := who.Stretch(codes)
	first := &ballot{world: p.leading, Elector: who}
	first.enter(t, stretched, p.leading.Config.Origins.Portal)
	there, err := first.session.Companions(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	both = append(both, first)
	for _, c := range there {
		second := &ballot{world: p.companion, Elector: p.companion.known(c.Urn, c.Place.Elector)}
		second.enter(t, second.Elector.Companion(stretched), p.leading.Config.Origins.Portal)
		both = append(both, second)
	}
	return both
}

func (w *world) known(number uint16, n uint32) voter.Elector {
	p := w.house.Public
	return voter.Elector{Manifest: p.Manifest, Fingerprint: p.Fingerprint, Opening: p.OpeningDigest, Urn: number, Number: n}
}

// enter logs in, from a page of the leading portal.
func (b *ballot) enter(t *testing.T, stretched [2]account.Stretched, page string) {
	t.Helper()
	var err error
	if b.session, err = voter.Login(t.Context(), wire.Service{Origin: b.Config.Origins.Roll, Page: page}.Ask, b.Elector, stretched); err != nil {
		t.Fatal(b.Config.Origins.Roll, err)
	}
}

// cast makes the ballot, unless there is one, proves what is asked, and casts it.
func (b *ballot) cast(t *testing.T, v Voter, choice int, page string) error {
	t.Helper()
	x, err := b.session.Open(t.Context())
	if err != nil {
		return err
	}
	p := b.house.Public
	u := p.Manifest.Urns[b.Urn]
	urns := wire.Service{Origin: b.Config.Origins.Urn, Page: page}
	if b.device == nil {
		keys, err := p.Record.Read(record.AnonymisationKeys(u.ID, len(p.Manifest.Mixers)), int64(u.Electors)*group.PointSize)
		if err != nil {
			return err
		}
		rules, err := urn.RulesOf(p.Manifest, p.Fingerprint, p.Opening, p.OpeningDigest, u.ID, keys)
		if err != nil {
			return err
		}
		opened := p.Opening.Urns[b.Urn]
		if err := voter.FindAccount(t.Context(), urns.Ask, b.Urn, rules.Base, x, urn.Hash(opened.Root), opened.Accounts); err != nil {
			return fmt.Errorf("account: %w", err)
		}
		b.choices = map[string]string{}
		var options []group.Point
		for _, q := range p.Manifest.QuestionsOf(u.ID) {
			b.choices[q.ID] = q.Choices()[choice%len(q.Choices())]
			options = append(options, elgamal.Option(p.Fingerprint, q.ID, b.choices[q.ID]))
		}
		if b.device, err = voter.New(rules, p.Manifest.Platform.Roll.Verifier(), p.Manifest.Platform.Urn.Verifier(), b.Number, x, options); err != nil {
			return err
		}
	}
	if b.session.Step != 0 {
		if _, err := b.session.Send(t.Context()); err != nil {
			return fmt.Errorf("send: %w", err)
		}
		digits, err := b.digits(v)
		if err != nil {
			return err
		}
		if err := b.session.Prove(t.Context(), digits); err != nil {
			return fmt.Errorf("prove: %w", err)
		}
	}
	return b.device.Cast(t.Context(), b.session, voter.UrnOf(urns.Ask))
}

// digits are those of the last message of the scrutin to a person.
func (b *ballot) digits(v Voter) (string, error) {
	alone := &Demonstration{Config: b.Config, Clock: b.Clock}
	letters, err := alone.Letters()
	if err != nil {
		return "", err
	}
	for _, l := range letters {
		if (l.To == v.Email || l.To == v.Telephone) && l.Kind == courier.Validation {
			return six.FindString(l.Body), nil
		}
	}
	return "", errors.New("no digits came")
}

// act is one of a scrutin's bureau, which its roles know at once.
func (w *world) act(t *testing.T, kind string) {
	t.Helper()
	rec, err := record.Resume(w.Config.Record)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	company, err := meet(w.dir, w.house.Public.Manifest, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parties.Resume(company, rec, parties.Options{Now: w.Clock.Now, WorkFactor: 1, Stage: func(string, int, int) {}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bureau.Act(kind, scrutin.ActBody{Reason: "panne"}); err != nil {
		t.Fatal(err)
	}
	if err := w.house.Public.Refresh(); err != nil {
		t.Fatal(err)
	}
}

// TestCompanion takes two scrutins from one login each to two counts: whoever is of both votes in both, each with its mark and receipt, in
// either order; each is suspended while the other is open; both are counted and audited, with as many ballots as marks. (C19-2-05)
func TestCompanion(t *testing.T) {
	p := accompanied(t)
	voters, err := p.leading.Voters()
	if err != nil || len(voters) != 3*small().Electors {
		t.Fatalf("%d electors have both codes: %v", len(voters), err)
	}
	page := p.leading.Config.Origins.Portal
	wants := map[*world]map[string]map[string]int{p.leading: {}, p.companion: {}}
	votes := func(v Voter, n int, ballots ...*ballot) {
		t.Helper()
		for _, b := range ballots {
			if err := b.cast(t, v, n, page); err != nil {
				t.Fatalf("%s: %v", v.Reference, err)
			}
			if b.device.Stage() != voter.Marked || len(b.device.Promise()) == 0 {
				t.Fatalf("%s has no mark or no promise", v.Reference)
			}
			for q, choice := range b.choices {
				key := b.Manifest.Urns[b.Urn].ID + " " + q
				want := wants[b.world]
				if want[key] == nil {
					want[key] = map[string]int{}
				}
				want[key][choice]++
			}
		}
	}
	for n := range 9 { // every third one is of the leading scrutin alone
		v := voters[n]
		both := p.person(t, v)
		if got, want := len(both), min(n%3, 1)+1; got != want {
			t.Fatalf("%s may vote in %d scrutins, not %d", v.Reference, got, want)
		}
		if n%2 == 1 {
			slices.Reverse(both)
		}
		votes(v, n, both...)
	}
	// A suspended companion leaves the leading vote open, and the reverse.
	first, second := p.person(t, voters[10]), p.person(t, voters[11])
	p.companion.act(t, scrutin.ActSuspend)
	if err := first[1].cast(t, voters[10], 0, page); !errors.Is(err, roll.ErrClosed) {
		t.Errorf("in a suspended companion: %v", err)
	}
	votes(voters[10], 0, first[0])
	p.companion.act(t, scrutin.ActResume)
	p.leading.act(t, scrutin.ActSuspend)
	if err := second[0].cast(t, voters[11], 1, page); !errors.Is(err, roll.ErrClosed) {
		t.Errorf("in a suspended leading scrutin: %v", err)
	}
	votes(voters[11], 1, second[1])
	votes(voters[10], 0, p.person(t, voters[10])[1]) // one logs in all the same
	p.leading.act(t, scrutin.ActResume)
	votes(voters[11], 1, p.person(t, voters[11])[0])
	finish(t, p.companion, wants[p.companion])
	// The companion is closed and counted; the leading vote goes on.
	late := p.person(t, voters[13])
	if err := late[1].cast(t, voters[13], 2, page); !errors.Is(err, roll.ErrClosed) {
		t.Errorf("in a closed companion: %v", err)
	}
	votes(voters[13], 2, late[0])
	finish(t, p.leading, wants[p.leading])
	p.compared(t)
}

// compared counts ballots and marks of each scrutin, and looks for what both records have in common.
func (p pairOf) compared(t *testing.T) {
	t.Helper()
	keys := map[string]bool{}
	for _, w := range []*world{p.leading, p.companion} {
		for i, u := range w.house.Public.Manifest.Urns {
			marks := 0
			services := parties.Services{Roll: w.house.Roles.Roll.Service, Urn: w.house.Roles.Urn.Service}
			if err := services.Roll.Store.Marks(t.Context(), services.Roll.Scope, uint16(i), func(roll.Signed) error { marks++; return nil }); err != nil {
				t.Fatal(err)
			}
			log, err := services.Urn.Published(t.Context(), uint16(i))
			if err != nil || log.Size != uint64(marks) {
				t.Errorf("urn %s: %d marks, %d ballots, %v", u.ID, marks, log.Size, err)
			}
			for _, party := range w.house.Public.Manifest.Issuers {
				data, err := w.house.Public.Record.Read(record.EnrolmentKeys(u.ID, party.ID), int64(u.Electors)*group.PointSize)
				if err != nil {
					t.Fatal(err)
				}
				for key := range slices.Chunk(data, group.PointSize) {
					if keys[string(key)] {
						t.Fatal("an account key of an issuer stands twice")
					}
					keys[string(key)] = true
				}
			}
		}
	}
}

// TestRenewedEverywhere renews a code: the old one is dead in both scrutins, and the new one opens both.
func TestRenewedEverywhere(t *testing.T) {
	p := accompanied(t)
	voters, err := p.leading.Voters()
	if err != nil {
		t.Fatal(err)
	}
	p.anotherSecret(t)
	old := voters[1]
	before := p.person(t, old)
	station := p.leading.house.Roles.IssuerA.Station
	if err := station.RenewReference(t.Context(), old.Reference); err != nil {
		t.Fatal(err)
	}
	if _, err := station.Dispatch(t.Context(), station.Channel(), nil); err != nil {
		t.Fatal(err)
	}
	if voters, err = p.leading.Voters(); err != nil || voters[1].Identifier == old.Identifier {
		t.Fatalf("no new code came: %v", err)
	}
	for _, b := range before {
		if _, err := b.session.Open(t.Context()); !errors.Is(err, roll.ErrSession) {
			t.Errorf("a session of the old code: %v", err)
		}
		if _, err := voter.Login(t.Context(), wire.Service{Origin: b.Config.Origins.Roll, Page: p.leading.Config.Origins.Portal}.Ask, b.Elector, p.stretched(t, b, old)); !errors.Is(err, roll.ErrLogin) {
			t.Errorf("the old code: %v", err)
		}
	}
	for _, b := range p.person(t, voters[1]) {
		if err := b.cast(t, voters[1], 0, p.leading.Config.Origins.Portal); err != nil {
			t.Errorf("the new code: %v", err)
		}
	}
}

// anotherSecret opens no station whose secret is not the one with which the companion was enrolled.
func (p pairOf) anotherSecret(t *testing.T) {
	t.Helper()
	public := p.leading.house.Public
	companions, err := server.OpenCompanions(p.leading.Config, public.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	defer server.CloseCompanions(companions)
	c := *p.leading.Config.IssuerA
	c.Secret = filepath.Join(t.TempDir(), "secret")
	if err := server.WriteSecret(c.Secret, issuer.NewSecret().Reveal()); err != nil {
		t.Fatal(err)
	}
	_, _, _, err = server.OpenStation(t.Context(), 0, c, p.leading.Config.Origins, new(agefile.Keeper), companions,
		issuer.Config{Manifest: public.Manifest, Fingerprint: public.Fingerprint, Now: p.leading.Clock.Now})
	if !errors.Is(err, server.ErrCompanions) || !strings.Contains(err.Error(), "another secret") {
		t.Errorf("with another secret: %v", err)
	}
}

// stretched is what a person's codes are for the scrutin of a ballot.
func (p pairOf) stretched(t *testing.T, b *ballot, v Voter) [2]account.Stretched {
	t.Helper()
	m := p.leading.house.Public.Manifest
	place, code, _ := strings.Cut(v.Identifier, "-")
	n, _ := strconv.ParseUint(place, 10, 32)
	first, err := account.ParseCode(m.Codes, code)
	if err != nil {
		t.Fatal(err)
	}
	second, err := account.ParseCode(m.Codes, v.Password)
	if err != nil {
		t.Fatal(err)
	}
	number, _ := m.UrnNumber(v.Urn)
	s := p.leading.known(uint16(number), uint32(n)).Stretch([2]account.Code{first, second})
	if b.world == p.companion {
		s = b.Elector.Companion(s)
	}
	return s
}
