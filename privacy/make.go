package privacy

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"isoloir/bve/minutes"
	"isoloir/portal/paper"
	"isoloir/scrutin"
)

//go:embed texts.yaml
var texts []byte

// Languages are those that documents can be drawn in.
var Languages = []string{"fr", "en"}

// Files are the documents, by the names of their files.
var Files = map[string]string{"register": "register.html", "impact": "impact.html", "retention": "retention.html"}

// Make draws the three documents of a scrutin, each an HTML page that stands by itself, by its name in Files. The same manifest gives the same
// bytes.
func Make(m *scrutin.Manifest, f scrutin.Digest, language string) (map[string][]byte, error) {
	d, err := Describe()
	if err != nil {
		return nil, err
	}
	all := map[string]Text{}
	if err := yaml.Unmarshal(texts, &all); err != nil {
		return nil, fmt.Errorf("texts.yaml: %w", err)
	}
	zone, err := time.LoadLocation(m.Schedule.Zone)
	if err != nil {
		return nil, err
	}
	drawn := map[string][]byte{}
	for name, draw := range map[string]func(*document){"register": (*document).register, "impact": (*document).impact, "retention": (*document).retention} {
		p := &document{Description: d, manifest: m, language: language, texts: all, zone: zone}
		p.line("lead", m.Scrutin.Title, m.Organisation.Label, f)
		p.line("made")
		draw(p)
		html, err := paper.Leaflet(language, p.say("title."+name)+" – "+m.Scrutin.Title, p.blocks)
		if err := errors.Join(err, p.missing); err != nil {
			return nil, err
		}
		drawn[name] = html
	}
	return drawn, nil
}

// A document is being written.
type document struct {
	*Description
	manifest *scrutin.Manifest
	language string
	texts    map[string]Text
	zone     *time.Location
	blocks   []minutes.Block
	missing  error
}

// say is a sentence in the document's language.
func (p *document) say(key string, args ...any) string {
	text := p.texts[key].in(p.language)
	if text == "" && p.missing == nil {
		p.missing = fmt.Errorf("texts.yaml does not say %s", key)
	}
	if len(args) > 0 {
		return fmt.Sprintf(text, args...)
	}
	return text
}

func (p *document) put(kind, text string) {
	p.blocks = append(p.blocks, minutes.Block{Kind: kind, Text: []string{text}})
}

func (p *document) line(key string, args ...any) { p.put(minutes.Paragraph, p.say(key, args...)) }
func (p *document) head(key string)              { p.put(minutes.Heading, p.say(key)) }

// toComplete are lines that only the controller can fill in.
func (p *document) toComplete(keys ...string) {
	p.head("open")
	for _, key := range keys {
		p.line("open.line", p.say(key))
	}
}

// table begins a table: its caption, and for each column the key of its title and its part of the width in percent.
func (p *document) table(caption string, columns ...any) *minutes.Block {
	b := minutes.Block{Kind: minutes.Table, Text: []string{caption}}
	for i := 0; i < len(columns); i += 2 {
		b.Columns = append(b.Columns, minutes.Column{Title: p.say(columns[i].(string)), Width: columns[i+1].(int)})
	}
	p.blocks = append(p.blocks, b)
	return &p.blocks[len(p.blocks)-1]
}

func row(b *minutes.Block, cells ...string) { b.Rows = append(b.Rows, minutes.Row{Cells: cells}) }

// until says how long something lives: a short time, or by a class of what is kept under seal.
func (p *document) until(name string) string {
	if short, ok := p.Short[name]; ok {
		return short.in(p.language)
	}
	if c, _ := retained(name); c.Kept {
		return p.say("until.kept", name)
	}
	return p.say("until.sealed", name)
}

// at is an instant in the scrutin's legal time.
func (p *document) at(t time.Time) string { return t.In(p.zone).Format("2006-01-02 15:04") }

// factors are how a college's electors are asked who they are.
func (p *document) factors(c scrutin.College) string {
	var all []string
	for _, f := range c.Factors {
		all = append(all, p.say("factor."+f.Kind)+" ("+p.say("channel."+f.Channel)+")")
	}
	if c.Validation.Kind != "none" {
		all = append(all, p.say("factor."+c.Validation.Kind)+" ("+p.say("channel."+c.Validation.Channel)+")")
	}
	return strings.Join(all, ", ")
}
