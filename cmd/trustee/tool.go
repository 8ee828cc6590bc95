package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"isoloir/cmd/internal/meter"
	"isoloir/cmd/internal/version"
	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/trustee"
)

// tool is one execution of the command.
type tool struct {
	console
	flags
}

// flags are those of all commands together; each command says which it knows.
type flags struct {
	name, medium, second, card, record, out, what, text string
	passphraseFile, newPassphraseFile                   string
	run, amendment, workers, work                       int
	quiet                                               bool
}

func newTool(in io.Reader, out, err io.Writer, env func(string) string) *tool {
	return &tool{console: newConsole(in, out, err, env)}
}

// command is one thing that the tool does.
type command struct {
	does     func(*tool) error
	needs    string // flags that must be given, separated by spaces
	takes    string // flags that may be
	ceremony keyceremony.Step
}

const rounds = "record medium second"

var commands = map[string]command{
	"init":       {does: (*tool).init, needs: "name medium", takes: "second card"},
	"copy":       {does: (*tool).copy, needs: "medium second"},
	"passphrase": {does: (*tool).changePassphrase, needs: "medium", takes: "second new-passphrase-file"},
	"show":       {does: (*tool).show, takes: "medium second record run"},
	"commit":     {needs: rounds, takes: "out run", ceremony: keyceremony.CommitStep},
	"reveal":     {needs: rounds, takes: "out run", ceremony: keyceremony.RevealStep},
	"check":      {needs: rounds, takes: "out run", ceremony: keyceremony.CheckStep},
	"seal":       {needs: rounds, takes: "out run", ceremony: keyceremony.SealStep},
	"rehearse":   {does: (*tool).rehearse, needs: rounds, takes: "out"},
	"test":       {does: (*tool).test, needs: rounds},
	"mix":        {does: (*tool).mix, needs: "record medium what", takes: "second out amendment"},
	"decrypt":    {does: (*tool).decrypt, needs: rounds, takes: "out"},
	"sign":       {does: (*tool).sign, needs: "medium text", takes: "second out"},
}

var errUsage = errors.New("wrong command line")

// run executes a command line and returns the exit code.
func (t *tool) run(args []string) int {
	name, rest, err := t.leading(args)
	if err == nil {
		switch name {
		case "help", "-h", "-help", "--help":
			t.print(help)
			return 0
		case "version":
			err = version.Write(t.console.out, "trustee")
		case "":
			err = usage(noCommand)
		default:
			err = t.command(name, rest)
		}
	}
	if errors.Is(err, flag.ErrHelp) {
		t.print(help)
		return 0
	}
	return t.fail(err)
}

// leading takes the language from in front of the command.
func (t *tool) leading(args []string) (string, []string, error) {
	for len(args) > 0 {
		value, inline := strings.CutPrefix(strings.TrimPrefix(args[0], "-"), "-lang=")
		switch {
		case inline:
			args = args[1:]
		case (args[0] == "-lang" || args[0] == "--lang") && len(args) > 1:
			value, args = args[1], args[2:]
		default:
			return args[0], args[1:], nil
		}
		if err := t.speak(value); err != nil {
			return "", nil, err
		}
	}
	return "", nil, nil
}

func (t *tool) command(name string, args []string) error {
	c, ok := commands[name]
	if !ok {
		return usage(unknownCommand, name)
	}
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	lang := set.String("lang", "", "")
	known := map[string]*string{
		"name": &t.name, "medium": &t.medium, "second": &t.second, "card": &t.card, "record": &t.flags.record,
		"out": &t.flags.out, "what": &t.what, "text": &t.text, "new-passphrase-file": &t.newPassphraseFile,
	}
	numbers := map[string]*int{"run": &t.flags.run, "amendment": &t.amendment}
	for _, f := range strings.Fields(c.needs + " " + c.takes) {
		if number, ok := numbers[f]; ok {
			set.IntVar(number, f, 0, "")
		} else {
			set.StringVar(known[f], f, "", "")
		}
	}
	set.StringVar(&t.passphraseFile, "passphrase-file", "", "")
	set.IntVar(&t.workers, "workers", 0, "")
	set.IntVar(&t.work, "work", device.WorkFactor, "")
	set.BoolVar(&t.quiet, "quiet", false, "")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usage(badFlag, err)
	}
	if *lang != "" {
		if err := t.speak(*lang); err != nil {
			return err
		}
	}
	if set.NArg() > 0 {
		return usage(stray, set.Arg(0))
	}
	for _, f := range strings.Fields(c.needs) {
		if *known[f] == "" {
			return usage(missingFlag, name, f)
		}
	}
	if t.work < 1 || t.work > 22 || t.workers < 0 || t.flags.run < 0 || t.amendment < 0 {
		return usage(badNumber)
	}
	if c.ceremony != "" {
		return t.speakIn(c.ceremony)
	}
	return c.does(t)
}

func (t *tool) options() (trustee.Options, func()) {
	if t.quiet {
		return trustee.Options{Workers: t.workers, Now: time.Now}, func() {}
	}
	m := meter.New(t.err)
	return trustee.Options{Workers: t.workers, Progress: m.Report, Now: time.Now}, m.End
}

// usageError is a wrong command line, in words of the catalogue.
type usageError struct {
	phrase
	args []any
}

func usage(p phrase, args ...any) error { return &usageError{p, args} }

func (e *usageError) Error() string { return fmt.Sprintf(e.en, e.args...) }

func (e *usageError) Unwrap() error { return errUsage }
