package account

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

var opened = scrutin.DigestOf([]byte("opening"))

// amended is a scrutin of two urns of 12 electors whose first amendment adds 4 to the
// second one, and strikes off two in the first.
type amended struct {
	*anonymised
	registers []scrutin.Register
	added     Addition
}

func amend(t testing.TB) *amended {
	t.Helper()
	a := &amended{anonymised: anonymise(t, scrutintest.Options{Urns: 2, Electors: 12, MinSize: 4, Edit: func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.Consultation }})}
	all, err := a.verify()
	if err != nil {
		t.Fatal(err)
	}
	o := new(scrutin.Opening)
	a.added = Addition{Opening: opened, Amendment: 1, First: []int{12, 12}, Electors: []int{0, 4}}
	for i, u := range a.Fixture.Manifest.Urns {
		o.Urns = append(o.Urns, scrutin.OpenUrn{Urn: u.ID, Electors: 12, Generator: scrutin.PointOf(all[i].Population.Generator), Root: scrutin.Digest(all[i].Root)})
		a.added.Accounts = append(a.added.Accounts, all[i].Population.Keys.Bytes())
		a.added.Enrolled = append(a.added.Enrolled, a.enrolledKeys(t, u.ID))
	}
	a.registers = o.Registers()
	a.make(t, a.added, Drawn)
	a.note(t, func(*scrutin.Amendment) {})
	return a
}

// enrolledKeys are the account keys of the electors before anonymisation.
func (a *amended) enrolledKeys(t testing.TB, urn string) []byte {
	var points []group.Point
	for i := range uint32(12) {
		points = append(points, group.MulBase(a.secrets[Number{urn, i}]))
	}
	keys, err := shuffle.EncodeKeys(points, 1)
	if err != nil {
		t.Fatal(err)
	}
	return keys.Bytes()
}

// make lets issuers and mixers act on an addition.
func (a *amended) make(t testing.TB, added Addition, half Half) {
	t.Helper()
	w, err := record.Resume(a.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := os.RemoveAll(filepath.Join(a.dir, "addenda")); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(a.secrets, func(n Number, _ group.Scalar) bool { return n.Index >= 12 })
	p := newProcedure(a.Fixture)
	p.Added = &added
	for _, i := range p.Manifest.Issuers {
		if err := p.IssueFrom(w, i.ID, a.Signers[i.ID], half, func(e Number, half group.Scalar) error {
			a.secrets[e] = a.secrets[e].Add(half)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range p.Manifest.Mixers {
		announced := Addition{Opening: added.Opening, Amendment: added.Amendment}
		if err := announced.Announce(&w.Reader, p.Manifest, p.Fingerprint); err != nil {
			t.Fatal(err)
		}
		p := newProcedure(a.Fixture)
		p.Added = &announced
		source, err := p.Enrolment(&w.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Anonymise(&w.Reader, w, source, i+1, a.Signers[m.ID]); err != nil {
			t.Fatal(err)
		}
	}
}

// note lets the roll sign the amendment that what was made asks for, changed by edit.
func (a *amended) note(t testing.TB, edit func(*scrutin.Amendment)) {
	t.Helper()
	w, err := record.Resume(a.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	p := newProcedure(a.Fixture)
	added := a.added
	added.Enrolled, added.Accounts = nil, nil
	p.Added = &added
	source, err := p.Enrolment(&w.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := &scrutin.Amendment{OpenHead: p.head(), Number: 1, Urns: []scrutin.AmendedUrn{{Urn: "urn-1", Before: 12, Struck: []int{3, 7}}, {Urn: "urn-2", Before: 12, Added: 4}}}
	if _, err := p.Verify(&w.Reader, source, func(_ int, accounts Accounts) error {
		r.Urns[1].Generator, r.Urns[1].Root = scrutin.PointOf(accounts.Population.Generator), scrutin.Digest(accounts.Root)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	edit(r)
	signed, err := scrutin.Sign(r, a.Signers["roll"])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.dir, "addenda", "1", "roll.note"), signed, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (a *amended) verifyAmendment() (*Amended, error) {
	in, err := record.Open(a.dir)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	added := a.added
	added.First, added.Electors = nil, nil
	return VerifyAmendment(in, a.Fixture.Manifest, a.Fixture.Fingerprint, a.registers, added, 2)
}

func TestAmendment(t *testing.T) {
	a := amend(t)
	v, err := a.verifyAmendment()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, d := range v.Adopts {
		paths = append(paths, d.Path)
	}
	if want := []string{"addenda/1/roll.note", "addenda/1/enrolment/issuer-1.note", "addenda/1/enrolment/issuer-2.note",
		"addenda/1/anonymisation/1.note", "addenda/1/anonymisation/2.note", "addenda/1/anonymisation/3.note"}; !slices.Equal(paths, want) {
		t.Errorf("%v", paths)
	}
	if v.Registers[0].Electors() != 10 || v.Registers[1].Electors() != 16 || v.Accounts[0].Population.Keys != nil {
		t.Errorf("%+v", v.Registers)
	}
	place := map[[32]byte]bool{}
	for _, y := range v.Accounts[1].Population.Keys.Points() {
		place[y.Bytes()] = true
	}
	for n := uint32(12); n < 16; n++ {
		if !place[v.Accounts[1].Population.Generator.Mul(a.secrets[Number{"urn-2", n}]).Bytes()] {
			t.Errorf("elector %d has no account", n)
		}
	}
	if len(place) != 4 || len(a.secrets) != 28 {
		t.Errorf("%d accounts, %d secrets", len(place), len(a.secrets))
	}
}

// What corrupt issuers, mixers or a corrupt roll can do to an amendment.
func TestAmendmentRefusals(t *testing.T) {
	a := amend(t)
	edited := func(edit func(*scrutin.Amendment)) func() { return func() { a.note(t, edit) } }
	remade := func(change func(*Addition), half Half) func() {
		return func() {
			added := a.added
			added.Electors = slices.Clone(added.Electors)
			change(&added)
			a.make(t, added, half)
			a.note(t, func(*scrutin.Amendment) {})
		}
	}
	for _, c := range []struct {
		name string
		do   func()
		want error
	}{
		{"root of other keys", edited(func(r *scrutin.Amendment) { r.Urns[1].Root[0] ^= 1 }), ErrStatement},
		{"generator of the opening", edited(func(r *scrutin.Amendment) { r.Urns[1].Generator = a.registers[1].Populations[0].Generator }), ErrStatement},
		{"other numbers", edited(func(r *scrutin.Amendment) { r.Urns[1].Before = 13 }), scrutin.ErrAmendment},
		{"more electors than enrolled", edited(func(r *scrutin.Amendment) { r.Urns[1].Added = 5 }), ErrStatement},
		{"fewer electors than k", edited(func(r *scrutin.Amendment) { r.Urns[1].Added = 3 }), scrutin.ErrAmendment},
		{"of another opening record", edited(func(r *scrutin.Amendment) { r.Opening[0] ^= 1 }), scrutin.ErrOtherOpening},
		{"enrolled once more", remade(func(*Addition) {}, func(e Number) group.Scalar {
			return a.secrets[Number{"urn-1", e.Index - 12}].Mul(group.ScalarFromUint64(2).Inverse())
		}), ErrEqualKeys},
		{"issuer's statement for another amendment", func() {
			remade(func(*Addition) {}, Drawn)()
			resign(t, a.anonymised, "addenda/1/enrolment/issuer-1.note", "issuer-1", func(e *scrutin.AddedEnrolment) { e.Amendment = 2 })
		}, ErrStatement},
		{"mixer's statement for another amendment", func() {
			remade(func(*Addition) {}, Drawn)()
			resign(t, a.anonymised, "addenda/1/anonymisation/2.note", "mixer-2", func(s *scrutin.AddedAnonymisation) { s.Amendment = 2 })
		}, ErrStatement},
		{"a proof of the opening", func() {
			remade(func(*Addition) {}, Drawn)()
			p := newProcedure(a.Fixture)
			halves := map[uint32]group.Scalar{}
			list, err := Draw(p.context("urn-2"), "issuer-1", 4, func(e Number, half group.Scalar) error { halves[e.Index] = half; return nil }, 1)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(a.dir, "addenda", "1", "enrolment", "urn-2", "issuer-1.keys"), list.Keys, 0o644); err != nil {
				t.Fatal(err)
			}
			proof := list.Proof.Bytes()
			resign(t, a.anonymised, "addenda/1/enrolment/issuer-1.note", "issuer-1", func(e *scrutin.AddedEnrolment) {
				e.Urns[0].Keys, e.Urns[0].Commitment, e.Urns[0].Response = scrutin.DigestOf(list.Keys), scrutin.Point(proof[:32]), scrutin.Scalar(proof[32:])
			})
		}, ErrUnproven},
	} {
		c.do()
		if _, err := a.verifyAmendment(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, expected %v", c.name, err, c.want)
		}
	}

	in, err := record.Open(a.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	resign(t, a.anonymised, "addenda/1/enrolment/issuer-1.note", "issuer-1", func(e *scrutin.AddedEnrolment) { e.Urns[0].Electors = 3 })
	few := Addition{Opening: opened, Amendment: 1}
	if err := few.Announce(in, a.Fixture.Manifest, a.Fixture.Fingerprint); !errors.Is(err, scrutin.ErrAmendment) {
		t.Errorf("a mixer makes three anonymous: %v", err)
	}
}

// An account key that the urn has already is refused, though no enrolled key is equal:
// all mixers together could bring that about.
func TestNewcomers(t *testing.T) {
	a := amend(t)
	v, err := a.verifyAmendment()
	if err != nil {
		t.Fatal(err)
	}
	a.added.Accounts[1] = v.Accounts[1].Population.Keys.Bytes()
	if _, err := a.verifyAmendment(); !errors.Is(err, ErrEqualKeys) {
		t.Error(err)
	}
}
