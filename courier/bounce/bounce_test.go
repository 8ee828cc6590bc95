package bounce_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/courier"
	"isoloir/courier/bounce"
)

const name = "0123456789abcdef0123456789abcdef"

// notice is a report as mail servers write it.
func notice(to, action, status, returned string) string {
	return strings.ReplaceAll(`Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: `+to+`
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="B/mx.example"

This is a MIME-encapsulated message.

--B/mx.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B/mx.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue,  1 Dec 2026 09:30:00 +0000 (UTC)

Final-Recipient: rfc822; camille@mail.example
Original-Recipient: rfc822;camille@mail.example
Action: `+action+`
Status: `+status+`
Remote-MTA: dns; mail.example
Diagnostic-Code: smtp; 550 5.1.1 <camille@mail.example>: Recipient address
    rejected: User unknown

--B/mx.example
Content-Description: Undelivered Message
Content-Type: text/rfc822-headers

Return-Path: <retours@chartres.example>
Message-ID: `+returned+`
Subject: Vote

--B/mx.example--
`, "\n", "\r\n")
}

func TestRead(t *testing.T) {
	const ours, plain = "retours+" + name + "@chartres.example", "retours@chartres.example"
	for _, c := range []struct {
		what, message string
		want          bounce.Report
	}{
		{"by the address", notice(ours, "failed", "5.1.1", "<other@elsewhere>"), bounce.Report{name, courier.Bounced, "5.1.1"}},
		{"by the Message-ID", notice(plain, "failed", "5.2.2 (mailbox full)", "<"+name+"@chartres.example>"), bounce.Report{name, courier.Bounced, "5.2.2"}},
		{"in capitals", notice(plain, "FAILED (really)", "5.1.1", "<"+name+"@chartres.example>"), bounce.Report{name, courier.Bounced, "5.1.1"}},
		{"delivered", notice(ours, "delivered", "2.0.0", ""), bounce.Report{name, courier.Delivered, "2.0.0"}},
		{"an odd status", notice(ours, "failed", "unknown", ""), bounce.Report{name, courier.Bounced, ""}},
	} {
		if got, err := bounce.Read(strings.NewReader(c.message)); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.what, got, err)
		}
	}
	good := notice(ours, "failed", "5.1.1", "")
	for what, message := range map[string]string{
		"empty":                 "",
		"no header":             "\r\n\r\nfailed",
		"late":                  notice(ours, "delayed", "4.4.1", ""),
		"expanded":              notice(ours, "expanded", "2.0.0", ""),
		"of nobody":             notice(plain, "failed", "5.1.1", "<x@chartres.example>"),
		"a name in capitals":    notice("retours+"+strings.ToUpper(name)+"@chartres.example", "failed", "5.1.1", ""),
		"a longer name":         notice("retours+"+name+"00@chartres.example", "failed", "5.1.1", "<"+name+"00@chartres.example>"),
		"an answer of a person": strings.Replace(good, "multipart/report; report-type=delivery-status", "multipart/mixed", 1),
		"another report":        strings.Replace(good, "report-type=delivery-status", "report-type=feedback-report", 1),
		"without its status":    strings.Replace(good, "message/delivery-status", "text/plain", 1),
		"cut off":               good[:strings.Index(good, "Action")],
	} {
		if got, err := bounce.Read(strings.NewReader(message)); !errors.Is(err, bounce.ErrNoReport) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

func TestReadAll(t *testing.T) {
	dir := t.TempDir()
	write := func(file, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, b := notice("r+"+name+"@c.example", "failed", "5.1.1", ""), notice("r@c.example", "failed", "5.1.2", "<"+strings.Repeat("f", 32)+"@c.example>")
	other := "From: a@b\r\nSubject: bonjour\r\n\r\nOù est mon code ?\r\n"
	write("mbox", "From MAILER-DAEMON Tue Dec  1 09:30:00 2026\n"+a+"\nFrom x Tue Dec  1 09:30:00 2026\n"+other+strings.Repeat("x", 200_000)+"\n\nFrom y Tue Dec  1 09:31:00 2026\n"+b)
	write("maildir/new/1", a)
	write("maildir/cur/2:2,S", b)
	write("maildir/cur/3:2,S", other)
	write("maildir/tmp/4", a)
	for _, path := range []string{"mbox", "maildir"} {
		got := map[string]string{}
		n, err := bounce.ReadAll(filepath.Join(dir, path), nil, func(r bounce.Report) error { got[r.Name] = r.Status; return nil })
		if err != nil || n != (bounce.Count{Reports: 2, Others: 1}) || got[name] != "5.1.1" || got[strings.Repeat("f", 32)] != "5.1.2" {
			t.Errorf("%s: %+v, %v, %v", path, n, got, err)
		}
	}
	n, err := bounce.ReadAll("-", strings.NewReader(a), func(bounce.Report) error { return nil })
	if err != nil || n.Reports != 1 {
		t.Errorf("one message: %+v, %v", n, err)
	}
	if _, err := bounce.ReadAll(filepath.Join(dir, "nothing"), nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such file: %v", err)
	}
	stop := errors.New("stop")
	if _, err := bounce.ReadAll("-", strings.NewReader(a), func(bounce.Report) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error is %v", err)
	}
}

// Whatever comes, a report names a message and says failed or delivered.
func FuzzRead(f *testing.F) {
	f.Add(notice("r+"+name+"@c.example", "failed", "5.1.1", ""))
	f.Add(notice("r@c.example", "delayed", "4.1.1", "<"+name+"@c.example>"))
	f.Add("Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\r\n\r\nAction: failed\r\n\r\n--b--")
	f.Fuzz(func(t *testing.T, message string) {
		r, err := bounce.Read(strings.NewReader(message))
		if err == nil && (len(r.Name) != 32 || r.State != courier.Bounced && r.State != courier.Delivered) {
			t.Errorf("%+v of %q", r, message)
		}
		if _, err := bounce.ReadAll("-", io.Reader(strings.NewReader(message)), func(bounce.Report) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}
