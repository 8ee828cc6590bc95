package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/record"
	"isoloir/scrutin"
)

// importBooks reads the roll's extract and the address books.
func (d *desk) importBooks() error {
	return d.with(func(t *table) error {
		r, err := d.reconcile(t, func(extract issuer.File, books []issuer.Book) (issuer.Reconciliation, error) {
			return issuer.ReadBooks(t.Whole(), extract, books)
		})
		if err != nil || d.dryRun {
			return err
		}
		moved, renewed, err := t.Import(d.ctx, r)
		if err != nil {
			return err
		}
		if renewed > 0 {
			return d.tell(importRenewed, moved, renewed)
		}
		return d.tell(importDone, moved)
	})
}

// reconcile reads an extract and the address books by read, judges them, and says what they come to.
func (d *desk) reconcile(t *table, read func(extract issuer.File, books []issuer.Book) (issuer.Reconciliation, error)) (r issuer.Reconciliation, err error) {
	extract, err := d.open(d.extract)
	if err != nil {
		return r, err
	}
	defer extract.Close()
	books := []issuer.Book{{Channel: t.Channel(), File: issuer.File{Name: d.book}}}
	if d.lettersBook != "" {
		books = append(books, issuer.Book{Channel: courier.Post, File: issuer.File{Name: d.lettersBook}})
	}
	for i := range books {
		file, err := d.open(books[i].Name)
		if err != nil {
			return r, err
		}
		defer file.Close()
		books[i].Reader = file
	}
	digest := sha256.New()
	if r, err = read(issuer.File{Name: d.extract, Reader: io.TeeReader(extract, digest)}, books); err != nil {
		return r, err
	}
	if d.amendment > 0 {
		if err := d.tell(extractRead, d.extract, digest.Sum(nil)); err != nil {
			return r, err
		}
	}
	t.Plan.WithoutDigits = d.withoutDigits
	if err := t.Fits(r); err != nil {
		return r, err
	}
	if n := len(r.Digitless); n > 0 {
		if err := d.tell(digitless, n, t.Channel()); err != nil {
			return r, err
		}
	}
	err = d.tell(booksFit, len(r.People), t.Channel(), r.Channels[t.Channel()], r.Channels[courier.Post], r.Shared)
	if err == nil && d.dryRun {
		err = d.tell(dryRun)
	}
	return r, err
}

// amend takes those whom the next amendment of the roll adds into the address book, and writes the issuer's part of it.
func (d *desk) amend() error {
	return d.with(func(t *table) error {
		switch {
		case t.public == nil:
			return &exit{exitWaits, errors.New(d.words(noOpening))}
		case d.amendment != len(t.public.Procedure().Amendments)+1:
			return &exit{exitWaits, fmt.Errorf(d.words(otherAmendment), d.amendment, len(t.public.Procedure().Amendments)+1)}
		}
		r, err := d.reconcile(t, t.ReadAdded)
		if err != nil || d.dryRun {
			return err
		}
		if err := os.MkdirAll(d.outDir, 0o755); err != nil {
			return &exit{exitCannot, err}
		}
		out, err := record.Resume(d.outDir)
		if err != nil {
			return &exit{exitCannot, err}
		}
		defer out.Close()
		if path := record.Population(d.amendment).Enrolment(t.Station.Issuer); out.Exists(path) {
			return &exit{exitCannot, fmt.Errorf(d.words(alreadyThere), filepath.Join(d.outDir, path))}
		}
		if err := t.Amend(d.ctx, d.amendment, r, out); err != nil {
			return err
		}
		return d.tell(amendDone, len(r.People), d.outDir)
	})
}

// companion reads the extract of a companion's roll.
func (d *desk) companion() error {
	f, err := scrutin.ParseDigest(d.fingerprint)
	if err != nil {
		return &exit{exitUsage, fmt.Errorf(d.words(badFingerprint), d.fingerprint)}
	}
	return d.with(func(t *table) error {
		extract, err := d.open(d.extract)
		if err != nil {
			return err
		}
		defer extract.Close()
		n, err := t.ImportCompanion(d.ctx, f, issuer.File{Name: d.extract, Reader: extract})
		if err != nil {
			return err
		}
		return d.tell(companionDone, n)
	})
}

// information sends the general information.
func (d *desk) information() error {
	return d.with(func(t *table) error {
		added, err := t.Inform(d.ctx)
		if err != nil {
			return err
		}
		if err := d.tell(informed, added); err != nil {
			return err
		}
		return d.dispatch(t)
	})
}

// send lets codes leave, and everything else that is due.
func (d *desk) send() error {
	return d.with(func(t *table) error {
		added, err := t.Release(d.ctx)
		if err != nil {
			return err
		}
		if err := d.tell(released, added); err != nil {
			return err
		}
		return d.dispatch(t)
	})
}

// dispatch sends what is due by the issuer's channel, and says what is left.
func (d *desk) dispatch(t *table) error {
	if d.again {
		n, err := t.Store.Again(d.ctx, t.Now())
		if err != nil {
			return err
		}
		if err := d.tell(triedAgain, n); err != nil {
			return err
		}
	}
	if t.Carriers[t.Channel()] == nil {
		return &exit{exitData, fmt.Errorf(d.words(noCarrier), filepath.Join(d.dir, issuerConfig), t.Channel())}
	}
	sum, err := t.Dispatch(d.ctx, t.Channel(), func(s courier.Summary) {
		d.meter.Report(d.words(sending), s.Sent+s.Refused+s.Postponed, s.Sent+s.Refused+s.Postponed)
	})
	d.meter.End()
	waiting, letters, countErr := d.waiting(t)
	return errors.Join(d.tell(dispatched, sum.Sent, sum.Refused, sum.Postponed, waiting, letters), err, countErr)
}

// waiting is how many messages have not left, by the channel and as letters.
func (d *desk) waiting(t *table) (by, letters int, err error) {
	counts, err := t.Store.Counts(context.WithoutCancel(d.ctx))
	for _, c := range counts {
		if c.State == courier.Pending && c.Channel == courier.Post {
			letters += c.Number
		} else if c.State == courier.Pending {
			by += c.Number
		}
	}
	return by, letters, err
}

// deposit leaves what is missing with the roll, over the link or as files.
func (d *desk) deposit() error {
	return d.with(func(t *table) error {
		to := t.Roll
		if d.outDir != "" {
			if err := os.MkdirAll(d.outDir, 0o700); err != nil {
				return &exit{exitCannot, err}
			}
			to = notes(d.outDir)
			for i, c := range t.Companions {
				path := filepath.Join(d.outDir, c.Fingerprint.String())
				if err := os.MkdirAll(path, 0o700); err != nil {
					return &exit{exitCannot, err}
				}
				t.Companions[i].Roll = notes(path)
			}
		}
		if to == nil {
			return &exit{exitData, fmt.Errorf(d.words(noLink), filepath.Join(d.dir, issuerLinks, "deposit"))}
		}
		n, err := t.Deposit(d.ctx, to, d.progress(stretching))
		d.meter.End()
		if err != nil {
			return errors.Join(d.tell(depositsSoFar, n), err)
		}
		if d.outDir != "" {
			return d.tell(depositFiles, n, d.outDir)
		}
		return d.tell(deposited, n)
	})
}

// notes are a directory that takes notes of deposits for the roll's operator.
type notes string

// Deposit implements issuer.Roll. The same note has the same name.
func (n notes) Deposit(_ context.Context, note []byte) error {
	digest := sha256.Sum256(note)
	return writePrivate(filepath.Join(string(n), fmt.Sprintf("deposit-%x.note", digest[:8])), note)
}

// writePrivate writes a whole file for its owner only, durably.
func writePrivate(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// renew gives new codes to electors by their references.
func (d *desk) renew() error {
	references := []string{d.reference}
	if d.list != "" {
		file, err := d.open(d.list)
		if err != nil {
			return err
		}
		defer file.Close()
		references = nil
		for in := bufio.NewScanner(file); in.Scan(); {
			if line := strings.TrimSpace(in.Text()); line != "" {
				references = append(references, line)
			}
		}
	}
	return d.with(func(t *table) error {
		var failed error
		n := 0
		for _, r := range references {
			if err := t.RenewReference(d.ctx, r); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			n++
		}
		if t.Roll == nil && n > 0 {
			failed = errors.Join(failed, d.tell(depositNext, d.dir))
		}
		return errors.Join(d.tell(renewed, n), failed)
	})
}
