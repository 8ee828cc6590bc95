package server

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"isoloir/courier/outbox"
	"isoloir/notice"
	"isoloir/observe"
	"isoloir/portal/board"
	"isoloir/server/config"
	"isoloir/space"
	"isoloir/space/office"
)

// pushed is a push service that takes what comes.
type pushed struct{ asked []*http.Request }

func (p *pushed) RoundTrip(r *http.Request) (*http.Response, error) {
	p.asked = append(p.asked, r)
	return &http.Response{StatusCode: http.StatusCreated, Body: http.NoBody, Request: r}, nil
}

// TestTown: what a publisher publishes is told to who asked for it, by e-mail and in a browser, by
// two roles of which neither has the other's store. (S000-20)
func TestTown(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	at := func(name string) string { return filepath.Join(dir, name) }
	now := time.Date(2032, 4, 1, 9, 0, 0, 0, time.UTC)
	s := Setting{Now: func() time.Time { return now }, Watch: observe.Silent()}
	for i, key := range []string{"link", "push"} {
		if err := WriteSecret(at(key), strings.Repeat(fmt.Sprintf("%02d", i+1), 32)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := office.Open(ctx, at("spaces"), s.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, org := range []string{"ville", "voisine"} {
		if err := f.Init(ctx, space.Organisation{ID: org, Label: "Ville", Kind: "rehearsal", Zone: "Europe/Paris", MinimumSize: 10,
			Constituencies: []space.Constituency{{ID: "nord", Label: "Nord", Electors: 100, Seats: 1}, {ID: "sud", Label: "Sud", Electors: 50, Seats: 1}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Shut(); err != nil {
		t.Fatal(err)
	}
	c := config.Hall{Place: config.Place{Directory: at("spaces")}, Origin: "https://mairie.example", Announcements: at("announcements"), Published: at("published"),
		Consultations: map[string]string{"ville": "https://comptes.example"}}
	if _, err := NewHall(ctx, c, s); !errors.Is(err, config.ErrConfig) || !strings.Contains(err.Error(), "voisine") {
		t.Fatalf("notices of a space that lead to the pages of another: %v", err)
	}
	c.Consultations["voisine"] = "https://voisine.example"
	if err := os.Mkdir(at("spaces/lost+found"), 0o700); err != nil { // as at the top of a file system
		t.Fatal(err)
	}
	h, err := NewHall(ctx, c, s)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Shut()
	if _, err := NewHall(ctx, c, s); err == nil {
		t.Error("two processes have one directory")
	}
	of, err := h.Office.Space(ctx, "ville")
	if err != nil {
		t.Fatal(err)
	}
	publisher, err := of.Name(ctx, "Nadia", space.Publisher, "")
	if err != nil {
		t.Fatal(err)
	}
	if code, err := h.Invite(ctx, "ville", publisher.ID); err != nil || code == "" {
		t.Fatal(err)
	}
	if _, err := h.Invite(ctx, "voisine", publisher.ID); err == nil {
		t.Error("somebody of one space comes into another")
	}
	id, err := of.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	d := space.NewDraft(of.Organisation)
	d.Title, d.Deciders, d.Territory, d.Opens, d.Closes, d.Rule = "Un parc", space.Assembly, []string{"nord"}, "2032-05-21T10:00", "2032-05-26T18:00", "absolute-majority"
	d.Context, d.Questions[0].Title = []string{"Un parc."}, "Faut-il un parc ?"
	if err := of.Save(ctx, id, 1, d); err != nil {
		t.Fatal(err)
	}
	if err := h.announce(ctx, c, []string{"ville", "voisine"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(at("published/ville/" + id)); err == nil {
		t.Error("citizens would read a draft")
	}
	if drafts, err := notice.ReadEvents(at("announcements/ville")); len(drafts) > 0 {
		t.Errorf("a draft is announced: %v %v", drafts, err)
	}
	if err := of.Publish(ctx, publisher, id, 2); err != nil {
		t.Fatal(err)
	}
	marie, err := of.Name(ctx, "Marie Tran", space.Member, "nord")
	if err == nil {
		err = of.TakePosition(ctx, marie, id, 1, "pour", "Les enfants.")
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.announce(ctx, c, []string{"ville", "voisine"}); err != nil {
			t.Fatal(err)
		}
	}
	events, err := notice.ReadEvents(at("announcements/ville"))
	if err != nil || len(events) != 1 || events[0].URL != "https://comptes.example/consultations/"+id || !events[0].Updated.Equal(now) {
		t.Fatalf("%+v %v", events, err)
	}
	shown, err := board.Open(at("published/ville"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer shown.Close()
	if all, err := shown.Published(ctx); err != nil || len(all) != 1 || all[0].ID != id || all[0].Draft.Title != "Un parc" || len(all[0].Acts) != 1 {
		t.Errorf("citizens read %+v %v", all, err)
	}
	if all, err := shown.Members(ctx); err != nil || len(all) != 1 || all[0].Name != "Marie Tran" || len(all[0].Said) != 1 || all[0].Said[0].Positions[0].Position != "pour" {
		t.Errorf("citizens read of members %+v %v", all, err)
	}
	for path, want := range map[string]int{"/ville/fr/entrer": 200, "/voisine/en/entrer": 200, "/ailleurs/": 404, "/": 404, "/ville/fr/personnes": 303} {
		answer := httptest.NewRecorder()
		h.Handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		if answer.Code != want {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
	if err := os.Mkdir(at("notices"), 0o700); err != nil {
		t.Fatal(err)
	}
	service := &pushed{}
	n, err := NewNotices(ctx, config.Notices{Place: config.Place{Directory: at("notices")}, Origin: "https://avis.example", Organisation: "Ville", Kind: "rehearsal", Zone: "Europe/Paris",
		Territories: []config.Territory{{ID: "nord", Label: "Nord"}, {ID: "sud", Label: "Sud"}}, Announcements: at("announcements/ville"), Database: at("notices/notices.db"),
		Key: at("link"), Push: &config.Push{Key: at("push"), Contact: "avis@ville.example"}, Outbox: at("outbox")}, s, &http.Client{Transport: service})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Shut()
	post := func(path, kind, body string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		answer := httptest.NewRecorder()
		n.Handler.ServeHTTP(answer, r)
		if answer.Code/100 != 2 {
			t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
	post("/fr/avis", "application/x-www-form-urlencoded", url.Values{"address": {"anne@nord.example"}, "territory": {"nord"}}.Encode())
	post("/fr/avis", "application/x-www-form-urlencoded", url.Values{"address": {"bob@sud.example"}, "territory": {"sud"}}.Encode())
	if sent, err := n.Service.Send(ctx, nil); err != nil || sent != 2 {
		t.Fatalf("%d questions, %v", sent, err)
	}
	link := regexp.MustCompile(`https://avis\.example(/fr/avis/confirmer\?code=[0-9a-f]{64})`)
	for _, m := range mail(t, at("outbox")) {
		post(link.FindStringSubmatch(m.Body)[1], "application/x-www-form-urlencoded", "")
	}
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	browser, _ := json.Marshal(notice.Endpoint{URL: "https://fcm.googleapis.com/fcm/send/abc", Public: enc(key.PublicKey().Bytes()), Auth: enc(make([]byte, 16))})
	post("/v1/browser?territory=&language=en", "application/json", string(browser))
	if sent, err := n.Service.Send(ctx, events); err != nil || sent != 2 {
		t.Fatalf("%d %v", sent, err)
	}
	told := 0
	for _, m := range mail(t, at("outbox")) {
		if strings.Contains(m.Body, events[0].URL) {
			told++
			if m.To != "anne@nord.example" {
				t.Errorf("%s is told of the north", m.To)
			}
		}
	}
	if told != 1 || len(service.asked) != 1 || !strings.HasPrefix(service.asked[0].Header.Get("Authorization"), "vapid ") {
		t.Errorf("%d messages, %d notices in browsers", told, len(service.asked))
	}
}

// mail is what stands in a directory of messages.
func mail(t *testing.T, dir string) []outbox.Letter {
	t.Helper()
	kept, err := outbox.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	all, err := kept.Letters()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
