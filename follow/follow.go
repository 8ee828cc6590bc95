// Package follow watches the public logs of a vote from outside (docs/log.md, sections
// 2 to 4): it keeps a copy of each, verifies that each checkpoint extends all that it
// has seen, co-signs for a witness (C2SP tlog-cosignature), and writes a file of
// evidence where the urn's own signatures contradict each other.
//
// It promises that what is in its directory agrees with a checkpoint that the urn
// signed; that it can be stopped anywhere and goes on from there; that it never
// co-signs what does not extend what it has seen or signed; and that a server which is
// slow, endless or wrong costs it a round and nothing else.
package follow

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// ErrConfig says that what was asked for cannot be followed.
var ErrConfig = errors.New("cannot follow")

// A Config is what to follow.
type Config struct {
	Manifest *scrutin.Manifest
	Print    scrutin.Digest // its fingerprint
	URL      string         // the urns' origin; https, or this machine
	Dir      string         // where the mirror is; made if it is missing
	Witness  note.Signer    // of a witness of the manifest; nil for a mirror alone
	Now      func() time.Time
	Tell     func(Event) // hears what happens; nil for nobody
	// Patience is how long an answer may take; zero for a minute. Sleep waits; nil for
	// the clock's own time.
	Patience time.Duration
	Sleep    func(ctx context.Context, d time.Duration) error
}

// What happened in a log.
type What int

// Everything that is told.
const (
	Grown    What = iota // the mirror has all leaves of a larger checkpoint
	Withheld             // its leaves are for witnesses alone until the close
	Smaller              // the server shows less than the urn has signed
	Signed               // a co-signature is with the urn
	Trouble              // the server did not answer as it should; it is asked again
)

// An Event is what happened in the log of an urn.
type Event struct {
	Urn  string
	What What
	Size uint64 // leaves of the checkpoint that it is about
	Err  error  // of Trouble
}

// Raised says that a file of evidence was written, or stands there from before.
type Raised struct {
	File string // in the mirror's directory
	Urn  string
	Kind string // of package evidence
}

// Error implements error.
func (r *Raised) Error() string { return fmt.Sprintf("urn %s: evidence is in %s", r.Urn, r.File) }

// A Follower follows the logs of all urns of a scrutin.
type Follower struct {
	config Config
	logs   []*log
}

// Open goes on with the mirror in the directory, or begins one. Errors are ErrConfig
// and those of the disk.
func Open(c Config) (*Follower, error) {
	base, err := url.Parse(strings.TrimSuffix(c.URL, "/"))
	if err != nil || base.Host == "" || base.Path != "" || base.RawQuery != "" || base.User != nil || base.Scheme != "https" && !(base.Scheme == "http" && here(base.Hostname())) {
		return nil, fmt.Errorf("%w: %q is not the origin of an urn: give https://HOST, and nothing behind it", ErrConfig, c.URL)
	}
	if c.Witness != nil && !among(c.Manifest.WitnessVerifiers(), c.Witness.Verifier()) {
		return nil, fmt.Errorf("%w: the key of %s is of no witness of this manifest", ErrConfig, c.Witness.Verifier().Name())
	}
	if c.Patience == 0 {
		c.Patience = time.Minute
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Tell == nil {
		c.Tell = func(Event) {}
	}
	f := &Follower{config: c}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression, transport.MaxResponseHeaderBytes = true, 64<<10
	reach := &client{base: base.String() + "/", patience: c.Patience, sleep: c.Sleep, http: &http.Client{Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	for _, u := range c.Manifest.Urns {
		l := &log{config: &f.config, client: reach, urn: u.ID, origin: scrutin.Origin(c.Print, u.ID)}
		l.dir = filepath.Join(c.Dir, filepath.FromSlash(l.origin))
		l.key = c.Manifest.Platform.Urn.Verifier()
		l.known = append([]note.Verifier{l.key}, c.Manifest.WitnessVerifiers()...)
		if err := os.MkdirAll(filepath.Join(l.dir, seenDir), 0o755); err != nil {
			return nil, err
		}
		if err := l.load(); err != nil {
			return nil, fmt.Errorf("the mirror in %s: %w", l.dir, err)
		}
		f.logs = append(f.logs, l)
	}
	return f, nil
}

// here says whether a name is this machine's.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func among(witnesses []note.Verifier, key note.Verifier) bool {
	for _, w := range witnesses {
		if w.Plain() == key.Plain() {
			return true
		}
	}
	return false
}

// Round looks at every log once. The error is a *Raised if there is evidence, whatever
// else there is; otherwise the first trouble, after which the others are looked at all
// the same. Both are told.
func (f *Follower) Round(ctx context.Context) error {
	var raised *Raised
	var first error
	for _, l := range f.logs {
		err := l.round(ctx)
		if err == nil {
			continue
		}
		if r := new(Raised); errors.As(err, &r) {
			raised = r
			continue
		}
		f.config.Tell(Event{l.urn, Trouble, l.head.Size, err})
		if first == nil {
			first = fmt.Errorf("urn %s: %w", l.urn, err)
		}
	}
	if raised != nil {
		return raised
	}
	return first
}

// longest is the longest pause after rounds that failed.
const longest = 10 * time.Minute

// Run looks at the logs every so often, after trouble in ever longer pauses, until ctx
// ends or there is evidence, which is the error then.
func (f *Follower) Run(ctx context.Context, every time.Duration) error {
	pause := every
	for {
		err := f.Round(ctx)
		if raised := new(Raised); errors.As(err, &raised) {
			return raised
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			pause = every
		default:
			pause = max(every, min(2*pause, longest))
		}
		if err := f.config.Sleep(ctx, pause); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
