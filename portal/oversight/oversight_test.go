package oversight_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/oversight"
)

var ctx = context.Background()

// What somebody reads who asks every second: nothing but steps of k at the slots, until the vote is over.
func TestShown(t *testing.T) {
	at, votes, resting := time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC), 0, true
	s := &oversight.Shown{K: 5, Now: func() time.Time { return at }, Resting: func() bool { return resting },
		Count: func(context.Context) ([]int, error) { return []int{votes, 3}, nil }}
	if counts, _, exact, err := s.Counts(ctx); err != nil || !exact || counts[1] != 3 {
		t.Errorf("before the vote: %v %v %v", counts, exact, err)
	}
	resting = false
	if _, _, _, err := s.Counts(ctx); !errors.Is(err, oversight.ErrNone) {
		t.Errorf("before the first slot: %v", err)
	}
	steps := map[int]int{}
	last := 0
	for second := range 3600 {
		at = at.Add(time.Second)
		if second%37 == 0 {
			votes++
		}
		if second%900 == 0 {
			if err := s.Slot(ctx); err != nil {
				t.Fatal(err)
			}
		}
		counts, since, exact, err := s.Counts(ctx)
		if err != nil || exact || counts[0]%5 != 0 || counts[1] != 0 || counts[0] > votes {
			t.Fatalf("second %d: %v of %d, %v, %v", second, counts, votes, exact, err)
		}
		if at.Sub(since.Time) >= 900*time.Second {
			t.Fatalf("second %d: as of %v", second, since)
		}
		if counts[0] != last {
			steps[second%900]++
			last = counts[0]
		}
		counts[0] = -1 // what is given is the asker's own
	}
	if len(steps) != 1 || steps[0] == 0 {
		t.Errorf("numbers moved at %v", steps)
	}
	resting = true
	if counts, _, exact, err := s.Counts(ctx); err != nil || !exact || counts[0] != votes {
		t.Errorf("after the vote: %v of %d, %v, %v", counts, votes, exact, err)
	}
}

// Every question, by whoever asks.
func TestAccess(t *testing.T) {
	asked := map[string]int{}
	secret, other := [32]byte{1}, [32]byte{2}
	plain := func(name string) func(context.Context) error {
		return func(context.Context) error { asked[name]++; return nil }
	}
	all := oversight.Answers{
		Turnout: func(ctx context.Context) (*oversight.Turnout, error) {
			return &oversight.Turnout{}, plain("turnout")(ctx)
		},
		List: func(ctx context.Context, q *oversight.ListQuestion) (*oversight.ListPage, error) {
			return &oversight.ListPage{}, plain("list")(ctx)
		},
		Check:  plain("check"),
		Report: func(ctx context.Context) ([]byte, error) { return []byte("note"), plain("report")(ctx) },
		Delivery: func(ctx context.Context) (*oversight.Delivery, error) {
			return &oversight.Delivery{}, plain("delivery")(ctx)
		},
		Alerts: func(ctx context.Context, _ *oversight.AlertsQuestion) (*oversight.Alerts, error) {
			return &oversight.Alerts{}, plain("alerts")(ctx)
		},
		State: func(ctx context.Context) (*oversight.State, error) { return &oversight.State{}, plain("state")(ctx) },
		Challenges: func(ctx context.Context) (*oversight.Challenges, error) {
			return &oversight.Challenges{}, plain("challenges")(ctx)
		},
	}
	list, err := oversight.Encode(&oversight.ListQuestion{Urn: "urn-1", From: 1})
	if err != nil {
		t.Fatal(err)
	}
	after, err := oversight.Encode(&oversight.AlertsQuestion{Since: 3})
	if err != nil {
		t.Fatal(err)
	}
	g := guard.New(guard.Config{Now: time.Now})
	mux, bare := http.NewServeMux(), http.NewServeMux()
	(&oversight.Endpoints{Secret: secret, Answers: all}).Mount(mux, g)
	(*oversight.Endpoints)(nil).Mount(bare, g)
	(&oversight.Endpoints{Secret: secret}).Mount(bare, g)
	bearer := func(s [32]byte) string { return "Bearer " + hex.EncodeToString(s[:]) }
	for name, body := range map[string][]byte{"turnout": nil, "list": list, "check": nil, "report": nil, "delivery": nil, "alerts": after, "state": nil, "challenges": nil} {
		for what, c := range map[string]struct {
			mux    *http.ServeMux
			method string
			secret string
			body   []byte
			header map[string]string
			want   int
		}{
			"the bureau":        {mux, "POST", bearer(secret), body, nil, 200},
			"nobody":            {mux, "POST", "", body, nil, 403},
			"another role":      {mux, "POST", bearer(other), body, nil, 403},
			"in capitals":       {mux, "POST", "Bearer " + strings.ToUpper(hex.EncodeToString(secret[:])) + "A", body, nil, 403},
			"a page":            {mux, "POST", bearer(secret), body, map[string]string{"Origin": "https://vote.example"}, 403},
			"a page, silently":  {mux, "POST", bearer(secret), body, map[string]string{"Sec-Fetch-Site": "same-origin"}, 403},
			"a reader":          {mux, "GET", bearer(secret), nil, nil, 405},
			"another question":  {mux, "POST", bearer(secret), []byte("{}\n"), nil, 400},
			"a role without it": {bare, "POST", bearer(secret), body, nil, 404},
		} {
			before := asked[name]
			q := httptest.NewRequest(c.method, "/link/v1/"+name, bytes.NewReader(c.body))
			if c.secret != "" {
				q.Header.Set("Authorization", c.secret)
			}
			for k, v := range c.header {
				q.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			c.mux.ServeHTTP(w, q)
			if w.Code != c.want || (asked[name] > before) != (c.want == 200) {
				t.Errorf("%s by %s: %d, want %d", name, what, w.Code, c.want)
			}
		}
	}
	limited := 0
	for range 10 {
		q := httptest.NewRequest("POST", "/link/v1/check", nil)
		q.Header.Set("Authorization", bearer(secret))
		w := httptest.NewRecorder()
		if mux.ServeHTTP(w, q); w.Code == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited < 7 {
		t.Errorf("of ten checks at once %d were refused", limited)
	}
}

// What cannot be answered says so, and nothing of why.
func TestFailures(t *testing.T) {
	for want, failure := range map[int]error{404: oversight.ErrNone, 400: oversight.ErrQuestion, 503: errors.New("password=secret is wrong")} {
		mux := http.NewServeMux()
		(&oversight.Endpoints{Answers: oversight.Answers{Turnout: func(context.Context) (*oversight.Turnout, error) { return nil, failure }}}).Mount(mux, guard.New(guard.Config{Now: time.Now}))
		q := httptest.NewRequest("POST", "/link/v1/turnout", nil)
		q.Header.Set("Authorization", "Bearer "+strings.Repeat("0", 64))
		w := httptest.NewRecorder()
		if mux.ServeHTTP(w, q); w.Code != want || w.Body.Len() > 0 {
			t.Errorf("%v: %d %s", failure, w.Code, w.Body)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range []any{&oversight.State{Disks: []oversight.Disk{{}}, Access: []string{"a"}}} {
		s := v.(*oversight.State)
		data, err := oversight.Encode(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		again := func(v []byte, err error) {
			if err != nil || !bytes.Equal(v, data) {
				t.Fatalf("%q is read, and written %q, %v", data, v, err)
			}
		}
		if v, err := oversight.Decode[oversight.State](data); err == nil {
			again(oversight.Encode(v))
		}
		if v, err := oversight.Decode[oversight.ListPage](data); err == nil {
			again(oversight.Encode(v))
		}
		if v, err := oversight.Decode[oversight.ListQuestion](data); err == nil {
			again(oversight.Encode(v))
		}
		if v, err := oversight.Decode[oversight.Alerts](data); err == nil {
			again(oversight.Encode(v))
		}
	})
}
