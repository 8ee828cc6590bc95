// Package email is the carrier of e-mail: SMTP (RFC 5321) over TLS to one submission
// server, messages as in RFC 5322.
//
// What it promises. Nothing leaves without TLS and a certificate that holds. The
// Message-ID is made of the message's name, so that the same message, sent again
// after a crash, is known for the same one; a bounce that returns it, or comes to
// the sender's address extended by the name, is known too. The message says that no
// person wrote it (Auto-Submitted, RFC 3834), and asks that a bounce return its
// headers only (RFC 3461), so that a code does not come back. What an error says
// names no address.
package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"isoloir/courier"
)

var _ courier.Carrier = (*Carrier)(nil)

// A Config says by which server messages leave, and in whose name.
type Config struct {
	Host string
	Port int
	// Implicit is TLS from the first byte (RFC 8314, port 465); otherwise STARTTLS,
	// without which nothing is sent (port 587).
	Implicit bool
	// User and Password are for SMTP AUTH; an empty user needs none.
	User, Password string
	// From is who writes: Vote <vote@example.org>.
	From string
	// Bounces is the address to which failures return, NAME@DOMAIN; the message's
	// name is put behind a plus sign: NAME+0123…@DOMAIN. Empty for that of From, as
	// it is.
	Bounces string
	// Roots are the authorities of the server's certificate; nil for the system's.
	Roots *x509.CertPool
	// Connections is how many there are at most, each for one message at a time; 0
	// for 8.
	Connections int
	// Timeout of a connection and of a message; 0 for 30 seconds.
	Timeout time.Duration
	Now     func() time.Time
}

// ErrConfig says that a configuration cannot be right.
var ErrConfig = errors.New("the configuration of e-mail is wrong")

// A Carrier keeps connections to the server. It is safe for concurrent use.
type Carrier struct {
	Config
	domain string
	slots  chan struct{}
	idle   chan *mail.Client
}

// New makes a carrier. It connects when the first message leaves.
func New(c Config) (*Carrier, error) {
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("the sender %q is no address: %w", c.From, ErrConfig)
	}
	if c.Bounces != "" {
		if a, err := netmail.ParseAddress(c.Bounces); err != nil || a.Address != c.Bounces {
			return nil, fmt.Errorf("the address %q for bounces is not written NAME@DOMAIN: %w", c.Bounces, ErrConfig)
		}
	}
	if c.Connections <= 0 {
		c.Connections = 8
	}
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	carrier := &Carrier{Config: c, domain: from.Address[strings.LastIndexByte(from.Address, '@')+1:],
		slots: make(chan struct{}, c.Connections), idle: make(chan *mail.Client, c.Connections)}
	_, err = carrier.client()
	return carrier, err
}

// client makes a client that is not connected yet.
func (c *Carrier) client() (*mail.Client, error) {
	options := []mail.Option{
		mail.WithPort(c.Port), mail.WithTimeout(c.Timeout), mail.WithHELO(c.domain),
		mail.WithTLSConfig(&tls.Config{ServerName: c.Host, RootCAs: c.Roots, MinVersion: tls.VersionTLS12}),
		mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithDSNMailReturnType(mail.DSNMailReturnHeadersOnly), mail.WithDSNRcptNotifyType(mail.DSNRcptNotifyFailure),
	}
	if c.Implicit {
		options = append(options, mail.WithSSL())
	}
	if c.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.User), mail.WithPassword(c.Password))
	}
	client, err := mail.NewClient(c.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("server %q, port %d: %w: %w", c.Host, c.Port, ErrConfig, err)
	}
	return client, nil
}

// Close closes the connections that nothing uses.
func (c *Carrier) Close() error {
	var err error
	for {
		select {
		case client := <-c.idle:
			err = errors.Join(err, client.Close())
		default:
			return err
		}
	}
}

// Carry implements courier.Carrier. An address that the server refuses for good
// (5yz to RCPT) is courier.ErrRefused.
func (c *Carrier) Carry(ctx context.Context, m courier.Message) error {
	msg, err := c.compose(m)
	if err != nil {
		return err
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case client := <-c.idle:
		err := c.send(client, msg)
		var failed *mail.SendError
		if !errors.As(err, &failed) || failed.Reason != mail.ErrConnCheck {
			return judge(err)
		}
		// The server has closed it meanwhile: nothing of the message has left.
	default:
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("connecting to %s: %w", c.Host, err)
	}
	return judge(c.send(client, msg))
}

// send sends by a connection, and keeps it unless something failed.
func (c *Carrier) send(client *mail.Client, msg *mail.Msg) error {
	err := client.Send(msg)
	if err == nil {
		select {
		case c.idle <- client:
			return nil
		default:
		}
	}
	client.Close() // what failed is said by Send
	if msg.IsDelivered() {
		return nil // accepted: only what came afterwards failed
	}
	return err
}

// judge says what an error of go-mail means, without the addresses in it.
func judge(err error) error {
	var failed *mail.SendError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &failed):
		return errors.New("sending: the connection failed")
	case failed.Reason == mail.ErrSMTPRcptTo && !failed.IsTemp() && failed.ErrorCode() >= 500:
		return fmt.Errorf("%w: SMTP %d", courier.ErrRefused, failed.ErrorCode())
	}
	return fmt.Errorf("sending: %s (SMTP %d %s)", failed.Reason, failed.ErrorCode(), failed.EnhancedStatusCode())
}

// compose makes the message as it goes over the wire.
func (c *Carrier) compose(m courier.Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP))
	if err := msg.From(c.From); err != nil {
		return nil, errors.New("the sender is no address")
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("%w: it is no address", courier.ErrRefused)
	}
	if c.Bounces != "" {
		at := strings.LastIndexByte(c.Bounces, '@')
		if err := msg.EnvelopeFrom(c.Bounces[:at] + "+" + m.Name + c.Bounces[at:]); err != nil {
			return nil, errors.New("the address for bounces is no address")
		}
	}
	msg.SetMessageIDWithValue(m.Name + "@" + c.domain)
	msg.SetDateWithValue(c.Now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(mail.HeaderContentLang, m.Language)
	if m.Unsubscribe != "" {
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		msg.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	msg.Subject(m.Subject)
	msg.SetBodyString(mail.TypeTextPlain, strings.ReplaceAll(m.Body, "\n", "\r\n"))
	return msg, nil
}
