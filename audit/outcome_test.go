package audit

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzOutcome reads what a worker sends: what is accepted is written as it was.
func FuzzOutcome(f *testing.F) {
	o := &outcome{keys: []byte("keys")}
	o.find(613, errors.New("two\nlines"))
	o.Counts = []int{1, 2}
	b, err := o.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := decodeOutcome(b)
		if err != nil {
			return
		}
		if again, err := o.encode(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%q was read, and is written %q, %v", b, again, err)
		}
	})
}
