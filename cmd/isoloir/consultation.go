package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"isoloir/observe"
	"isoloir/server"
	"isoloir/server/demonstration"
)

// consulted is said once a consultation is open.
var consulted = phrase{`
The consultation is open at %s
Accounts are opened at %s
Some cards that were handed out (account number, constituency, scratch code, passphrase):

%s
The close, the count and all cards: %s/demo/
Stop with Ctrl-C; the same command goes on from here.
`, `
La consultation est ouverte à %s
Les comptes s'ouvrent à %s
Quelques cartes remises (numéro de compte, circonscription, code à gratter, phrase secrète) :

%s
La clôture, le dépouillement et toutes les cartes : %s/demo/
Ctrl-C arrête ; la même commande reprend ici.
`}

// fewCards are how many cards of each constituency are printed, in use and not.
const fewCards = 2

// prepareAccounts prepares a consultation of people with anonymous accounts.
func (s *demonstrate) prepareAccounts(ctx context.Context, tell story, stderr io.Writer) error {
	return s.making(3, tell, stderr, func(w demonstration.Watcher) error {
		return demonstration.PrepareAccounts(ctx, s.out, demonstration.DefaultAccounts(), s.address, w)
	})
}

// consult serves it, with its register.
func (s *demonstrate) consult(ctx context.Context, tell story, stderr io.Writer) (err error) {
	d, err := s.prepared(ctx, tell, stderr)
	if err != nil {
		return err
	}
	h := server.NewHouse(d.Config, []string{"urn", "portal"}, d.Clock.Now, observe.New(observe.Config{Log: stderr, Level: slog.LevelWarn, Now: d.Clock.Now}))
	defer func() { err = errors.Join(err, h.Shut()) }()
	if err := h.Listen(); err != nil {
		return refused(err)
	}
	r, err := d.ServeRegister(ctx)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, r.Shut()) }()
	if err := h.Open(ctx); err != nil {
		return refused(err)
	}
	page, err := demonstration.NewPage(ctx, d, h.Roles)
	if err != nil {
		return err
	}
	defer page.Wait()
	cards, err := d.Cards()
	if err != nil {
		return err
	}
	var rows strings.Builder
	shown := map[string]int{}
	for _, c := range cards {
		kind := fmt.Sprint(c.Constituency, c.Passphrase == "")
		if shown[kind]++; shown[kind] <= fewCards {
			fmt.Fprintf(&rows, "  %-14s %-8s %-16s %s\n", c.Number, c.Constituency, c.Scratch, c.Passphrase)
		}
	}
	o := d.Config.Origins
	if err := tell.say(consulted, o.Portal, o.Register, rows.String(), o.Portal); err != nil {
		return &exit{exitIO, err}
	}
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	return errors.Join(live(ctx, h), <-ended)
}
