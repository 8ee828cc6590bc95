package bureau

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/portal/oversight"
	"isoloir/scrutin"

	"github.com/a-h/templ"
)

func (s *site) alarms(v *visit) (view, error) {
	p := working(v, "members.link-alerts", 10)
	p.body = alarms(v)
	return p, nil
}

func maintenanceOf(e *journal.Entry) journal.Maintenance {
	if m, begun := e.Statement.Body.(journal.Intervention); begun {
		return m.Maintenance
	}
	return e.Statement.Body.(journal.InterventionEnd).Maintenance
}

func checkedOf(e *journal.Entry) journal.Checked { return e.Statement.Body.(journal.Checked) }

func accessOf(e *journal.Entry) journal.Access { return e.Statement.Body.(journal.Access) }

// role is what a role of the platform is called.
func (v *visit) role(name string) string {
	key := "control.name-" + name
	if said := v.Say(key); said != key {
		return said
	}
	return name
}

func (v *visit) country(code string) string {
	if code == "" {
		return v.Say("deliver.anywhere")
	}
	return v.Country(code)
}

// A deliveryTable is what became of the codes, with what it says of the opening.
type deliveryTable struct {
	at              time.Time
	rows            []bve.Rate
	sent, delivered int
	verdict         string // go or no-go
}

// deliveries shows what was told last, by the rule that the act open follows.
func (s *site) deliveries(v *visit) (view, error) {
	p := working(v, "members.link-delivery", 30)
	var table *deliveryTable
	if e := v.told.delivery; e != nil {
		rows, well := v.state.Rates()
		table = &deliveryTable{at: e.Time.Time, rows: rows, verdict: "no-go"}
		if well {
			table.verdict = "go"
		}
		for _, r := range rows {
			table.sent, table.delivered = table.sent+r.Sent, table.delivered+r.Delivered
		}
	}
	p.body = deliveries(v, table)
	return p, nil
}

// noticeTone is the tone of a box, which has no next.
func noticeTone(word string) string {
	if t := tone(word); t != "next" {
		return t
	}
	return ""
}

func (s *site) controls(v *visit) (view, error) {
	p := working(v, "members.link-control", 10)
	opened, err := s.Platform.Challenges(v.r.Context())
	if err != nil {
		opened = nil // the urn does not answer, or its first slot has not come: the page says so
	}
	p.body = controls(v, s.Platform.Roles(), opened)
	return p, nil
}

// contradicted is how many opened ballots their own code contradicts.
func contradicted(c *oversight.Challenges) (n int) {
	for _, u := range c.Urns {
		n += u.Failed
	}
	return n
}

// fullDisk is the part of a disk in use, in per cent, from which it is to be watched, and
// wrongClock by how much a clock may be off.
const (
	fullDisk   = 90
	wrongClock = time.Second
)

// disk is the fullest of a role's.
func (r Role) disk() (used int) {
	for _, d := range r.Disks {
		used = max(used, d.Used)
	}
	return used
}

// word is how a role is.
func (r Role) word() string {
	switch {
	case r.Awaited:
		return bve.Later
	case r.Answered.IsZero(), !r.Ready, !r.Same:
		return journal.Found
	case r.Off.Abs() > wrongClock, r.disk() > fullDisk:
		return journal.Unknown
	}
	return journal.Well
}

func (s *site) check(v *visit) (view, error) {
	if err := s.Platform.Check(v.r.Context()); err != nil {
		return view{}, v.unanswered(err)
	}
	return view{redirect: v.href("/controle?fait=check")}, nil
}

// shown is a page that only shows.
func shown(v *visit, title string, body templ.Component) view {
	p := working(v, title, 0)
	p.body = body
	return p
}

// A turnoutRow is one urn's.
type turnoutRow struct {
	scrutin.Finding
	label    string
	electors int
}

// askTurnout offers a reading; turnout enters it and answers. So it is with the list: what
// is entered is asked for by a form, and no visit of a page is a reading.
func (s *site) askTurnout(v *visit) (view, error) {
	return shown(v, "members.link-turnout", turnoutAsked(v)), nil
}

func (s *site) turnout(v *visit) (view, error) {
	ctx := v.r.Context()
	if _, err := s.Office.Say(ctx, journal.Read{Member: v.who.ID, What: journal.ReadTurnout}); err != nil {
		return view{}, err
	}
	found, err := s.Platform.Turnout(ctx)
	if err != nil {
		return view{}, v.unanswered(err)
	}
	var rows []turnoutRow
	for _, f := range found.Urns {
		row := turnoutRow{Finding: f, label: v.urn(f.Urn)}
		if u, known := v.m.Urn(f.Urn); known {
			row.electors = u.Electors
		}
		rows = append(rows, row)
	}
	return shown(v, "members.link-turnout", turnouts(v, found, rows)), nil
}

// The roll can be read where there is one.
func (s *site) askList(v *visit) (view, error) {
	if v.m.Accounts() != nil {
		return view{}, errNoPage
	}
	return shown(v, "members.link-list", listAsked(v)), nil
}

func (s *site) list(v *visit) (view, error) {
	if v.m.Accounts() != nil {
		return view{}, errNoPage
	}
	urn := v.r.PostFormValue("urn")
	if _, known := v.m.Urn(urn); !known {
		return view{}, errNoPage
	}
	page, err := strconv.Atoi(cmp.Or(v.r.PostFormValue("page"), "1"))
	if err != nil || page < 1 {
		return view{}, errNoPage
	}
	station := v.r.PostFormValue("station")
	if known := slices.ContainsFunc(v.m.Stations, func(s scrutin.Station) bool { return s.ID == station }); station != "" && !known {
		return view{}, errNoPage
	}
	ctx := v.r.Context()
	if _, err := s.Office.Say(ctx, journal.Read{Member: v.who.ID, What: journal.ReadList, Urn: urn, Station: station}); err != nil {
		return view{}, err
	}
	found, err := s.Platform.List(ctx, oversight.ListQuestion{Urn: urn, Station: station, From: 1 + (page-1)*oversight.PageSize})
	if err != nil {
		return view{}, v.unanswered(err)
	}
	return shown(v, "members.link-list", registers(v, urn, page, found)), nil
}

// sheets is how many pages a register has.
func sheets(l *oversight.ListPage) int {
	return max(1, (l.Total+oversight.PageSize-1)/oversight.PageSize)
}
