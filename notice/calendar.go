package notice

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// lineOctets is how long a line of a calendar is at most, without its end (RFC 5545, 3.1).
const lineOctets = 75

// Calendar is the calendar of events (RFC 5545), in the order given: an entry for each, from
// its opening to its end. host is the name under which their identifiers are unique. The
// same events give the same bytes.
func Calendar(host, title string, events []Event) []byte {
	var c calendar
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//isoloir//notice//FR")
	c.line("CALSCALE", "GREGORIAN")
	c.text("X-WR-CALNAME", title)
	for _, e := range events {
		c.line("BEGIN", "VEVENT")
		c.line("UID", e.ID+"@"+host)
		c.line("DTSTAMP", instant(e.Updated))
		c.line("DTSTART", instant(e.Opens))
		c.line("DTEND", instant(e.Closes))
		c.text("SUMMARY", e.Title)
		c.line("URL", e.URL)
		c.line("TRANSP", "TRANSPARENT")
		c.line("END", "VEVENT")
	}
	c.line("END", "VCALENDAR")
	return []byte(c.String())
}

func instant(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

type calendar struct{ strings.Builder }

var escaped = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

func (c *calendar) text(name, value string) { c.line(name, escaped.Replace(value)) }

// line writes a content line, folded between characters.
func (c *calendar) line(name, value string) {
	used := 0
	for _, r := range name + ":" + value {
		n := utf8.RuneLen(r)
		if used+n > lineOctets {
			c.WriteString("\r\n ")
			used = 1
		}
		c.WriteRune(r)
		used += n
	}
	c.WriteString("\r\n")
}

type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"xml:lang,attr"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  author   `xml:"author"`
	Self    link     `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type author struct {
	Name string `xml:"name"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type entry struct {
	ID      string `xml:"id"`
	Title   string `xml:"title"`
	Updated string `xml:"updated"`
	Link    link   `xml:"link"`
	Summary string `xml:"summary"`
}

// Feed is the Atom feed of events (RFC 4287), the one changed last at the head. self is its
// own address, which names it too; summary says of an event when it is open.
func Feed(self, title, organisation, language string, events []Event, summary func(Event) string) ([]byte, error) {
	f := feed{Lang: language, ID: self, Title: title, Author: author{organisation}, Self: link{"self", self}}
	latest := time.Unix(0, 0)
	for _, e := range events {
		if e.Updated.After(latest) {
			latest = e.Updated
		}
		f.Entries = append(f.Entries, entry{ID: e.URL, Title: e.Title, Updated: e.Updated.UTC().Format(time.RFC3339), Link: link{"alternate", e.URL}, Summary: summary(e)})
	}
	f.Updated = latest.UTC().Format(time.RFC3339)
	text, err := xml.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}
