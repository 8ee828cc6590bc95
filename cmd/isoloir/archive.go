package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"isoloir/archive"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/tally"
	"isoloir/trustee"
)

// archives is the command archive, with its parts.
func archives(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	return o.dispatch(ctx, "archive", archiveHelp, parts{"list": o.listKept, "make": o.makeArchive, "unpack": o.unpackArchive, "recount": o.recount}, args)
}

// gather reads what goes into an archive.
func (o *operator) gather(dir, dossier string) (*archive.Parcel, func() error, error) {
	in, err := record.Open(dir)
	if err != nil {
		return nil, nil, refused(err)
	}
	p, err := archive.Gather(in, dossier)
	if err != nil {
		return nil, nil, errors.Join(unreadable(err), in.Close())
	}
	return p, func() error { return errors.Join(p.Close(), in.Close()) }, nil
}

func (o *operator) listKept(_ context.Context, args []string) (err error) {
	var dir, dossier, out string
	set := o.flags("archive list")
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&dossier, "dossier", "", "")
	set.StringVar(&out, "out", "", "")
	if err := o.line(set, args, archiveHelp, func() bool { return dir == "" || out == "" }, archiveNeeds); err != nil {
		return err
	}
	p, shut, err := o.gather(dir, dossier)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	kept := p.Kept()
	text, err := scrutin.Text(kept)
	if err != nil {
		return &exit{exitData, err}
	}
	if err := writeFresh(out, []byte(text)); err != nil {
		return err
	}
	o.say(keptListed, out, len(kept.Files), scrutin.TextDigest(text))
	return nil
}

func (o *operator) makeArchive(_ context.Context, args []string) (err error) {
	var dir, dossier, list, out string
	set := o.flags("archive make")
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&dossier, "dossier", "", "")
	set.StringVar(&list, "kept", "", "")
	set.StringVar(&out, "out", "", "")
	if err := o.line(set, args, archiveHelp, func() bool { return dir == "" || out == "" }, archiveNeeds); err != nil {
		return err
	}
	var kept *archive.Kept
	if list != "" {
		data, err := os.ReadFile(list)
		if err != nil {
			return &exit{exitNoInput, err}
		}
		if kept, err = scrutin.Parse[archive.Kept](string(data)); err != nil {
			return &exit{exitData, fmt.Errorf("%s: %w", list, err)}
		}
	}
	p, shut, err := o.gather(dir, dossier)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return &exit{exitCannot, err}
	}
	if err := errors.Join(p.Write(f, kept), f.Sync(), f.Close()); err != nil {
		os.Remove(out)
		if errors.Is(err, archive.ErrKept) {
			return &exit{exitRefused, err}
		}
		return &exit{exitIO, err}
	}
	digest, size, err := digestOf(out)
	if err != nil {
		return &exit{exitIO, err}
	}
	o.say(archiveMade, out, p.Title(), size, digest)
	if p.Adopted().IsZero() {
		o.say(notAdopted)
	}
	return nil
}

// unpackArchive verifies an archive, and writes its files into a new directory.
func (o *operator) unpackArchive(_ context.Context, args []string) (err error) {
	var out string
	set := o.flags("archive unpack")
	set.StringVar(&out, "out", "", "")
	path, args := leadingName(args)
	if err := o.line(set, args, archiveHelp, func() bool { return path == "" || out == "" }, archiveUnpacks); err != nil {
		return err
	}
	in, err := archive.Open(path)
	if err != nil {
		return archived(err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	checked, err := in.Check()
	if err != nil {
		return archived(err)
	}
	if _, err := os.Lstat(out); err == nil {
		return &exit{exitCannot, fmt.Errorf(o.words(unpackThere), out)}
	}
	n, err := in.Unpack(out)
	if err != nil {
		return &exit{exitIO, err}
	}
	o.say(archiveUnpacked, n, out)
	if checked.OtherPage {
		o.say(otherPage)
	}
	for _, name := range checked.Unadopted {
		o.say(unadopted, name)
	}
	return nil
}

// leadingName takes what stands before the flags.
func leadingName(args []string) (string, []string) {
	if len(args) > 0 && len(args[0]) > 0 && args[0][0] != '-' {
		return args[0], args[1:]
	}
	return "", args
}

// archived says what kind of fault an archive has.
func archived(err error) error {
	if errors.Is(err, archive.ErrForm) || errors.Is(err, archive.ErrKept) {
		return &exit{exitData, err}
	}
	return refused(err)
}

// recount opens the urn once more by shares that holders gave again, and compares with what was proclaimed.
func (o *operator) recount(_ context.Context, args []string) (err error) {
	var dir, shares string
	var workers int
	set := o.flags("archive recount")
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&shares, "shares", "", "")
	set.IntVar(&workers, "workers", 0, "")
	if err := o.line(set, args, archiveHelp, func() bool { return dir == "" || shares == "" || workers < 0 }, recountNeeds); err != nil {
		return err
	}
	in, err := record.Open(dir)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	given, err := record.Open(shares)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, given.Close()) }()
	mixed, err := trustee.ReadMixed(in, trustee.Options{Workers: workers, Progress: func(string, int, int) {}})
	if err != nil {
		return unreadable(err)
	}
	data, err := in.Read(record.Result, note.MaxSize)
	if err != nil {
		return refused(err)
	}
	proclaimed, _, err := scrutin.Open[scrutin.Result](data, mixed.Fingerprint, mixed.Opening, mixed.Manifest.BureauVerifiers()...)
	if err != nil {
		return &exit{exitData, err}
	}
	judged, err := mixed.Shares(given)
	if err != nil {
		return unreadable(err)
	}
	for _, v := range judged.Verdicts {
		o.say(map[bool]phrase{true: shareHolds, false: shareFails}[v.Valid], v.Clause, v.Holder, v.Reason)
	}
	marks := make([]int, len(mixed.Manifest.Urns))
	for i, f := range mixed.Procedure.Found {
		marks[i] = f.Marks
	}
	again, err := judged.Result(marks)
	if err != nil {
		return &exit{exitRefused, err}
	}
	table, err := tally.CSV(mixed.Manifest, again)
	if err != nil {
		return err
	}
	was, err := in.Read(record.ResultCSV, 1<<30)
	if err != nil {
		return refused(err)
	}
	again.Shares = proclaimed.Shares // the quorums differ, the counts may not
	text, err := scrutin.Text(again)
	if err != nil {
		return err
	}
	before, err := scrutin.Text(proclaimed)
	if err != nil {
		return err
	}
	if !bytes.Equal(table, was) || text != before {
		return &exit{exitRefused, errors.New(o.words(recountDiffers))}
	}
	o.say(recountSame, filepath.Join(dir, record.ResultCSV), scrutin.DigestOf(table))
	return nil
}

// digestOf is the SHA-256 and the size of a file.
func digestOf(path string) (d scrutin.Digest, size int64, err error) {
	r, err := record.Open(filepath.Dir(path))
	if err != nil {
		return d, 0, err
	}
	defer r.Close()
	f, err := r.Digest(filepath.Base(path))
	return f.SHA256, f.Size, err
}
