package login

import (
	"context"
	"errors"
	"time"

	"isoloir/ratelimit"
	"isoloir/roll"
)

// Messages are the names of what Serve answers.
var Messages = []string{"hello", "login", "send", "prove", "open", "companions", "extend", "leave", "reserve", "mark"}

// Serve answers the message of a name, from a network, in bytes (docs/online.md,
// section 1): a byte 0 and the answer, or the number of a refusal alone. An error that
// is no roll.Refusal is said as ErrBusy. wait is how long whoever is told roll.ErrWait
// does wait, if that is known.
func (s *Service) Serve(ctx context.Context, name string, from ratelimit.Network, request []byte) (answer []byte, wait time.Duration) {
	var err error
	switch name {
	case "hello":
		answer, err = s.serveHello(request)
	case "login":
		answer, err = s.serveLogin(ctx, from, request)
	case "prove":
		answer, err = s.serveProve(ctx, request)
	case "reserve":
		answer, err = s.serveReserve(ctx, request)
	case "mark":
		return s.Roll.ServeMark(ctx, request), 0
	default:
		answer, err = s.serveSession(ctx, name, request)
	}
	if err != nil {
		var w Wait
		errors.As(err, &w)
		return []byte{roll.RefusalNumber(err)}, time.Duration(w)
	}
	return append([]byte{0}, answer...), 0
}

func (s *Service) serveHello(request []byte) ([]byte, error) {
	q, err := ParseHelloRequest(request)
	if err != nil {
		return nil, err
	}
	c, err := s.Hello(q)
	return c[:], err
}

func (s *Service) serveLogin(ctx context.Context, from ratelimit.Network, request []byte) ([]byte, error) {
	q, err := ParseLoginRequest(request)
	if err != nil {
		return nil, err
	}
	a, err := s.Login(ctx, from, q)
	return a.Bytes(), err
}

func (s *Service) serveProve(ctx context.Context, request []byte) ([]byte, error) {
	q, err := ParseProveRequest(request)
	if err != nil {
		return nil, err
	}
	step, err := s.Prove(ctx, q)
	return []byte{byte(step)}, err
}

func (s *Service) serveReserve(ctx context.Context, request []byte) ([]byte, error) {
	if len(request) < SecretSize {
		return nil, malformed("reserve", request)
	}
	q, err := roll.ParseReserveRequest(request[SecretSize:])
	if err != nil {
		return nil, err
	}
	a, err := s.Reserve(ctx, Secret(request), q)
	return append(a.Token[:], a.Authorisation...), err
}

// serveSession answers the messages that are a session alone.
func (s *Service) serveSession(ctx context.Context, name string, request []byte) ([]byte, error) {
	secret, err := ParseSecret(request)
	if err != nil {
		return nil, err
	}
	switch name {
	case "send":
		a, err := s.Send(ctx, secret)
		return a.Bytes(), err
	case "open":
		a, err := s.Open(ctx, secret)
		return a.Bytes(), err
	case "companions":
		a, err := s.Companions(ctx, secret)
		return a.Bytes(), err
	case "extend":
		expires, err := s.Extend(ctx, secret)
		return appendTime(nil, expires), err
	case "leave":
		return nil, s.Leave(ctx, secret)
	}
	return nil, malformed(name, request)
}
