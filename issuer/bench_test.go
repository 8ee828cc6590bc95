package issuer_test

import (
	"context"
	"testing"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
)

// nowhere is a carrier that takes everything at once.
type nowhere struct{}

func (nowhere) Carry(context.Context, courier.Message) error { return nil }

// Informing people: from the spool, through the text, to a carrier that takes no
// time, and marked.
func BenchmarkInform(b *testing.B) {
	f, sent := fixture(b, 5000), 0
	for b.Loop() {
		b.StopTimer()
		s := issuertest.New(b, f, 1, func(c *issuer.Config) { c.Carriers = map[courier.Channel]courier.Carrier{courier.SMS: nowhere{}} })
		s.Import(b)
		if _, err := s.Inform(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		sum, err := s.Dispatch(b.Context(), courier.SMS, nil)
		if err != nil {
			b.Fatal(err)
		}
		sent += sum.Sent
	}
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "messages/s")
}
