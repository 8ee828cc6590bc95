package minutes

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"isoloir/scrutin"
)

// How much a page holds, as it is drawn in portal/minutes: lines of a sheet of A4 paper, and characters of a line.
const (
	pageLines  = 47
	titleLines = 4 // of the first page
	lineWidth  = 92
)

// A sheet is the minutes being written.
type sheet struct {
	words  *words
	blocks []Block
}

func (s *sheet) part(number int, key string) {
	s.blocks = append(s.blocks, Block{Kind: Part, Text: []string{fmt.Sprint(number), s.words.say(key, nil)}, Columns: []Column{}, Rows: []Row{}})
}

func (s *sheet) heading(key string, values ...any) {
	s.blocks = append(s.blocks, Block{Kind: Heading, Text: []string{s.words.say(key, pairs(values))}, Columns: []Column{}, Rows: []Row{}})
}

func (s *sheet) say(key string, values ...any) { s.line(s.words.say(key, pairs(values))) }

// line writes what somebody else has written.
func (s *sheet) line(text string) {
	s.blocks = append(s.blocks, Block{Kind: Paragraph, Text: []string{text}, Columns: []Column{}, Rows: []Row{}})
}

// table writes a table, or, where there are no rows, the sentence of key + ".none".
func (s *sheet) table(key string, columns []Column, rows [][]string) {
	if len(rows) == 0 {
		s.say(key + ".none")
		return
	}
	b := Block{Kind: Table, Text: []string{s.words.say(key, nil)}, Columns: make([]Column, len(columns))}
	for i, c := range columns {
		b.Columns[i] = Column{s.words.say(c.Title, nil), c.Width, c.Number}
	}
	for _, r := range rows {
		b.Rows = append(b.Rows, Row{r})
	}
	s.blocks = append(s.blocks, b)
}

// facts writes a table of two columns without titles of their own: what it is, and its value.
func (s *sheet) facts(key string, rows [][]string) {
	for i := range rows {
		rows[i][0] = s.words.say(rows[i][0], nil)
	}
	s.table(key, []Column{{"column.what", 30, false}, {"column.value", 70, false}}, rows)
}

// pairs reads names and values by turns.
func pairs(values []any) map[string]any {
	m := make(map[string]any, len(values)/2)
	for i := 0; i+1 < len(values); i += 2 {
		m[values[i].(string)] = values[i+1]
	}
	return m
}

// pages divides the blocks among pages: each part begins where there is room for its heading and something below it, tables go on with their
// caption and titles, and no heading stands last on its page.
func (s *sheet) pages() []Page {
	var pages []Page
	var page []Block
	left := pageLines - titleLines
	turn := func() {
		if len(page) > 0 {
			pages = append(pages, Page{Blocks: page})
		}
		page, left = nil, pageLines
	}
	for i, b := range s.blocks {
		if b.Kind == Table {
			for rows := b.Rows; len(rows) > 0; {
				head := headLines(b)
				if left < head+rowLines(b.Columns, rows[0]) {
					turn()
				}
				part := b
				part.Rows = nil
				left -= head
				for len(rows) > 0 && (len(part.Rows) == 0 || rowLines(b.Columns, rows[0]) <= left) {
					left -= rowLines(b.Columns, rows[0])
					part.Rows, rows = append(part.Rows, rows[0]), rows[1:]
				}
				page = append(page, part)
				if len(rows) > 0 {
					turn()
				}
			}
			continue
		}
		need := blockLines(b)
		if b.Kind != Paragraph && i+1 < len(s.blocks) {
			need += firstLines(s.blocks[i+1])
			if b.Kind == Part && s.blocks[i+1].Kind == Heading && i+2 < len(s.blocks) {
				need += firstLines(s.blocks[i+2])
			}
		}
		if left < need {
			turn()
		}
		page = append(page, b)
		left -= blockLines(b)
	}
	turn()
	return pages
}

func blockLines(b Block) int {
	switch b.Kind {
	case Part:
		return 3
	case Heading:
		return 2
	}
	return wrapped(b.Text[0], lineWidth) + 1
}

// firstLines is what the beginning of a block needs.
func firstLines(b Block) int {
	if b.Kind == Table {
		return headLines(b) + rowLines(b.Columns, b.Rows[0])
	}
	return blockLines(b)
}

func headLines(b Block) int {
	titles := make([]string, len(b.Columns))
	for i, c := range b.Columns {
		titles[i] = c.Title
	}
	return 2 + wrapped(b.Text[0], lineWidth) + rowLines(b.Columns, Row{titles})
}

func rowLines(columns []Column, r Row) int {
	most := 1
	for i, cell := range r.Cells {
		most = max(most, wrapped(cell, max(4, columns[i].Width*lineWidth/100-3)))
	}
	return most
}

// wrapped is how many lines a text takes, words being kept whole where they fit.
func wrapped(text string, width int) int {
	lines, used := 1, 0
	for word := range strings.SplitSeq(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case used > 0 && used+1+n <= width:
			used += 1 + n
			continue
		case used > 0:
			lines++
		}
		lines += (max(n, 1) - 1) / width
		used = (max(n, 1)-1)%width + 1
	}
	return lines
}

// short is the beginning of a digest, enough to compare aloud.
func short(d scrutin.Digest) string { return d.String()[:16] }
