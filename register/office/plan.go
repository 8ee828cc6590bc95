package office

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"isoloir/register"
	"isoloir/scrutin"
)

// StationColumns are those of the file that names stations, in their order.
var StationColumns = []string{"station", "label", "constituency", "electors"}

// A Plan is a distribution before its cards are shared out.
type Plan struct {
	Title  string
	Scope  string
	Rounds []register.Round
}

// Distribution makes the next distribution of a register from the file of its stations
// (CSV as in RFC 4180, UTF-8): the cards of a constituency are as many as the electors of
// its stations together. Every mistake is named with its line.
func (d *Office) Distribution(p Plan, stations io.Reader) (*register.Distribution, error) {
	out := &register.Distribution{Record: scrutin.Version + "/distribution", Register: d.Service.Rho, Number: d.Service.Next(),
		Title: p.Title, Scope: p.Scope, Rounds: p.Rounds}
	in := csv.NewReader(stations)
	header, err := in.Read()
	if err != nil || !slices.Equal(header, StationColumns) {
		return nil, fmt.Errorf("%w: line 1: it must be station,label,constituency,electors", register.ErrInvalid)
	}
	var wrong []error
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", register.ErrInvalid, err)
		}
		line, _ := in.FieldPos(0)
		electors, err := strconv.Atoi(fields[3])
		if err != nil || strconv.Itoa(electors) != fields[3] || electors < 0 || electors > register.MaxCards {
			wrong = append(wrong, fmt.Errorf("%w: line %d: %q is no number of electors", register.ErrInvalid, line, fields[3]))
		}
		if !utf8.ValidString(fields[1]) {
			wrong = append(wrong, fmt.Errorf("%w: line %d: write the file in UTF-8", register.ErrInvalid, line))
		}
		out.Stations = append(out.Stations, register.Station{ID: fields[0], Label: fields[1], Constituency: fields[2], Electors: electors})
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	share(out)
	return out, out.Validate(d.Service.Register, d.Service.Rho)
}

// share gives every constituency as many cards as it has electors, over its stations.
func share(d *register.Distribution) {
	of := map[string][]int{} // the places of its stations
	var names []string
	for i, s := range d.Stations {
		if of[s.Constituency] == nil {
			names = append(names, s.Constituency)
		}
		of[s.Constituency] = append(of[s.Constituency], i)
	}
	for _, name := range names {
		electors, sum := make([]int, len(of[name])), 0
		for i, at := range of[name] {
			electors[i] = d.Stations[at].Electors
			sum += electors[i]
		}
		for i, cards := range register.Share(sum, electors) {
			d.Stations[of[name][i]].Cards = cards
		}
		d.Constituencies = append(d.Constituencies, register.Electorate{ID: name, Electors: sum})
	}
}
