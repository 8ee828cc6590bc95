package vaulttest_test

import (
	"flag"
	"net/http"
	"testing"
	"time"

	"isoloir/custody/vaulttest"
)

var build = flag.Bool("build", false, "build the Vault of the tests unless it is there")

// TestBuild builds the server, for make test, which tells it to.
func TestBuild(t *testing.T) {
	if !*build {
		t.Skip("told to by -build")
	}
	began := time.Now()
	to, err := vaulttest.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s, after %s", to, time.Since(began).Round(time.Second))
}

// The server does what tests ask of it, and keeps what it holds when it is killed.
func TestServer(t *testing.T) {
	s := vaulttest.Start(t)
	s.Do(t, s.Root, http.MethodPost, "sys/mounts/a/kv", map[string]any{"type": "kv", "options": map[string]string{"version": "2"}}, nil)
	s.Do(t, s.Root, http.MethodPost, "a/kv/data/x", map[string]any{"data": map[string]string{"value": "y"}}, nil)
	read := func() int {
		status, _ := s.Ask(t, s.Root, http.MethodGet, "a/kv/data/x", nil)
		return status
	}
	if got := read(); got != http.StatusOK {
		t.Fatal(got)
	}
	s.Seal(t)
	if got := read(); got != http.StatusServiceUnavailable {
		t.Errorf("sealed: %d", got)
	}
	s.Unseal(t)
	s.Stop()
	s.Run(t)
	if got := read(); got != http.StatusOK {
		t.Errorf("after it was killed: %d", got)
	}
	s.Refuse(http.StatusTeapot)
	if a, err := http.Get(s.Address + "/v1/sys/health"); err != nil || a.StatusCode != http.StatusTeapot {
		t.Error(a, err)
	}
	s.Refuse(0)
	s.Cut(true)
	if _, err := http.Get(s.Address + "/v1/sys/health"); err == nil {
		t.Error("answered")
	}
	if got := s.Asked("sys/health"); got != 2 {
		t.Errorf("%d questions", got)
	}
}
