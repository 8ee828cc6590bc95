package server

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"isoloir/courier"
	"isoloir/integrity"
	"isoloir/integrity/alert"
	"isoloir/observe"
)

// away is a carrier that refuses until it is there.
type away struct {
	mu     sync.Mutex
	answer error
	took   []courier.Message
}

func (a *away) Carry(_ context.Context, m courier.Message) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.answer == nil {
		a.took = append(a.took, m)
	}
	return a.answer
}

// Alerts have left when every recipient has them, and not when the process ends before.
func TestAlarm(t *testing.T) {
	for name, c := range map[string]struct {
		answer error
		left   bool
	}{"taken": {nil, true}, "away": {errors.New("connection refused"), false}, "no such address": {courier.ErrRefused, true}} {
		t.Run(name, func(t *testing.T) {
			carrier, left := &away{answer: c.answer}, make(chan bool, 1)
			a := &alarm{title: "Conseil", role: observe.RoleOf("urn"), watch: observe.Silent(), woken: make(chan struct{}, 1),
				carriers: map[courier.Channel]courier.Carrier{courier.Email: carrier}, to: map[courier.Channel][]string{courier.Email: {"a@b.example", "c@d.example"}}}
			a.tell([]alert.Event{{Role: "urn", Severity: alert.Critical, Finding: integrity.Finding{Table: "leaf", Urn: "u", What: integrity.Changed}}}, func() { left <- true })
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			go a.run(ctx)
			select {
			case <-left:
				if !c.left {
					t.Error("they have left, and nobody has them")
				}
			case <-ctx.Done():
				if c.left {
					t.Error("they have not left")
				}
			}
			if len(carrier.took) > 0 != (c.answer == nil) || len(carrier.took) == 1 {
				t.Errorf("%d messages", len(carrier.took))
			}
		})
	}
	left := false
	(&alarm{role: observe.RoleOf("urn"), watch: observe.Silent()}).tell([]alert.Event{{}}, func() { left = true })
	if !left {
		t.Error("where nobody is to be told, alerts wait")
	}
}
