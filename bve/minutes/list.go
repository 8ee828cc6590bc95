package minutes

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"isoloir/scrutin"
	"isoloir/scrutin/cell"
)

// A List is the list of émargement of an urn, or of one of its polling stations: who is registered there, and who has voted by Internet
// (décret 2009-525, art. 6, 20 and 21). It comes from the roll, after the close, and says neither when somebody voted nor by which number the
// protocol knows him.
type List struct {
	scrutin.OpenHead
	Urn     string `json:"urn" validate:"name"`
	Station string `json:"station" validate:"omitempty,name"`
	// At is when it was extracted.
	At       scrutin.Time `json:"at" validate:"required"`
	Electors int          `json:"electors" validate:"min=0"`
	Voted    int          `json:"voted" validate:"min=0"`
	Sheets
}

// Kind implements scrutin.Record.
func (*List) Kind() string { return scrutin.Version + "/list" }

// Check implements the check of a record.
func (l *List) Check() error {
	if !l.Previous.IsZero() {
		return errors.New("a list goes on from nothing")
	}
	rows, voted := 0, 0
	for _, p := range l.Pages {
		for _, b := range p.Blocks {
			for _, r := range b.Rows {
				if len(r.Cells) != 5 {
					return fmt.Errorf("a row of %d cells stands in a list, where each elector has 5", len(r.Cells))
				}
				if rows++; r.Cells[4] != "" {
					voted++
				}
			}
		}
	}
	if rows != l.Electors || voted != l.Voted {
		return fmt.Errorf("%d electors of whom %d voted stand in the pages, and %d and %d in the totals", rows, voted, l.Electors, l.Voted)
	}
	return l.check(l.Manifest)
}

// An Elector is as the list shows him, in the list's order.
type Elector struct {
	Family, Given string
	Born          scrutin.Date
	Voted         bool
}

// listLines is how many lines the electors of a page take, beside what stands above and below them.
const listLines = pageLines - titleLines - 12

// MakeList writes the list of an urn, or of a station where one is named, from electors in alphabetical order.
func MakeList(m *scrutin.Manifest, f, o scrutin.Digest, urn, station string, at scrutin.Time, language string, electors iter.Seq2[Elector, error]) (*List, error) {
	w, err := newWords(language, m.Schedule.Zone)
	if err != nil {
		return nil, err
	}
	u, known := m.Urn(urn)
	if !known {
		return nil, fmt.Errorf("the manifest has no urn %q", urn)
	}
	name := u.Label
	for _, s := range m.Stations {
		if s.ID == station {
			name += " – " + s.Label
		}
	}
	l := &List{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: f}, Opening: o}, Urn: urn, Station: station, At: at,
		Sheets: Sheets{Language: language, Title: w.say("list.title", map[string]any{"Place": name, "Title": m.Scrutin.Title})}}
	l.Record = l.Kind()
	b := &sheet{words: w}
	columns := []Column{{"column.order", 9, true}, {"column.family", 29, false}, {"column.given", 27, false}, {"column.born", 15, false}, {"column.voted", 20, false}}
	var rows [][]string
	lines := 0
	turn := func() {
		onPage := 0
		for _, r := range rows {
			if r[4] != "" {
				onPage++
			}
		}
		b.table("list", columns, rows)
		b.say("list.page", "Electors", len(rows), "Voted", onPage)
		l.Pages = append(l.Pages, Page{Blocks: b.blocks})
		b.blocks, rows, lines = nil, nil, 0
	}
	b.say("list.head", "Time", w.at(at), "Opening", o.String())
	for e, err := range electors {
		if err != nil {
			return nil, err
		}
		l.Electors++
		mark := ""
		if e.Voted {
			l.Voted++
			mark = w.say("list.voted", nil)
		}
		row := []string{fmt.Sprint(l.Electors), e.Family, e.Given, string(e.Born), mark}
		need := rowLines(columns, Row{row})
		if lines+need > listLines {
			turn()
		}
		rows, lines = append(rows, row), lines+need
	}
	turn()
	last := &l.Pages[len(l.Pages)-1]
	b.say("list.total", "Electors", l.Electors, "Voted", l.Voted)
	last.Blocks = append(last.Blocks, b.blocks...)
	if w.missing != nil {
		return nil, w.missing
	}
	return l, l.number(f)
}

// CSV is the list as RFC 4180 has it, with line feeds: order, family name, given names, date of birth, and the mention of who has voted; a name that a
// spreadsheet would compute stands behind an apostrophe (package cell). A last line has the totals.
func (l *List) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"order", "family_name", "given_names", "birth_date", "voted"})
	for _, p := range l.Pages {
		for _, block := range p.Blocks {
			for _, r := range block.Rows {
				row := make([]string, len(r.Cells))
				for i, c := range r.Cells {
					row[i] = cell.Shown(c)
				}
				w.Write(row)
			}
		}
	}
	w.Write([]string{"total", "", "", strconv.Itoa(l.Electors), strconv.Itoa(l.Voted)})
	w.Flush()
	return b.Bytes()
}
