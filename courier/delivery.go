package courier

import (
	"cmp"
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"isoloir/scrutin/cell"
)

// A Count is how many messages of a kind, by a channel, through an operator, to a
// country, stand where. Country is ISO 3166-1 alpha-2, or empty.
type Count struct {
	Kind     Kind
	Channel  Channel
	Operator string
	Country  string
	State    State
	Number   int
}

// Operator is who brings a message to an address: the domain of an e-mail address,
// the first five digits of a telephone number, nobody for a letter.
func Operator(channel Channel, address string) string {
	switch channel {
	case Email:
		return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	case SMS:
		return address[:min(6, len(address))]
	}
	return ""
}

// A Line is a line of the delivery table. A message is counted in one of the last
// five columns.
type Line struct {
	Kind      Kind
	Channel   Channel
	Operator  string // of few messages: empty
	Country   string
	Pending   int
	Sent      int // accepted, and no word since
	Delivered int
	Bounced   int
	Refused   int
}

// Total is how many messages the line counts.
func (l Line) Total() int { return l.Pending + l.Sent + l.Delivered + l.Bounced + l.Refused }

// Arrived is the part of them, in percent rounded down, that a carrier accepted and
// of which it did not say later that it failed: what is known of what reached
// people, from above.
func (l Line) Arrived() int {
	if l.Total() == 0 {
		return 100
	}
	return 100 * (l.Sent + l.Delivered) / l.Total()
}

// Table is the delivery table: lines by kind, channel, country and operator, the
// kinds in their order. Operators of fewer than few messages are counted together
// as none, so that a line is about no single person. Superseded messages do not
// count.
func Table(counts []Count, few int) []Line {
	type place struct {
		kind     Kind
		channel  Channel
		country  string
		operator string
	}
	sizes, lines := map[place]int{}, map[place]*Line{}
	at := func(c Count) place { return place{c.Kind, c.Channel, c.Country, c.Operator} }
	for _, c := range counts {
		sizes[at(c)] += c.Number
	}
	for _, c := range counts {
		p := at(c)
		if c.State == Superseded {
			continue
		}
		if sizes[p] < few {
			p.operator = ""
		}
		l := lines[p]
		if l == nil {
			l = &Line{Kind: p.kind, Channel: p.channel, Operator: p.operator, Country: p.country}
			lines[p] = l
		}
		l.add(c.State, c.Number)
	}
	return slices.SortedFunc(func(yield func(Line) bool) {
		for l := range maps.Values(lines) {
			if !yield(*l) {
				return
			}
		}
	}, func(a, b Line) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), cmp.Compare(a.Channel, b.Channel),
			cmp.Compare(a.Country, b.Country), cmp.Compare(a.Operator, b.Operator))
	})
}

func (l *Line) add(state State, n int) {
	switch state {
	case Pending:
		l.Pending += n
	case Sent:
		l.Sent += n
	case Delivered:
		l.Delivered += n
	case Bounced:
		l.Bounced += n
	case Refused:
		l.Refused += n
	}
}

// Below gives the lines, by kind, channel and country, of at least size messages of
// which less than percent have arrived.
func Below(counts []Count, percent, size int) (below []Line) {
	countries := make([]Count, len(counts))
	for i, c := range counts {
		c.Operator = ""
		countries[i] = c
	}
	for _, l := range Table(countries, 1) {
		if l.Total() >= size && l.Arrived() < percent {
			below = append(below, l)
		}
	}
	return below
}

// WriteCSV writes lines with a header, as in RFC 4180 with line feeds; an operator that a spreadsheet would compute stands behind an apostrophe.
func WriteCSV(w io.Writer, lines []Line) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"kind", "channel", "country", "operator", "total", "pending", "sent", "delivered", "bounced", "refused", "arrived_percent"}); err != nil {
		return err
	}
	for _, l := range lines {
		row := []string{string(l.Kind), string(l.Channel), l.Country, cell.Shown(l.Operator)}
		for _, n := range []int{l.Total(), l.Pending, l.Sent, l.Delivered, l.Bounced, l.Refused, l.Arrived()} {
			row = append(row, strconv.Itoa(n))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
