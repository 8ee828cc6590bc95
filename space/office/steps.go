package office

import (
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/space"
)

// rounds are what each holder sends for a run, in their order, as the record names it and as a
// step is called.
var rounds = [][2]string{{"commit", "commit"}, {"reveal", "reveal"}, {"check", "check"}, {"seal", "sealed"}}

// steps tells the way of a standing bureau: its constitution, what each holder sends, the act that
// adopts the ceremony, the rehearsals, and the act that adopts these.
func steps(in *record.Reader, m *scrutin.Manifest, p *scrutin.Procedure) (all []space.Step) {
	var members, holders []string
	for _, b := range m.Bureau.Members {
		if b.Rank == scrutin.Titular && b.Voice == scrutin.Deliberative {
			members = append(members, b.Label)
		}
	}
	label := map[string]string{}
	for _, h := range m.Holders {
		holders = append(holders, h.Member)
		b, _ := m.Member(h.Member)
		label[h.Member] = b.Label
	}
	add := func(kind string, done bool, who []string) {
		if done || len(all) > 0 && !all[len(all)-1].Done {
			who = nil // done, or not their turn yet
		}
		all = append(all, space.Step{Kind: kind, Done: done, Who: who})
	}
	run := 1
	for anybody(in, run+1, "commit", holders) {
		run++
	}
	missing := func(step string) (who []string) {
		for _, h := range holders {
			if !in.Exists(record.Ceremony(run, step, h)) {
				who = append(who, label[h])
			}
		}
		return who
	}
	adopted := !p.Ceremony.IsZero()
	add(scrutin.ActConstitute, p.Seq() > 0, members)
	for _, r := range rounds {
		who := missing(r[0])
		add(r[1], adopted || len(who) == 0, who)
	}
	add(scrutin.ActCeremony, adopted, members)
	who := missing("rehearsal-1")
	add("tried", len(p.Rehearsals) > 0 || adopted && len(who) == 0, who)
	add(scrutin.ActRehearse, len(p.Rehearsals) > 0, members)
	return all
}

func anybody(in *record.Reader, run int, step string, holders []string) bool {
	for _, h := range holders {
		if in.Exists(record.Ceremony(run, step, h)) {
			return true
		}
	}
	return false
}
