package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"isoloir/courier"
	"isoloir/courier/sms"
	"isoloir/custody"
	"isoloir/integrity/alert"
	"isoloir/observe"
)

// How long alerts wait for others to leave with them, and for the next try where a carrier has not taken them.
const (
	gatherAlerts = 2 * time.Second
	alertAgain   = 20 * time.Second
)

// namedAlerts is how many alerts a message names.
const namedAlerts = 20

// alarm carries alerts to people. The log of alerts keeps those that have not left.
type alarm struct {
	title    string
	role     observe.Role
	watch    *observe.Watch
	carriers map[courier.Channel]courier.Carrier
	to       map[courier.Channel][]string

	mu      sync.Mutex
	waiting []alert.Event
	left    []func() // to be called once they have left
	woken   chan struct{}
}

// newAlarm opens the carriers that the configuration names.
func newAlarm(ctx context.Context, s Setting, role string, k custody.Keeper) (*alarm, error) {
	a := &alarm{title: s.Public.Manifest.Scrutin.Title, role: observe.RoleOf(role), watch: s.Watch,
		carriers: map[courier.Channel]courier.Carrier{}, to: map[courier.Channel][]string{}, woken: make(chan struct{}, 1)}
	c := s.Alerts
	if c == nil {
		return a, nil
	}
	if c.Email != nil || c.Outbox != "" {
		carrier, err := mailer(ctx, c.Email, k, c.Outbox, s.Now)
		if err != nil {
			return nil, err
		}
		a.carriers[courier.Email], a.to[courier.Email] = carrier, c.To
	}
	if c.SMS != nil {
		key, err := custody.Bearer(ctx, k, c.SMS.Key)
		if err != nil {
			return nil, err
		}
		carrier, err := sms.New(sms.Config{URL: c.SMS.URL, Key: key[:], Sender: c.SMS.Sender})
		if err != nil {
			return nil, err
		}
		a.carriers[courier.SMS], a.to[courier.SMS] = carrier, c.Phones
	}
	return a, nil
}

// tell takes alerts on their way.
func (a *alarm) tell(events []alert.Event, left func()) {
	for _, e := range events {
		damage := observe.DamageOf(e.Finding.String())
		if e.Severity == alert.Notice {
			a.watch.Tell(observe.StoreHealed{Role: a.role, Damage: damage})
		} else {
			a.watch.Tell(observe.StoreAltered{Role: a.role, Damage: damage})
		}
	}
	if len(a.carriers) == 0 {
		left()
		return
	}
	a.mu.Lock()
	a.waiting, a.left = append(a.waiting, events...), append(a.left, left)
	a.mu.Unlock()
	select {
	case a.woken <- struct{}{}:
	default:
	}
}

// run sends what waits until ctx ends.
func (a *alarm) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.woken:
		}
		if !wait(ctx, gatherAlerts) {
			return
		}
		a.mu.Lock()
		events, left := a.waiting, a.left
		a.waiting, a.left = nil, nil
		a.mu.Unlock()
		if len(events) > 0 {
			go a.send(ctx, events, left) // what comes meanwhile does not wait for a carrier that is away
		}
	}
}

// send gives a message to each carrier for each recipient, again and again until it is taken, and says then that it has left. What a carrier refuses
// for good has no other way to leave.
func (a *alarm) send(ctx context.Context, events []alert.Event, left []func()) {
	subject, body, short := a.texts(events)
	if a.deliver(ctx, subject, body, short); ctx.Err() == nil {
		for _, tell := range left {
			tell()
		}
	}
}

// deliver gives a message to each carrier for each recipient, and comes back when all of them are taken or refused, or ctx ends.
func (a *alarm) deliver(ctx context.Context, subject, body, short string) {
	var all sync.WaitGroup
	for channel, carrier := range a.carriers {
		for _, to := range a.to[channel] {
			var name [16]byte
			rand.Read(name[:])
			m := courier.Message{Name: hex.EncodeToString(name[:]), Kind: courier.Information, Channel: channel, Language: "fr", To: to, Subject: subject, Body: body}
			if channel == courier.SMS {
				m.Subject, m.Body = "", short
			}
			all.Go(func() { a.carry(ctx, carrier, m) })
		}
	}
	all.Wait()
}

// carry tries until a message is taken or refused, or ctx ends.
func (a *alarm) carry(ctx context.Context, carrier courier.Carrier, m courier.Message) {
	for {
		err := carrier.Carry(ctx, m)
		if err == nil || ctx.Err() != nil {
			return
		}
		a.watch.Failed(a.role, observe.Inspect, fmt.Errorf("an alert could not be sent: %w", err))
		if errors.Is(err, courier.ErrRefused) || !wait(ctx, alertAgain) {
			return
		}
	}
}

// texts are those of a message, in French and in English.
func (a *alarm) texts(events []alert.Event) (subject, body, short string) {
	role := events[0].Role
	subject = fmt.Sprintf("Alerte d’intégrité / integrity alert: %s, %s", a.title, role)
	short = fmt.Sprintf("%s, %s : %d alerte(s) d’intégrité / integrity alert(s). %s", a.title, role, len(events), events[0].Finding)
	var lines strings.Builder
	for i, e := range events {
		if i == namedAlerts {
			fmt.Fprintf(&lines, "… %d de plus / more\n", len(events)-i)
			break
		}
		fmt.Fprintln(&lines, e)
	}
	body = "Le contrôle d’intégrité a trouvé, dans la base indiquée, ce que le service n’a pas écrit, ou n’y trouve plus ce qu’une alerte avait dit. " +
		"Ne changez rien à la base, prévenez le bureau, lancez « isoloir check-integrity ».\n\n" +
		"The integrity check has found, in the store named here, what its service did not write, or misses what an alert had told. " +
		"Change nothing in the store, tell the bureau, run “isoloir check-integrity”.\n\n" + lines.String()
	return subject, body, short
}
