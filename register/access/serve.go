package access

import (
	"context"
	"errors"

	"isoloir/ratelimit"
	"isoloir/register"
)

// Messages are the names of what Serve answers.
var Messages = []string{"hello", "first", "open", "account", "way", "drop", "suspend", "resume", "close", "leave"}

// Serve answers the message of a name, from a network, in bytes: a byte 0 and the answer,
// or the number of a refusal alone. An error that is no Refusal is said as ErrBusy, and
// given to the caller besides.
func (s *Service) Serve(ctx context.Context, name string, from ratelimit.Network, request []byte) (answer []byte, failed error) {
	answer, err := s.serve(ctx, name, from, request)
	if err == nil {
		return append([]byte{0}, answer...), nil
	}
	if refused := Refusal(""); !errors.As(err, &refused) {
		failed = err
	}
	return []byte{RefusalNumber(err)}, failed
}

// RefusalNumber is the place of a refusal in the list, from 1; that of ErrBusy for any
// other error.
func RefusalNumber(err error) byte {
	for i, r := range refusals {
		if errors.Is(err, r) {
			return byte(i + 1)
		}
	}
	return byte(len(refusals))
}

func (s *Service) serve(ctx context.Context, name string, from ratelimit.Network, request []byte) ([]byte, error) {
	switch name {
	case "hello":
		if len(request) != numberSize {
			return nil, malformed(name, request)
		}
		r := reader{b: request}
		n := r.number()
		c := s.Hello(n)
		return c[:], r.err
	case "first":
		q, err := ParseFirstRequest(request)
		if err != nil {
			return nil, err
		}
		return s.First(ctx, from, q)
	case "open":
		q, err := ParseOpenRequest(request)
		if err != nil {
			return nil, err
		}
		a, err := s.Open(ctx, from, q)
		return a.Bytes(), err
	case "account":
		if len(request) != SecretSize {
			return nil, malformed(name, request)
		}
		return s.Word(Secret(request))
	}
	return nil, s.serveSession(ctx, name, request)
}

func (s *Service) serveSession(ctx context.Context, name string, request []byte) error {
	size := map[string]int{"way": changeWaySize, "drop": SecretSize + 1, "suspend": SecretSize, "resume": SecretSize, "close": SecretSize, "leave": SecretSize}[name]
	if size == 0 || len(request) != size {
		return malformed(name, request)
	}
	secret, r := Secret(request[:SecretSize]), reader{b: request[SecretSize:]}
	switch name {
	case "way":
		if w := r.way(); r.err == nil {
			return s.PutWay(ctx, secret, w)
		}
	case "drop":
		if kind := r.kind(); r.err == nil {
			return s.DropWay(ctx, secret, kind)
		}
	case "suspend":
		return s.Turn(ctx, secret, register.Suspended)
	case "resume":
		return s.Turn(ctx, secret, register.Used)
	case "close":
		return s.Turn(ctx, secret, register.Invalid)
	default:
		s.Leave(secret)
	}
	return r.err
}
