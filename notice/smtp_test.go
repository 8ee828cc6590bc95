package notice_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"isoloir/courier/email"
)

// A mailbox is an SMTP server in this process, which refuses one address for good.
type mailbox struct {
	mu   sync.Mutex
	dead string
	got  map[string][][]byte // by address
}

type mailing struct {
	*mailbox
	to string
}

func (m *mailing) Mail(string, *smtp.MailOptions) error { return nil }
func (m *mailing) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = to
	if to == m.dead {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	return nil
}
func (m *mailing) Reset()        {}
func (m *mailing) Logout() error { return nil }
func (m *mailing) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got[m.to] = append(m.got[m.to], data)
	return err
}

// last is the last message to an address: its header and its text.
func (b *mailbox) last(t *testing.T, to string) (mail.Header, string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.got[to]) == 0 {
		t.Fatalf("nothing for %s", to)
	}
	m, err := mail.ReadMessage(bytes.NewReader(b.got[to][len(b.got[to])-1]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, string(text)
}

// TestMail: question and notice go by a mail server over TLS as they are written, with the button that ends notices;
// an address that the server refuses for good is forgotten.
func TestMail(t *testing.T) {
	v := newOffice(t)
	secured := httptest.NewUnstartedServer(nil) // for its certificate
	secured.StartTLS()
	defer secured.Close()
	roots := x509.NewCertPool()
	roots.AddCert(secured.Certificate())
	box := &mailbox{dead: "nobody@nord.example", got: map[string][][]byte{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailing{mailbox: box}, nil }))
	server.TLSConfig, server.EnableDSN, server.ErrorLog = &tls.Config{Certificates: secured.TLS.Certificates}, true, log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	defer server.Close()
	carrier, err := email.New(email.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "Ville <avis@ville.example>", Roots: roots, Now: v.Service.Now, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer carrier.Close()
	v.Service.Carrier = carrier
	v.ask(t, "anne@nord.example", "nord", "fr")
	v.ask(t, "nobody@nord.example", "nord", "fr")
	if _, err := v.Send(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if n := v.count(t, "subscription"); n != 1 {
		t.Errorf("%d addresses are kept after one was refused for good", n)
	}
	_, asked := box.last(t, "anne@nord.example")
	if err := v.Confirm(t.Context(), codes.FindStringSubmatch(asked)[1]); err != nil {
		t.Fatal(err)
	}
	event := parc()
	event.Title = "Un café d’été, ou l’école ?"
	v.send(t, 1, event)
	header, told := box.last(t, "anne@nord.example")
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || !strings.Contains(subject, event.Title) || !strings.Contains(told, event.URL) || !strings.Contains(told, "Ouverte du 30/05/2032") {
		t.Errorf("%q %q %v", subject, told, err)
	}
	if header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.Contains(header.Get("List-Unsubscribe"), "https://avis.ville.example/fr/avis/arreter?code=") {
		t.Errorf("the button of a mail program: %v", header)
	}
}
