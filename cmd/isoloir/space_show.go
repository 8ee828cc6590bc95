package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"isoloir/mixte"
	"isoloir/portal/board"
	"isoloir/portal/result"
	"isoloir/server"
	"isoloir/space"
)

// show writes beside a published consultation what whoever runs its vote knows: where one votes, where its result is, and
// what members and citizens have decided.
func (s *spaces) show(ctx context.Context) error {
	switch {
	case s.town.Hall == nil || s.town.Hall.Published == "":
		return &exit{exitData, fmt.Errorf(s.words(spaceNowhere), s.config)}
	case s.voting == "" && s.result == "", s.record != "" && s.result == "":
		return s.usage(spaceShows)
	}
	dir := filepath.Join(s.town.Hall.Published, s.organisation)
	if s.voting != "" {
		if err := board.Vote(dir, s.consultation, s.voting); err != nil {
			return shown(err)
		}
	}
	if s.result != "" {
		statements, err := s.decided(ctx, dir)
		if err != nil {
			return err
		}
		if err := board.Settle(dir, s.consultation, s.result, statements...); err != nil {
			return shown(err)
		}
	}
	s.say(spaceShown, filepath.Join(dir, s.consultation))
	return nil
}

// decided are the statements of the record, question by question: those of the consultation that is on the board, signed by
// its bureau, and public.
func (s *spaces) decided(ctx context.Context, dir string) (all []*mixte.Statement, err error) {
	if s.record == "" {
		return nil, nil
	}
	there, err := board.Open(dir, nil)
	if err != nil {
		return nil, err
	}
	defer there.Close()
	c, err := there.Consultation(ctx, s.consultation)
	if err != nil {
		return nil, shown(err)
	}
	p, err := server.OpenPublic(s.record)
	if err != nil {
		return nil, &exit{exitNoInput, err}
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if p.Fingerprint != c.Fingerprint {
		return nil, &exit{exitData, fmt.Errorf(s.words(spaceOther), s.record)}
	}
	from := server.Decisions(p, time.Now)
	for i := range c.Draft.Questions {
		d, err := from.Decision(ctx, space.QuestionID(i))
		switch {
		case err == nil:
			all = append(all, d.Statement)
		case errors.Is(err, result.ErrUnknown):
			all = append(all, nil)
		default:
			return nil, &exit{exitData, err}
		}
	}
	return all, nil
}

// shown gives what a board refuses its exit code.
func shown(err error) error {
	if errors.Is(err, board.ErrInvalid) {
		return &exit{exitData, err}
	}
	return err
}
