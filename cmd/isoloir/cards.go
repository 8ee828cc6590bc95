package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"

	"isoloir/register"
	"isoloir/register/cards"
	"isoloir/scrutin"
)

// drawCards is the command cards.
func drawCards(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	return o.dispatch(ctx, "cards", cardsHelp, parts{"make": o.makeCards}, args)
}

func (o *operator) makeCards(ctx context.Context, args []string) error {
	var path, distribution, out string
	var split bool
	set := o.flags("cards make")
	set.StringVar(&path, "register", "", "")
	set.StringVar(&distribution, "distribution", "", "")
	set.StringVar(&out, "out", "", "")
	set.BoolVar(&split, "split", false, "")
	if err := o.line(set, args, cardsHelp, func() bool { return path == "" || distribution == "" || out == "" }, cardsNeeds); err != nil {
		return err
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
