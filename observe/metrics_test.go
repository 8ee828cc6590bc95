package observe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ask asks a watch, and gives status and body.
func ask(t *testing.T, w *Watch, method, path string) (int, string) {
	t.Helper()
	out := httptest.NewRecorder()
	w.Handler().ServeHTTP(out, httptest.NewRequest(method, path, nil))
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return out.Code, string(body)
}

// whole is a watch with everything that can be shown.
func whole() (w *Watch, counts *[]Count) {
	counts = &[]Count{}
	w = New(Config{})
	w.Group(5)
	w.Answers(Urn, func() []Count { return *counts })
	w.Probe(Urn, func(context.Context) error { return nil }, func(context.Context) (time.Time, error) { return time.Now(), nil })
	w.Certificate(Urn, time.Now())
	w.Show(Vote{Voting: func() bool { return true }, Ends: time.Now, Closed: func() bool { return false }, Logs: func(context.Context) map[string]int { return map[string]int{"centre": 40} }})
	for d := range Dispatch {
		w.Kept(Urn, d)
	}
	return w, counts
}

// Every path and method that is not one of the three is refused.
func TestAccess(t *testing.T) {
	w, _ := whole()
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"} {
		for path, open := range map[string]bool{"/metrics": true, "/livez": true, "/readyz": true, "/": false, "/debug/pprof/": false, "/metrics/x": false, "/v1/append": false} {
			want := http.StatusOK
			switch {
			case !open:
				want = http.StatusNotFound
			case method != "GET" && method != "HEAD":
				want = http.StatusMethodNotAllowed
			}
			if got, _ := ask(t, w, method, path); got != want {
				t.Errorf("%s %s: %d, want %d", method, path, got, want)
			}
		}
	}
}

// A role is ready while it can do its work and the process does not stop; what keeps it is said without what could be somebody's.
func TestReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		w := New(Config{Log: &log})
		look := func(status int, want string) {
			t.Helper()
			time.Sleep(probeAgain)
			if got, said := ask(t, w, "GET", "/readyz"); got != status || !strings.Contains(said, want) {
				t.Errorf("%d %q, want %d %q", got, said, status, want)
			}
			if got, _ := ask(t, w, "GET", "/livez"); got != http.StatusOK {
				t.Error("it does not live")
			}
		}
		look(503, "process: the roles are not open yet")
		var failed error
		off := time.Duration(0)
		w.Probe(Urn, func(context.Context) error { return failed }, func(context.Context) (time.Time, error) { return time.Now().Add(off), nil })
		look(200, "urn: ready")
		failed = errors.New("ballot 0a1b2c: the store is away")
		look(503, "urn: ballot … the store is away")
		look(503, "urn: ballot …")
		failed = nil
		look(200, "urn: ready")
		off = 3 * time.Second
		look(200, "urn: ready")
		off = -2 * time.Minute
		look(503, "more than a minute off")
		off = 0
		look(200, "urn: ready")
		w.Probe(Roll, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}, nil)
		look(503, "roll: context deadline exceeded")
		w.Stop()
		look(503, "urn: the process stops")
		for event, times := range map[string]int{"not ready": 3, "ready again": 2, "clock off": 1, "stopping": 1} {
			if n := strings.Count(log.String(), event); n != times {
				t.Errorf("%q is told %d times, not %d", event, n, times)
			}
		}
	})
}

// What counts requests moves at slots only, and by multiples of k; whoever reads at every moment in between learns nothing.
func TestSlots(t *testing.T) {
	w, counts := whole()
	read := func() string {
		t.Helper()
		_, text := ask(t, w, "GET", "/metrics")
		var kept []string
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "isoloir_answer") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	before := read()
	for n := range 23 {
		*counts = []Count{{"/v1/append", 200, uint64(n + 1)}, {"/v1/append", 429, 4}, {"/who/0123456789abcdef", 404, 3}, {"/who/4711", 404, 3}}
		w.Answered(Urn, 30*time.Millisecond)
		if now := read(); now != before {
			t.Fatalf("after request %d, between slots:\n%s", n+1, now)
		}
	}
	w.Slot()
	after := read()
	for _, want := range []string{
		`isoloir_answers_total{role="urn",route="/v1/append",status="200"} 20`,
		`isoloir_answers_total{role="urn",route="other",status="404"} 5`,
		`isoloir_answer_seconds_bucket{role="urn",le="0.025"} 0`,
		`isoloir_answer_seconds_bucket{role="urn",le="0.05"} 20`,
		`isoloir_answer_seconds_count{role="urn"} 20`,
	} {
		if !strings.Contains(after, want+"\n") {
			t.Errorf("no %s in\n%s", want, after)
		}
	}
	if strings.Contains(after, "429") {
		t.Error("fewer than k are shown")
	}
	for _, value := range regexp.MustCompile(`(?m)^isoloir_answer(?:s_total|_seconds_(?:bucket|count))\{.*\} (\d+)$`).FindAllStringSubmatch(after, -1) {
		if n, err := strconv.Atoi(value[1]); err != nil || n%5 != 0 {
			t.Errorf("%s is no multiple of k", value[0])
		}
	}
	ungrouped := New(Config{})
	ungrouped.Answered(Urn, time.Second)
	ungrouped.Slot()
	if _, text := ask(t, ungrouped, "GET", "/metrics"); strings.Contains(text, "isoloir_answer") {
		t.Error("counts are shown before k is known")
	}
}

// Every metric that is shown is one of the list, every one of the list can be shown, and labels are the four.
func TestMetricsAreClosed(t *testing.T) {
	w, counts := whole()
	*counts = []Count{{"/v1/append", 200, 5}}
	for range 5 {
		w.Answered(Urn, time.Minute)
	}
	w.Slot()
	_, text := ask(t, w, "GET", "/metrics")
	var shown []string
	for _, name := range regexp.MustCompile(`(?m)^# TYPE (\S+) `).FindAllStringSubmatch(text, -1) {
		shown = append(shown, name[1])
	}
	names := Names()
	slices.Sort(names)
	slices.Sort(shown)
	if !slices.Equal(shown, names) {
		t.Errorf("shown: %v\nnamed: %v", shown, names)
	}
	for _, label := range regexp.MustCompile(`[{,]([a-z]+)="`).FindAllStringSubmatch(text, -1) {
		if !slices.Contains([]string{labelRole, labelRoute, labelStatus, labelUrn, "le"}, label[1]) {
			t.Errorf("label %s", label[1])
		}
	}
}

// What libraries write to the process's log becomes an event.
func TestLibraries(t *testing.T) {
	var text bytes.Buffer
	w := New(Config{Log: &text, Now: fixed})
	before := slog.Default()
	w.Libraries()
	defer func() {
		slog.SetDefault(before)
		log.SetOutput(os.Stderr)
		log.SetFlags(log.LstdFlags)
	}()
	log.Printf("handshake with %s failed", "192.0.2.7:4711")
	slog.Warn("mailbox is full", "address", "jean.dupont@example.org")
	got := text.String()
	if strings.Count(got, "library spoke") != 2 || !strings.Contains(got, "handshake with … failed") || strings.Contains(got, "dupont") || strings.Contains(got, "192") {
		t.Error(got)
	}
}
