package main

import (
	"io"
	"maps"
	"path/filepath"
	"slices"

	"isoloir/privacy"
	"isoloir/record"
)

// drawPrivacy is the command privacy.
func drawPrivacy(args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	var file, out string
	set := o.flags("privacy")
	set.StringVar(&file, "manifest", "", "")
	set.StringVar(&out, "out", "", "")
	if err := o.parse(set, args, privacyHelp); err != nil {
		return err
	}
	switch {
	case set.NArg() > 0:
		return o.usage(oneWordTooMany, set.Arg(0))
	case file == "" || out == "":
		return o.usage(privacyNeeds)
	}
	m, f, err := o.readManifest(file)
	if err != nil {
		return err
	}
	pages, err := privacy.Make(m, f, o.lang)
	if err != nil {
		return err
	}
	if err := o.empty(out); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		path := filepath.Join(out, privacy.Files[name])
		if err := record.WriteWhole(path, pages[name]); err != nil {
			return &exit{exitIO, err}
		}
		o.say(privacyDrawn, path)
	}
	return nil
}
