package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/portal/paper"
	"isoloir/record"
	"isoloir/scrutin"
)

// writeMinutes is the command minutes, with its two parts.
func writeMinutes(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	return o.dispatch(ctx, "minutes", minutesHelp, parts{"make": o.makeMinutes, "verify": o.verifyMinutes}, args)
}

// A papers is what both parts read.
type papers struct {
	dir, journal string
}

func (p *papers) flags(set *flag.FlagSet) {
	set.StringVar(&p.dir, "record", "", "")
	set.StringVar(&p.journal, "journal", "", "")
}

// source reads record and journal, which must hold.
func (o *operator) source(p papers) (*minutes.Source, error) {
	r, err := record.Open(p.dir)
	if err != nil {
		return nil, &exit{exitNoInput, err}
	}
	defer r.Close()
	s, err := minutes.Read(r, nil)
	if err != nil {
		return nil, unreadable(err)
	}
	if p.journal == "" {
		return s, nil
	}
	data, err := os.ReadFile(p.journal)
	if err != nil {
		return nil, &exit{exitNoInput, err}
	}
	f, rows, err := journal.Decode(data)
	if err != nil {
		return nil, &exit{exitData, err}
	}
	if f != s.Fingerprint {
		return nil, &exit{exitData, fmt.Errorf(o.words(otherJournal), f, s.Fingerprint)}
	}
	if _, flaws := journal.Verify(s.Manifest, f, rows); len(flaws) > 0 {
		return nil, &exit{exitData, fmt.Errorf(o.words(brokenJournal), flaws[0])}
	}
	if s.Journal, err = journal.EntriesOf(s.Manifest, f, rows); err != nil {
		return nil, &exit{exitData, err}
	}
	return s, nil
}

// unreadable tells a file that is not there from one that does not hold.
func unreadable(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &exit{exitNoInput, err}
	}
	return &exit{exitData, err}
}

func (o *operator) makeMinutes(ctx context.Context, args []string) error {
	var p papers
	var out, language, browser string
	set := o.flags("minutes make")
	p.flags(set)
	set.StringVar(&out, "out", "", "")
	set.StringVar(&language, "language", "fr", "")
	set.StringVar(&browser, "browser", "chromium", "")
	switch err := o.parse(set, args, minutesHelp); {
	case err != nil:
		return err
	case set.NArg() > 0:
		return o.usage(oneWordTooMany, set.Arg(0))
	case p.dir == "" || out == "":
		return o.usage(minutesNeeds)
	case language != "fr" && language != "en":
		return o.usage(phrase{badLanguage.en, badLanguage.fr}, language)
	}
	s, err := o.source(p)
	if err != nil {
		return err
	}
	m, name := (*minutes.Minutes)(nil), minutes.File
	before, annex, err := o.before(out)
	if err != nil {
		return err
	}
	if before == nil {
		m, err = minutes.Make(s, language)
	} else {
		m, err = minutes.MakeAnnex(s, before, annex)
		name = minutes.AnnexFile(annex)
	}
	if err != nil {
		return &exit{exitData, err}
	}
	return o.writePapers(ctx, m, filepath.Join(out, name), browser)
}

// before is what stands in a dossier already: the minutes or their last annex, and the number of the annex that comes next; nil if there are no
// minutes yet.
func (o *operator) before(dir string) (last *minutes.Minutes, annex int, err error) {
	for name := minutes.File; ; name = minutes.AnnexFile(annex) {
		m, err := readMinutes(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			return last, annex, nil
		}
		if err != nil {
			return nil, 0, err
		}
		last, annex = m, annex+1
	}
}

func readMinutes(path string) (*minutes.Minutes, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &exit{exitNoInput, err}
	}
	m, err := scrutin.Parse[minutes.Minutes](string(data))
	if err != nil {
		return nil, &exit{exitData, fmt.Errorf("%s: %w", path, err)}
	}
	return m, nil
}

// writePapers writes data, HTML and, unless browser is "none", PDF, beside one another; nothing that stands there is replaced.
func (o *operator) writePapers(ctx context.Context, m *minutes.Minutes, path, browser string) error {
	text, err := scrutin.Text(m)
	if err != nil {
		return err
	}
	html, err := paper.Draw(&m.Sheets)
	if err != nil {
		return err
	}
	files := map[string][]byte{path: []byte(text), strings.TrimSuffix(path, ".json") + ".html": html}
	if browser != "none" {
		found, err := exec.LookPath(browser)
		if err != nil {
			return &exit{exitNoInput, fmt.Errorf("%w (-browser none leaves it out)", paper.ErrBrowser)}
		}
		pdf, err := paper.Print(ctx, found, html, len(m.Pages))
		if err != nil {
			return &exit{exitInternal, err}
		}
		files[strings.TrimSuffix(path, ".json")+".pdf"] = pdf
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return &exit{exitCannot, err}
	}
	for name := range files {
		if _, err := os.Lstat(name); err == nil {
			return &exit{exitCannot, fmt.Errorf(o.words(paperThere), name)}
		}
	}
	for _, ending := range []string{".html", ".pdf", ".json"} { // the data last: with them all is there
		name := strings.TrimSuffix(path, ".json") + ending
		if data := files[name]; data != nil {
			if err := record.WriteWhole(name, data); err != nil {
				return &exit{exitIO, err}
			}
		}
	}
	o.say(minutesMade, path, len(m.Pages), scrutin.TextDigest(text), m.Last(), m.Journal)
	return nil
}

func (o *operator) verifyMinutes(_ context.Context, args []string) error {
	var p papers
	var dir string
	set := o.flags("minutes verify")
	p.flags(set)
	set.StringVar(&dir, "dossier", "", "")
	if err := o.line(set, args, minutesHelp, func() bool { return p.dir == "" || dir == "" }, minutesVerifies); err != nil {
		return err
	}
	s, err := o.source(p)
	if err != nil {
		return err
	}
	var before *minutes.Minutes
	for annex := 0; ; annex++ {
		name := minutes.File
		if annex > 0 {
			name = minutes.AnnexFile(annex)
		}
		m, err := readMinutes(filepath.Join(dir, name))
		if annex > 0 && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.Verify(m, before); err != nil {
			return &exit{exitRefused, fmt.Errorf("%s: %w", name, err)}
		}
		if err := o.sameDrawing(m, filepath.Join(dir, strings.TrimSuffix(name, ".json")+".html")); err != nil {
			return err
		}
		text, err := scrutin.Text(m)
		if err != nil {
			return err
		}
		o.say(minutesHold, name, len(m.Pages), scrutin.TextDigest(text), m.Last())
		before = m
	}
}

// sameDrawing requires that an HTML file shows the data and nothing else.
func (o *operator) sameDrawing(m *minutes.Minutes, path string) error {
	have, err := os.ReadFile(path)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	want, err := paper.Draw(&m.Sheets)
	if err != nil {
		return err
	}
	if string(have) != string(want) {
		return &exit{exitRefused, fmt.Errorf(o.words(otherDrawing), path)}
	}
	return nil
}
