package scrutin_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// A board writes acts over a fixture of 2 urns and 4 members; the last one is a
// secretary with consultative voice when so made.
type board struct {
	*scrutintest.Fixture
	p       *scrutin.Procedure
	at      time.Time
	present []string
	ballots []int // found in each urn at seal
}

func newBoard(t testing.TB, o scrutintest.Options) *board {
	f := scrutintest.New(t, o)
	b := &board{Fixture: f, p: scrutin.NewProcedure(f.Manifest, f.Fingerprint), at: f.Manifest.Schedule.Open.Add(-72 * time.Hour), ballots: []int{20, 30}}
	for _, m := range f.Manifest.Bureau.Members {
		b.present = append(b.present, m.ID)
	}
	return b
}

func some(s string) scrutin.Digest { return scrutin.DigestOf([]byte(s)) }

func adopt(paths ...string) (b scrutin.ActBody) {
	for _, p := range paths {
		b.Adopts = append(b.Adopts, scrutin.Adopted{Path: p, SHA256: some(p)})
	}
	return b
}

func (b *board) findings(n ...int) (out []scrutin.Finding) {
	for i, u := range b.Manifest.Urns {
		k := 0
		if i < len(n) {
			k = n[i]
		}
		out = append(out, scrutin.Finding{Urn: u.ID, Marks: k, Ballots: k})
	}
	return out
}

// body is the right body of each type of act.
func (b *board) body(kind string) scrutin.ActBody {
	switch kind {
	case scrutin.ActConstitute:
		return scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: "manifest.json", SHA256: b.Fingerprint}}}
	case scrutin.ActCeremony:
		return adopt("ceremony")
	case scrutin.ActRehearse:
		return adopt("ceremony/1/rehearsal-1-member-1.note", "ceremony/1/rehearsal-2-member-1.note")
	case scrutin.ActEnrol:
		return adopt("enrolment/issuer-1.note", "enrolment/issuer-2.note")
	case scrutin.ActAnonymise:
		return adopt("anonymisation/1.note", "anonymisation/2.note", "anonymisation/3.note")
	case scrutin.ActOpen:
		a := adopt("opening.note")
		a.Found = b.findings()
		return a
	case scrutin.ActSuspend:
		return scrutin.ActBody{Reason: "panne", Opinion: "favorable"}
	case scrutin.ActResume:
		return scrutin.ActBody{}
	case scrutin.ActExtend:
		return scrutin.ActBody{Close: scrutin.TimeOf(b.p.Closes().Add(time.Hour)), Reason: "panne", Opinion: "favorable"}
	case scrutin.ActAddendum:
		a := adopt("client")
		a.Reason, a.Opinion = "correction", "favorable"
		return a
	case scrutin.ActClose:
		return scrutin.ActBody{Found: b.findings(b.ballots...)}
	case scrutin.ActAppend:
		a := adopt("log/urn-1")
		a.Adopts[0].SHA256 = some(fmt.Sprint(b.p.Seq()))
		a.Reason, a.Opinion = "promesse présentée", "favorable"
		return a
	case scrutin.ActSeal:
		a := adopt("log/urn-1/seal.note", "roll/urn-1.note", "log/urn-2/seal.note", "roll/urn-2.note")
		a.Found = b.findings(b.ballots...)
		for _, p := range b.p.Appended {
			i, _ := b.Manifest.UrnNumber(strings.TrimPrefix(p.Path, "log/"))
			a.Found[i].Marks++
			a.Found[i].Ballots++
		}
		return a
	case scrutin.ActOpenSmall:
		var names []string
		for _, c := range b.p.Cells {
			if c.Small(b.Manifest.MinimumSize) {
				names = append(names, c.Name)
			}
		}
		return scrutin.ActBody{Cells: names, Reason: "décision motivée"}
	case scrutin.ActMix:
		return adopt("mix/1.note", "mix/2.note", "mix/3.note")
	case scrutin.ActDecrypt:
		return adopt("shares/quorum.member-1.note", "shares/quorum.member-3.note", "shares/quorum.member-4.note")
	case scrutin.ActProclaim:
		return adopt("result.note")
	case scrutin.ActWithdraw:
		a := adopt("withdrawn/urn/" + some(b.p.Last().String()).String() + ".note")
		a.Reason = "machine perdue"
		return a
	case scrutin.ActAuthority:
		a := adopt(scrutin.AdoptAuthority("tsa"))
		a.Reason = "certificat renouvelé"
		return a
	case scrutin.ActWaive:
		return scrutin.ActBody{Waives: b.p.Unfilled(), Reason: "malade"}
	case scrutin.ActUpdate:
		a := adopt("software")
		a.Replaces = []scrutin.Adopted{{Path: "software", SHA256: some("old")}}
		a.Reason, a.Opinion = "faille", "favorable"
		return a
	case scrutin.ActStop:
		return scrutin.ActBody{Reason: "panne", Opinion: "favorable"}
	case scrutin.ActMinutes:
		return adopt("minutes", "journal")
	case scrutin.ActArchive:
		return adopt("archive")
	case scrutin.ActDestroy:
		return adopt("destroyed")
	case scrutin.ActAnnul, scrutin.ActHold, scrutin.ActRelease:
		return scrutin.ActBody{Reason: "décision du juge"}
	}
	panic(kind)
}

// draft is the next act of this type, at a time that suits it.
func (b *board) draft(kind string) *scrutin.Act {
	b.at = b.at.Add(time.Minute)
	if end := b.p.Closes().Add(15 * time.Minute); kind == scrutin.ActClose && b.at.Before(end) {
		b.at = end
	}
	session := 2 // the first has no act
	return b.p.Draft(kind, scrutin.TimeOf(b.at), session, b.present, b.body(kind))
}

func (b *board) sign(a *scrutin.Act, signers ...string) []byte {
	a.Record = a.Kind()
	text, err := canon.Marshal(a) // also what is not well-formed
	if err != nil {
		panic(err)
	}
	var keys []note.Signer
	for _, s := range signers {
		keys = append(keys, b.Signers[s])
	}
	data, err := note.Sign(string(text), keys...)
	if err != nil {
		panic(err)
	}
	return data
}

func (b *board) apply(kind string) error {
	return b.p.Apply(b.sign(b.draft(kind), b.present...))
}

var straight = []string{scrutin.ActConstitute, scrutin.ActCeremony, scrutin.ActRehearse, scrutin.ActEnrol, scrutin.ActAnonymise, scrutin.ActOpen,
	scrutin.ActClose, scrutin.ActSeal, scrutin.ActMix, scrutin.ActDecrypt, scrutin.ActProclaim}

// until applies the straight sequence up to and without an act.
func (b *board) until(t testing.TB, kind string) {
	t.Helper()
	for _, k := range straight {
		if k == kind {
			return
		}
		if err := b.apply(k); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProcedure(t *testing.T) {
	b := newBoard(t, scrutintest.Options{})
	var notes [][]byte
	do := func(kind string) {
		t.Helper()
		data := b.sign(b.draft(kind), b.present...)
		if err := b.p.Apply(data); err != nil {
			t.Fatal(err)
		}
		notes = append(notes, data)
	}
	for _, kind := range straight {
		switch kind {
		case scrutin.ActClose:
			for _, k := range []string{scrutin.ActSuspend, scrutin.ActResume, scrutin.ActExtend, scrutin.ActAddendum} {
				do(k)
				if b.p.Voting() != (k != scrutin.ActSuspend) {
					t.Error("voting after ", k)
				}
			}
		case scrutin.ActSeal:
			do(scrutin.ActAppend)
			do(scrutin.ActAppend)
		}
		do(kind)
	}
	p, err := scrutin.VerifyActs(b.Manifest, b.Fingerprint, notes)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Proclaimed() || p.Seq() != len(notes) || p.Last() != b.p.Last() || p.Seal != b.p.Seal || p.Seal.IsZero() || p.Opening != some("opening.note") ||
		len(p.Cells) != 2 || p.Result != some("result.note") || len(p.Appended) != 2 || len(p.Shares) != 3 || p.RollSeals[1] != some("roll/urn-2.note") {
		t.Errorf("%+v", p)
	}
	if next := p.Next(); !slices.Equal(next, []string{scrutin.ActAnnul, scrutin.ActHold, scrutin.ActMinutes}) {
		t.Error("after proclamation: ", next)
	}
	for i := range notes {
		for name, changed := range map[string][][]byte{
			"dropped": slices.Delete(slices.Clone(notes), i, i+1),
			"doubled": slices.Insert(slices.Clone(notes), i, notes[i]),
		} {
			if i == len(notes)-1 && name == "dropped" {
				continue // the procedure is only shorter, and not Proclaimed
			}
			if _, err := scrutin.VerifyActs(b.Manifest, b.Fingerprint, changed); err == nil {
				t.Errorf("act %d %s: accepted", i+1, name)
			}
		}
	}
}

// Every change of an act breaks the rule that forbids it.
func TestActRefusals(t *testing.T) {
	type change = func(b *board, a *scrutin.Act, signers *[]string)
	all := []struct {
		name string
		kind string
		want scrutin.Rule
		edit change
	}{
		{"of another scrutin", scrutin.ActConstitute, scrutin.RuleScrutin, func(b *board, a *scrutin.Act, _ *[]string) { a.Manifest = some("other") }},
		{"of another opening", scrutin.ActClose, scrutin.RuleScrutin, func(b *board, a *scrutin.Act, _ *[]string) { a.Opening = some("other") }},
		{"without opening", scrutin.ActClose, scrutin.RuleScrutin, func(b *board, a *scrutin.Act, _ *[]string) { a.Opening = scrutin.Digest{} }},
		{"opening too early", scrutin.ActEnrol, scrutin.RuleScrutin, func(b *board, a *scrutin.Act, _ *[]string) { a.Opening = some("other") }},
		{"opens another record", scrutin.ActOpen, scrutin.RuleScrutin, func(b *board, a *scrutin.Act, _ *[]string) { a.Opening = some("other") }},
		{"number", scrutin.ActCeremony, scrutin.RuleChain, func(b *board, a *scrutin.Act, _ *[]string) { a.Seq = 3 }},
		{"number zero", scrutin.ActCeremony, scrutin.RuleMalformed, func(b *board, a *scrutin.Act, _ *[]string) { a.Seq = 0 }},
		{"previous", scrutin.ActCeremony, scrutin.RuleChain, func(b *board, a *scrutin.Act, _ *[]string) { a.Previous[0]++ }},
		{"session of the past", scrutin.ActRehearse, scrutin.RuleChain, func(b *board, a *scrutin.Act, _ *[]string) { a.Session = 1 }},
		{"type unknown", scrutin.ActCeremony, scrutin.RuleMalformed, func(b *board, a *scrutin.Act, _ *[]string) { a.Type = "abolish" }},
		{"step left out", scrutin.ActCeremony, scrutin.RuleOrder, func(b *board, a *scrutin.Act, _ *[]string) { a.Type = scrutin.ActEnrol }},
		{"before the one before", scrutin.ActCeremony, scrutin.RuleTime, func(b *board, a *scrutin.Act, _ *[]string) { a.Time = scrutin.TimeOf(a.Time.Add(-time.Hour)) }},
		{"no time", scrutin.ActCeremony, scrutin.RuleMalformed, func(b *board, a *scrutin.Act, _ *[]string) { a.Time = scrutin.Time{} }},
		{"opens after close", scrutin.ActOpen, scrutin.RuleTime, func(b *board, a *scrutin.Act, _ *[]string) { a.Time = b.Manifest.Schedule.Close }},
		{"closes early", scrutin.ActClose, scrutin.RuleTime, func(b *board, a *scrutin.Act, _ *[]string) { a.Time = scrutin.TimeOf(a.Time.Add(-time.Second)) }},
		{"stranger signs", scrutin.ActCeremony, scrutin.RuleSigner, func(b *board, a *scrutin.Act, s *[]string) { *s = append(*s, "mixer-1") }},
		{"absent signs", scrutin.ActCeremony, scrutin.RulePresence, func(b *board, a *scrutin.Act, s *[]string) { a.Present = a.Present[:3] }},
		{"stranger present", scrutin.ActCeremony, scrutin.RulePresence, func(b *board, a *scrutin.Act, s *[]string) { a.Present = append(slices.Clone(a.Present), "mixer-1") }},
		{"present twice", scrutin.ActCeremony, scrutin.RulePresence, func(b *board, a *scrutin.Act, s *[]string) { a.Present = append(slices.Clone(a.Present), a.Present[3]) }},
		{"nobody present", scrutin.ActCeremony, scrutin.RuleMalformed, func(b *board, a *scrutin.Act, s *[]string) { a.Present = nil }},
		{"too few", scrutin.ActCeremony, scrutin.RuleQuorum, func(b *board, a *scrutin.Act, s *[]string) { *s = (*s)[:2] }},
		{"other manifest", scrutin.ActConstitute, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts[0].SHA256 = some("x") }},
		{"no ceremony", scrutin.ActCeremony, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts = nil }},
		{"excludes a stranger", scrutin.ActCeremony, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) {
			a.Body.Excluded = []scrutin.Exclusion{{Run: 1, Holder: "eve"}}
		}},
		{"excludes too many", scrutin.ActCeremony, scrutin.RuleThreshold, func(b *board, a *scrutin.Act, _ *[]string) {
			a.Body.Excluded = []scrutin.Exclusion{{Run: 1, Holder: "member-1"}}
		}},
		{"no rehearsal", scrutin.ActRehearse, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts = nil }},
		{"rehearsal of another kind", scrutin.ActRehearse, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts[0].Path = "ceremony/1/seal-member-1.note" }},
		{"rehearsal twice", scrutin.ActRehearse, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts[1] = a.Body.Adopts[0] }},
		{"issuer left out", scrutin.ActEnrol, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts = a.Body.Adopts[:1] }},
		{"mixers swapped", scrutin.ActAnonymise, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { slices.Reverse(a.Body.Adopts) }},
		{"ballot before opening", scrutin.ActOpen, scrutin.RuleEmptyUrn, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Found[1].Ballots = 1 }},
		{"mark before opening", scrutin.ActOpen, scrutin.RuleEmptyUrn, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Found[0].Marks = 1 }},
		{"urn not looked at", scrutin.ActOpen, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Found = a.Body.Found[:1] }},
		{"more marks than electors", scrutin.ActClose, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Found[0].Marks = 41 }},
		{"roll not sealed", scrutin.ActSeal, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts = a.Body.Adopts[:3] }},
		{"urns swapped", scrutin.ActSeal, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) {
			a.Body.Adopts[0], a.Body.Adopts[2] = a.Body.Adopts[2], a.Body.Adopts[0]
		}},
		{"marks are not ballots", scrutin.ActSeal, scrutin.RuleEqual, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Found[0].Marks++ }},
		{"ballot that no act appended", scrutin.ActSeal, scrutin.RuleSince, func(b *board, a *scrutin.Act, _ *[]string) {
			a.Body.Found[1].Ballots++
			a.Body.Found[1].Marks++
		}},
		{"ballot lost after close", scrutin.ActSeal, scrutin.RuleSince, func(b *board, a *scrutin.Act, _ *[]string) {
			a.Body.Found[1].Ballots--
			a.Body.Found[1].Marks--
		}},
		{"mixer left out", scrutin.ActMix, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts = a.Body.Adopts[:2] }},
		{"too few shares", scrutin.ActDecrypt, scrutin.RuleThreshold, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts = a.Body.Adopts[:2] }},
		{"one holder twice", scrutin.ActDecrypt, scrutin.RuleThreshold, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts[1] = a.Body.Adopts[0] }},
		{"share of a stranger", scrutin.ActDecrypt, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) {
			a.Body.Adopts = append(a.Body.Adopts, scrutin.Adopted{Path: "shares/quorum.eve.note", SHA256: some("x")})
		}},
		{"no result", scrutin.ActProclaim, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Adopts = nil }},
		{"fixes more", scrutin.ActProclaim, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Cells = []string{"urn-1"} }},
		{"closes later", scrutin.ActClose, scrutin.RuleBody, func(b *board, a *scrutin.Act, _ *[]string) { a.Body.Close = a.Time }},
		{"control character", scrutin.ActClose, scrutin.RuleMalformed, nil},
	}
	for _, c := range all {
		b := newBoard(t, scrutintest.Options{})
		b.until(t, c.kind)
		a, signers := b.draft(c.kind), slices.Clone(b.present)
		if c.edit == nil {
			c.edit = func(b *board, a *scrutin.Act, _ *[]string) { a.Present[0] = "é" }
		}
		c.edit(b, a, &signers)
		before := *b.p
		err := b.p.Apply(b.sign(a, signers...))
		var ae *scrutin.ActError
		if !errors.Is(err, c.want) || !errors.As(err, &ae) || ae.Seq != before.Seq()+1 || ae.Rule.Article(ae.Profile, "en") == "" {
			t.Errorf("%s (%s): %v, expected rule %q", c.name, c.kind, err, string(c.want))
		}
		if b.p.Last() != before.Last() || b.p.Seq() != before.Seq() {
			t.Errorf("%s: a refused act changed the procedure", c.name)
		}
		b.present = names(b.Manifest)
		if err := b.apply(c.kind); err != nil {
			t.Errorf("%s: the right act is refused afterwards: %v", c.name, err)
		}
	}
}

func names(m *scrutin.Manifest) (out []string) {
	for _, b := range m.Bureau.Members {
		out = append(out, b.ID)
	}
	return out
}

// An act signed by the same people in another order is the same act; its text is
// what counts.
func TestActText(t *testing.T) {
	b := newBoard(t, scrutintest.Options{})
	a := b.draft(scrutin.ActConstitute)
	text, err := scrutin.Text(a)
	if err != nil {
		t.Fatal(err)
	}
	got, err := scrutin.Parse[scrutin.Act](text)
	if err != nil || got.Seq != 1 || !strings.HasPrefix(text, "{\n  \"record\": \"isoloir/v1/act\",\n  \"manifest\": \""+b.Fingerprint.String()) {
		t.Error(err, text)
	}
	backwards := slices.Clone(b.present)
	slices.Reverse(backwards)
	if err := b.p.Apply(b.sign(a, backwards...)); err != nil || b.p.Last() != scrutin.TextDigest(text) {
		t.Error(err)
	}
}
