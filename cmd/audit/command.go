package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"isoloir/archive"
	"isoloir/audit"
	"isoloir/cmd/internal/meter"
	"isoloir/cmd/internal/version"
	"isoloir/follow"
	"isoloir/record"
)

// Exit codes, those of sysexits where it has one. They are part of the
// command's interface.
const (
	exitHolds       = 0   // every check passed
	exitRefused     = 1   // at least one did not
	exitFork        = 2   // an urn signed two histories: the evidence is written
	exitTestimony   = 3   // less was shown than an urn had signed: what was seen is written, or judged
	exitMissing     = 4   // a promised ballot is not in the export as it was promised
	exitUsage       = 64  // the command line is wrong
	exitData        = 65  // the archive is not in its one form, or does not hold what it lists; a log is not that of its seal
	exitNoExport    = 66  // there is no export at that place
	exitServer      = 69  // a server did not answer as a log does
	exitInternal    = 70  // the auditor itself failed
	exitIO          = 74  // the disk could not be read or the report not written
	exitInterrupted = 130 // interrupted from the keyboard
)

const help = `audit verifies the sealed export of a scrutin, for which it needs only the
export, and follows the public logs of one while the vote runs.

  audit verify [flags] DIR   recompute everything and give the verdict
  audit receipt -export DIR [flags] CODE|FILE
                             where the ballot of a receipt is: log, seal, mix
  audit follow -manifest FILE -url URL -out DIR [flags]
                             mirror the logs, verify them, and co-sign as a witness
  audit evidence [flags] FILE
                             what a file of evidence proves
  audit challenge -record DIR [flags] FILE...
                             what a ballot held that a device opened instead of casting it
  audit script -record DIR -seed FILE [flags]
                             a delegate's day of checks of devices
  audit checks [flags]       print the table of checks
  audit version              release, toolchain, and digest of this program
  audit help                 print this text

Flags of verify, before DIR:
  -fingerprint F   fingerprint of the manifest, 64 hexadecimal digits, as printed with the codes
  -witness FILE    verifier keys of the witnesses, one to a line, as they published them
  -workers N       number of computations at once (default: all cores)
  -json            print the report as JSON
  -lang en|fr      language of the report (default en)
  -quiet           no progress

Flags of checks: -json, -lang. Flags of receipt: -fingerprint, -witness, -json, -lang and
  -evidence FILE   where to write the evidence, if the urn did not keep its promise

Flags of follow, which alone opens connections (docs/log.md):
  -manifest FILE   the manifest, as the portal gives it; -fingerprint F as printed with the codes
  -url URL         the origin of the urns, https://HOST
  -out DIR         where the mirror is, or will be
  -vkey KEY        the urns' verifier key, where somebody told it to you
  -witness FILE    a witness's signing key: co-sign what is verified; -identity FILE opens an age file
  -every D         pause between two rounds (default 1m); -once: one round
  -lang en|fr

Flags of evidence: -export DIR (for a missing ballot), -manifest, -fingerprint, -vkey, -lang.

Flags of challenge and script (docs/online.md, section 7): -fingerprint, -json, -lang and
  -record DIR      manifest.json and opening.note as the portal gives them, or an export
  -code CODE       look for this code in the export, instead of reading files
  -seed FILE       what was drawn in public; -checks N (12), -from HH:MM (09:00), -minutes M (480)

Without -fingerprint and -witness, an export in which all holds is "consistent,
not authenticated"; with both it is "verified".

Exit codes:
  0    all checks passed; the ballot was counted, or replaced by its voter; the evidence proves what it says
  1    refused: at least one check did not pass, or the bureau annulled the result; the ballot was not found, or not counted; the file proves nothing
  2    follow: an urn has signed two histories
  3    an urn shows less than it has signed: a testimony
  4    receipt: a promised ballot is not there as it was promised
  64   the command line is wrong
  65   the file is no archive in the one accepted form, or does not hold what it lists; nothing is known of the export
  66   there is no export at that place
  69   follow -once: a server did not answer as a log does
  70   the auditor itself failed; nothing is known of the export
  74   a file could not be read, or the report could not be written
  130  interrupted; nothing is known of the export
`

// run executes the command and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, help)
		return exitUsage
	}
	switch args[0] {
	case "verify":
		return verify(args[1:], stdout, stderr)
	case "checks":
		return checks(args[1:], stdout, stderr)
	case "receipt":
		return received(args[1:], stdout, stderr)
	case "challenge":
		return challenged(args[1:], stdout, stderr)
	case "script":
		return scripted(args[1:], stdout, stderr)
	case "follow":
		return followed(args[1:], stdout, stderr)
	case "evidence":
		return judged(args[1:], stdout, stderr)
	case "version":
		return printed(stderr, version.Write(stdout, "audit"))
	case "help", "-h", "-help", "--help":
		return printed(stderr, writeHelp(stdout))
	default:
		return usage(stderr, fmt.Errorf("there is no command %q", args[0]))
	}
}

type settings struct {
	fingerprint, witness, lang string
	workers                    int
	json, quiet                bool
}

func verify(args []string, stdout, stderr io.Writer) int {
	var s settings
	set := newFlags("verify", &s)
	set.StringVar(&s.fingerprint, "fingerprint", "", "")
	set.StringVar(&s.witness, "witness", "", "")
	set.IntVar(&s.workers, "workers", 0, "")
	set.BoolVar(&s.quiet, "quiet", false, "")
	if code, done := parse(set, args, stdout, stderr); done {
		return code
	}
	switch {
	case set.NArg() != 1:
		return usage(stderr, fmt.Errorf("give one directory or archive, and flags before it"))
	case s.workers < 0:
		return usage(stderr, fmt.Errorf("-workers %d: give a number of 1 or more", s.workers))
	case s.lang != string(audit.English) && s.lang != string(audit.French):
		return usage(stderr, fmt.Errorf("-lang %q: give en or fr", s.lang))
	}
	opt, err := s.options()
	if err != nil {
		return failure(stderr, err)
	}
	export, checked, shut, err := openExport(set.Arg(0))
	if err != nil {
		return failure(stderr, err)
	}
	defer shut()
	if !s.quiet {
		m := meter.New(stderr)
		opt.Progress = m.Report
		defer m.End()
	}
	report, err := audit.Verify(export, opt)
	if err != nil {
		return failure(stderr, err)
	}
	beside := stdout
	if s.json {
		beside, err = stderr, writeJSON(stdout, report)
	} else {
		err = report.WriteText(stdout, audit.Language(s.lang))
	}
	switch err = errors.Join(err, writeChecked(beside, checked, s.lang)); {
	case err != nil:
		return failure(stderr, fmt.Errorf("%w: writing the report: %w", errIO, err))
	case !report.Holds():
		return exitRefused
	default:
		return exitHolds
	}
}

// writeChecked says what of an archive is not under the report.
func writeChecked(w io.Writer, c *archive.Checked, lang string) error {
	say, err := speaker(lang)
	if c.OtherPage {
		_, failed := fmt.Fprintln(w, say("page"))
		err = errors.Join(err, failed)
	}
	for _, name := range c.Unadopted {
		_, failed := fmt.Fprintln(w, say("unadopted", name))
		err = errors.Join(err, failed)
	}
	return err
}

// options are those of the auditor.
func (s *settings) options() (opt audit.Options, err error) {
	opt.Workers = s.workers
	if s.fingerprint != "" {
		f, err := audit.ParseFingerprint(s.fingerprint)
		if err != nil {
			return opt, fmt.Errorf("%w: %w", errUsage, err)
		}
		opt.Fingerprint = &f
	}
	if s.witness != "" {
		opt.Witnesses, err = readWitnesses(s.witness)
	}
	return opt, err
}

func checks(args []string, stdout, stderr io.Writer) int {
	var s settings
	set := newFlags("checks", &s)
	if code, done := parse(set, args, stdout, stderr); done {
		return code
	}
	if set.NArg() != 0 {
		return usage(stderr, fmt.Errorf("checks takes no %q", set.Arg(0)))
	}
	var err error
	if s.json {
		err = writeJSON(stdout, audit.Checks())
	} else {
		err = audit.WriteChecks(stdout, audit.Language(s.lang))
	}
	return printed(stderr, err)
}

func newFlags(name string, s *settings) *flag.FlagSet {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&s.lang, "lang", string(audit.English), "")
	set.BoolVar(&s.json, "json", false, "")
	return set
}

// parse reads the flags; done says that the command is over, with that code.
func parse(set *flag.FlagSet, args []string, stdout, stderr io.Writer) (code int, done bool) {
	err := set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return printed(stderr, writeHelp(stdout)), true
	case err != nil:
		return usage(stderr, err), true
	}
	return 0, false
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func readWitnesses(path string) ([]audit.WitnessKey, error) {
	data, err := readAtMost(path, 1<<20)
	if err != nil {
		return nil, fmt.Errorf("%w: the file of witness keys: %w", errIO, err)
	}
	keys, err := audit.ParseWitnesses(string(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errUsage, path, err)
	}
	return keys, nil
}

// readAtMost reads a file, or a pipe, of at most so many bytes.
func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%w: %s has more than %d bytes", record.ErrTooLarge, path, most)
	}
	return data, err
}

func usage(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "audit: %v\naudit help says how it is used\n", err)
	return exitUsage
}

// failure prints an error and gives the exit code of its kind.
func failure(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "audit: %s\n", strings.TrimSpace(err.Error()))
	switch {
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, errNoExport):
		return exitNoExport
	case errors.Is(err, follow.ErrServer):
		return exitServer
	case errors.Is(err, archive.ErrForm), errors.Is(err, archive.ErrKept), errors.Is(err, audit.ErrLog):
		return exitData
	case errors.Is(err, audit.ErrInternal):
		return exitInternal
	default:
		return exitIO
	}
}

// printed gives the exit code after the last thing was written.
func printed(stderr io.Writer, err error) int {
	if err != nil {
		return failure(stderr, fmt.Errorf("%w: %w", errIO, err))
	}
	return exitHolds
}

func writeHelp(w io.Writer) error {
	_, err := io.WriteString(w, help)
	return err
}
