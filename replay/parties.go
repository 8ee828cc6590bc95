package replay

import (
	"fmt"
	"slices"
	"time"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/tally"
)

// Options says what scrutin is made around the votes to replay.
type Options struct {
	Title string
	Votes []UrnResult

	Holders        int // members of the bureau, each of whom holds a fragment
	Threshold      int // how many of all holders open the urn
	ClassHolders   int // how many of them form the class of the second clause; none: one clause only
	ClassThreshold int // how many of the class must be among those who open
	Mixers         int
	Witnesses      int
	MinimumSize    int // k

	Seed       uint64 // of the attribution and order of choices, never of keys or coins
	Workers    int    // 0: all processors
	WorkFactor int    // of scrypt, log2, on the fragments' files
}

// Default is what `isoloir simulate` does without flags.
func Default() Options {
	return Options{Title: "Scrutin", Holders: 6, Threshold: 4, ClassHolders: 2, ClassThreshold: 1, Mixers: 3, Witnesses: 3, MinimumSize: 20, WorkFactor: 12}
}

// Check says what is wrong with the options, in the words of the flags that set them.
func (o Options) Check() error {
	if err := label(o.Title); err != nil {
		return fmt.Errorf("-title: %w", err)
	}
	for _, r := range []struct {
		bad  bool
		what string
	}{
		{o.Holders < 2 || o.Holders > 50, "-holders must be from 2 to 50"},
		{o.Threshold < 1 || o.Threshold >= o.Holders, "-threshold must be at least 1 and less than -holders: with all of them needed, one lost fragment loses the vote"},
		{o.ClassHolders != 0 && (o.ClassHolders < 2 || o.ClassHolders > o.Holders), "-class-holders must be 0 (no second clause) or from 2 to -holders"},
		{o.ClassHolders != 0 && (o.ClassThreshold < 1 || o.ClassThreshold >= o.ClassHolders), "-class-threshold must be at least 1 and less than -class-holders"},
		{o.Threshold == 1 && (o.ClassHolders == 0 || o.ClassThreshold == 1), "-threshold must be at least 2: one member alone could open the urn"},
		{o.Mixers < 1 || o.Mixers > 32, "-mixers must be from 1 to 32"},
		{o.Witnesses < 1 || o.Witnesses > 40, "-witnesses must be from 1 to 40"},
		{o.MinimumSize < 2 || o.MinimumSize > 1_000_000, "-k must be from 2 to 1000000"},
		{o.Workers < 0, "-workers must not be negative"},
	} {
		if r.bad {
			return fmt.Errorf("%s", r.what)
		}
	}
	return nil
}

// The parties of a replayed scrutin: everyone's signing key, in one process.
type parties struct {
	signers map[string]*note.PrivateKey
}

func (p *parties) key(id string) (string, error) {
	k, err := note.GenerateKey(id)
	if err != nil {
		return "", err
	}
	p.signers[id] = k
	return k.Verifier().String(), nil
}

// list makes n parties named PREFIX-1 … of distinct affiliations.
func (p *parties) list(prefix, label string, n int) ([]scrutin.Party, error) {
	var all []scrutin.Party
	for i := 1; i <= n; i++ {
		id := fmt.Sprintf("%s-%d", prefix, i)
		key, err := p.key(id)
		if err != nil {
			return nil, err
		}
		all = append(all, scrutin.Party{ID: id, Label: fmt.Sprintf("%s %d", label, i), Affiliation: "party-" + id, Key: key})
	}
	return all, nil
}

// draft makes the manifest under keys that are thrown away, so that what it refuses is known before anything is written.
func (o Options) draft(begin time.Time) error {
	p := &parties{signers: map[string]*note.PrivateKey{}}
	cards := map[string]holderCard{}
	for i := range o.Holders {
		id := holderID(i + 1)
		key, err := p.key(id)
		if err != nil {
			return err
		}
		cards[id] = holderCard{key: key, reception: scrutin.PointOf(group.MulBase(group.RandomScalar()))}
	}
	m, err := p.manifest(o, cards, opening(begin))
	if err == nil {
		_, _, err = m.Bytes()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrVotes, err)
	}
	return nil
}

// opening is when the vote opens, where the bureau first meets at begin.
func opening(begin time.Time) time.Time { return begin.Add(24 * time.Hour).Truncate(time.Hour) }

// A holderCard is the public part of a holder's device, which enters the manifest.
type holderCard struct {
	key       string
	reception scrutin.Point
}

// manifest makes the manifest of the scrutin. Its kind is a rehearsal: no key made here ever serves real voters.
func (p *parties) manifest(o Options, cards map[string]holderCard, open time.Time) (*scrutin.Manifest, error) {
	m := &scrutin.Manifest{
		Record:       scrutin.KindManifest,
		Organisation: scrutin.Organisation{ID: "isoloir", Label: "Isoloir"},
		Scrutin:      scrutin.Scrutin{ID: "replay", Title: o.Title, Kind: scrutin.Rehearsal, Profile: scrutin.Consultation, Level: 3},
		Territories:  []scrutin.Territory{{ID: "territory", Label: o.Title}},
		Colleges: []scrutin.College{{ID: "electors", Label: "Électeurs",
			Factors:    []scrutin.Factor{{Kind: "code", Channel: "email"}, {Kind: "code", Channel: "sms"}},
			Validation: scrutin.Validation{Kind: "none", Channel: "none"}}},
		Draw: scrutin.Draw{Method: "given"},
		Schedule: scrutin.Schedule{Zone: "Europe/Paris", Open: scrutin.TimeOf(open), Close: scrutin.TimeOf(open.Add(5 * 24 * time.Hour)),
			SlotMinutes: 60, FlushMinutes: 10},
		Finality:    scrutin.Finality{Mode: scrutin.Final},
		Publication: scrutin.Publication{Rule: "evidence", Board: "public", Release: "proclamation", EmailAfterVote: "mark-only"},
		Decision:    scrutin.Decision{Rule: "counts", Tie: "none", Turnout: scrutin.Fraction{Denominator: 1}},
		Weight:      scrutin.Weight{Rule: "equal", Absent: "none", Several: "none"},
		Leaves:      []string{"cast", "void"},
		MinimumSize: o.MinimumSize,
		Addenda:     scrutin.Addenda{Allowed: []string{"suspend", "extend", "append"}},
		Codes: scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id",
			Passes: 3, MemoryKiB: 65536, Lanes: 1},
		Protocol: scrutin.Version,
	}
	p.ballots(m, o.Votes)
	p.bureau(m, o, cards)

	var err error
	if m.Mixers, err = p.list("mixer", "Mélangeur", o.Mixers); err != nil {
		return nil, err
	}
	if m.Witnesses, err = p.list("witness", "Témoin", o.Witnesses); err != nil {
		return nil, err
	}
	for i := range m.Witnesses {
		m.Witnesses[i].Key = p.signers[m.Witnesses[i].ID].Verifier().Cosigner().String()
	}
	for i, channel := range []string{"email", "sms"} {
		id := []string{"issuer-a", "issuer-b"}[i]
		key, err := p.key(id)
		if err != nil {
			return nil, err
		}
		m.Issuers = append(m.Issuers, scrutin.Issuer{ID: id, Label: "Émetteur " + channel, Affiliation: "party-" + id, Channel: channel, Key: key})
	}
	for _, s := range []struct {
		party *scrutin.Party
		id    string
	}{{&m.Platform.Roll, "roll"}, {&m.Platform.Urn, "urn"}, {&m.Platform.Contents, "contents"}} {
		key, err := p.key(s.id)
		if err != nil {
			return nil, err
		}
		*s.party = scrutin.Party{ID: s.id, Label: s.id, Affiliation: scrutin.Operator, Key: key}
	}
	return m, nil
}

// ballots makes the urns, one question for each distinct list of options, and lets urns of the same question be merged.
func (p *parties) ballots(m *scrutin.Manifest, votes []UrnResult) {
	questions := map[string]int{}
	for _, u := range votes {
		m.Urns = append(m.Urns, scrutin.Urn{ID: u.ID, Label: u.Name, Territory: "territory", College: "electors", Electors: u.Electors})
		labels := optionLabels(u)
		key := fmt.Sprintf("%q", labels)
		i, known := questions[key]
		if !known {
			i = len(m.Questions)
			questions[key] = i
			q := scrutin.Question{ID: fmt.Sprintf("q%d", i+1), Title: m.Scrutin.Title, Seats: 1}
			for j, l := range labels {
				q.Options = append(q.Options, scrutin.Option{ID: fmt.Sprintf("o%d", j+1), Label: l})
			}
			m.Questions = append(m.Questions, q)
		}
		m.Questions[i].Urns = append(m.Questions[i].Urns, u.ID)
	}
	for _, q := range m.Questions {
		if len(q.Urns) > 1 {
			m.MergeLists = append(m.MergeLists, scrutin.MergeList{ID: "merge-" + q.ID, Urns: slices.Clone(q.Urns)})
		}
	}
}

// optionLabels lists the options of an urn in the order of the file, blank and nul votes left out.
func optionLabels(u UrnResult) []string {
	var labels []string
	for _, c := range u.Choices {
		if c.Option != tally.BlankLabel && c.Option != tally.NulLabel {
			labels = append(labels, c.Option)
		}
	}
	return labels
}

func holderID(i int) string { return fmt.Sprintf("member-%d", i) }

// bureau makes the members, all of whom hold a fragment. The last ones form the class of the second clause.
func (p *parties) bureau(m *scrutin.Manifest, o Options, cards map[string]holderCard) {
	all := scrutin.Clause{ID: "all", Label: fmt.Sprintf("%d des %d membres", o.Threshold, o.Holders), Threshold: o.Threshold}
	class := scrutin.Clause{ID: "delegates", Label: fmt.Sprintf("%d des %d délégués", o.ClassThreshold, o.ClassHolders), Threshold: o.ClassThreshold}
	for i := 1; i <= o.Holders; i++ {
		id := holderID(i)
		member := scrutin.Member{ID: id, Label: fmt.Sprintf("Membre %d", i), Role: scrutin.Assessor, Voice: scrutin.Deliberative,
			Class: "administration", Rank: scrutin.Titular, Born: scrutin.Date(fmt.Sprintf("%d-05-17", 1950+i)), Key: cards[id].key}
		if i == 1 {
			member.Role = scrutin.President
		}
		all.Holders = append(all.Holders, id)
		if i > o.Holders-o.ClassHolders {
			member.Class = "delegates"
			class.Holders = append(class.Holders, id)
		}
		m.Bureau.Members = append(m.Bureau.Members, member)
		m.Holders = append(m.Holders, scrutin.Holder{Member: id, Key: cards[id].key, Reception: cards[id].reception})
	}
	m.Clauses = []scrutin.Clause{all}
	if o.ClassHolders > 0 {
		m.Clauses = append(m.Clauses, class)
	}
	m.Bureau.Quorum = scrutin.Quorum{Count: o.Threshold}
	m.Bureau.CastingVote = true
}
