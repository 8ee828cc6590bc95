// Package bounce reads what mail servers say of e-mail that did not arrive: delivery
// status notifications (RFC 3464, in the multipart/report of RFC 6522), one by one,
// from an mbox file or from a Maildir.
//
// What it promises. A report counts only for a message that it names as package
// email made it: by the address that it comes back to, or by the Message-ID of the
// headers that it returns. Names are keyed hashes, so that nobody who was not sent a
// message can report on it. A report that a delivery is only late counts for
// nothing. What cannot be read is passed over and counted.
package bounce

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"isoloir/courier"
)

// MaxSize is the longest message that is read, in bytes.
const MaxSize = 1 << 20

// ErrNoReport says that a message is no report on the delivery of one of ours.
var ErrNoReport = errors.New("not a report on the delivery of a message of ours")

// A Report says what became of a message.
type Report struct {
	Name   string // of the message
	State  courier.State
	Status string // RFC 3463, as 5.1.1
}

var (
	extended   = regexp.MustCompile(`\+([0-9a-f]{32})@`)
	messageID  = regexp.MustCompile(`^<([0-9a-f]{32})@[^<>@\s]+>$`)
	statusForm = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}$`)
)

// Read reads one message. It is ErrNoReport if it is none, reports on no message of
// ours, or says that a delivery is late.
func Read(r io.Reader) (Report, error) {
	m, err := mail.ReadMessage(io.LimitReader(r, MaxSize))
	if err != nil {
		return Report{}, ErrNoReport
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(params["report-type"], "delivery-status") {
		return Report{}, ErrNoReport
	}
	var report Report
	for _, name := range []string{"To", "Delivered-To", "X-Original-To"} {
		if found := extended.FindStringSubmatch(m.Header.Get(name)); found != nil {
			report.Name = found[1]
		}
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		switch kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind {
		case "message/delivery-status", "message/global-delivery-status":
			report.State, report.Status = status(part)
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			if headers, _ := textproto.NewReader(bufio.NewReader(part)).ReadMIMEHeader(); report.Name == "" {
				if found := messageID.FindStringSubmatch(headers.Get("Message-Id")); found != nil {
					report.Name = found[1]
				}
			}
		}
	}
	if report.Name == "" || report.State == "" {
		return Report{}, ErrNoReport
	}
	return report, nil
}

// status reads the fields of a message/delivery-status: a block of the message's
// own, then one of each recipient, of whom ours has one.
func status(r io.Reader) (courier.State, string) {
	in := textproto.NewReader(bufio.NewReader(r))
	for {
		fields, err := in.ReadMIMEHeader()
		action, _, _ := strings.Cut(strings.ToLower(fields.Get("Action")), " ")
		code, _, _ := strings.Cut(fields.Get("Status"), " ")
		if !statusForm.MatchString(code) {
			code = ""
		}
		switch action {
		case "failed":
			return courier.Bounced, code
		case "delivered":
			return courier.Delivered, code
		}
		if err != nil {
			return "", ""
		}
	}
}

// A Count is how many messages of a mailbox were reports, and how many were not.
type Count struct{ Reports, Others int }

// ReadAll reads a mailbox and calls f for each report: the mbox file or Maildir at a
// path, or, from standard input for -, one message. The error is that of a file or
// of f.
func ReadAll(path string, stdin io.Reader, f func(Report) error) (Count, error) {
	var c Count
	one := func(r io.Reader) error {
		report, err := Read(r)
		if err != nil {
			c.Others++
			return nil
		}
		c.Reports++
		return f(report)
	}
	if path == "-" {
		return c, one(stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return c, err
	}
	if info.IsDir() {
		err = maildir(path, one)
	} else {
		err = mbox(path, one)
	}
	return c, err
}

// maildir reads the messages of new and cur.
func maildir(path string, one func(io.Reader) error) error {
	for _, folder := range []string{"cur", "new"} {
		entries, err := os.ReadDir(filepath.Join(path, folder))
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() {
				continue
			}
			file, err := os.Open(filepath.Join(path, folder, e.Name()))
			if err != nil {
				return err
			}
			if err := errors.Join(one(file), file.Close()); err != nil {
				return err
			}
		}
	}
	return nil
}

// mbox divides a file at its lines "From " that follow an empty one.
func mbox(path string, one func(io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 64<<10)
	var message bytes.Buffer
	flush := func() error {
		defer message.Reset()
		if len(bytes.TrimSpace(message.Bytes())) == 0 {
			return nil
		}
		return one(bytes.NewReader(slices.Clone(message.Bytes())))
	}
	for empty := true; ; {
		line, err := in.ReadSlice('\n')
		if empty && bytes.HasPrefix(line, []byte("From ")) {
			if err := flush(); err != nil {
				return err
			}
		} else if message.Len()+len(line) <= MaxSize {
			message.Write(line)
		}
		empty = len(bytes.TrimRight(line, "\r\n")) == 0
		switch {
		case errors.Is(err, io.EOF):
			return flush()
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}
