package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/bve/prepare"
	"isoloir/record"
	"isoloir/scrutin"
)

// prepareScrutin is the command prepare.
func prepareScrutin(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	var template, from, out, pages string
	set := o.flags("prepare")
	set.StringVar(&template, "template", "", "")
	set.StringVar(&from, "from", "", "")
	set.StringVar(&out, "out", "", "")
	set.StringVar(&pages, "pages", "", "")
	switch err := o.parse(set, args, prepareHelp); {
	case err != nil:
		return err
	case set.NArg() > 0:
		return o.usage(oneWordTooMany, set.Arg(0))
	case pages != "" && (from == "" || out != ""), out == "" && template != "" || (template == "") == (from == ""):
		return o.usage(prepareNeeds)
	case template != "":
		return o.begin(template, out)
	case pages != "":
		return o.pages(ctx, from, pages)
	}
	if _, err := os.Stat(filepath.Join(from, prepare.File)); err != nil {
		return &exit{exitNoInput, err}
	}
	p, err := prepare.Read(os.DirFS(from))
	if err != nil {
		return o.unprepared(err)
	}
	if out != "" {
		if err := o.layOut(p, from, out); err != nil {
			return err
		}
	}
	o.say(prepared, p.Manifest.Scrutin.Title, len(p.Manifest.Urns), len(p.Manifest.Questions), len(p.Documents), p.Fingerprint)
	if p.Draw != nil {
		o.say(drawnOrder, p.Draw.Date, p.Draw.Words, p.Draw.Minutes())
	}
	if out == "" {
		o.say(nothingWritten)
	}
	return nil
}

// begin writes a folder to begin with.
func (o *operator) begin(template, out string) error {
	files, err := prepare.Skeleton(template)
	if err != nil {
		return &exit{exitUsage, err}
	}
	if err := o.empty(out); err != nil {
		return err
	}
	for _, dir := range []string{prepare.Documents, prepare.Keys} {
		if err := os.MkdirAll(filepath.Join(out, dir), 0o755); err != nil {
			return &exit{exitCannot, err}
		}
	}
	for name, text := range files {
		if err := record.WriteWhole(filepath.Join(out, name), []byte(text)); err != nil {
			return &exit{exitIO, err}
		}
	}
	o.say(begun, out)
	return nil
}

// empty makes a directory that does not exist or is empty.
func (o *operator) empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return &exit{exitCannot, fmt.Errorf(o.words(notEmpty), dir)}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &exit{exitCannot, err}
	}
	return nil
}

// layOut writes the manifest with the documents.
func (o *operator) layOut(p *prepare.Prepared, from, out string) error {
	err := p.Write(os.DirFS(from), out)
	var path *fs.PathError
	switch {
	case errors.Is(err, prepare.ErrTaken):
		return &exit{exitCannot, fmt.Errorf(o.words(notEmpty), out)}
	case errors.Is(err, prepare.ErrChanged):
		return &exit{exitData, fmt.Errorf(o.words(changedMeanwhile), from)}
	case errors.As(err, &path) && path.Op == "mkdir":
		return &exit{exitCannot, err}
	case err != nil:
		return &exit{exitIO, err}
	}
	return nil
}

// unprepared says every mistake of a folder.
func (o *operator) unprepared(err error) error {
	var problems scrutin.Problems
	if errors.As(err, &problems) {
		fmt.Fprintln(o.err, problems.Sentences(o.lang))
		return &exit{exitData, fmt.Errorf(o.words(fileMistakes), len(problems))}
	}
	var mistakes prepare.Mistakes
	if errors.As(err, &mistakes) {
		fmt.Fprintln(o.err, mistakes.Sentences(o.lang))
		return &exit{exitData, fmt.Errorf(o.words(fileMistakes), len(mistakes))}
	}
	return &exit{exitData, err}
}
