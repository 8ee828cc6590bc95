package audit

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
)

// A Mixte is what members and citizens have decided together on a question, computed
// again from the opened urns.
type Mixte struct {
	Question string      `json:"question"`
	Title    string      `json:"title"`
	Options  []string    `json:"options"` // labels
	Members  mixte.Tally `json:"members"`
	Citizens mixte.Tally `json:"citizens"`
	Mixed    mixte.Tally `json:"mixed"`
}

// writeMixte tells what members, citizens and both together have decided.
func (r *Report) writeMixte(b *strings.Builder, p phrases) {
	for _, m := range r.Mixte {
		fmt.Fprintf(b, "  %s: %s\n", p.mixed, printable(m.Title))
		whole := m.Mixed.Expressed()
		for i, o := range m.Options {
			fmt.Fprintf(b, "      %s: %s %s, %s %s, %s %s (%s %%)\n", printable(o), p.members, m.Members.Options[i].Decimal(0),
				p.citizens, m.Citizens.Options[i].Decimal(0), p.mixed, m.Mixed.Options[i].Decimal(6), m.Mixed.Options[i].Percent(&whole, 2))
		}
	}
}

// checkMixte reads the statements of a scrutin mixte, for each question, and puts off
// what needs the counts of the urns.
func (v *verification) checkMixte() {
	if v.m.Weight.IsMixed() {
		for i := range v.m.Questions {
			v.checkMixed(&v.m.Questions[i])
		}
	}
	v.then(v.decide)
	v.then(func() {
		for _, number := range []int{1601, 1602, 1603, 1611, 1612, 1613, 1614, 1615, 1616} {
			v.enter(number, "", nil)
		}
	})
}

// checkMixed reads the statements on a question, and computes them again.
func (v *verification) checkMixed(q *scrutin.Question) {
	path := record.Mixte(q.ID)
	v.claim(record.MixteCSV(q.ID))
	before, alone := v.readAlone(q)
	s, text, follows := v.readMixte(q, path, mixte.Definitive)
	if s == nil {
		return
	}
	if s.Opened != v.texts[record.Result] {
		v.refuse(1611, "", path, fmt.Errorf("it is of the result %s", s.Opened))
	}
	if before != nil {
		if err := s.Follow(before, alone); err != nil {
			v.refuse(1616, "", path, err)
		}
	}
	v.then(func() { v.checkDirect(q, s) })
	csv, err := v.read(record.MixteCSV(q.ID), int64(len(text))+1<<20)
	if err == nil && !bytes.Equal(csv, s.Result.CSV(s.Rules)) {
		err = fmt.Errorf("%s has not the rows of the statement", record.MixteCSV(q.ID))
	}
	v.enter(1615, "", err)
	if !follows {
		return // what is reported was computed here
	}
	report := Mixte{Question: q.ID, Title: q.Title, Members: s.Result.Members, Citizens: s.Result.Citizens, Mixed: s.Result.Mixed}
	for _, o := range q.Options {
		report.Options = append(report.Options, o.Label)
	}
	v.out.Mixte = append(v.out.Mixte, report)
}

// readMixte reads a statement: who signed it, what it rests on, and whether its result
// follows from its votes. Nothing is computed from figures that were not sealed.
func (v *verification) readMixte(q *scrutin.Question, path, status string) (s *mixte.Statement, text string, follows bool) {
	n := v.openNote(1611, "", path, v.m.BureauVerifiers()...)
	if n == nil {
		return nil, "", false
	}
	v.enter(1611, "", v.m.AdoptedBy(n))
	err := mixte.Within(n.Text, 2*len(v.m.Urns)+len(v.minutes))
	if err == nil {
		s, err = mixte.Read(n.Text)
	}
	if err == nil && (s.Record != mixte.Kind || s.Status != status || s.Question != q.ID) {
		err = fmt.Errorf("it is %s %s on the question %q", s.Status, s.Record, s.Question)
	}
	if err != nil {
		v.refuse(1611, "", path, err)
		return nil, "", false
	}
	v.bound(path, s.Manifest, s.Opening)
	rules, groups, err := mixte.FromManifest(v.m, q.ID)
	if err == nil && (!reflect.DeepEqual(rules, s.Rules) || s.Decision != q.Title || !slices.EqualFunc(groups.Electorates, s.Electorates, mixte.SameElectorate)) {
		err = errors.New("its decision, rules or electorates are not those of the manifest")
	}
	if err != nil {
		v.refuse(1612, "", path, err)
		return nil, "", false
	}
	if _, err = mixte.Parse(n.Text); err != nil {
		v.refuse(1614, "", path, err)
	}
	return s, n.Text, err == nil
}

// readAlone reads what the members have decided alone, before the urns were opened, and its
// text.
func (v *verification) readAlone(q *scrutin.Question) (*mixte.Statement, string) {
	path := record.MixteProvisional(q.ID)
	if _, there := v.found[path]; !there {
		v.refuse(1616, "", path, errors.New("the export lacks it: what the members decided alone, before the urns were opened"))
		return nil, ""
	}
	before, text, _ := v.readMixte(q, path, mixte.Provisional)
	return before, text
}

// checkDirect compares what the statement counts of the citizens with what the urns
// hold that were opened here, and with the minutes on paper.
func (v *verification) checkDirect(q *scrutin.Question, s *mixte.Statement) {
	opened := new(scrutin.Result)
	for _, c := range v.cells {
		if c.closed {
			return
		}
		opened.Cells = append(opened.Cells, c.result())
	}
	_, groups, err := mixte.FromResult(v.m, q.ID, v.counts(), opened, v.minutes...)
	if err == nil && (len(groups.Counts) != len(s.Counts) || len(groups.Counts) > 0 && !reflect.DeepEqual(groups.Counts, s.Counts) || !slices.Equal(closed(groups), closed(s.Groups))) {
		err = errors.New("its counts of citizens are not those of the urns and the minutes")
	}
	if err != nil {
		v.refuse(1613, "", record.Mixte(q.ID), err)
	}
}

// closed is how many ballots stay closed in each electorate.
func closed(g mixte.Groups) (n []int) {
	for _, e := range g.Electorates {
		n = append(n, e.Closed)
	}
	return n
}
