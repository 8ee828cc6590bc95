package email_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"isoloir/courier"
	"isoloir/courier/email"
)

// received is a message as a server took it.
type received struct {
	from, to, data string
	ret            smtp.DSNReturn
}

// server is an SMTP server in this process; rcpt and data answer the commands.
type server struct {
	host  string
	port  int
	roots *x509.CertPool
	rcpt  func(to string) error
	data  func(n int) error

	mu       sync.Mutex
	got      []received
	sessions int
}

type session struct {
	s *server
	received
}

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.received = received{from: from, ret: o.Return}
	return nil
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return s.s.rcpt(to) }
func (s *session) Reset()                                    {}
func (s *session) Logout() error                             { return nil }
func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.s.mu.Lock()
	defer s.s.mu.Unlock()
	if err := s.s.data(len(s.s.got)); err != nil {
		return err
	}
	s.received.data = string(b)
	s.s.got = append(s.s.got, s.received)
	return nil
}

func (s *server) messages() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

// serve starts a server with a certificate of its own; plain offers no TLS. A
// connection on which nothing comes for the time patience is closed, unless that is 0.
func serve(t testing.TB, plain bool, patience time.Duration) *server {
	t.Helper()
	s := &server{host: "127.0.0.1", roots: x509.NewCertPool(), rcpt: func(string) error { return nil }, data: func(int) error { return nil }}
	backend := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sessions++
		return &session{s: s}, nil
	}))
	backend.ReadTimeout = patience
	backend.EnableDSN, backend.ErrorLog = true, log.New(io.Discard, "", 0)
	if !plain {
		backend.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate(t, s.roots)}}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	go backend.Serve(l)
	t.Cleanup(func() { backend.Close() })
	return s
}

func certificate(t testing.TB, roots *x509.CertPool) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

var written = time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC)

func carrier(t testing.TB, s *server, edit func(*email.Config)) *email.Carrier {
	t.Helper()
	c := email.Config{Host: s.host, Port: s.port, From: "Vote du conseil <vote@chartres.example>", Bounces: "retours@chartres.example",
		Roots: s.roots, Now: func() time.Time { return written }, Timeout: 5 * time.Second}
	if edit != nil {
		edit(&c)
	}
	k, err := email.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

var sample = courier.Message{Name: "0123456789abcdef0123456789abcdef", Kind: courier.Codes, Channel: courier.Email, Language: "fr", To: "camille@mail.example",
	Subject: "Élection : votre identifiant", Body: "Voici :\n\n    12-ABCD-EFGH-JKLM\n\n.\nÀ bientôt.\n"}

func TestMessage(t *testing.T) {
	s := serve(t, false, 0)
	k := carrier(t, s, nil)
	for range 3 {
		if err := k.Carry(t.Context(), sample); err != nil {
			t.Fatal(err)
		}
	}
	got := s.messages()
	if len(got) != 3 || s.sessions > 2 { // one before and one after STARTTLS
		t.Fatalf("%d messages, %d sessions", len(got), s.sessions)
	}
	if got[0].data != got[2].data {
		t.Error("the same message is sent in two forms")
	}
	if got[0].from != "retours+0123456789abcdef0123456789abcdef@chartres.example" || got[0].to != sample.To || got[0].ret != smtp.DSNReturnHeaders {
		t.Errorf("envelope: %+v", got[0])
	}
	m, err := netmail.ReadMessage(strings.NewReader(got[0].data))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Message-Id": "<0123456789abcdef0123456789abcdef@chartres.example>", "Auto-Submitted": "auto-generated",
		"To": "<camille@mail.example>", "Content-Language": "fr", "Date": "Tue, 01 Dec 2026 09:30:00 +0000", "From": `"Vote du conseil" <vote@chartres.example>`,
		"List-Unsubscribe": "", "X-Mailer": "", "User-Agent": ""} {
		if m.Header.Get(name) != want {
			t.Errorf("%s is %q, not %q", name, m.Header.Get(name), want)
		}
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject != sample.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != sample.Body {
		t.Errorf("body %q, %v", body, err)
	}
}

func TestRefusals(t *testing.T) {
	s := serve(t, false, 0)
	k := carrier(t, s, nil)
	answer := func(code int) error { return &smtp.SMTPError{Code: code, Message: "camille@mail.example"} }
	for _, c := range []struct {
		name    string
		rcpt    error
		data    error
		refused bool
	}{
		{"no such address", answer(550), nil, true},
		{"address full for now", answer(450), nil, false},
		{"greylisted", answer(451), nil, false},
		{"content refused", nil, answer(554), false},
		{"too many messages", nil, answer(421), false},
	} {
		s.mu.Lock()
		s.rcpt, s.data = func(string) error { return c.rcpt }, func(int) error { return c.data }
		s.mu.Unlock()
		err := k.Carry(t.Context(), sample)
		if err == nil || errors.Is(err, courier.ErrRefused) != c.refused {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && strings.Contains(err.Error(), "camille") {
			t.Errorf("%s: the error names the address: %v", c.name, err)
		}
	}
	s.mu.Lock()
	s.rcpt, s.data = func(string) error { return nil }, func(int) error { return nil }
	s.mu.Unlock()
	if err := k.Carry(t.Context(), sample); err != nil {
		t.Errorf("after all refusals: %v", err)
	}
	bad := sample
	bad.To = "nobody"
	if err := k.Carry(t.Context(), bad); !errors.Is(err, courier.ErrRefused) {
		t.Errorf("no address: %v", err)
	}
}

// Nothing is said to a server whose certificate does not hold, or that has none.
func TestTLS(t *testing.T) {
	for name, s := range map[string]*server{"without TLS": serve(t, true, 0), "unknown authority": serve(t, false, 0)} {
		k := carrier(t, s, func(c *email.Config) { c.Roots = x509.NewCertPool() })
		if err := k.Carry(t.Context(), sample); err == nil || errors.Is(err, courier.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.messages()) > 0 {
			t.Errorf("%s: a message was sent", name)
		}
	}
}

// A server that closes idle connections loses no message.
func TestConnectionsThatEnd(t *testing.T) {
	s := serve(t, false, 100*time.Millisecond)
	k := carrier(t, s, nil)
	for range 3 {
		if err := k.Carry(t.Context(), sample); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if n := len(s.messages()); n != 3 || s.sessions < 3 {
		t.Errorf("%d messages by %d sessions, not 3", n, s.sessions)
	}
}

// Many at once share few connections, and who cannot wait is told so.
func TestConnections(t *testing.T) {
	s := serve(t, false, 0)
	most, now := 0, 0
	var mu sync.Mutex
	s.rcpt = func(string) error {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(10 * time.Millisecond)
		mu.Lock()
		now--
		mu.Unlock()
		return nil
	}
	k := carrier(t, s, func(c *email.Config) { c.Connections = 2 })
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := k.Carry(t.Context(), sample); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(s.messages()); n != 20 || most > 2 {
		t.Errorf("%d messages, %d at once", n, most)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.Carry(ended, sample); err == nil {
		t.Error("who has gone is served")
	}
}

func TestConfig(t *testing.T) {
	s := serve(t, false, 0)
	for name, edit := range map[string]func(*email.Config){
		"sender":  func(c *email.Config) { c.From = "vote" },
		"bounces": func(c *email.Config) { c.Bounces = "Retours <retours@chartres.example>" },
		"host":    func(c *email.Config) { c.Host = "" },
		"port":    func(c *email.Config) { c.Port = 70000 },
	} {
		c := email.Config{Host: s.host, Port: s.port, From: "vote@chartres.example", Now: time.Now}
		edit(&c)
		if _, err := email.New(c); !errors.Is(err, email.ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
