package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// intervene is bureau intervene and bureau intervened: a technician at the machine announces that he works on it, and that he has ended.
func (o *operator) intervene(ctx context.Context, command string, args []string) (err error) {
	var path string
	var work journal.Maintenance
	begins := command == "intervene"
	set := o.flags("bureau " + command)
	set.StringVar(&path, "config", "", "")
	set.StringVar(&work.Ticket, "ticket", "", "")
	set.StringVar(&work.Measures, "measures", "", "")
	needed := []*string{&work.Ticket}
	if begins {
		set.StringVar(&work.Who, "who", "", "")
		set.StringVar(&work.Why, "why", "", "")
		set.StringVar(&work.Data, "data", "", "")
		needed = append(needed, &work.Who, &work.Why, &work.Measures, &work.Data)
	}
	empty := func(s *string) bool { return strings.TrimSpace(*s) == "" }
	switch err := o.parse(set, args, bureauHelp); {
	case err != nil:
		return err
	case set.NArg() > 0:
		return o.usage(oneWordTooMany, set.Arg(0))
	case path == "" || slices.ContainsFunc(needed, empty):
		return o.usage(interventionNeeds)
	case work.Measures != "" && empty(&work.Measures):
		return o.usage(interventionNeeds)
	}
	desk, err := o.desk(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.Shut()) }()
	var entry *journal.Entry
	if begins {
		entry, err = desk.Office.Say(ctx, journal.Intervention{Maintenance: work})
	} else {
		entry, err = desk.Office.Intervened(ctx, work.Ticket, work.Measures)
	}
	switch {
	case errors.Is(err, scrutin.ErrMalformed):
		return o.usage(interventionForm)
	case errors.As(err, new(*bve.Refusal)):
		return &exit{exitRefused, errors.New(o.why(err))}
	case errors.Is(err, journal.ErrBroken):
		return &exit{exitData, err}
	case err != nil:
		return refused(err)
	}
	o.say(interventionEntered, work.Ticket, entry.Number, entry.Head)
	return nil
}
