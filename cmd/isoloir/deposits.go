package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"isoloir/account/exchange"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/scrutin"
	"isoloir/server"
)

// taking is the command deposits at work.
type taking struct {
	operator
	config, manifest string
	paths            []string
}

// deposits is the command of that name.
func deposits(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	t := &taking{operator: newOperator(stdout, stderr)}
	set := t.flags("deposits")
	set.StringVar(&t.config, "config", "", "")
	set.StringVar(&t.manifest, "manifest", "", "")
	if err := t.parse(set, args, depositsHelp); err != nil {
		return err
	}
	if t.paths = set.Args(); t.config == "" || len(t.paths) == 0 {
		return t.usage(depositsNeed)
	}
	return t.explain(t.run(ctx))
}

func (t *taking) run(ctx context.Context) (err error) {
	c, err := t.rollConfig(t.config)
	if err != nil {
		return err
	}
	if t.manifest == "" {
		t.manifest = manifestOf(c)
	}
	m, f, err := t.readManifest(t.manifest)
	if err != nil {
		return err
	}
	files, err := t.files()
	if err != nil {
		return err
	}
	store, err := server.OpenRoll(ctx, *c.Roll)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, store.Shut()) }()
	refusals := 0
	for _, file := range files {
		switch err := t.take(ctx, store, m, f, file); {
		case errors.Is(err, roll.ErrBusy):
			return &exit{exitIO, fmt.Errorf("%s: %w", file, err)}
		case err != nil && errors.As(err, new(roll.Refusal)):
			refusals++
			t.say(noteRefused, file, t.words(depositRefusal(err)))
		case err != nil:
			return err
		}
	}
	if refusals > 0 {
		return &exit{exitRefused, fmt.Errorf(t.words(notesRefused), refusals, len(files))}
	}
	return nil
}

// files are the notes that are given, those of directories in the order of their names.
func (t *taking) files() (all []string, err error) {
	for _, path := range t.paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, refused(err)
		}
		if !info.IsDir() {
			all = append(all, path)
			continue
		}
		inside, err := filepath.Glob(filepath.Join(path, "*.note"))
		if err != nil || len(inside) == 0 {
			return nil, &exit{exitNoInput, fmt.Errorf(t.words(noNotes), path)}
		}
		all = append(all, inside...)
	}
	return all, nil
}

// take takes one note.
func (t *taking) take(ctx context.Context, store login.Store, m *scrutin.Manifest, f scrutin.Digest, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return refused(err)
	}
	defer file.Close()
	note, err := io.ReadAll(io.LimitReader(file, exchange.MaxDepositsSize+1))
	if err != nil {
		return &exit{exitNoInput, err}
	}
	if err := login.Deposit(ctx, store, roll.Scope{Organisation: m.Organisation.ID, Scrutin: m.Scrutin.ID}, m, f, note); err != nil {
		return err
	}
	d, issuer, err := exchange.OpenDeposits(note, m, f)
	if err != nil {
		return err
	}
	t.say(noteTaken, path, len(d.Lines), m.Issuers[issuer].ID)
	return nil
}

// depositRefusal says why a note is refused, and what to do.
func depositRefusal(err error) phrase {
	switch {
	case errors.Is(err, roll.ErrSignature):
		return depositForeign
	case errors.Is(err, roll.ErrUrn), errors.Is(err, roll.ErrElector):
		return depositUnknown
	case errors.Is(err, roll.ErrDeposit):
		return depositOther
	}
	return depositForm
}
