package privacy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"isoloir/bve/minutes"
	"isoloir/bve/retention"
)

// register is that of article 30: one activity for each store.
func (p *document) register() {
	p.toComplete("open.contact", "open.dpo", "open.basis", "open.processors", "open.transfers")
	for _, s := range p.Stores {
		b := p.table(s.in(p.language), "column.item", 25, "column.value", 75)
		row(b, p.say("purpose"), p.say("purpose."+s.Name))
		row(b, p.say("persons"), s.Whom.in(p.language))
		for _, class := range classes {
			if what := p.held(s, class); len(what) > 0 {
				row(b, p.say("data.of", p.say("class."+class)), strings.Join(what, p.say("and")))
			}
		}
		row(b, p.say("recipients"), s.Who.in(p.language))
		var ends []string
		for _, t := range s.Tables {
			if end := p.until(t.Until); !slices.Contains(ends, end) {
				ends = append(ends, end)
			}
		}
		row(b, p.say("column.until"), strings.Join(ends, p.say("and")))
	}
	p.elsewhere()
	p.head("security")
	p.line("security.text")
}

// held is what a store's columns of a class hold, each thing once.
func (p *document) held(s Store, class string) (what []string) {
	for _, t := range s.Tables {
		for _, name := range t.columns() {
			if text := t.Columns[name].in(p.language); t.Columns[name].Class == class && !slices.Contains(what, text) {
				what = append(what, text)
			}
		}
	}
	return what
}

// elsewhere is what is kept outside of the stores.
func (p *document) elsewhere() {
	b := p.table(p.say("retention.elsewhere"), "column.where", 55, "column.class", 20, "column.until", 25)
	for _, e := range p.Elsewhere {
		row(b, e.in(p.language), p.say("class."+e.Class), p.until(e.Until))
	}
}

// retention is the table of periods.
func (p *document) retention() {
	end := p.manifest.Retained(p.manifest.Schedule.Close).Add(-time.Second) // the last instant of a day
	p.line("retention.lead", p.at(end))
	b := p.table(p.say("retention.sealed"), "column.item", 20, "column.what", 40, "column.who", 20, "column.then", 20)
	for _, c := range retention.Classes() {
		what, who, then := Text{c.French, c.English}, Text{c.Chez, c.Who}, "then.destroyed"
		if c.Kept {
			then = "then.kept"
		}
		row(b, c.Name, what.in(p.language), who.in(p.language), p.say(then))
	}
	for _, s := range p.Stores {
		b := p.table(p.say("retention.tables")+" – "+s.in(p.language), "column.table", 20, "column.why", 45, "column.until", 35)
		for _, t := range s.Tables {
			row(b, t.Name, t.in(p.language), p.until(t.Until))
		}
	}
	p.elsewhere()
}

// impact is the assessment of article 35, in the order of the CNIL's method: context, principles, risks, and what remains to be decided.
func (p *document) impact() {
	p.head("impact.context")
	m := p.manifest
	b := p.table(p.say("impact.facts"), "column.item", 35, "column.value", 65)
	electors := 0
	for _, u := range m.Urns {
		electors += u.Electors
	}
	row(b, p.say("fact.profile"), p.say("profile."+m.Scrutin.Profile))
	row(b, p.say("fact.kind"), p.say("kind."+m.Scrutin.Kind))
	row(b, p.say("fact.level"), fmt.Sprint(m.Scrutin.Level))
	row(b, p.say("fact.basis"), strings.Join(m.Scrutin.LegalBasis, p.say("and")))
	row(b, p.say("fact.electors"), fmt.Sprintf("%d, %d", electors, len(m.Urns)))
	row(b, p.say("fact.schedule"), p.at(m.Schedule.Open.Time)+", "+p.at(m.Schedule.Close.Time))
	for _, c := range m.Colleges {
		row(b, p.say("fact.factors", c.Label), p.factors(c))
	}
	row(b, p.say("fact.k"), fmt.Sprint(m.MinimumSize))
	row(b, p.say("fact.flush"), fmt.Sprint(m.Schedule.FlushMinutes))
	row(b, p.say("fact.parties"), fmt.Sprintf("%d, %d, %d, %d", len(m.Holders), len(m.Mixers), len(m.Issuers), len(m.Witnesses)))
	row(b, p.say("fact.board"), p.say("board."+m.Publication.Board))
	row(b, p.say("fact.email"), p.say("email."+m.Publication.EmailAfterVote))
	p.line("impact.sensitive")
	p.head("impact.data")
	for _, s := range p.Stores {
		p.put(minutes.Paragraph, s.in(p.language)+". "+p.say("persons")+p.colon()+s.Whom.in(p.language)+". "+p.say("recipients")+p.colon()+s.Who.in(p.language)+".")
		for _, t := range s.Tables {
			b := p.table(s.Name+"."+t.Name+" – "+t.in(p.language), "column.column", 20, "column.what", 55, "column.class", 25)
			for _, name := range t.columns() {
				row(b, name, t.Columns[name].in(p.language), p.say("class."+t.Columns[name].Class))
			}
		}
	}
	p.elsewhere()
	p.head("impact.rights")
	p.line("impact.rights.text")
	p.head("impact.risks")
	b = p.table(p.say("impact.risks"), "column.risk", 20, "column.measure", 40, "column.left", 40)
	for _, risk := range []string{"access", "participation", "identity", "account", "change", "loss", "coercion"} {
		row(b, p.say("risk."+risk), p.say("risk."+risk+".measure"), p.say("risk."+risk+".left"))
	}
	p.line("security.text")
	p.toComplete("open.basis", "open.processors", "open.transfers", "open.advice", "open.decision")
}

// colon is one with what stands around it.
func (p *document) colon() string {
	if p.language == "fr" {
		return "\u00a0: "
	}
	return ": "
}
