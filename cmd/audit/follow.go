package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"isoloir/audit"
	"isoloir/audit/evidence"
	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/follow"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// asked is what follow was told.
type asked struct {
	settings
	manifest, url, out, vkey, key, identity string
	once                                    bool
	every                                   time.Duration
}

// followed mirrors the logs of a scrutin, and is the one command that opens a
// connection.
func followed(args []string, stdout, stderr io.Writer) int {
	var a asked
	set := newFlags("follow", &a.settings)
	set.StringVar(&a.manifest, "manifest", "", "")
	set.StringVar(&a.fingerprint, "fingerprint", "", "")
	set.StringVar(&a.url, "url", "", "")
	set.StringVar(&a.out, "out", "", "")
	set.StringVar(&a.vkey, "vkey", "", "")
	set.StringVar(&a.key, "witness", "", "")
	set.StringVar(&a.identity, "identity", "", "")
	set.BoolVar(&a.once, "once", false, "")
	set.DurationVar(&a.every, "every", time.Minute, "")
	if code, done := parse(set, args, stdout, stderr); done {
		return code
	}
	switch {
	case set.NArg() != 0:
		return usage(stderr, fmt.Errorf("follow takes no %q", set.Arg(0)))
	case a.manifest == "" || a.url == "" || a.out == "":
		return usage(stderr, errors.New("follow needs -manifest, -url and -out"))
	case a.every < time.Second:
		return usage(stderr, fmt.Errorf("-every %s: give a second or more", a.every))
	}
	say, err := speaker(a.lang)
	if err != nil {
		return usage(stderr, err)
	}
	config, err := a.config()
	if err != nil {
		return failure(stderr, err)
	}
	config.Tell = func(e follow.Event) {
		fmt.Fprintf(stdout, "%s  %s\n", config.Now().UTC().Format(time.TimeOnly), told(say, e))
	}
	f, err := follow.Open(config)
	if errors.Is(err, follow.ErrConfig) {
		return usage(stderr, err)
	}
	if err != nil {
		return failure(stderr, fmt.Errorf("%w: %w", errIO, err))
	}
	ctx := context.Background()
	if a.once {
		err = f.Round(ctx)
	} else {
		err = f.Run(ctx, a.every)
	}
	raised := new(follow.Raised)
	switch {
	case err == nil:
		return exitHolds
	case errors.As(err, &raised) && raised.Kind == evidence.KindFork:
		fmt.Fprintln(stdout, say("forked", raised.Urn, raised.File))
		return exitFork
	case errors.As(err, &raised):
		fmt.Fprintln(stdout, say("shrank", raised.Urn, raised.File))
		return exitTestimony
	}
	return failure(stderr, err)
}

func (a *asked) config() (c follow.Config, err error) {
	if c.Manifest, c.Print, err = readManifest(a.manifest, a.fingerprint); err != nil {
		return c, err
	}
	if a.vkey != "" && a.vkey != c.Manifest.Platform.Urn.Key {
		return c, fmt.Errorf("%w: -vkey is not the key of the urns in %s", errUsage, a.manifest)
	}
	c.URL, c.Dir, c.Now = a.url, a.out, time.Now
	if a.key == "" {
		return c, nil
	}
	files, err := agefile.Open(a.identity)
	if err != nil {
		return c, err
	}
	secret, err := files.Secret(context.Background(), a.key)
	if err != nil {
		return c, err
	}
	if c.Witness, err = note.ParsePrivateKey(secret); err != nil {
		err = fmt.Errorf("%w: %s: %w", custody.ErrSecret, a.key, err)
	}
	return c, err
}

// readManifest reads a manifest, which must have the fingerprint, if one is given.
func readManifest(path, fingerprint string) (*scrutin.Manifest, scrutin.Digest, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("%w: the manifest: %w", errIO, err)
	}
	m, f, err := scrutin.ParseManifest(data)
	if err != nil {
		return nil, f, fmt.Errorf("%w: %s: %w", errUsage, path, err)
	}
	if fingerprint == "" {
		return m, f, nil
	}
	want, err := audit.ParseFingerprint(fingerprint)
	if err == nil && want != f {
		err = fmt.Errorf("%s has the fingerprint %s, not that of -fingerprint: it is another scrutin's", path, f)
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", errUsage, err)
	}
	return m, f, err
}

func told(say sayer, e follow.Event) string {
	switch e.What {
	case follow.Grown:
		return say("grown", e.Urn, e.Size)
	case follow.Withheld:
		return say("withheld", e.Urn, e.Size)
	case follow.Smaller:
		return say("smaller", e.Urn, e.Size)
	case follow.Signed:
		return say("signed", e.Urn, e.Size)
	}
	return say("trouble", e.Urn, e.Err)
}
