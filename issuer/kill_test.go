package issuer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/courier/sms"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/issuer/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A child is told by files in its directory who it is, and by its environment where
// the gateway and the roll are and what time it is.
const childEnv = "ISOLOIR_ISSUER_CHILD"

type childFiles struct {
	Manifest    []byte
	Key, Secret string
	URL         string
	Now         time.Time
}

var gatewayKey = bytes.Repeat([]byte{5}, sms.KeySize)

// distant is the roll at the parent.
type distant string

func (d distant) Deposit(ctx context.Context, note []byte) error {
	r, err := http.NewRequestWithContext(ctx, "POST", string(d), bytes.NewReader(note))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return fmt.Errorf("the roll answers %d", answer.StatusCode)
	}
	return nil
}

// TestChild is what the child does: everything, from the address book to renewals.
func TestChild(t *testing.T) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		t.Skip("it is for TestKilled")
	}
	var c childFiles
	data, err := os.ReadFile(filepath.Join(dir, "child.json"))
	if err := errors.Join(err, json.Unmarshal(data, &c)); err != nil {
		t.Fatal(err)
	}
	m, f, err := scrutin.ParseManifest(c.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.ParsePrivateKey(c.Key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := issuer.ParseSecret(c.Secret)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "issuer.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut()
	gateway, err := sms.New(sms.Config{URL: c.URL + "/sms", Key: gatewayKey, Sender: "VOTE"})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	s, err := issuer.New(issuer.Config{Manifest: m, Fingerprint: f, Issuer: "issuer-2", Signer: key, Secret: secret, Store: store,
		Plan:     issuer.Plan{Site: "https://vote.example", InformationFirst: true},
		Carriers: map[courier.Channel]courier.Carrier{courier.SMS: gateway}, Roll: distant(c.URL + "/deposit"),
		Now: func() time.Time { return c.Now.Add(time.Since(began)) }, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	extract, books := issuertest.Books(m, courier.SMS)
	r, err := issuer.ReadBooks(m, extract, books)
	if err != nil {
		t.Fatal(err)
	}
	all := func(do ...func() error) {
		for _, d := range do {
			if err := d(); err != nil {
				t.Fatal(err)
			}
		}
	}
	dispatch := func() error { _, err := s.Dispatch(t.Context(), courier.SMS, nil); return err }
	print := func(kind courier.Kind) func() error {
		return func() error {
			rows, _, err := s.Letters(t.Context(), kind, 1000)
			return errors.Join(err, s.Printed(t.Context(), rows))
		}
	}
	all(
		func() error { _, _, err := s.Import(t.Context(), r); return err },
		func() error { _, err := s.Inform(t.Context()); return err }, dispatch, print(courier.Information),
		func() error { _, err := s.Deposit(t.Context(), s.Roll, nil); return err },
		func() error { _, err := s.Release(t.Context()); return err }, dispatch, print(courier.Codes))
	for e := range uint32(20) { // who has his first code still asks for another one
		p, err := store.Person(t.Context(), 1, e)
		if err != nil {
			t.Fatal(err)
		}
		if p.Generation == 0 {
			all(func() error { return s.Ask(t.Context(), p.Address, false) }, func() error { _, err := s.Renewals(t.Context()); return err })
		}
	}
	all(func() error { _, err := s.Deposit(t.Context(), s.Roll, nil); return err }, dispatch)
}

// world is what the child's messages reach.
type world struct {
	roll *issuertest.Roll

	mu    sync.Mutex
	texts map[string]map[string]int // name of a message → its texts → how often
	last  map[string]string         // address → the last text
	took  int
}

func (w *world) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the child has died
	}
	if r.URL.Path == "/deposit" {
		if err := w.roll.Deposit(r.Context(), body); err != nil {
			out.WriteHeader(http.StatusBadRequest)
		}
		return
	}
	var m struct{ ID, To, From, Text string }
	if err := json.Unmarshal(body, &m); err != nil || r.Header.Get(sms.SignatureHeader) != sms.Sign(gatewayKey, body) {
		out.WriteHeader(http.StatusForbidden)
		return
	}
	w.mu.Lock()
	if w.texts[m.ID] == nil {
		w.texts[m.ID] = map[string]int{}
	}
	w.texts[m.ID][m.To+" "+m.Text]++
	w.last[m.To] = m.Text
	w.took++
	w.mu.Unlock()
	time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond) // accepted, not marked yet
}

// An issuer is killed again and again at random moments. In the end everybody has
// had the information and a code; no message ever had two texts; and everybody's
// last code opens what the roll holds.
func TestKilled(t *testing.T) {
	f := fixture(t, 120)
	b := issuertest.New(t, f, 1, nil) // to check against; it sends nothing
	w := &world{roll: b.Roll, texts: map[string]map[string]int{}, last: map[string]string{}}
	server := httptest.NewServer(w)
	defer server.Close()
	dir := t.TempDir()
	now := f.Manifest.Schedule.Open.AddDate(0, 0, -20)
	kills, repeated := 0, 0
	for run := 0; ; run++ {
		if run > 30 {
			t.Fatal("it never ends")
		}
		now = now.Add(5 * time.Minute) // leases of the one before have run out
		data, err := json.Marshal(childFiles{f.Bytes, f.Signers["issuer-2"].Encode(), b.Secret.Reveal(), server.URL, now})
		if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "child.json"), data, 0o600)); err != nil {
			t.Fatal(err)
		}
		child := exec.Command(os.Args[0], "-test.run", "^TestChild$", "-test.v")
		child.Env = append(os.Environ(), childEnv+"="+dir)
		var said bytes.Buffer
		child.Stdout, child.Stderr = &said, &said
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- child.Wait() }()
		patience := time.After(time.Duration(30+rand.IntN(200)) * time.Millisecond)
		if run >= 12 {
			patience = nil // long enough
		}
		select {
		case err = <-ended:
		case <-patience:
			kills++
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended
			continue
		}
		if err != nil {
			t.Fatalf("run %d: %v\n%s", run, err, &said)
		}
		break
	}
	for name, texts := range w.texts {
		if len(texts) != 1 {
			t.Errorf("the message %s had %d texts: %v", name, len(texts), texts)
		}
		for _, n := range texts {
			repeated += n - 1
		}
	}
	half := enrolled(t, b, 1)
	codes := 0
	for u := range f.Manifest.Urns {
		for e := range f.Manifest.Urns[u].Electors {
			address := issuertest.Address(courier.SMS, u, e)
			if bytes.ContainsRune([]byte(address), '\n') {
				continue
			}
			text := w.last[address]
			found := printed.FindString(text)
			if found == "" {
				t.Fatalf("elector %d of urn %d was left without a code: %q", e, u, text)
			}
			codes++
			if u == 1 && !opens(t, b, exchange.Elector{Urn: 1, Number: uint32(e)}, found, half[e]) {
				t.Errorf("the last code of elector %d does not open", e)
			}
		}
	}
	if kills == 0 || len(w.texts) != 2*codes+20 {
		t.Errorf("%d kills, %d messages for %d electors and 20 renewals", kills, len(w.texts), codes)
	}
	t.Logf("%d kills, %d messages, %d of them carried again with the same text", kills, len(w.texts), repeated)
}
