package demonstration

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/observe"
	"isoloir/server/config"
)

// lines are what a watch writes.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// read is what an address answers.
func read(t *testing.T, address string) (int, string) {
	t.Helper()
	a, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(body)
}

// A dozen electors vote, some of them badly, a directory of keys goes away and comes back, and all the while somebody reads log and metrics: of no
// elector, ballot, address or code is there anything, and no count moves by less than k.
func TestNothingOfAnybodyIsSeen(t *testing.T) {
	var log lines
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	watch := observe.New(observe.Config{Log: &log, Now: time.Now})
	w := watched(t, copied(t), watch, func(c *config.Config) { c.Observe = &config.Observe{Listen: at} })
	all, _ := ballots(t, w.Demonstration, w.house.Public, 12)
	var seen strings.Builder
	look := func() {
		t.Helper()
		for _, path := range []string{"/metrics", "/readyz"} {
			_, text := read(t, "http://"+at+path)
			seen.WriteString(text)
		}
	}
	for i, e := range all {
		bad := *e
		bad.voter.Password = all[(i+1)%len(all)].voter.Password
		if bad.vote(context.Background()) == nil {
			t.Error("somebody voted with another's code")
		}
		if err := e.vote(context.Background()); err != nil {
			t.Fatal(err)
		}
		look()
	}
	ask(t, "POST", w.Config.Origins.Urn+"/v1/receipt", map[string]string{"Content-Type": "application/octet-stream"}, "x")
	ask(t, "GET", w.Config.Origins.Portal+"/who/"+all[0].voter.Identifier, nil, "")

	keys, away := w.Config.Urn.BatchKeys, w.Config.Urn.BatchKeys+".away"
	if err := os.Rename(keys, away); err != nil {
		t.Fatal(err)
	}
	awaits(t, at, http.StatusServiceUnavailable, "urn: …the key of the rows that wait is not in its directory")
	look()
	if err := os.RemoveAll(keys); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(away, keys); err != nil {
		t.Fatal(err)
	}
	awaits(t, at, http.StatusOK, "urn: ready")
	watch.Slot()
	look()
	if !strings.Contains(seen.String(), `isoloir_answers_total{role="roll",route="/v1/login",status="200"} 24`) {
		t.Error("24 logins are not counted at the slot")
	}
	for _, origin := range []string{w.Config.Origins.Portal, w.Config.Origins.Roll, w.Config.Origins.Urn, w.Config.Origins.IssuerA, w.Config.Origins.IssuerB} {
		for _, path := range []string{"/metrics", "/livez", "/readyz"} {
			if status, _ := read(t, origin+path); status != http.StatusNotFound {
				t.Errorf("%s%s: %d", origin, path, status)
			}
		}
	}
	w.stop()
	if !strings.Contains(log.String(), "msg=stopping") {
		t.Error("the log does not say that it stops")
	}
	absent(t, log.String()+seen.String(), all)

	// In the log numbers are instants and addresses to listen on, and nothing else.
	settled := regexp.MustCompile(`^time=\S+ |(listen|origin)=\S+`)
	for line := range strings.Lines(log.String()) {
		if rest := settled.ReplaceAllString(line, ""); strings.ContainsAny(rest, "0123456789@") {
			t.Errorf("a number in the log: %s", line)
		}
	}
}

// awaits waits until readiness is answered so.
func awaits(t *testing.T, at string, want int, says string) {
	t.Helper()
	words := strings.ReplaceAll(says, "…", "")
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		status, text := read(t, "http://"+at+"/readyz")
		if status == want && strings.Contains(text, words) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d %q, want %d %q", status, text, want, says)
		}
	}
}

// absent finds in a text what is of somebody, or of his ballot.
func absent(t *testing.T, text string, all []*elector) {
	t.Helper()
	low := strings.ToLower(text)
	for _, e := range all {
		number, _, _ := strings.Cut(e.voter.Identifier, "-")
		hash := e.device.Receipt()
		for what, secret := range map[string]string{
			"reference": e.voter.Reference, "family name": e.voter.Family, "identifier": e.voter.Identifier, "password": e.voter.Password,
			"e-mail": e.voter.Email, "telephone": e.voter.Telephone, "elector's number": fmt.Sprintf("elector=%s", number),
			"ballot's hash": hex.EncodeToString(hash[:8]), "ballot's hash in base 64": base64.StdEncoding.EncodeToString(hash[:9]),
		} {
			if secret != "" && strings.Contains(low, strings.ToLower(secret)) {
				t.Errorf("%s %q is seen", what, secret)
			}
		}
	}
}
