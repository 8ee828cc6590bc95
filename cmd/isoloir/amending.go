package main

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	accounts "isoloir/account"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/server"
)

// rollAmending is the command line of amend-roll.
type rollAmending struct {
	operator
	config, add, strike, extract string
	commit, sign, drop           bool
	workers                      int
	at                           *server.Amending
}

// amendRoll is the command amend-roll.
func amendRoll(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	a := &rollAmending{operator: newOperator(stdout, stderr)}
	set := a.flags("amend-roll")
	set.StringVar(&a.config, "config", "", "")
	set.StringVar(&a.add, "add", "", "")
	set.StringVar(&a.strike, "strike", "", "")
	set.StringVar(&a.extract, "extract", "", "")
	set.BoolVar(&a.commit, "commit", false, "")
	set.BoolVar(&a.sign, "sign", false, "")
	set.BoolVar(&a.drop, "drop", false, "")
	set.IntVar(&a.workers, "workers", 0, "")
	if err := a.parse(set, args, amendHelp); err != nil {
		return err
	}
	files := a.add != "" || a.strike != ""
	switch {
	case set.NArg() > 0:
		return a.usage(oneWordTooMany, set.Arg(0))
	case a.config == "":
		return a.usage(amendNeeds)
	case a.sign && a.drop, files && (a.sign || a.drop), a.extract != "" && (a.sign || a.drop || files && !a.commit):
		return a.usage(amendOne)
	}
	return a.explain(a.run(ctx))
}

func (a *rollAmending) run(ctx context.Context) (err error) {
	c, err := a.rollConfig(a.config)
	if err != nil {
		return err
	}
	if a.at, err = server.OpenAmending(ctx, c); err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, a.at.Shut()) }()
	if a.drop { // also once the vote is over
		return a.doDrop(ctx)
	}
	number, err := a.at.Number()
	if err != nil {
		return &exit{exitRefused, err}
	}
	switch {
	case a.sign:
		err = a.doSign(ctx, number)
	case a.add != "" || a.strike != "":
		err = a.stage(ctx, number)
	default:
		err = a.show(ctx)
	}
	if err == nil && a.extract != "" {
		err = a.writeExtract(ctx)
	}
	return err
}

// stage reads both files and judges them; with -commit the amendment is under way then.
func (a *rollAmending) stage(ctx context.Context, number int) error {
	q := roll.Asked{Manifest: a.at.Public.Manifest, Number: number}
	for _, file := range []struct {
		name string
		to   *io.Reader
	}{{a.add, &q.Add}, {a.strike, &q.Strike}} {
		if file.name == "" {
			continue
		}
		f, err := os.Open(file.name)
		if err != nil {
			return refused(err)
		}
		defer f.Close()
		*file.to = f
	}
	under, err := a.at.Store.Staged(ctx, a.at.Scope())
	switch {
	case err != nil:
		return &exit{exitIO, err}
	case under.Amendment != 0:
		return &exit{exitRefused, fmt.Errorf(a.words(underWayAlready), under.Amendment)}
	}
	staging, before, wrong, err := q.Staging(ctx, a.at.Store, a.at.Scope())
	if err != nil {
		return &exit{exitIO, err}
	}
	for i, m := range wrong {
		if i < mistakes {
			fmt.Fprintf(a.err, "isoloir: %s\n", m.Sentence(a.lang))
		}
	}
	if len(wrong) > 0 {
		return &exit{exitData, fmt.Errorf(a.words(amendmentWrong), len(wrong))}
	}
	if err := a.at.Judge(ctx, staging, before); err != nil {
		return &exit{exitRefused, err}
	}
	a.tell(staging)
	if !a.commit {
		a.say(nothingStaged)
		return nil
	}
	if err := a.at.Store.Stage(ctx, a.at.Scope(), staging); err != nil {
		return &exit{exitIO, err}
	}
	a.next(staging)
	return nil
}

// tell says what an amendment does, urn by urn.
func (a *rollAmending) tell(s roll.Staging) {
	for i, u := range a.at.Public.Manifest.Urns {
		struck := 0
		for _, p := range s.Struck {
			if int(p.Urn) == i {
				struck++
			}
		}
		if added := len(s.Of(s.Amendment, uint16(i))); added+struck > 0 {
			a.say(amendsUrn, s.Amendment, u.ID, added, struck)
		}
	}
}

// next says what is to be done now.
func (a *rollAmending) next(s roll.Staging) {
	if len(s.Added) > 0 {
		a.say(stagedAdding, s.Amendment, s.Amendment)
		return
	}
	a.say(stagedStriking, s.Amendment)
}

func (a *rollAmending) show(ctx context.Context) error {
	s, err := a.at.Store.Staged(ctx, a.at.Scope())
	switch {
	case err != nil:
		return &exit{exitIO, err}
	case s.Amendment == 0 && a.extract != "":
		return &exit{exitRefused, server.ErrUnstaged}
	case s.Amendment == 0:
		a.say(noneUnderWay, len(a.at.Public.Procedure().Amendments))
		return nil
	}
	a.tell(s)
	if a.at.Signed(s.Amendment) {
		a.say(amendmentSigned, s.Amendment, record.Amendment(s.Amendment))
		return nil
	}
	a.next(s)
	return nil
}

func (a *rollAmending) doSign(ctx context.Context, number int) error {
	made, err := a.at.Sign(ctx, a.workers)
	switch {
	case errors.Is(err, server.ErrSigned), errors.Is(err, server.ErrUnstaged), errors.Is(err, server.ErrBehind), errors.Is(err, server.ErrChanged), errors.Is(err, server.ErrThin), errors.Is(err, roll.ErrMarked), errors.Is(err, scrutin.ErrAmendment):
		return &exit{exitRefused, err}
	case errors.Is(err, fs.ErrNotExist):
		return &exit{exitNoInput, fmt.Errorf(a.words(partsMissing)+"\n(%w)", number, err)}
	case errors.Is(err, accounts.ErrStatement), errors.Is(err, accounts.ErrFile), errors.Is(err, accounts.ErrChain), errors.Is(err, accounts.ErrProof), errors.Is(err, accounts.ErrUnproven), errors.Is(err, accounts.ErrEqualKeys):
		return &exit{exitData, err}
	case err != nil:
		return &exit{exitIO, err}
	}
	a.say(amendmentSigned, made.Number, record.Amendment(made.Number))
	return nil
}

func (a *rollAmending) doDrop(ctx context.Context) error {
	if !a.commit {
		if err := a.show(ctx); err != nil {
			return err
		}
		a.say(nothingDropped)
		return nil
	}
	switch err := a.at.Drop(ctx); {
	case errors.Is(err, server.ErrSigned), errors.Is(err, server.ErrUnstaged), errors.Is(err, server.ErrBehind):
		return &exit{exitRefused, err}
	case err != nil:
		return &exit{exitIO, err}
	}
	a.say(amendmentDropped)
	return nil
}

// writeExtract writes what the issuers know those by who are added, for its owner only.
func (a *rollAmending) writeExtract(ctx context.Context) error {
	s, err := a.at.Store.Staged(ctx, a.at.Scope())
	if err != nil {
		return &exit{exitIO, err}
	}
	f, err := os.OpenFile(a.extract, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &exit{exitCannot, err}
		}
		return &exit{exitIO, err}
	}
	digest := sha256.New()
	w := csv.NewWriter(io.MultiWriter(f, digest))
	err = w.Write(roll.ExtractColumns)
	for _, e := range s.Added {
		err = errors.Join(err, w.Write([]string{e.Reference, a.at.Public.Manifest.Urns[e.Urn].ID, strconv.FormatUint(uint64(e.Number), 10), e.Country}))
	}
	w.Flush()
	if err := errors.Join(err, w.Error(), f.Sync(), f.Close()); err != nil {
		return &exit{exitIO, err}
	}
	a.say(extractDigest, a.extract, digest.Sum(nil))
	return nil
}
