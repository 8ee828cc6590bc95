package notice_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"isoloir/courier"
	"isoloir/courier/outbox"
	"isoloir/notice"
	"isoloir/notice/sqlite"
)

var begins = time.Date(2032, 5, 30, 6, 0, 0, 0, time.UTC)

// parc is a consultation of the north.
func parc() notice.Event {
	return notice.Event{ID: "parc", Title: "Un parc, ou un parking ?", Territory: []string{"nord"}, Opens: begins, Closes: begins.Add(48 * time.Hour), Updated: begins.Add(-24 * time.Hour),
		URL: "https://ville.example/consultations/parc"}
}

// A post carries e-mails, and refuses an address for good.
type post struct {
	*outbox.Box
	dead    string
	down    bool
	carried int // how often it was asked to carry
}

func (p *post) Carry(ctx context.Context, m courier.Message) error {
	p.carried++
	switch {
	case p.down:
		return errors.New("no connection")
	case m.To == p.dead:
		return courier.ErrRefused
	}
	return p.Box.Carry(ctx, m)
}

// browsers are a push service.
type browsers struct {
	status int
	asked  []*http.Request
}

func (b *browsers) Do(r *http.Request) (*http.Response, error) {
	b.asked = append(b.asked, r)
	return &http.Response{StatusCode: b.status, Body: io.NopCloser(strings.NewReader(""))}, nil
}

type office struct {
	*notice.Service
	*post
	push  *browsers
	now   time.Time
	store *sqlite.Store
	path  string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	v := &office{push: &browsers{status: 201}, now: begins.Add(-time.Hour), path: filepath.Join(t.TempDir(), "notices.db")}
	clock := func() time.Time { return v.now }
	v.post = &post{Box: outbox.New(100, clock)}
	var err error
	if v.store, err = sqlite.Open(t.Context(), v.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.store.Shut() })
	pusher, err := notice.NewPusher(base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)), "mairie@ville.example", v.push)
	if err != nil {
		t.Fatal(err)
	}
	v.Service = &notice.Service{Store: v.store, Carrier: v.post, Push: pusher, Site: "https://avis.ville.example", Organisation: "Ville", Zone: time.UTC, Now: clock}
	rand.Read(v.Key[:])
	return v
}

var codes = regexp.MustCompile(`code=([0-9a-f]{64})`)

// code is the one in the last message to an address.
func (v *office) code(t *testing.T, address string) string {
	t.Helper()
	letters := v.To(address)
	if len(letters) == 0 {
		t.Fatalf("nothing for %s", address)
	}
	return codes.FindStringSubmatch(letters[0].Body)[1]
}

func (v *office) ask(t *testing.T, address, territory, language string) {
	t.Helper()
	if err := v.Ask(t.Context(), address, territory, language); err != nil {
		t.Fatal(err)
	}
}

// confirm has the questions leave, and these addresses answer theirs.
func (v *office) confirm(t *testing.T, addresses ...string) {
	t.Helper()
	if _, err := v.Send(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if err := v.Confirm(t.Context(), v.code(t, a)); err != nil {
			t.Fatal(err)
		}
	}
}

// count is what a query of the store counts.
func (v *office) count(t *testing.T, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+v.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (v *office) send(t *testing.T, want int, events ...notice.Event) {
	t.Helper()
	if n, err := v.Send(t.Context(), events); err != nil || n != want {
		t.Fatalf("%d notices, not %d; %v", n, want, err)
	}
}

// TestNotices: who confirmed is told once of what is for his territory, until he says no
// more; who did not confirm is forgotten.
func TestNotices(t *testing.T) {
	v := newOffice(t)
	v.ask(t, "anne@nord.example", "nord", "fr")
	v.ask(t, "bob@all.example", "", "en")
	v.ask(t, "carl@sud.example", "sud", "fr")
	v.ask(t, "dora@nord.example", "nord", "fr")
	v.confirm(t, "anne@nord.example", "bob@all.example", "carl@sud.example")
	v.send(t, 2, parc())
	v.send(t, 0, parc())
	told := v.To("anne@nord.example")[0]
	if !strings.Contains(told.Subject, parc().Title) || !strings.Contains(told.Body, parc().URL) || !strings.Contains(told.Body, "Ouverte du 30/05/2032 06:00") || !strings.Contains(told.Unsubscribe, "/fr/avis/arreter?code=") {
		t.Errorf("%+v", told)
	}
	if english := v.To("bob@all.example")[0].Body; !strings.Contains(english, "Open from 30 May 2032") {
		t.Error(english)
	}
	if v.To("dora@nord.example")[0].Unsubscribe != "" || len(v.To("carl@sud.example")) != 1 {
		t.Error("somebody was told who had not confirmed, or of another territory")
	}
	leave := v.code(t, "anne@nord.example")
	for range 2 {
		if err := v.Leave(t.Context(), leave); err != nil {
			t.Fatal(err)
		}
	}
	next := parc()
	next.ID, next.Territory = "pont", nil
	v.send(t, 2, parc(), next) // bob and carl
	late := v.code(t, "dora@nord.example")
	v.now = begins.Add(42*time.Hour - time.Second) // the last second of the day after
	v.send(t, 0)
	if n := v.count(t, "subscription WHERE address LIKE 'dora%'"); n != 1 {
		t.Errorf("%d addresses wait, though the second day is not over", n)
	}
	v.now = v.now.Add(time.Second)
	v.send(t, 0) // nobody asks any more: the regular run forgets
	if n := v.count(t, "subscription WHERE address LIKE 'dora%'"); n != 0 {
		t.Error("an address that nobody confirmed is kept")
	}
	if err := v.Confirm(t.Context(), late); !errors.Is(err, notice.ErrLink) {
		t.Errorf("confirmed after its time: %v", err)
	}
	if n := v.count(t, "mailbox"); n != 0 {
		t.Errorf("%d mailboxes are still counted", n)
	}
}

// TestAsked: an address that is given sends nothing by itself, whatever the post does and whoever
// goes away; it is asked again when it is given again, a few times a day in whatever spelling; and
// nothing of it is done less where the address stands there.
func TestAsked(t *testing.T) {
	v := newOffice(t)
	v.down = true
	gone, leave := context.WithCancel(t.Context())
	if err := v.Ask(gone, "anne@nord.example", "nord", "fr"); err != nil {
		t.Fatal(err)
	}
	leave()
	if v.carried != 0 || len(v.Letters()) != 0 {
		t.Error("a message leaves while its visitor waits: he sees whether it does")
	}
	if _, err := v.Send(t.Context(), nil); err == nil {
		t.Error("nobody is told that the post is down")
	}
	v.down = false
	v.send(t, 1)
	v.send(t, 0)
	v.ask(t, "anne@nord.example", "nord", "fr")
	v.send(t, 1) // the first one was lost
	letters := v.To("anne@nord.example")
	if len(letters) != 2 || letters[0].Name == letters[1].Name || letters[0].Body != letters[1].Body {
		t.Errorf("%+v", letters)
	}
	v.confirm(t, "anne@nord.example")
	before := v.count(t, "mailbox WHERE questions = 3")
	v.ask(t, "anne@nord.example", "nord", "fr")
	v.send(t, 0)
	if after := v.count(t, "mailbox WHERE questions = 3"); before != 0 || after != 1 {
		t.Error("an address that stands there is answered without a write, sooner than another")
	}

	for _, spelling := range []string{"victim@ville.example", "Victim@ville.example", "vIctim+1@ville.example", "victim+2@VILLE.example", "VICTIM@ville.example"} {
		for _, territory := range []string{"nord", "sud", ""} {
			v.ask(t, spelling, territory, "fr")
		}
	}
	v.ask(t, "neighbour@ville.example", "nord", "fr")
	v.send(t, 4)
	if n := v.count(t, "subscription WHERE address LIKE 'victim%'"); n != 3 {
		t.Errorf("%d addresses of one mailbox wait", n)
	}
	v.now = v.now.Add(24 * time.Hour)
	v.ask(t, "victim@ville.example", "nord", "fr")
	v.send(t, 1)
	v.ask(t, "+33600000001@sms.example", "nord", "fr")
	v.ask(t, "+33600000002@sms.example", "nord", "fr")
	if v.send(t, 2); v.count(t, "mailbox WHERE questions = 1") != 4 {
		t.Error("two numbers are one mailbox")
	}
}

// TestTrouble: what fails is sent later, once; who is no more is forgotten; what is over is
// told nobody.
func TestTrouble(t *testing.T) {
	v := newOffice(t)
	for _, who := range []string{"anne@nord.example", "gone@nord.example"} {
		v.ask(t, who, "nord", "fr")
		v.confirm(t, who)
	}
	v.down = true
	if n, err := v.Send(t.Context(), []notice.Event{parc()}); err == nil || n != 0 || v.count(t, "due") != 2 {
		t.Errorf("%d %v", n, err)
	}
	v.down, v.dead = false, "gone@nord.example"
	v.send(t, 1, parc())
	if n := v.count(t, "subscription WHERE address LIKE 'gone%'") + v.count(t, "due"); n != 0 {
		t.Error("an address that its server refuses for good is kept")
	}
	v.dead = ""
	v.ask(t, "late@nord.example", "nord", "fr")
	v.confirm(t, "late@nord.example")
	v.send(t, 0, parc())

	v.down = true
	other := parc()
	other.ID = "pont"
	if _, err := v.Send(t.Context(), []notice.Event{other}); err == nil || v.count(t, "due") != 2 {
		t.Errorf("%v", err)
	}
	v.down, v.now = false, other.Closes
	carried := v.carried
	if v.send(t, 0, other); v.carried != carried || v.count(t, "due") != 0 {
		t.Error("somebody is told of what is over, or it is still to be told")
	}
	over := parc()
	over.ID = "vieux"
	if v.send(t, 0, over); v.count(t, "announced WHERE event = 'vieux'") != 0 {
		t.Error("what is over is announced")
	}
}

// endpoint is what a browser gives.
func endpoint(t testing.TB) notice.Endpoint {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return notice.Endpoint{URL: "https://fcm.googleapis.com/fcm/send/abc", Public: enc(key.PublicKey().Bytes()), Auth: enc(make([]byte, 16))}
}

// TestPush: a browser is told, in a message that its push service cannot read, and a dead
// one forgotten.
func TestPush(t *testing.T) {
	v, e := newOffice(t), endpoint(t)
	for range 2 {
		if err := v.Browser(t.Context(), e, "nord", "fr"); err != nil {
			t.Fatal(err)
		}
	}
	v.send(t, 1, parc())
	r := v.push.asked[0]
	body, err := io.ReadAll(r.Body)
	if err != nil || r.URL.String() != e.URL || r.Header.Get("Content-Encoding") != "aes128gcm" || !strings.HasPrefix(r.Header.Get("Authorization"), "vapid ") || bytes.Contains(body, []byte("parc")) {
		t.Errorf("%v %v %q", err, r.Header, body)
	}
	other, pusher := parc(), v.Push
	other.ID, v.Push = "pont", nil
	v.send(t, 0, other) // the service was started without push, by mistake
	if n := v.count(t, "due JOIN subscription USING (id) WHERE way = 'push'"); n != 1 {
		t.Errorf("%d browsers wait for push to come back", n)
	}
	v.push.status, v.Push = http.StatusGone, pusher
	if v.send(t, 0, other); len(v.push.asked) != 2 {
		t.Error("a browser that waited is not told")
	}
	v.push.status = 201
	third := parc()
	third.ID = "rue"
	v.send(t, 0, third)
	if err := v.Browser(t.Context(), e, "nord", "fr"); err != nil {
		t.Fatal(err)
	}
	if err := v.LeaveBrowser(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	fourth := parc()
	fourth.ID = "quai"
	v.send(t, 0, fourth)
}

// TestRefused: links that were never given, addresses that are none, and addresses inside.
func TestRefused(t *testing.T) {
	v := newOffice(t)
	v.ask(t, "anne@nord.example", "nord", "fr")
	v.confirm(t)
	code := v.code(t, "anne@nord.example")
	if err := v.Leave(t.Context(), code); !errors.Is(err, notice.ErrLink) {
		t.Errorf("a link to confirm ends: %v", err)
	}
	for _, bad := range []string{"", "00", strings.ToUpper(code), strings.Repeat("0", 64), code[:63] + "g"} {
		if err := v.Confirm(t.Context(), bad); bad != code && !errors.Is(err, notice.ErrLink) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "anne", "anne@", "anne@localhost", "Anne <anne@nord.example>", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "é@b.example", strings.Repeat("a", 250) + "@b.example"} {
		if err := v.Ask(t.Context(), bad, "", "fr"); !errors.Is(err, notice.ErrAddress) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, url := range []string{"http://fcm.googleapis.com/x", "https://127.0.0.1/x", "https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com.evil.example/x", "https://u@fcm.googleapis.com/x", "https://evilpush.apple.com.example/", "file:///etc/passwd"} {
		e := endpoint(t)
		e.URL = url
		if err := v.Browser(t.Context(), e, "", "fr"); !errors.Is(err, notice.ErrAddress) {
			t.Errorf("%s: %v", url, err)
		}
	}
	for name, edit := range map[string]func(*notice.Event){"id": func(e *notice.Event) { e.ID = "a/b" }, "title": func(e *notice.Event) { e.Title = "a\nb" }, "times": func(e *notice.Event) { e.Closes = e.Opens },
		"address": func(e *notice.Event) { e.URL = "https://ville.example/x?who=1" }, "scheme": func(e *notice.Event) { e.URL = "javascript:alert(1)" }} {
		e := parc()
		edit(&e)
		if err := e.Validate(); !errors.Is(err, notice.ErrEvent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
