package urnapi_test

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"isoloir/portal/urnapi"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// TestAccess asks every endpoint in every way, in every phase of the vote: there is none by which somebody would see the vote that he has cast.
// (S003-28-2, FP-4)
func TestAccess(t *testing.T) {
	messages := []string{"/v1/append", "/v1/account", "/v1/receipt", "/v1/challenge", "/v1/challenged", "/v1/contest", "/v1/chain"}
	open := []string{"/v1/urn-1/checkpoint", "/v1/urn-1/checkpoints"}
	log := []string{"/v1/urn-1/list", "/v1/urn-1/leaves/0"}
	nowhere := []string{"/", "/v1/", "/v1/mark", "/v1/urn-9/checkpoint", "/v1/urn-1/", "/v1/urn-1/leaves/", "/v1/urn-1/secrets",
		"/v1/urn-1/leaves/1", "/v1/urn-1/leaves/00", "/v1/urn-1/leaves/-0", "/v1/urn-1/leaves/0x0", "/v1/urn-1/leaves/99999999999999999999", "/link/v1/void"}
	methods := []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
	origins := []string{"", page, "https://evil.example", "null", strings.ToUpper(page)}
	types := []string{octets, octets + "; charset=x", "", "text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
	for _, public := range []bool{false, true} {
		o := newOrigin(t, public, nil)
		phases := []struct {
			name   string
			logs   bool
			change func()
		}{
			{"before the opening", public, func() { o.now = o.now.Add(-time.Minute) }},
			{"open", public, func() { o.now = o.now.Add(time.Minute); o.cast(t, 0, 1) }},
			{"after the end", public, func() { o.now = o.now.Add(2 * time.Hour) }},
			{"closed", true, func() {
				if err := o.urn.Close(ctx); err != nil {
					t.Fatal(err)
				}
			}},
		}
		for _, phase := range phases {
			phase.change()
			for _, from := range origins {
				foreign := from != "" && from != page
				for _, media := range types {
					for _, path := range messages {
						for _, method := range methods {
							want := http.StatusOK
							switch {
							case foreign:
								want = http.StatusForbidden
							case method != "POST":
								want = http.StatusMethodNotAllowed
							case !strings.HasPrefix(media, octets):
								want = http.StatusUnsupportedMediaType
							}
							w := o.ask(method, path, []byte("x"), "Origin", from, "Content-Type", media)
							if w.Code != want {
								t.Errorf("%s: %s %s from %q as %q: %d, not %d", phase.name, method, path, from, media, w.Code, want)
							}
							if want == 200 && len(w.Body.Bytes()) != 1 {
								t.Errorf("%s: %s: a byte that is no message is answered %x", phase.name, path, w.Body)
							}
						}
					}
				}
				for _, method := range methods {
					get := method == "GET" || method == "HEAD"
					all := files(open, log, nowhere, phase.logs, phase.name == "closed")
					if all["/v1/urn-1/challenges"] = 403; phase.name == "closed" {
						all["/v1/urn-1/challenges"] = 200
					}
					for path, want := range all {
						switch {
						case foreign:
							want = http.StatusForbidden
						case !get:
							want = http.StatusMethodNotAllowed
						}
						if w := o.ask(method, path, nil, "Origin", from); w.Code != want {
							t.Errorf("%s, public %v: %s %s from %q: %d, not %d", phase.name, public, method, path, from, w.Code, want)
						}
					}
				}
			}
			o.links(t, phase.name)
		}
	}
}

// files says what GET answers for every path. A bundle is there once a leaf is.
func files(open, log, nowhere []string, logs, leaf bool) map[string]int {
	want := map[string]int{}
	for _, path := range open {
		want[path] = 200
	}
	for _, path := range log {
		if want[path] = 200; !logs {
			want[path] = 403
		}
	}
	for _, path := range nowhere {
		if want[path] = 404; !logs && strings.HasPrefix(path, "/v1/urn-1/leaves/") && path != "/v1/urn-1/leaves/" {
			want[path] = 403
		}
	}
	if logs && !leaf {
		want["/v1/urn-1/leaves/0"] = 404
	}
	return want
}

func (o *origin) links(t *testing.T, phase string) {
	t.Helper()
	good := "Bearer " + hex.EncodeToString(o.link[:])
	question := urn.FateRequest{Urn: 0, Tokens: []urn.Hash{urntest.Token()}}.Bytes()
	for name, c := range map[string]struct {
		method string
		head   []string
		want   int
	}{
		"the roll":             {"POST", []string{"Authorization", good}, 200},
		"nobody":               {"POST", nil, 403},
		"another secret":       {"POST", []string{"Authorization", good[:len(good)-1] + "f"}, 403},
		"no scheme":            {"POST", []string{"Authorization", good[7:]}, 403},
		"the roll, by GET":     {"GET", []string{"Authorization", good}, 405},
		"a page with a secret": {"POST", []string{"Authorization", good, "Origin", page}, 403},
		"a browser":            {"POST", []string{"Authorization", good, "Sec-Fetch-Site", "same-origin"}, 403},
	} {
		w := o.ask(c.method, "/link/v1/fate", question, c.head...)
		if w.Code != c.want {
			t.Errorf("%s: link from %s: %d, not %d", phase, name, w.Code, c.want)
		}
		if a, err := urn.ParseFateAnswer(w.Body.Bytes()); c.want == 200 && (err != nil || a.Err != nil || len(a.Fates) != 1 || a.Fates[0] != nil) {
			t.Errorf("%s: %v, %v", phase, err, a)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: a link admits a page", phase)
		}
	}
}

func TestNoLink(t *testing.T) {
	o := newOrigin(t, true, func(c *urnapi.Config) { c.Link = nil })
	if w := o.ask("POST", "/link/v1/fate", nil, "Authorization", "Bearer "+hex.EncodeToString(o.link[:])); w.Code != 405 {
		t.Errorf("%d", w.Code)
	}
}
