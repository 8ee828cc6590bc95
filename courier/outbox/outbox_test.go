package outbox_test

import (
	"testing"
	"time"

	"isoloir/courier"
	"isoloir/courier/outbox"
)

func TestBox(t *testing.T) {
	now := time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	b := outbox.New(3, func() time.Time { now = now.Add(time.Second); return now })
	for _, m := range []courier.Message{{Name: "a", To: "x"}, {Name: "b", To: "y"}, {Name: "c", To: "x"}, {Name: "a", To: "x", Body: "again"}, {Name: "d", To: "y"}} {
		if err := b.Carry(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	got := ""
	for _, l := range b.Letters() {
		got += l.Name
	}
	if got != "dac" {
		t.Errorf("the box holds %q, not the last three, each once", got)
	}
	if to := b.To("x"); len(to) != 2 || to[0].Body != "again" || !to[0].Time.After(to[1].Time) {
		t.Errorf("to x: %+v", to)
	}
}
