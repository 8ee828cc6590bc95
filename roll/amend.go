package roll

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"

	"isoloir/scrutin"
)

// StrikeColumns is the header of the file of those whom an amendment strikes off.
var StrikeColumns = []string{"reference"}

// An Asked is what an amendment of the roll is asked to do.
type Asked struct {
	Manifest *scrutin.Manifest
	Number   int       // of the amendment, from 1
	Add      io.Reader // a roll file of those who are added; nil for nobody
	Strike   io.Reader // CSV with the header StrikeColumns; nil for nobody
}

// Staging reads what is asked and judges it beside the roll: an amendment whose added
// electors have their numbers, drawn at random within their urn, and how many have numbers
// in each urn before; or every mistake, by its file and line. An urn gets nobody or as
// many as the manifest's minimum size.
func (q Asked) Staging(ctx context.Context, store Store, scope Scope) (a Staging, before []int, mistakes []*Mistake, err error) {
	wrong := func(m *Mistake) { mistakes = append(mistakes, m) }
	added, err := q.added(wrong)
	if err != nil {
		return a, nil, nil, err
	}
	struck, err := q.struck(wrong)
	if err != nil {
		return a, nil, nil, err
	}
	a.Amendment = q.Number
	before = make([]int, len(q.Manifest.Urns))
	for n := range before {
		if err := store.Statuses(ctx, scope, uint16(n), func(st Status) error {
			e := st.Elector
			before[n] = max(before[n], int(e.Number)+1)
			if l, there := added[e.Reference]; there {
				wrong(mistake(l.line, "known", e.Reference))
			}
			line, there := struck[e.Reference]
			if !there {
				return nil
			}
			delete(struck, e.Reference)
			switch {
			case st.Struck:
				wrong(mistakeIn(inStrikes, line, "struck", e.Reference))
			case !st.Marked.IsZero():
				wrong(mistakeIn(inStrikes, line, "marked", e.Reference))
			}
			a.Struck = append(a.Struck, Place{e.Urn, e.Number})
			return nil
		}); err != nil {
			return a, nil, nil, err
		}
	}
	for reference, line := range struck {
		wrong(mistakeIn(inStrikes, line, "unknown", reference))
	}
	byUrn := make([][]Elector, len(before))
	for _, reference := range slices.Sorted(maps.Keys(added)) {
		e := added[reference].Elector
		byUrn[e.Urn] = append(byUrn[e.Urn], e)
	}
	for n, electors := range byUrn {
		if k := q.Manifest.MinimumSize; len(electors) > 0 && len(electors) < k {
			wrong(mistake(0, "batch", q.Manifest.Urns[n].ID, len(electors), k))
		}
		for i, number := range draw(len(electors)) {
			electors[i].Number = uint32(before[n]) + number
		}
		a.Added = append(a.Added, electors...)
	}
	if len(a.Added)+len(a.Struck) == 0 && len(mistakes) == 0 {
		wrong(mistake(0, "nothing"))
	}
	a.Sort()
	slices.SortStableFunc(mistakes, func(x, y *Mistake) int {
		if x.file != y.file {
			return int(x.file - y.file)
		}
		return x.Line - y.Line
	})
	return a, before, mistakes, nil
}

// added reads those who are added, by their references.
func (q Asked) added(wrong func(*Mistake)) (map[string]electorLine, error) {
	all := map[string]electorLine{}
	if q.Add == nil {
		return all, nil
	}
	for l, err := range readLines(q.Add, q.Manifest) {
		var m *Mistake
		switch {
		case errors.As(err, &m):
			wrong(m)
		case err != nil:
			return nil, err
		default:
			all[l.Reference] = l
		}
	}
	return all, nil
}

// struck reads the references of those who are struck off, with their lines.
func (q Asked) struck(wrong func(*Mistake)) (map[string]int, error) {
	all := map[string]int{}
	if q.Strike == nil {
		return all, nil
	}
	r := csv.NewReader(q.Strike)
	r.FieldsPerRecord = len(StrikeColumns)
	header, err := r.Read()
	if err != nil || !slices.Equal(header, StrikeColumns) {
		wrong(mistakeIn(inStrikes, 1, "header", StrikeColumns[0]))
		return all, nil
	}
	for {
		record, err := r.Read()
		var form *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case errors.As(err, &form):
			wrong(mistakeIn(inStrikes, form.StartLine, "csv", form.Err))
			continue
		case err != nil:
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if first, twice := all[record[0]]; twice {
			wrong(mistakeIn(inStrikes, line, "twice", record[0], first))
			continue
		}
		all[record[0]] = line
	}
}
