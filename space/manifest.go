package space

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"isoloir/scrutin"
)

// highestCounter is how often an account may vote again where it may.
const highestCounter = 100

// root is the territory of all constituencies together.
const root = "territoire"

// A Sealed is what a draft becomes.
type Sealed struct {
	// Manifest is nil where members alone decide, in public: their consultation is sealed by
	// the draft's own text.
	Manifest    *scrutin.Manifest
	Text        []byte // of manifest.json, or of the draft
	Fingerprint scrutin.Digest
	Ground      *Ground
	// Presentation is the document that says what is read before the question.
	Presentation File
}

// Seal makes the manifest of a complete draft: the same bytes from the same draft and ground.
// The error is Problems.
func (d *Draft) Seal(id string, o *Organisation, g *Ground, now time.Time) (*Sealed, error) {
	found := append(d.Check(o, now), g.check(id, d, o)...)
	if len(found) > 0 {
		return nil, found
	}
	s := &Sealed{Ground: g, Presentation: d.presentation()}
	var err error
	if d.Deciders == Assembly {
		s.Text, err = d.Bytes()
		s.Fingerprint = scrutin.DigestOf(s.Text)
		return s, err
	}
	if s.Manifest, err = d.manifest(id, o, g); err != nil {
		return nil, err
	}
	s.Text, s.Fingerprint, err = s.Manifest.Bytes()
	var problems scrutin.Problems
	if errors.As(err, &problems) {
		return nil, protocol(problems)
	}
	return s, err
}

// presentation is a text with all that is shown above the questions, by whose digest it is sealed.
func (d *Draft) presentation() File {
	var b strings.Builder
	fmt.Fprintln(&b, d.Title)
	for _, line := range d.Context {
		fmt.Fprintf(&b, "\n%s\n", line)
	}
	if !d.Picture.SHA256.IsZero() {
		fmt.Fprintf(&b, "\n[%s]\nSHA-256 %s\n", d.Picture.Text, d.Picture.SHA256)
	}
	data := []byte(b.String())
	return File{Digest: scrutin.DigestOf(data), Media: "text/plain", Data: data}
}

func (d *Draft) manifest(id string, o *Organisation, g *Ground) (*scrutin.Manifest, error) {
	opens, closes, err := d.Schedule(o.Location())
	if err != nil {
		return nil, err
	}
	p, standing := g.Parties, g.Standing.Manifest
	m := &scrutin.Manifest{
		Record:       scrutin.KindManifest,
		Organisation: scrutin.Organisation{ID: o.ID, Label: o.Label},
		Scrutin:      scrutin.Scrutin{ID: id, Title: d.Title, Kind: o.Kind, Profile: scrutin.Consultation, Level: 1, LegalBasis: []string{}},
		Territories:  []scrutin.Territory{{ID: root, Label: o.Label}}, RestrictedCountries: []string{}, Stations: []scrutin.Station{},
		Colleges: []scrutin.College{{ID: "comptes", Label: "Titulaires d’un compte", Factors: []scrutin.Factor{{Kind: "card", Channel: "none"}},
			Validation: scrutin.Validation{Kind: "none", Channel: "none"}}},
		Draw: scrutin.Draw{Method: "given"},
		Schedule: scrutin.Schedule{Zone: o.Zone, Open: scrutin.TimeOf(opens), Close: scrutin.TimeOf(closes), SlotMinutes: 60,
			FlushMinutes: 15},
		Finality:    scrutin.Finality{Mode: scrutin.Final},
		Publication: scrutin.Publication{Rule: d.Publication, Board: "public", Release: "proclamation", EmailAfterVote: "none"},
		Decision:    scrutin.Decision{Rule: d.Rule, Tie: "none", Turnout: percent(d.Turnout)},
		Weight:      scrutin.Weight{Rule: "equal", Absent: "none", Several: "none"},
		Leaves:      []string{"cast"}, MinimumSize: d.Smallest, MergeLists: []scrutin.MergeList{},
		Bureau: standing.Bureau, Holders: standing.Holders, Clauses: standing.Clauses,
		Mixers: p.Mixers, Issuers: []scrutin.Issuer{}, Witnesses: p.Witnesses, Timestamps: p.Timestamps, Platform: p.Platform,
		Addenda: scrutin.Addenda{Allowed: []string{"suspend", "extend"}}, Companions: []scrutin.Digest{},
		Register: []scrutin.AccountRegister{{Register: o.Register, Snapshot: g.List, Terminals: []scrutin.Party{}}},
		Standing: []scrutin.Standing{{Manifest: g.Standing.Fingerprint, Ceremony: g.Standing.Ceremony}},
		Protocol: scrutin.Version,
	}
	if d.Finality == scrutin.Revote {
		m.Finality = scrutin.Finality{Mode: scrutin.Revote, HighestCounter: highestCounter}
		if len(p.Terminals) > 0 {
			m.Leaves, m.Register[0].Terminals = []string{"cast", "supervised"}, p.Terminals
		}
	}
	if d.Rule == scrutin.AbsoluteMajority && d.Majority > 50 {
		m.Decision.Rule = scrutin.Qualified(d.MajorityPart())
	}
	if d.Deciders == Both {
		m.Weight = scrutin.Weight{Rule: scrutin.Mixed, Absent: d.Absent, Several: "equal"}
		if d.Scale == "territory" {
			m.Weight.Rule = scrutin.MixedTerritory
		}
	}
	d.urns(m, o, g)
	d.asked(m)
	return m, nil
}

// MajorityPart is the part of the votes expressed that decides. Two thirds are no whole number
// of percent: 67 stands for them.
func (d *Draft) MajorityPart() scrutin.Fraction {
	if d.Majority == 67 {
		return scrutin.Fraction{Numerator: 2, Denominator: 3}
	}
	return percent(d.Majority)
}

// percent is a part of a hundred in lowest terms.
func percent(n int) scrutin.Fraction {
	a, b := n, 100
	for b != 0 {
		a, b = b, a%b
	}
	return scrutin.Fraction{Numerator: n / a, Denominator: 100 / a}
}

// urns are those of the register's list, each with whom it represents.
func (d *Draft) urns(m *scrutin.Manifest, o *Organisation, g *Ground) {
	for _, id := range d.Territory {
		m.Territories = append(m.Territories, scrutin.Territory{ID: id, Label: o.Constituency(id).Label, Parent: root})
	}
	merged := map[[2]int][]string{}
	var kinds [][2]int
	for _, s := range g.Snapshot.Urns {
		u := scrutin.Urn{ID: s.Urn, Territory: root, College: "comptes", Electors: s.Electors}
		if len(s.Constituencies) == 1 {
			u.Territory = s.Constituencies[0]
		}
		var labels []string
		for _, id := range s.Constituencies {
			c := o.Constituency(id)
			labels = append(labels, c.Label)
			if d.Deciders == Both {
				u.Represented += c.Electors
				u.Members += c.Seats
			}
		}
		u.Label = strings.Join(labels, ", ")
		m.Urns = append(m.Urns, u)
		kind := [2]int{u.Represented, u.Members}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
		merged[kind] = append(merged[kind], u.ID)
	}
	for _, kind := range kinds {
		if urns := merged[kind]; len(urns) > 1 {
			m.MergeLists = append(m.MergeLists, scrutin.MergeList{ID: fmt.Sprintf("ensemble-%d", len(m.MergeLists)+1), Urns: urns})
		}
	}
}

// asked are the questions, each in every urn; what is read stands with the first.
func (d *Draft) asked(m *scrutin.Manifest) {
	var urns []string
	for _, u := range m.Urns {
		urns = append(urns, u.ID)
	}
	for i, q := range d.Questions {
		asked := scrutin.Question{ID: QuestionID(i), Title: q.Title, Urns: urns, Documents: []scrutin.Document{}}
		if i == 0 {
			p := d.presentation()
			asked.Documents = append(asked.Documents, scrutin.Document{Title: "Présentation", Media: p.Media, Size: int64(len(p.Data)), SHA256: p.Digest})
			for _, doc := range d.Documents {
				asked.Documents = append(asked.Documents, scrutin.Document(doc))
			}
		}
		if q.Most > 1 {
			asked.Options = scrutin.ApprovalOptions(q.Labels(), q.Most)
			m.Questions = append(m.Questions, asked)
			continue
		}
		for j, label := range q.Labels() {
			asked.Options = append(asked.Options, scrutin.Option{ID: q.OptionID(j), Label: label, Candidates: []string{}, Documents: []scrutin.Document{}})
		}
		m.Questions = append(m.Questions, asked)
	}
}

// QuestionID is the identifier of a question, from 0.
func QuestionID(i int) string { return fmt.Sprintf("question-%d", i+1) }

// OptionID is the identifier of an option, from 0.
func (q *Question) OptionID(i int) string {
	if q.Answers == ForAgainst {
		return []string{"pour", "contre"}[i]
	}
	return fmt.Sprintf("option-%d", i+1)
}

// Choices are the identifiers of a question's options, and of the blank answer.
func (q *Question) Choices() (ids []string) {
	for i := range q.Labels() {
		ids = append(ids, q.OptionID(i))
	}
	return append(ids, scrutin.Blank)
}
