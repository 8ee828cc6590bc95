package station

import (
	"fmt"

	"isoloir/bve/minutes"
	"isoloir/register"
	"isoloir/register/office"
	"isoloir/scrutin"
)

// A writer is the minutes being written.
type writer struct {
	speaker
	blocks []minutes.Block
	parts  int
}

func (w *writer) add(b minutes.Block) { w.blocks = append(w.blocks, b) }

func (w *writer) part(p phrase) {
	w.parts++
	w.add(minutes.Block{Kind: minutes.Part, Text: []string{fmt.Sprint(w.parts), w.say(p)}})
}

func (w *writer) line(p phrase, values ...any) {
	w.add(minutes.Block{Kind: minutes.Paragraph, Text: []string{w.say(p, values...)}})
}

func (w *writer) table(caption phrase, columns []minutes.Column, rows []minutes.Row) {
	w.add(minutes.Block{Kind: minutes.Table, Text: []string{w.say(caption)}, Columns: columns, Rows: rows})
}

func (w *writer) column(p phrase, width int, number bool) minutes.Column {
	return minutes.Column{Title: w.say(p), Width: width, Number: number}
}

func (w *writer) row(p phrase, value any) minutes.Row {
	return minutes.Row{Cells: []string{w.say(p), fmt.Sprint(value)}}
}

// count is a number of cards, or that nobody has counted them.
func (w *writer) count(n int) string {
	if n < 0 {
		return w.say(uncounted)
	}
	return fmt.Sprint(n)
}

func (w *writer) occasion(r *register.Register, f scrutin.Digest, d *register.Distribution, digest scrutin.Digest, report office.StationReport) {
	w.part(partOccasion)
	scope := general
	if d.Scope == register.Addition {
		scope = addition
	}
	place := report.Constituency
	for _, p := range r.Constituencies {
		if p.ID == report.Constituency {
			place = p.Label
		}
	}
	rows := []minutes.Row{w.row(organisation, r.Organisation), w.row(registerTitle, r.Title),
		w.row(distribution, w.say(occasion, d.Number, d.Title, w.say(scope))), w.row(constituency, place),
		w.row(pollingPlace, fmt.Sprintf("%s (%s)", report.Label, report.Station.ID)), w.row(electors, report.Electors)}
	for i := range d.Rounds {
		opens, closes := d.Hours(i, report.Station.ID)
		rows = append(rows, minutes.Row{Cells: []string{w.say(round, i+1), w.say(hours, w.at(opens), w.at(closes))}})
	}
	w.table(captionPlace, []minutes.Column{w.column(what, 30, false), w.column(value, 70, false)}, append(rows, w.row(rho, f), w.row(delta, digest)))
}

func (w *writer) cards(r office.StationReport) {
	w.part(partCards)
	w.table(captionCounts, []minutes.Column{w.column(what, 75, false), w.column(howMany, 25, true)}, []minutes.Row{
		w.row(received, r.Cards), w.row(counted, w.count(r.Counted)), w.row(activated, r.Activated), w.row(invalidated, r.Invalidated),
		w.row(again, r.Again), w.row(taken, r.Taken), w.row(proxies, r.Proxies), w.row(left, w.count(r.Left)), w.row(checked, r.Checked)})
	w.line(unnamed)
}

func (w *writer) balance(r office.StationReport) {
	w.part(partBalance)
	w.table(captionSum, []minutes.Column{w.column(what, 75, false), w.column(howMany, 25, true)}, []minutes.Row{
		w.row(received, r.Cards), w.row(inHands, r.Cards-r.Rest), w.row(shouldBeLeft, r.Rest), w.row(found, w.count(r.Left))})
	switch {
	case r.Counted < 0:
		w.line(boxMissing)
	case r.Counted != r.Cards:
		w.line(boxWrong, r.Cards)
	}
	switch {
	case r.Left < 0:
		w.line(restMissing, r.Rest)
	case r.Left != r.Rest:
		w.line(restWrong, r.Rest)
	}
	if r.Checked == 0 && r.Rest > 0 {
		w.line(unseen)
	}
	if len(r.Missing) > 0 {
		var rows []minutes.Row
		for _, n := range r.Missing {
			rows = append(rows, minutes.Row{Cells: []string{n.String(), w.say(worthless)}})
		}
		w.table(captionLost, []minutes.Column{w.column(number, 40, false), w.column(state, 60, false)}, rows)
	}
	if r.Agrees() {
		w.line(right)
	}
}

func (w *writer) decided(r office.StationReport) {
	w.part(partDecided)
	wrong := r.Counted >= 0 && r.Counted != r.Cards
	switch {
	case wrong && r.Allowed != "":
		w.line(blocked)
	case wrong:
		w.line(stayed)
	case len(r.Acts) == 0:
		w.line(unneeded)
	}
	var rows []minutes.Row
	for _, a := range r.Acts {
		done := w.say(allowed)
		if n, err := register.ParseNumber(a.Account); err == nil {
			done = w.say(ended, n)
		}
		rows = append(rows, minutes.Row{Cells: []string{done, a.By, a.Reason}})
	}
	if len(rows) > 0 {
		w.table(captionActs, []minutes.Column{w.column(decision, 35, false), w.column(decidedBy, 25, false), w.column(reason, 40, false)}, rows)
	}
}

func (w *writer) signed() {
	w.part(partSigned)
	w.line(observations)
	var rows []minutes.Row
	for _, who := range []phrase{president, assessor, assessor, secretary} {
		rows = append(rows, minutes.Row{Cells: []string{w.say(who), "", ""}})
	}
	w.table(captionSigned, []minutes.Column{w.column(quality, 35, false), w.column(name, 35, false), w.column(signature, 30, false)}, rows)
}
