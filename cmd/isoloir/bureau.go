package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/portal/passkey"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
)

// bureau is the command of that name: how members come to its pages, and how interventions are announced to them.
func (o operator) bureau(ctx context.Context, args []string) error {
	return o.dispatch(ctx, "bureau", bureauHelp, parts{
		"init":       func(ctx context.Context, args []string) error { return o.invite(ctx, "init", args) },
		"invite":     func(ctx context.Context, args []string) error { return o.invite(ctx, "invite", args) },
		"intervene":  func(ctx context.Context, args []string) error { return o.intervene(ctx, "intervene", args) },
		"intervened": func(ctx context.Context, args []string) error { return o.intervene(ctx, "intervened", args) },
	}, args)
}

// invite makes the store if there is none, and invites all who were not, or, again, one member.
func (o *operator) invite(ctx context.Context, command string, args []string) (err error) {
	var path, member string
	set := o.flags("bureau " + command)
	set.StringVar(&path, "config", "", "")
	if command == "invite" {
		set.StringVar(&member, "member", "", "")
	}
	if err := o.line(set, args, bureauHelp, func() bool { return path == "" || command == "invite" && member == "" }, bureauNeeds); err != nil {
		return err
	}
	desk, err := o.desk(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.Shut()) }()
	invited := desk.Uninvited()
	if member != "" {
		invited = []string{member}
	}
	if len(invited) == 0 {
		o.say(allInvited)
		return nil
	}
	for _, id := range invited {
		code, err := desk.Invite(ctx, id)
		switch {
		case errors.Is(err, passkey.ErrMember):
			return &exit{exitData, err}
		case errors.Is(err, passkey.ErrTwoMembers):
			return &exit{exitRefused, err}
		case err != nil:
			return refused(err)
		}
		m, _ := desk.Public.Manifest.Member(id)
		o.say(invitationOf, m.Label, id, code)
	}
	o.say(invitedOnce, desk.Origin())
	return nil
}

// desk opens the bureau's store and journal.
func (o *operator) desk(ctx context.Context, path string) (*server.Secretariat, error) {
	c, err := config.Read(path)
	if err != nil {
		return nil, refused(err)
	}
	desk, err := server.OpenSecretariat(ctx, c, time.Now)
	if errors.Is(err, journal.ErrBroken) || errors.Is(err, server.ErrNoBureau) {
		return nil, &exit{exitData, err}
	}
	if err != nil {
		return nil, refused(err)
	}
	return desk, nil
}

// journals is the command journal: the bureau's journal as a file, and whether it holds.
func (o operator) journals(ctx context.Context, args []string) error {
	return o.dispatch(ctx, "journal", journalHelp, parts{"export": o.exportJournal, "verify": o.verifyJournal}, args)
}

func (o *operator) exportJournal(ctx context.Context, args []string) (err error) {
	var path, manifest, out string
	set := o.flags("journal export")
	set.StringVar(&path, "config", "", "")
	set.StringVar(&manifest, "manifest", "", "")
	set.StringVar(&out, "out", "", "")
	if err := o.line(set, args, journalHelp, func() bool { return path == "" || manifest == "" || out == "" }, journalExports); err != nil {
		return err
	}
	c, err := config.Read(path)
	if err != nil {
		return refused(err)
	}
	if c.Bureau == nil {
		return &exit{exitData, server.ErrNoBureau}
	}
	m, f, err := o.readManifest(manifest)
	if err != nil {
		return err
	}
	store, err := server.OpenJournal(ctx, *c.Bureau)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, store.Shut()) }()
	rows, err := store.Rows(ctx, f, 0)
	if err != nil {
		return refused(err)
	}
	if err := writeFresh(out, journal.Encode(f, rows)); err != nil {
		return err
	}
	place, flaws := journal.Verify(m, f, rows)
	o.say(journalWritten, out, place.Number, place.Head)
	return o.flawed(flaws)
}

// writeFresh writes a file where there is none.
func writeFresh(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &exit{exitCannot, err}
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return &exit{exitIO, err}
	}
	return nil
}

func (o *operator) verifyJournal(_ context.Context, args []string) error {
	var manifest, dir string
	var kept []scrutin.Digest
	set := o.flags("journal verify")
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&manifest, "manifest", "", "")
	set.Func("head", "", func(s string) error {
		d, err := scrutin.ParseDigest(s)
		kept = append(kept, d)
		return err
	})
	switch err := o.parse(set, args, journalHelp); {
	case err != nil:
		return err
	case manifest == "" || set.NArg() != 1:
		return o.usage(journalVerifies)
	}
	m, f, err := o.readManifest(manifest)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(set.Arg(0))
	if err != nil {
		return refused(err)
	}
	of, rows, err := journal.Decode(data)
	if err != nil {
		return &exit{exitData, err}
	}
	if of != f {
		return &exit{exitData, fmt.Errorf(o.words(otherJournal), of, f)}
	}
	place, flaws := journal.Verify(m, f, rows, kept...)
	if err := o.flawed(flaws); err != nil {
		return err
	}
	if err := o.judged(m, f, rows, dir); err != nil {
		return err
	}
	o.say(journalHolds, place.Number, place.Time, place.Head)
	return nil
}

// judged has every entry judged anew by the rules of the bureau, with the acts of a record, or those that the journal has adopted.
func (o *operator) judged(m *scrutin.Manifest, f scrutin.Digest, rows []journal.Row, dir string) error {
	entries, err := journal.EntriesOf(m, f, rows)
	if err != nil {
		return &exit{exitRefused, err}
	}
	if dir == "" {
		err = bve.Judge(m, f, bve.ActsOf(entries), entries)
	} else {
		r, openErr := record.Open(dir)
		if openErr != nil {
			return &exit{exitNoInput, openErr}
		}
		defer r.Close()
		if _, err := r.Acts(); err != nil {
			return &exit{exitNoInput, err}
		}
		err = bve.JudgeRecord(m, f, r, entries)
	}
	switch {
	case errors.As(err, new(bve.Misplaced)):
		return &exit{exitRefused, errors.New(o.why(err))}
	case err != nil && dir == "":
		return &exit{exitRefused, fmt.Errorf(o.words(journalActs), err)}
	case err != nil:
		return &exit{exitRefused, err}
	}
	return nil
}

// shownFlaws is how many flaws are said one by one: after the first one the others mostly follow from it.
const shownFlaws = 10

// flawed says where a journal does not hold.
func (o *operator) flawed(flaws []journal.Flaw) error {
	for i, f := range flaws {
		if i == shownFlaws {
			o.say(moreFlaws, len(flaws)-i)
			break
		}
		o.say(journalFlaw, f.Number, f.Between[0], f.Between[1], o.why(f.What))
	}
	if len(flaws) > 0 {
		return &exit{exitRefused, errors.New(o.words(journalBroken))}
	}
	return nil
}
