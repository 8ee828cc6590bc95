package outbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"isoloir/courier"
	"isoloir/courier/outbox"
)

// A directory keeps messages for whoever opens it again, one for each name, and no file outside itself.
func TestDirectory(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	box, err := outbox.Open(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Repeat("a", 32), strings.Repeat("b", 32)
	for _, m := range []courier.Message{{Name: a, To: "a@exemple.fr", Body: "first"}, {Name: b, To: "b@exemple.fr"}, {Name: a, To: "a@exemple.fr", Body: "again"}} {
		if err := box.Carry(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := box.Carry(context.Background(), courier.Message{Name: "../" + a[:29]}); err == nil {
		t.Error("a name that is a path was accepted")
	}
	again, err := outbox.Open(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	letters, err := again.Letters()
	if err != nil || len(letters) != 2 || letters[0].Body != "again" || letters[1].To != "b@exemple.fr" {
		t.Fatalf("%+v, %v", letters, err)
	}
}
