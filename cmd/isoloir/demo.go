package main

import (
	"context"
	_ "embed"
	"io"
	"strings"

	"isoloir/replay"
)

//go:embed demo.csv
var demoVotes string

// demo replays a small invented election of four urns, one of them too small to be opened alone. Two
// authorities in this process date it, and its roll is amended while the vote is open.
func demo(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := flags("demo", "Élection de démonstration", args, stderr)
	if err != nil {
		return err
	}
	if s.Votes, err = replay.ParseVotes(strings.NewReader(demoVotes)); err != nil {
		return err
	}
	s.Authorities, s.Late = 2, s.MinimumSize
	return s.replay(ctx, stdout, stderr)
}
