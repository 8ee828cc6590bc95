package faults

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// A line is a connection by TCP between two who are apart, which can be in trouble.
type line struct {
	name  string
	proxy *toxiproxy.Proxy
}

// newLine listens, and leads to another address of this machine.
func newLine(t testing.TB, name, upstream string) *line {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	l := &line{name, toxiproxy.NewProxy(server, name, address(t), upstream)}
	if err := l.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.proxy.Stop)
	return l
}

// at is where the line listens.
func (l *line) at() string { return l.proxy.Listen }

// troubles are what a line suffers for a while.
var troubles = map[string]func(l *line, ctx context.Context, d time.Duration) error{
	"refused": (*line).refuse,
	"reset": func(l *line, ctx context.Context, d time.Duration) error {
		return l.suffer(ctx, d, "reset_peer", `{"timeout": 0}`)
	},
	"cut in a message": func(l *line, ctx context.Context, d time.Duration) error {
		return l.suffer(ctx, d, "limit_data", fmt.Sprintf(`{"bytes": %d}`, 1+d.Microseconds()%4000))
	},
	"delayed": func(l *line, ctx context.Context, d time.Duration) error {
		return l.suffer(ctx, d, "latency", `{"latency": 300, "jitter": 250}`)
	},
	"slowed": func(l *line, ctx context.Context, d time.Duration) error {
		return l.suffer(ctx, d, "bandwidth", `{"rate": 8}`) // kB a second
	},
}

// refuse ends every connection, and takes no new one.
func (l *line) refuse(ctx context.Context, d time.Duration) error {
	l.proxy.Stop()
	pass(ctx, d)
	return l.proxy.Start()
}

// suffer has a toxic of that type in both directions.
func (l *line) suffer(ctx context.Context, d time.Duration, kind, attributes string) error {
	for _, stream := range []string{"upstream", "downstream"} {
		text := fmt.Sprintf(`{"name": %q, "type": %q, "stream": %q, "attributes": %s}`, stream, kind, stream, attributes)
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
			return err
		}
	}
	pass(ctx, d)
	l.proxy.Toxics.ResetToxics(context.Background())
	return nil
}

// pass lets time pass, or ctx end.
func pass(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
