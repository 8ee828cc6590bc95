package audit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/timestamp"
)

// A Timestamped says which authorities dated a text, and which of the manifest's did
// not: a fact, and no fault.
type Timestamped struct {
	Of      string       `json:"of"` // path of the act, or of the contents
	Given   []GivenStamp `json:"given"`
	Missing []string     `json:"missing"`
}

// A GivenStamp is a timestamp that holds.
type GivenStamp struct {
	Authority string    `json:"authority"`
	Label     string    `json:"label"`
	Time      time.Time `json:"time"`
	Signer    string    `json:"signer"` // the subject of the certificate
	Rooted    bool      `json:"rooted"` // the chain in it ends with a root
}

// checkTimestamps verifies every timestamp of the export.
func (v *verification) checkTimestamps() {
	known := map[string]bool{}
	for _, a := range v.m.Timestamps {
		known[record.ContentsTimestamp(a.ID)] = true
	}
	for _, p := range v.stamps {
		if !known[p] {
			v.refuse(104, "", p, errors.New("the manifest names no such timestamp authority"))
		}
	}
	seen := map[string]string{}
	var contents scrutin.Window
	sealed := len(v.m.Timestamps) == 0
	for i, a := range v.acts {
		if !scrutin.Timestamped(a.Type) {
			continue
		}
		path, window := record.Act(a.Seq, a.Type), scrutin.TimestampWindow(v.acts, a)
		given := v.timestamps(path, v.actTexts[i], window, seen, func(authority string) (string, bool) {
			p := record.Timestamp(a.Seq, a.Type, authority)
			_, there := v.found[p]
			return p, there
		})
		sealed = sealed || a.Type == scrutin.ActSeal && len(given) > 0
		contents.From = later(contents.From, window.From)
		for _, g := range given {
			contents.From = later(contents.From, g.Time.Add(-scrutin.TimestampTolerance))
		}
	}
	v.timestamps(record.Contents, v.texts[record.Contents], contents, seen, func(authority string) (string, bool) {
		p := record.ContentsTimestamp(authority)
		return p, slices.Contains(v.stamps, p)
	})
	if !sealed {
		v.enter(1304, "", errors.New("no timestamp stands over the act that sealed the urns"))
	}
	for number := 1301; number <= 1305; number++ {
		v.enter(number, "", nil)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// timestamps verifies those over one text, and returns those that hold.
func (v *verification) timestamps(of string, text scrutin.Digest, window scrutin.Window, seen map[string]string, at func(authority string) (path string, there bool)) []GivenStamp {
	if len(v.m.Timestamps) == 0 {
		return nil
	}
	out := Timestamped{Of: of, Given: []GivenStamp{}, Missing: []string{}}
	for i := range v.m.Timestamps {
		authority := &v.m.Timestamps[i]
		path, there := at(authority.ID)
		if !there {
			out.Missing = append(out.Missing, authority.ID)
			continue
		}
		v.figures.expect(figTimestamps, 1)
		if token := v.timestamp(path, text, authority, window, seen); token != nil {
			out.Given = append(out.Given, GivenStamp{authority.ID, authority.Label, token.Time, token.Certificates[0].Subject.String(), token.Rooted()})
		}
	}
	v.out.Timestamps = append(v.out.Timestamps, out)
	return out.Given
}

// timestamp is the one at path, if it holds.
func (v *verification) timestamp(path string, text scrutin.Digest, authority *scrutin.Authority, window scrutin.Window, seen map[string]string) *timestamp.Token {
	data, err := v.read(path, timestamp.MaxSize)
	if err != nil {
		v.enter(1301, "", err)
		return nil
	}
	token, err := timestamp.Parse(data)
	if err != nil {
		v.refuse(1301, "", path, err)
		return nil
	}
	v.figures.add(figTimestamps, 1)
	var named [][32]byte
	for _, c := range authority.Certificates(v.acts) {
		named = append(named, c)
	}
	failed := false
	for number, err := range map[int]error{1301: token.By(named...), 1302: token.Over(text), 1303: inWindow(window, token.Time), 1305: alone(token, path, seen)} {
		if err != nil && v.refuse(number, "", path, err) {
			failed = true
		}
	}
	if failed {
		return nil
	}
	return token
}

func inWindow(w scrutin.Window, at time.Time) error {
	if w.Holds(at) {
		return nil
	}
	until := "no end"
	if !w.Until.IsZero() {
		until = w.Until.UTC().Format(time.RFC3339)
	}
	return fmt.Errorf("it is of %s, expected from %s to %s", at.Format(time.RFC3339Nano), w.From.UTC().Format(time.RFC3339), until)
}

// alone says whether the timestamp has a nonce, and neither nonce nor number of
// another one.
func alone(t *timestamp.Token, path string, seen map[string]string) error {
	if t.Nonce == nil {
		return errors.New("it has no nonce")
	}
	for _, name := range []string{fmt.Sprintf("nonce %v", t.Nonce), fmt.Sprintf("serial number %v of %x", t.Serial, t.Certificate())} {
		if other, twice := seen[name]; twice {
			return fmt.Errorf("it has the %s, as %s has", name, other)
		}
		seen[name] = path
	}
	return nil
}

// writeTimestamps says which text is dated by whom.
func (r *Report) writeTimestamps(b *strings.Builder, lang Language) {
	if len(r.Timestamps) == 0 {
		return
	}
	title, none, missing := "Timestamps", "none", "missing"
	if lang == French {
		title, none, missing = "Horodatages", "aucun", "manque"
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, t := range r.Timestamps {
		var said []string
		for _, g := range t.Given {
			said = append(said, fmt.Sprintf("%s (%s)", g.Time.Format(time.RFC3339Nano), printable(g.Authority)))
		}
		if len(said) == 0 {
			said = append(said, none)
		}
		for _, id := range t.Missing {
			said = append(said, missing+": "+printable(id))
		}
		fmt.Fprintf(b, "  %-35s %s\n", printable(t.Of), strings.Join(said, ", "))
	}
}
