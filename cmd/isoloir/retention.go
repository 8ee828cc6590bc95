package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"isoloir/bve/retention"
	"isoloir/custody"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/sqlfile"
)

// retain is the command retention: what is kept, by whom, until when.
func retain(args []string, stdout, stderr io.Writer) error {
	var dir, list string
	var asJSON bool
	o := newOperator(stdout, stderr)
	set := o.flags("retention")
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&list, "list", "", "")
	set.BoolVar(&asJSON, "json", false, "")
	if err := o.line(set, args, retentionHelp, func() bool { return dir == "" }, retentionNeeds); err != nil {
		return err
	}
	public, err := server.OpenConstituted(dir)
	if err != nil {
		return o.explain(refused(err))
	}
	defer public.Close()
	if list != "" {
		return o.listDestroyed(public, list)
	}
	t := retention.Of(public.Manifest, public.Progress().Acts, time.Now())
	if asJSON {
		out := json.NewEncoder(o.out)
		out.SetIndent("", "  ")
		return out.Encode(retainedOf(t))
	}
	o.say(retentionStates[t.State], public.Manifest.Scrutin.Title, t.Since, t.Until, t.Reason)
	for _, c := range retention.Classes() {
		who, what := o.words(phrase{c.Who, c.Chez}), o.words(phrase{c.English, c.French})
		o.say(phrase{"%-12s  %s\n              %s; %s", "%-12s  %s\n              %s ; %s"}, c.Name, what, who, o.words(fateOf(c, t)))
	}
	return nil
}

// A retained is what -json prints.
type retained struct {
	State   string      `json:"state"`
	Since   string      `json:"since"`
	Until   string      `json:"until"`
	Reason  string      `json:"reason"`
	Act     int         `json:"act"`
	Classes []keptClass `json:"classes"`
}

type keptClass struct {
	Class string `json:"class"`
	Who   string `json:"who"`
	What  string `json:"what"`
	Kept  bool   `json:"kept"`
}

func retainedOf(t retention.Table) retained {
	k := retained{State: t.State, Since: t.Since.String(), Until: t.Until.String(), Reason: t.Reason, Act: t.Act}
	for _, c := range retention.Classes() {
		k.Classes = append(k.Classes, keptClass{c.Name, c.Who, c.English, c.Kept})
	}
	return k
}

// fateOf is what becomes of a class.
func fateOf(c retention.Class, t retention.Table) phrase {
	switch {
	case c.Kept:
		return fateKept
	case t.State == retention.Destroyed:
		return fateGone
	}
	return fateEnds
}

// listDestroyed writes what the act destroy adopts.
func (o *operator) listDestroyed(public *server.Public, path string) error {
	text, err := scrutin.Text(retention.ListOf(public.Fingerprint, public.Procedure()))
	if err != nil {
		return err
	}
	if err := writeFresh(path, []byte(text)); err != nil {
		return err
	}
	o.say(destroyListed, path, scrutin.TextDigest(text))
	return nil
}

// destroyRefusals are why nothing is destroyed, and no fault of a file.
var destroyRefusals = []error{server.ErrHeld, server.ErrUnsealing, server.ErrRetained, server.ErrNoDestroy, server.ErrOtherList, server.ErrWithin,
	server.ErrLinked, server.ErrStale, server.ErrInstances, server.ErrLate, server.ErrUnstated}

// destroy is the command of that name. -config stands once for each instance of the role.
func destroy(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var role, out string
	var files []string
	o := newOperator(stdout, stderr)
	set := o.flags("destroy")
	set.StringVar(&role, "role", "", "")
	set.Func("config", "", func(file string) error { files = append(files, file); return nil })
	set.StringVar(&out, "out", "", "")
	if err := o.line(set, args, retentionHelp, func() bool { return role == "" || len(files) == 0 || out == "" }, destroyNeeds); err != nil {
		return err
	}
	var instances []*config.Config
	for _, file := range files {
		c, err := config.Read(file)
		if err != nil {
			return o.explain(refused(err))
		}
		instances = append(instances, c)
	}
	if _, err := os.Lstat(out); err == nil {
		return &exit{exitCannot, fmt.Errorf(o.words(paperThere), out)}
	}
	d, err := server.OpenDestruction(role, time.Now, instances...)
	if err != nil {
		return o.explain(undestroyed(err))
	}
	defer func() { err = errors.Join(err, d.Shut()) }()
	statement, err := d.Carry(ctx)
	if err != nil && !errors.Is(err, server.ErrLate) {
		return o.explain(undestroyed(err))
	}
	if err := errors.Join(writeFresh(out, statement), err); err != nil {
		return o.explain(undestroyed(err))
	}
	o.say(destroyed, role, out)
	return nil
}

// undestroyed says what kind of refusal a destruction has met.
func undestroyed(err error) error {
	if slices.ContainsFunc(destroyRefusals, func(r error) bool { return errors.Is(err, r) }) {
		return &exit{exitRefused, err}
	}
	return refused(err)
}

// backup is the command of that name.
func backup(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (err error) {
	var role, file, out string
	var dump bool
	o := newOperator(stdout, stderr)
	set := o.flags("backup")
	set.StringVar(&role, "role", "", "")
	set.StringVar(&file, "config", "", "")
	set.StringVar(&out, "out", "", "")
	set.BoolVar(&dump, "dump", false, "")
	if err := o.line(set, args, retentionHelp, func() bool { return role == "" || file == "" || out == "" }, backupNeeds); err != nil {
		return err
	}
	c, err := config.Read(file)
	if err != nil {
		return o.explain(refused(err))
	}
	to, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &exit{exitCannot, err}
	}
	if !dump {
		stdin = nil
	}
	err = server.Backup(ctx, c, role, stdin, to, sqlfile.Snapshot)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		os.Remove(out)
		if errors.Is(err, server.ErrDump) {
			return &exit{exitUsage, errors.New(o.words(backupDump))}
		}
		return o.explain(refused(err))
	}
	o.say(backedUp, out, role)
	return nil
}

// restore is the command of that name.
func restore(args []string, stdout, stderr io.Writer) error {
	var identity, from, out string
	o := newOperator(stdout, stderr)
	set := o.flags("restore")
	set.StringVar(&identity, "identity", "", "")
	set.StringVar(&from, "from", "", "")
	set.StringVar(&out, "out", "", "")
	if err := o.line(set, args, retentionHelp, func() bool { return identity == "" || from == "" || out == "" }, restoreNeeds); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return o.explain(refused(err))
	}
	defer in.Close()
	if _, err := os.Lstat(out); err == nil {
		return &exit{exitCannot, fmt.Errorf(o.words(paperThere), out)}
	}
	switch err := server.Restore(identity, in, out); {
	case errors.Is(err, custody.ErrSealed):
		return &exit{exitData, fmt.Errorf("%s: %w", o.words(backupForeign), err)}
	case err != nil:
		return o.explain(refused(err))
	}
	o.say(restored, out)
	return nil
}
