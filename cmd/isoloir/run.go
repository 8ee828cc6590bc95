package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"isoloir/cmd/internal/version"
	"isoloir/sqlfile"
)

// Exit codes, those of sysexits where it has one. They are part of the command's interface.
const (
	exitDone        = 0
	exitRefused     = 1   // the auditor refused the export, or the result is not the file's
	exitUsage       = 64  // the command line is wrong
	exitData        = 65  // the results file is wrong
	exitNoInput     = 66  // the results file cannot be read
	exitInternal    = 70  // the procedure failed
	exitCannot      = 73  // the output directory is in use or cannot be made
	exitIO          = 74  // writing failed: disk full, or the like
	exitInterrupted = 130 // interrupted from the keyboard
)

const help = `isoloir runs scrutins: the roles of a vote online, or a whole one in one process, every party by its own code.

  isoloir run                              a demonstration of the portal on this machine (isoloir run -h says more)
  isoloir serve -role ROLE -config FILE    serve roles of a scrutin (isoloir serve -h says more)
  isoloir import-roll -config FILE …       the electors of a scrutin into its roll (isoloir import-roll -h says more)
  isoloir amend-roll -config FILE …        electors added, and struck off, while the vote is open (isoloir amend-roll -h says more)
  isoloir import-companion -config FILE …  who of a roll votes in a companion too (isoloir import-companion -h says more)
  isoloir deposits -config FILE NOTE…      what issuers leave with the roll, from files (isoloir deposits -h says more)
  isoloir migrate-store, check-store       databases of roll, urn and bureau on PostgreSQL (isoloir check-store -h says more)
  isoloir check-integrity -role ROLE …     whether a store is what its service wrote (isoloir check-integrity -h says more)
  isoloir issuer COMMAND -dir DIR          an issuer's station: codes on their way to people (isoloir issuer -h says more)
  isoloir timestamp -record DIR …          dates by authorities outside (isoloir timestamp -h says more)
  isoloir custody COMMAND                  where keys and secrets are: age files, a Vault (isoloir custody help says more)
  isoloir demo -out DIR                    a small election, from the key ceremony to the auditor's verdict
  isoloir simulate -votes FILE -out DIR    replay a real result through the same procedure
  isoloir verify -record DIR               check an export, with workers on other machines if there are any (isoloir verify -h)
  isoloir worker -record DIR               work for isoloir verify (isoloir worker -h says more)
  isoloir archive list|make|unpack|recount what is kept under seal as one file, and the count once more (isoloir archive help)
  isoloir retention, backup, restore       what is kept until when, and copies of stores that end with their key (isoloir retention -h)
  isoloir destroy -role ROLE -config FILE  what the bureau's act destroy has to be destroyed on a machine (isoloir destroy -h says more)
  isoloir rehearsal -of MANIFEST -out DIR  a vote's whole life as a drill, from its manifest (isoloir rehearsal -h says more)
  isoloir prepare -template|-from …        the manifest of a scrutin, from a folder that people write (isoloir prepare -h)
  isoloir minutes make|verify …            the procès-verbal from record and journal (isoloir minutes help)
  isoloir bureau init|invite …             members of the bureau come to its pages; interventions (isoloir bureau help)
  isoloir journal export|verify …          the bureau's journal as a file, and whether it holds (isoloir journal help)
  isoloir lists -config FILE …             lists of émargement, in two copies (isoloir lists -h says more)
  isoloir totals, clashes                  the result and the lists beside those of other ways of voting (isoloir totals -h)
  isoloir privacy -manifest FILE -out DIR  register of processings, impact assessment, retention (isoloir privacy -h)
  isoloir register COMMAND -dir DIR        the register of anonymous accounts, its cards' distributions (isoloir register help)
  isoloir space COMMAND -config FILE       the back office of consultations, and their notices (isoloir space help)
  isoloir cards make …                     cards of a distribution drawn and printed (isoloir cards help)
  isoloir codes COMMAND                    accounts by two codes that two senders send, without cards (isoloir codes help)
  isoloir sso COMMAND                      civic sites that know the accounts, by OpenID Connect (isoloir sso help)
  isoloir decide paper|statement|adopt …   votes on paper and results of members and citizens (isoloir decide help)
  isoloir mixte -data DIR -scrutin N       weigh citizens' votes against their members' (isoloir mixte -h says more)
  isoloir version                          release, toolchain, and digest of this program (docs/build.md)
  isoloir help                             print this text

FILE is CSV in UTF-8 with the columns urn,urn_name,electors,option,ballots; "blanc" is the blank vote, "nul" a nul one.
DIR must not exist or be empty. It receives export/ (the sealed record), result.csv, fingerprint and witnesses.keys (which
anchor the audit), holders/ (each holder's two media, encrypted under passphrases that are drawn for this replay and kept
nowhere), roll/ and urn/ (the two stores). What an interruption or an error leaves in DIR is not a complete export.

Flags of simulate (and of demo, where they make sense):
  -holders N          members of the bureau, each with a fragment of the key (default 6)
  -threshold N        how many of them open the urn (default 4)
  -class-holders N    how many form the class of the second clause; 0: no second clause (default 2)
  -class-threshold N  how many of the class must be among those who open (default 1)
  -mixers N           mixers of accounts and of ballots (default 3)
  -witnesses N        witnesses (default 3)
  -k N                smallest group of ballots that is opened (default 20)
  -seed N             attribution and order of the choices; never keys or coins (default 1)
  -workers N          computations at once (default: all cores)
  -title TEXT         title of the scrutin
  -lang en|fr         language of what is printed (default: the LANG of your system)
  -json               print one JSON object at the end, with times and memory of every step, and nothing else
  -quiet              no progress

Exit codes:
  0    done
  1    refused: the auditor does not accept the export, or the result is not that of the file
  64   the command line is wrong
  65   the results file is wrong; every mistake is named with its line
  66   the results file cannot be read
  70   the procedure failed
  73   the output directory is in use or cannot be made
  74   writing failed
  130  interrupted
`

// An exit is an error with the code to leave with.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string { return e.err.Error() }
func (e *exit) Unwrap() error { return e.err }

// run executes the command and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, help)
		return exitUsage
	}
	var err error
	switch args[0] {
	case "demo":
		err = demo(ctx, args[1:], stdout, stderr)
	case "simulate":
		err = simulate(ctx, args[1:], stdout, stderr)
	case "run":
		err = runDemonstration(ctx, args[1:], stdout, stderr)
	case "serve":
		err = serve(ctx, args[1:], stderr)
	case "amend-roll":
		err = amendRoll(ctx, args[1:], stdout, stderr)
	case "import-roll":
		err = importRoll(ctx, args[1:], stdout, stderr)
	case "import-companion":
		err = importCompanion(ctx, args[1:], newOperator(stdout, stderr))
	case "deposits":
		err = deposits(ctx, args[1:], stdout, stderr)
	case "migrate-store":
		err = migrateStore(ctx, args[1:], stdout, stderr)
	case "check-store":
		err = checkStore(ctx, args[1:], stdout, stderr)
	case "check-integrity":
		err = checkIntegrity(ctx, args[1:], stdout, stderr)
	case "compare-integrity":
		err = compareIntegrity(args[1:], stdout, stderr)
	case "space":
		err = keepSpaces(ctx, args[1:], newOperator(stdout, stderr))
	case "issuer":
		err = issue(ctx, args[1:], os.Stdin, stdout, stderr)
	case "timestamp":
		err = stamp(ctx, args[1:], stdout, stderr)
	case "custody":
		err = keep(ctx, args[1:], os.Stdin, stdout, stderr)
	case "verify":
		err = verifyExport(ctx, args[1:], stdout, stderr)
	case "worker":
		err = work(ctx, args[1:], stderr)
	case "prepare":
		err = prepareScrutin(ctx, args[1:], stdout, stderr)
	case "minutes":
		err = writeMinutes(ctx, args[1:], stdout, stderr)
	case "bureau":
		err = newOperator(stdout, stderr).bureau(ctx, args[1:])
	case "journal":
		err = newOperator(stdout, stderr).journals(ctx, args[1:])
	case "lists":
		err = makeLists(ctx, args[1:], stdout, stderr)
	case "totals":
		err = addTotals(args[1:], stdout, stderr)
	case "clashes":
		err = compareLists(args[1:], stdout, stderr)
	case "retention":
		err = retain(args[1:], stdout, stderr)
	case "backup":
		err = backup(ctx, args[1:], os.Stdin, stdout, stderr)
	case "restore":
		err = restore(args[1:], stdout, stderr)
	case "destroy":
		err = destroy(ctx, args[1:], stdout, stderr)
	case "archive":
		err = archives(ctx, args[1:], stdout, stderr)
	case "rehearsal":
		err = unlessStopped(ctx, func() error { return rehearse(ctx, args[1:], stdout, stderr) })
	case "privacy":
		err = drawPrivacy(args[1:], stdout, stderr)
	case "register":
		err = keepRegister(ctx, args[1:], stdout, stderr)
	case "cards":
		err = drawCards(ctx, args[1:], stdout, stderr)
	case "codes":
		err = sendCodes(ctx, args[1:], stdout, stderr)
	case "sso":
		err = signOn(ctx, args[1:], stdout, stderr)
	case "decide":
		err = decide(args[1:], stdout, stderr)
	case "mixte":
		err = weigh(args[1:], stdout, stderr)
	case "version":
		err = version.Write(stdout, "isoloir")
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, help)
	default:
		err = &exit{exitUsage, fmt.Errorf("there is no command %q: see isoloir help", args[0])}
	}
	return code(err, stderr)
}

func code(err error, stderr io.Writer) int {
	var e *exit
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, &e):
	case errors.Is(err, context.Canceled):
		e = &exit{exitInterrupted, errors.New("interrupted: what was written so far is not a complete export, remove it")}
	default:
		e = &exit{exitInternal, err}
		if ofDisk(err) {
			e.code = exitIO
		}
	}
	for _, line := range strings.Split(e.Error(), "\n") {
		fmt.Fprintf(stderr, "isoloir: %s\n", line)
	}
	return e.code
}

// ofDisk says whether an error is that of a file or its disk.
func ofDisk(err error) bool {
	var path *fs.PathError
	var link *os.LinkError
	return errors.As(err, &path) || errors.As(err, &link) || sqlfile.OfDisk(err)
}
