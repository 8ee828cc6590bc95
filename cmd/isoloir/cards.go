package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"isoloir/register"
	"isoloir/register/cards"
	"isoloir/scrutin"
)

// makeCards is the command cards.
func makeCards(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	if len(args) == 0 || args[0] != "make" {
		if len(args) > 0 && (args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help") {
			fmt.Fprint(stdout, o.words(cardsHelp))
			return nil
		}
		return o.usage(cardsSay)
	}
	var path, distribution, out string
	var split bool
	set := o.flags("cards make")
	set.StringVar(&path, "register", "", "")
	set.StringVar(&distribution, "distribution", "", "")
	set.StringVar(&out, "out", "", "")
	set.BoolVar(&split, "split", false, "")
	switch err := o.parse(set, args[1:], cardsHelp); {
	case err != nil:
		return err
	case set.NArg() > 0:
		return o.usage(oneWordTooMany, set.Arg(0))
	case path == "" || distribution == "" || out == "":
		return o.usage(cardsNeeds)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	plan, err := os.ReadFile(distribution)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	r, rho, err := register.ParseRegister(text)
	if err != nil {
		return registerRefused(err)
	}
	d, delta, err := register.ParseDistribution(plan, r, rho)
	if err != nil {
		return registerRefused(err)
	}
	if err := os.Mkdir(out, 0o700); err != nil {
		return &exit{exitCannot, err}
	}
	run := &cards.Run{Register: r, Rho: rho, Distribution: d}
	var all []register.Card
	for _, s := range d.Stations {
		if err := ctx.Err(); err != nil {
			return err
		}
		box, made, err := run.Draw(s)
		if err != nil {
			return err
		}
		if err := writeBox(out, d.Title, box, split); err != nil {
			return err
		}
		all = append(all, made...)
		o.say(boxMade, s.ID, len(box.Prints))
	}
	var list bytes.Buffer
	if err := cards.WriteList(&list, rho, delta, all); err != nil {
		return err
	}
	if err := writeNew(filepath.Join(out, "cards.list"), list.Bytes()); err != nil {
		return err
	}
	o.say(cardsMade, len(all), filepath.Join(out, "cards.list"), scrutin.DigestOf(list.Bytes()))
	return nil
}

// writeBox writes what is printed for a station, and what is counted there.
func writeBox(out, title string, box cards.Box, split bool) error {
	parts := map[string]cards.Part{"boxes": cards.Whole}
	if split {
		parts = map[string]cards.Part{"boxes": cards.WithoutCode, "labels": cards.CodeAlone}
	}
	for folder, part := range parts {
		if err := os.MkdirAll(filepath.Join(out, folder), 0o700); err != nil {
			return err
		}
		var pdf bytes.Buffer
		if err := cards.WritePDF(&pdf, title, box, part); err != nil {
			return &exit{exitData, err}
		}
		if err := writePrivate(filepath.Join(out, folder, box.Station.ID+".pdf"), pdf.Bytes()); err != nil {
			return err
		}
	}
	var numbers bytes.Buffer
	if err := cards.WriteNumbers(&numbers, box); err != nil {
		return err
	}
	return writePrivate(filepath.Join(out, "boxes", box.Station.ID+".csv"), numbers.Bytes())
}
