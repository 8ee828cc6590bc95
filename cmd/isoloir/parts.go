package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// parts are what a command can be told to do, by name.
type parts map[string]func(context.Context, []string) error

// dispatch does the part of a command that is named first, or prints its help, in the language of -lang.
func (o *operator) dispatch(ctx context.Context, command string, help phrase, parts parts, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(o.err, o.words(help))
		return o.usage(partMissing, command, strings.Join(slices.Sorted(maps.Keys(parts)), ", "))
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		if err := o.parse(o.flags(args[0]), args[1:], help); err != nil {
			return err
		}
		fmt.Fprint(o.out, o.words(help))
		return nil
	}
	do, known := parts[args[0]]
	if !known {
		return o.usage(partUnknown, command, args[0])
	}
	return o.explain(do(ctx, args[1:]))
}

// line parses what a command was given. A word that belongs to no flag is one too many, and where something lacks, needs says what.
func (o *operator) line(set *flag.FlagSet, args []string, help phrase, lacks func() bool, needs phrase) error {
	if err := o.parse(set, args, help); err != nil {
		return err
	}
	if set.NArg() > 0 {
		return o.usage(oneWordTooMany, set.Arg(0))
	}
	if lacks() {
		return o.usage(needs)
	}
	return nil
}

var (
	partMissing = phrase{"say what to do: isoloir %s needs one of %s", "dites quoi faire : isoloir %s veut l'un de %s"}
	partUnknown = phrase{"there is no command %[1]s %[2]q: see isoloir %[1]s help", "il n'y a pas de commande %[1]s %[2]q : voyez isoloir %[1]s help"}
)
