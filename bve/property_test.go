package bve

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
)

// Whoever says what, and whenever: no path reaches decrypt without all that must precede it, every act of the record was proposed, supported and adopted in
// an open session by members who were present, the journal is judged anew as it was when each entry came, a vote that was stopped or annulled is not opened, and every refusal names its rule and its article.
func TestRandomBureau(t *testing.T) {
	m := shared(t)
	root := t.TempDir()
	reached, ended, runs := 0, 0, 0
	rapid.Check(t, func(r *rapid.T) {
		dir := filepath.Join(root, "record")
		if err := os.RemoveAll(dir); err != nil {
			r.Fatal(err)
		}
		runs++
		b := m.sit(t, dir)
		g := &random{T: r, table: b}
		defer b.Record.Close()
		for range 130 {
			g.move()
			g.holds()
		}
		s := b.state()
		if entries := b.Office.Journal().Entries(0); len(entries) > 0 {
			if err := Judge(b.Manifest, b.Fingerprint, ActsOf(entries), entries); err != nil {
				r.Fatalf("judged anew by the acts of its own journal: %v", err)
			}
		}
		if !s.Procedure.Ends().IsZero() && s.Procedure.Seq() > 0 {
			ended++
		}
		if slices.ContainsFunc(s.Acts(), func(a Act) bool { return a.Type == scrutin.ActDecrypt }) {
			reached++
		}
	})
	if reached < runs/10 || ended < runs/2 {
		t.Errorf("of %d bureaux %d decided something and %d reached decrypt: the test shows too little", runs, ended, reached)
	}
}

// random is a bureau whose members do what comes to their mind.
type random struct {
	*rapid.T
	*table
}

func (g *random) one(list []string, what string) string {
	return rapid.SampledFrom(list).Draw(g.T, what)
}

// likely is mostly one of these, else anybody.
func (g *random) likely(list []string) string {
	if len(list) == 0 || g.chance(8, "unlikely") {
		list = everybody
	}
	return g.one(list, "who")
}

func (g *random) chance(percent int, what string) bool {
	return rapid.IntRange(1, 100).Draw(g.T, what) > 100-percent // small numbers are drawn more often
}

var everybody = []string{"member-1", "member-2", "member-3", "member-4", "comite", "expert", "technicien"}

// refusal requires that what was refused was refused by a rule.
func (g *random) refusal(err error) {
	if err == nil {
		return
	}
	var own *Refusal
	var act *scrutin.ActError
	if !errors.As(err, &own) && !errors.As(err, &act) || errors.Is(err, scrutin.RuleMalformed) {
		g.T.Fatalf("refused by no rule: %v", err)
	}
	refused(g.T, err, errors.Unwrap(err))
}

// move is something that somebody does: mostly what leads on, else anything.
func (g *random) move() {
	s := g.state()
	g.at = g.at.Add(time.Duration(rapid.IntRange(1, 600).Draw(g.T, "seconds")) * time.Second)
	if g.chance(1, "jump") {
		g.at = g.at.Add(time.Duration(rapid.IntRange(1, 4).Draw(g.T, "days")) * 24 * time.Hour)
	}
	m := s.Open()
	switch {
	case g.chance(5, "anything"):
		g.anything(s)
	case s.Session.Number == 0:
		g.refusal(g.tell(g.likely(four), journal.SessionOpen{Purpose: "séance"}))
	case len(s.Session.Present) < 3:
		g.refusal(g.tell(g.likely(without(four, s.Session.Present)), journal.Present{}))
	case m == nil:
		g.propose(s)
	case m.Outcome == Enough:
		g.refusal(g.Adopt(ctx, g.likely(s.Session.Present), m.Name))
	default:
		who := g.likely(without(s.signers(), m.For))
		g.refusal(g.tell(who, journal.Support{Motion: m.Name, Signature: g.sign(m.Name, who)}))
	}
}

// propose proposes an act, mostly one that can follow.
func (g *random) propose(s *State) {
	kinds := slices.DeleteFunc(s.Procedure.Next(), func(k string) bool {
		return slices.Contains([]string{scrutin.ActStop, scrutin.ActAnnul, scrutin.ActRehearse, scrutin.ActSuspend, scrutin.ActExtend, scrutin.ActWaive}, k) && !g.chance(4, "rare")
	})
	if g.chance(7, "any act") || len(kinds) == 0 {
		kinds = append(slices.Clone(path), scrutin.ActStop, scrutin.ActAnnul, scrutin.ActSuspend, scrutin.ActResume, scrutin.ActWaive, scrutin.ActHold)
	}
	kind := g.one(kinds, "kind")
	var given scrutin.ActBody
	switch kind {
	case scrutin.ActOpen, scrutin.ActAnnul, scrutin.ActHold, scrutin.ActRelease:
		given.Reason = "motif"
	case scrutin.ActSuspend, scrutin.ActStop:
		given.Reason, given.Opinion = "motif", "favorable"
		if !g.chance(20, "unheard") {
			g.refusal(g.tell("comite", journal.Opinion{About: kind, Opinion: "favorable"}))
		}
	case scrutin.ActMinutes:
		given.Adopts = g.minutes()
	case scrutin.ActArchive:
		given.Adopts = bare(scrutin.AdoptArchive)
	case scrutin.ActClose:
		if !g.chance(10, "early") && g.at.Before(s.Procedure.Ends()) {
			g.at = s.Procedure.Ends()
		}
		g.count(20)
	case scrutin.ActSeal:
		g.says(journal.Checked{Verdict: g.one([]string{journal.Well, journal.Well, journal.Found}, "verdict")})
	case scrutin.ActDecrypt:
		if !g.chance(10, "early") && g.at.Before(g.Manifest.Schedule.Count.Time) {
			g.at = g.Manifest.Schedule.Count.Time
		}
	}
	a, err := g.Draft(ctx, kind, given)
	if err != nil {
		g.refusal(err)
		return
	}
	if g.chance(5, "liar") && len(a.Body.Adopts) > 0 {
		a.Body.Adopts = slices.Clone(a.Body.Adopts)
		a.Body.Adopts[0].SHA256[3] ^= 1
		if kind == scrutin.ActMinutes || kind == scrutin.ActArchive {
			return // nobody but the members knows these
		}
	}
	g.refusal(g.tell(g.likely(s.signers()), journal.Motion{Act: *a}))
}

// anything is what nobody expects.
func (g *random) anything(s *State) {
	who := g.one(everybody, "who")
	name := scrutin.DigestOf([]byte("nothing"))
	if len(s.Motions) > 0 {
		name = rapid.SampledFrom(s.Motions).Draw(g.T, "motion").Name
	}
	switch rapid.IntRange(0, 8).Draw(g.T, "surprise") {
	case 0:
		g.refusal(g.tell(who, journal.Leave{}))
	case 1:
		g.refusal(g.tell(who, journal.Present{}))
	case 2:
		g.refusal(g.tell(who, journal.Against{Motion: name}))
	case 3:
		g.refusal(g.tell(who, journal.Abstain{Motion: name}))
	case 4:
		if len(s.Motions) > 0 {
			g.refusal(g.tell(who, journal.Support{Motion: name, Signature: g.sign(name, g.one(everybody, "hand"))}))
		}
	case 5:
		g.refusal(g.Adopt(ctx, who, name))
	case 6:
		if head := g.Office.Journal().Place().Head; !head.IsZero() {
			g.refusal(g.tell(who, journal.SessionClose{Head: head}))
		}
	case 7:
		g.refusal(g.tell(who, journal.Custody{Medium: "clé", Holder: "member-2", State: g.one([]string{journal.In, journal.Out, journal.Seen, journal.Lost}, "state")}))
	case 8: // the service stops and starts
		g.Record.Close()
		g.again()
	}
}

// holds requires what must hold at every moment.
func (g *random) holds() {
	s := g.state()
	var done []string
	for i, a := range s.Acts() {
		done = append(done, a.Type)
		motion, ok := s.Motion(a.Text)
		if !ok || motion.Outcome != Adopted {
			g.T.Fatalf("act %d, %s, stands in the record and was proposed by nobody", i+1, a.Type)
		}
		for _, id := range motion.For {
			if !slices.Contains(a.Present, id) {
				g.T.Fatalf("act %d, %s, is signed by %s, who was not present", i+1, a.Type, id)
			}
		}
		if len(motion.For) < 3 || a.Session == 0 {
			g.T.Fatalf("act %d, %s, by %v in session %d", i+1, a.Type, motion.For, a.Session)
		}
		if a.Type == scrutin.ActDecrypt {
			for _, needed := range path[:slices.Index(path, scrutin.ActDecrypt)] {
				if !slices.Contains(done, needed) {
					g.T.Fatalf("opened after %v, without %s", done, needed)
				}
			}
			if slices.Contains(done, scrutin.ActStop) || slices.Contains(done, scrutin.ActAnnul) || a.Time.Before(g.Manifest.Schedule.Count.Time) {
				g.T.Fatalf("opened at %s after %v", a.Time, done)
			}
		}
	}
	acts, err := g.Record.Acts()
	if err != nil || len(acts) != len(done) {
		g.T.Fatalf("%d acts in the record, %d told: %v", len(acts), len(done), err)
	}
	if a := s.last(scrutin.ActOpen); a != nil && !g.Record.Exists(record.Opening) {
		g.T.Fatal("opened without an opening record")
	}
}
