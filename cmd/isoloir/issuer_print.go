package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"isoloir/courier"
	"isoloir/courier/bounce"
	"isoloir/courier/letter"
	"isoloir/scrutin/cell"
)

// lettersAtOnce is how many letters one file holds, operatorsOf how many messages an operator needs for a line of its own, and countriesOf
// how many a country needs to be judged by.
const (
	lettersAtOnce = 500
	operatorsOf   = 10
	countriesOf   = 100
)

// letters prints the letters of a kind into files, each once.
func (d *desk) letters() error {
	return d.with(func(t *table) error {
		if err := os.MkdirAll(d.outDir, 0o700); err != nil {
			return &exit{exitCannot, err}
		}
		printed, refused := 0, 0
		for d.ctx.Err() == nil {
			rows, letters, err := t.Letters(d.ctx, courier.Kind(d.kind), lettersAtOnce)
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				break
			}
			n, err := d.print(t, rows, letters)
			if err != nil {
				return err
			}
			printed, refused = printed+n, refused+len(rows)-n
		}
		return errors.Join(d.tell(lettersDone, printed, d.outDir, refused), d.ctx.Err())
	})
}

// print writes one file of letters and its text, and marks them; those that cannot be printed are named and marked as refused.
func (d *desk) print(t *table, rows []courier.Row, letters []courier.Message) (int, error) {
	sender := t.Manifest.Organisation.Label
	wrong, err := letter.Printable(sender, letters)
	if err != nil {
		return 0, err
	}
	var good []courier.Message
	var done, bad []courier.Row
	for i, w := range wrong {
		if w == nil {
			good, done = append(good, letters[i]), append(done, rows[i])
			continue
		}
		bad = append(bad, rows[i])
		p, err := t.Store.Person(d.ctx, rows[i].Urn, rows[i].Elector)
		if err := errors.Join(err, d.tell(unprintable, p.Reference, w)); err != nil {
			return 0, err
		}
	}
	if len(good) > 0 {
		var pdf, text bytes.Buffer
		if err := errors.Join(letter.Write(&pdf, sender, good), letter.WriteText(&text, sender, good)); err != nil {
			return 0, err
		}
		first, last := done[0], done[len(done)-1]
		name := filepath.Join(d.outDir, fmt.Sprintf("%s-%d.%d-%d.%d", d.kind, first.Urn, first.Elector, last.Urn, last.Elector))
		if err := errors.Join(writePrivate(name+".txt", text.Bytes()), writePrivate(name+".pdf", pdf.Bytes())); err != nil {
			return 0, err
		}
	}
	return len(good), errors.Join(t.Printed(d.ctx, done), t.Unprintable(d.ctx, bad))
}

// deliveries counts what came back, and shows what has arrived.
func (d *desk) deliveries() error {
	return d.with(func(t *table) error {
		for _, path := range d.bounces {
			unknown := 0
			n, err := bounce.ReadAll(path, d.stdin, func(r bounce.Report) error {
				known, err := t.Store.Report(d.ctx, r.Name, r.State)
				if !known {
					unknown++
				}
				return err
			})
			if err != nil {
				return &exit{exitNoInput, err}
			}
			if _, err := fmt.Fprintf(d.err, d.words(bounced)+"\n", path, n.Reports-unknown, unknown, n.Others); err != nil {
				return err
			}
		}
		if d.undelivered != "" {
			return d.listUndelivered(t)
		}
		counts, err := t.Store.Counts(d.ctx)
		if err != nil {
			return err
		}
		lines := courier.Table(counts, operatorsOf)
		if d.csv {
			err = courier.WriteCSV(d.out, lines)
		} else {
			err = d.show(lines)
		}
		if err != nil {
			return &exit{exitIO, err}
		}
		asked, err := t.Store.Asked(d.ctx)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(d.err, d.words(renewalsWait)+"\n", asked); err != nil {
			return err
		}
		if below := courier.Below(counts, d.floor, countriesOf); len(below) > 0 {
			var all error
			for _, l := range below {
				all = errors.Join(all, fmt.Errorf(d.words(tooFew), d.words(kindNames[l.Kind]), l.Channel, l.Country, l.Arrived(), d.floor))
			}
			return &exit{exitRefused, all}
		}
		return nil
	})
}

// listUndelivered lists the electors whom a kind of message did not reach.
func (d *desk) listUndelivered(t *table) error {
	people, err := t.Store.Undelivered(d.ctx, courier.Kind(d.undelivered))
	if err != nil {
		return err
	}
	out := csv.NewWriter(d.out)
	if err := out.Write([]string{"reference", "channel", "country"}); err != nil {
		return err
	}
	for _, p := range people {
		if err := out.Write([]string{cell.Shown(p.Reference), string(p.Channel), p.Country}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// show prints the table for people.
func (d *desk) show(lines []courier.Line) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, d.words(tableHead))
	for _, l := range lines {
		country, operator := l.Country, l.Operator
		if country == "" {
			country = "–"
		}
		if operator == "" {
			operator = d.words(otherOperators)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d %%\t\n", d.words(kindNames[l.Kind]), l.Channel, country, operator,
			l.Total(), l.Pending, l.Sent, l.Delivered, l.Bounced, l.Refused, l.Arrived())
	}
	return w.Flush()
}
