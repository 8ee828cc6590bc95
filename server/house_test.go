package server

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"isoloir/observe"
	"isoloir/server/config"
)

// A house that is to stop shuts its doors before its roles finish what was asked of them: else who goes on asking keeps it from stopping.
func TestDoorsFirst(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	open := func() bool {
		a, err := http.Get(address)
		if err != nil {
			return false
		}
		a.Body.Close()
		return a.StatusCode == http.StatusNoContent
	}
	ctx, cancel := context.WithCancel(t.Context())
	role := &Role{Name: "portal", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }),
		hours: []func(context.Context){func(ctx context.Context) {
			for !open() {
				time.Sleep(time.Millisecond)
			}
			cancel()
			<-ctx.Done()
			for end := time.Now().Add(5 * time.Second); open(); time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Error("there is always more to do")
					return
				}
			}
		}}}
	h := &House{Public: &Public{}, Roles: &Roles{Portal: &Portal{Role: role}}, config: &config.Config{},
		setting: Setting{Watch: observe.Silent()}, doors: map[string]*Door{"portal": NewDoor(l)}}
	if err := h.Run(ctx); err != nil {
		t.Error(err)
	}
}
