package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"isoloir/bve/minutes"
	"isoloir/portal/paper"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
)

// makeLists is the command lists.
func makeLists(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o := newOperator(stdout, stderr)
	var file, out, second, language, browser string
	set := o.flags("lists")
	set.StringVar(&file, "config", "", "")
	set.StringVar(&out, "out", "", "")
	set.StringVar(&second, "second", "", "")
	set.StringVar(&language, "language", "fr", "")
	set.StringVar(&browser, "browser", "chromium", "")
	switch err := o.parse(set, args, listsHelp); {
	case err != nil:
		return err
	case set.NArg() > 0:
		return o.usage(oneWordTooMany, set.Arg(0))
	case file == "" || out == "" || second == "" || filepath.Clean(out) == filepath.Clean(second):
		return o.usage(listsNeeds)
	case !slices.Contains(minutes.Languages, language):
		return o.usage(phrase{badLanguage.en, badLanguage.fr}, language)
	}
	if browser != "none" {
		if browser, err = exec.LookPath(browser); err != nil {
			return &exit{exitNoInput, fmt.Errorf("%w (-browser none leaves it out)", paper.ErrBrowser)}
		}
	}
	c, err := config.Read(file)
	if err != nil {
		return o.explain(refused(err))
	}
	lists, err := server.OpenLists(ctx, c)
	if err != nil {
		return o.explain(refused(err))
	}
	defer lists.Shut()
	copies := []string{out, second}
	for _, dir := range copies {
		if err := o.empty(dir); err != nil {
			return err
		}
	}
	var sums strings.Builder
	err = lists.Each(ctx, scrutin.TimeOf(time.Now()), language, func(l *minutes.List) error {
		files, err := drawList(ctx, l, browser)
		if err != nil {
			return err
		}
		for _, f := range files {
			fmt.Fprintf(&sums, "%s  %s\n", scrutin.DigestOf(f.data), f.name)
			if err := twice(copies, f); err != nil {
				return err
			}
		}
		o.say(listMade, strings.TrimSuffix(files[0].name, ".json"), l.Electors, l.Voted, l.Last())
		return nil
	})
	if err != nil {
		return refused(err)
	}
	whole := listed{"SHA256SUMS", []byte(sums.String())} // last: with it all is there
	if err := twice(copies, whole); err != nil {
		return err
	}
	o.say(listsMade, out, second, scrutin.DigestOf(whole.data))
	return nil
}

// A listed is a file of a list.
type listed struct {
	name string
	data []byte
}

// drawList is a list as data, HTML, CSV and, with a browser, PDF.
func drawList(ctx context.Context, l *minutes.List, browser string) ([]listed, error) {
	name := l.Urn
	if l.Station != "" {
		name += "." + l.Station
	}
	text, err := scrutin.Text(l)
	if err != nil {
		return nil, err
	}
	html, err := paper.Draw(&l.Sheets)
	if err != nil {
		return nil, err
	}
	files := []listed{{name + ".json", []byte(text)}, {name + ".html", html}, {name + ".csv", l.CSV()}}
	if browser != "none" {
		pdf, err := paper.Print(ctx, browser, html, len(l.Pages))
		if err != nil {
			return nil, err
		}
		files = append(files, listed{name + ".pdf", pdf})
	}
	return files, nil
}

// twice writes a file to both copies, and reads each back.
func twice(copies []string, f listed) error {
	for _, dir := range copies {
		path := filepath.Join(dir, f.name)
		if err := record.WriteWhole(path, f.data); err != nil {
			return &exit{exitIO, err}
		}
		back, err := os.ReadFile(path)
		if err != nil {
			return &exit{exitIO, err}
		}
		if !bytes.Equal(back, f.data) {
			return &exit{exitIO, fmt.Errorf("%s: what was read back is not what was written: take another medium", path)}
		}
	}
	return nil
}
