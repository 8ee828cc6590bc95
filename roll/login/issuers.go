package login

import (
	"context"
	"fmt"

	"isoloir/account/exchange"
	"isoloir/roll"
)

// An Issuer is an issuer across a link: a function that carries the bytes of a notice
// to it and brings back the answer's. It is a roll.Teller.
type Issuer func(ctx context.Context, notice []byte) ([]byte, error)

var _ roll.Teller = Issuer(nil)

// Voted implements roll.Teller.
func (i Issuer) Voted(ctx context.Context, electors []roll.Place) error {
	v := make(exchange.Voted, len(electors))
	for j, e := range electors {
		v[j] = exchange.Elector{Urn: e.Urn, Number: e.Elector}
	}
	_, err := i.ask(ctx, v.Bytes())
	return err
}

func (i Issuer) ask(ctx context.Context, notice []byte) (exchange.Answer, error) {
	answer, err := i(ctx, notice)
	if err != nil {
		return exchange.Answer{}, fmt.Errorf("asking the issuer: %w", err)
	}
	a, err := exchange.ParseAnswer(answer)
	if err == nil && a.Refused != 0 {
		err = fmt.Errorf("the issuer refuses, with number %d", a.Refused)
	}
	return a, err
}

// Issuers are the issuers across links, by their channel in the manifest. They are a
// Sender.
type Issuers map[string]Issuer

var _ Sender = Issuers(nil)

// Send implements Sender.
func (i Issuers) Send(ctx context.Context, channel string, v exchange.Validation) (hint string, err error) {
	issuer := i[channel]
	if issuer == nil {
		return "", fmt.Errorf("there is no link to an issuer who sends by %s", channel)
	}
	a, err := issuer.ask(ctx, v.Bytes())
	return a.Hint, err
}
