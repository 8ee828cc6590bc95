package server

import (
	"context"
	"fmt"
	"time"

	"isoloir/account/exchange"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/scrutin"
)

// noticeTimeout is how long the issuer has for digits that an elector waits for.
const noticeTimeout = 15 * time.Second

// notifier has the issuers write to electors, each by its own channel.
type notifier map[string]Link

var (
	_ login.Sender = notifier{}
	_ roll.Teller  = notifier{}
)

// newNotifier takes the links to the issuers, in the manifest's order.
func newNotifier(m *scrutin.Manifest, links []Link) notifier {
	n := notifier{}
	for i, l := range links {
		n[m.Issuers[i].Channel] = l
	}
	return n
}

// Send implements login.Sender.
func (n notifier) Send(ctx context.Context, channel string, v exchange.Validation) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, noticeTimeout)
	defer cancel()
	a, err := n.notify(ctx, channel, v.Bytes())
	return a.Hint, err
}

// Voted implements roll.Teller, by e-mail.
func (n notifier) Voted(ctx context.Context, electors []roll.Place) error {
	all := make(exchange.Voted, len(electors))
	for i, e := range electors {
		all[i] = exchange.Elector{Urn: e.Urn, Number: e.Elector}
	}
	_, err := n.notify(ctx, "email", all.Bytes())
	return err
}

func (n notifier) notify(ctx context.Context, channel string, notice []byte) (exchange.Answer, error) {
	link, known := n[channel]
	if !known {
		return exchange.Answer{}, fmt.Errorf("no issuer writes by %s", channel)
	}
	said, err := link.Ask(ctx, "notify", notice)
	if err != nil {
		return exchange.Answer{}, err
	}
	a, err := exchange.ParseAnswer(said)
	switch {
	case err != nil:
	case a.Refused == exchange.RefusedElector:
		err = fmt.Errorf("%w: the issuer by %s has no address of his", roll.ErrElector, channel)
	case a.Refused != 0:
		err = fmt.Errorf("the issuer by %s refuses the notice: %d", channel, a.Refused)
	}
	return a, err
}
