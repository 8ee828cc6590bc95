package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"isoloir/audit"
	"isoloir/bve"
	"isoloir/custody/agefile"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/timestamp"
	"isoloir/timestamp/tsp"
)

// stamp is the command timestamp.
func stamp(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var dir, file, try, policy string
	o := newOperator(stdout, stderr)
	set := o.flags("timestamp")
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&file, "authorities", "", "")
	set.StringVar(&try, "try", "", "")
	set.StringVar(&policy, "policy", "-", "")
	if err := o.parse(set, args, timestampHelp); err != nil {
		return err
	}
	switch {
	case set.NArg() > 0:
		return o.usage(oneWordTooMany, set.Arg(0))
	case (try == "") == (dir == "" || file == ""):
		return o.usage(timestampUsage)
	case try != "":
		return o.tryAuthority(ctx, try, policy)
	}
	all, err := authorities(ctx, file)
	if err != nil {
		return o.explain(refused(err))
	}
	return o.explain(o.stampRecord(ctx, dir, all))
}

// stampRecord asks for what a record lacks, and says what it has and what it lacks still.
func (o *operator) stampRecord(ctx context.Context, dir string, authorities map[string]bve.Authority) (err error) {
	rec, err := record.Beside(dir)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, rec.Close()) }()
	data, err := rec.Read(record.Manifest, note.MaxSize)
	if err != nil {
		return refused(err)
	}
	m, _, err := scrutin.ParseManifest(data)
	if err != nil {
		return &exit{exitData, err}
	}
	if len(m.Timestamps) == 0 {
		o.say(noAuthorities)
		return nil
	}
	gaps, err := bve.Timestamp(ctx, m, rec, authorities)
	if err != nil {
		return &exit{exitIO, err}
	}
	paths, err := rec.List()
	if err != nil {
		return &exit{exitIO, err}
	}
	for _, p := range paths {
		if strings.HasSuffix(p, ".tsr") {
			if err := o.describe(rec, p); err != nil {
				return err
			}
		}
	}
	open := 0
	for _, g := range gaps {
		o.say(stampMissing, g.Of, g.Authority, o.why(g.Why))
		if !errors.Is(g.Why, bve.ErrLate) {
			open++
		}
	}
	if open > 0 {
		return &exit{exitUnavailable, fmt.Errorf(o.words(stampAgain), open)}
	}
	return nil
}

// describe says what a timestamp of the record says.
func (o *operator) describe(rec *record.Writer, path string) error {
	data, err := rec.Read(path, timestamp.MaxSize)
	if err != nil {
		return &exit{exitIO, err}
	}
	token, err := timestamp.Parse(data)
	if err != nil {
		return &exit{exitData, fmt.Errorf("%s: %w", path, err)}
	}
	o.say(stampThere, path, token.Time.Format(time.RFC3339Nano), token.Certificates[0].Subject)
	return nil
}

// why is a reason in the operator's language, as far as it is one of ours.
func (o *operator) why(err error) string {
	if said := (interface{ Sentence(string) string })(nil); errors.As(err, &said) {
		return said.Sentence(o.lang)
	}
	if o.lang == string(audit.French) {
		for _, known := range timestampReasons {
			if errors.Is(err, known.err) {
				return known.fr
			}
		}
	}
	return err.Error()
}

// tryAuthority asks for a timestamp of the empty text, and says whether an authority is fit.
func (o *operator) tryAuthority(ctx context.Context, url, policy string) error {
	oid, err := tsp.ParsePolicy(policy)
	if err != nil {
		return &exit{exitUsage, err}
	}
	q := timestamp.NewRequest(scrutin.DigestOf(nil), oid)
	request, err := q.Bytes()
	if err != nil {
		return err
	}
	response, err := (&tsp.Client{URL: url}).Ask(ctx, request)
	if err != nil {
		return &exit{exitUnavailable, fmt.Errorf("%s (%w)", o.why(err), err)}
	}
	token, err := q.Inspect(response)
	if err != nil {
		return &exit{exitData, fmt.Errorf("%s (%w)", o.why(err), err)}
	}
	c := token.Certificates[0]
	chain := o.words(chainRooted)
	if !token.Rooted() {
		chain = o.words(chainOpen)
	}
	o.say(stampTried, fmt.Sprintf("%x", token.Certificate()), c.Subject, c.Issuer, c.NotAfter.UTC().Format(time.RFC3339), token.Policy,
		token.Time.Format(time.RFC3339Nano), time.Now().UTC().Format(time.RFC3339), chain)
	return nil
}

// authorities reads where authorities are asked.
func authorities(ctx context.Context, file string) (map[string]bve.Authority, error) {
	all, err := bve.ReadAuthorities(ctx, file, new(agefile.Keeper).Secret)
	if errors.Is(err, tsp.ErrAddresses) {
		return nil, &exit{exitData, err}
	}
	return all, err
}
