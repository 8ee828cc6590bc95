package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/preparation"
)

// pages serves the pages on a folder, on this machine alone, until the command is interrupted.
func (o *operator) pages(ctx context.Context, from, address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().IsLoopback() {
		return o.usage(pagesLoopback, address)
	}
	if info, err := os.Stat(from); err != nil || !info.IsDir() {
		return &exit{exitNoInput, fmt.Errorf(o.words(noFolder), from)}
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return &exit{exitCannot, err}
	}
	origin := "http://" + l.Addr().String()
	site, err := preparation.New(preparation.Config{Folder: from, Origin: origin, Now: time.Now, Failed: func(route string, err error) { fmt.Fprintln(o.err, route, err) }})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	s, ended := guard.Server(site), make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	o.say(pagesServed, origin+"/entrer?code="+site.Code)
	select {
	case err = <-ended:
		return err
	case <-ctx.Done():
		return errors.Join(s.Close(), ignore(<-ended))
	}
}

// ignore drops what a server says that was closed.
func ignore(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
