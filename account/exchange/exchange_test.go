package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

func deposits(n int) *exchange.Deposits {
	d := &exchange.Deposits{Manifest: scrutin.DigestOf([]byte("manifest")), Issuer: "issuer-a"}
	for i := range n {
		s := group.ScalarFromUint64(uint64(i + 1))
		d.Lines = append(d.Lines, exchange.Deposit{Urn: uint16(i / 10), Elector: uint32(i % 10 * 7), Generation: uint32(i % 3),
			Login: scrutin.PointOf(group.MulBase(s)), Masked: scrutin.ScalarOf(s.Neg())})
	}
	return d
}

func key(t testing.TB, name string) *note.PrivateKey {
	t.Helper()
	k, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestDeposits(t *testing.T) {
	k, other := key(t, "issuer-a"), key(t, "issuer-b")
	m := &scrutin.Manifest{Issuers: []scrutin.Issuer{{ID: "issuer-b", Key: other.Verifier().String()}, {ID: "issuer-a", Key: k.Verifier().String()}}}
	d := deposits(25)
	data, err := d.Sign(k)
	if err != nil {
		t.Fatal(err)
	}
	got, issuer, err := exchange.OpenDeposits(data, m, d.Manifest)
	if err != nil || issuer != 1 || got.Text() != d.Text() || !slices.Equal(got.Lines, d.Lines) {
		t.Fatalf("issuer %d, %v", issuer, err)
	}
	if _, err := (&exchange.Deposits{Issuer: "issuer-a"}).Sign(k); !errors.Is(err, exchange.ErrFormat) {
		t.Errorf("signing no deposit: %v", err)
	}
	theirs, err := d.Sign(other)
	if err != nil {
		t.Fatal(err)
	}
	both, err := note.Add(data, other)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		f    scrutin.Digest
		want error
	}{
		"signed by the other issuer": {theirs, d.Manifest, note.ErrUnknownSigner},
		"signed by both":             {both, d.Manifest, note.ErrUnknownSigner},
		"of another scrutin":         {data, scrutin.Digest{1}, note.ErrUnknownSigner},
		"a bit changed":              {bytes.Replace(data, []byte(" 7 1 "), []byte(" 7 2 "), 1), d.Manifest, note.ErrSignature},
		"not signed":                 {[]byte(d.Text()), d.Manifest, exchange.ErrFormat},
		"too long":                   {make([]byte, exchange.MaxDepositsSize+1), d.Manifest, exchange.ErrFormat},
	} {
		if _, _, err := exchange.OpenDeposits(c.data, m, c.f); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
	if _, _, err := exchange.OpenDeposits(data, &scrutin.Manifest{}, d.Manifest); !errors.Is(err, note.ErrUnknownSigner) {
		t.Errorf("no such issuer: %v", err)
	}
}

func TestDepositsRefused(t *testing.T) {
	text := deposits(3).Text()
	lines := strings.SplitAfter(text, "\n")
	point, scalar := strings.Fields(lines[3])[3], strings.Fields(lines[3])[4]
	replaced := func(i int, line string) string {
		l := slices.Clone(lines)
		l[i] = line
		return strings.Join(l, "")
	}
	for name, text := range map[string]string{
		"empty":                     "",
		"no elector":                strings.Join(lines[:3], ""),
		"without its last newline":  text[:len(text)-1],
		"with another newline":      text + "\n",
		"another kind":              replaced(0, "isoloir/v1/enrolment\n"),
		"no fingerprint":            replaced(1, "00\n"),
		"no name":                   replaced(2, "\n"),
		"an elector twice":          replaced(4, lines[3]),
		"out of order":              strings.Join([]string{lines[0], lines[1], lines[2], lines[4], lines[3], lines[5]}, ""),
		"a field too few":           replaced(3, "0 0 0 "+point+"\n"),
		"a field too many":          replaced(3, "0 0 0 "+point+" "+scalar+" 0\n"),
		"two spaces":                replaced(3, "0  0 0 "+point+" "+scalar+"\n"),
		"a leading zero":            replaced(3, "00 0 0 "+point+" "+scalar+"\n"),
		"a sign":                    replaced(3, "+0 0 0 "+point+" "+scalar+"\n"),
		"an urn of 17 bits":         replaced(5, "65536 0 0 "+point+" "+scalar+"\n"),
		"an elector of 33 bits":     replaced(5, "1 4294967296 0 "+point+" "+scalar+"\n"),
		"the identity":              replaced(3, "0 0 0 "+strings.Repeat("0", 64)+" "+scalar+"\n"),
		"no point":                  replaced(3, "0 0 0 "+strings.Repeat("f", 64)+" "+scalar+"\n"),
		"no scalar":                 replaced(3, "0 0 0 "+point+" "+strings.Repeat("f", 64)+"\n"),
		"capital hexadecimal":       replaced(3, "0 0 0 "+strings.ToUpper(point)+" "+scalar+"\n"),
		"more than 10,000 electors": deposits(exchange.MaxDeposits + 1).Text(),
	} {
		if _, err := exchange.ParseDeposits(text); !errors.Is(err, exchange.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if most := deposits(exchange.MaxDeposits).Text(); len(most) > exchange.MaxDepositsSize-1000 {
		t.Errorf("%d bytes are close to the limit", len(most))
	}
}

var notices = []interface{ Bytes() []byte }{
	exchange.Validation{Elector: exchange.Elector{Urn: 258, Number: 7}, ID: [16]byte{1, 2}, Expires: time.Unix(1_800_000_000, 0).UTC(), Digits: "012345"},
	exchange.Voted{{Urn: 0, Number: 5}},
	exchange.Voted{{Urn: 0, Number: 5}, {Urn: 0, Number: 6}, {Urn: 2, Number: 0}},
}

func TestNotices(t *testing.T) {
	for _, n := range notices {
		got, err := exchange.ParseNotice(n.Bytes())
		if err != nil || fmt.Sprint(got) != fmt.Sprint(n) {
			t.Errorf("%v, read from %v: %v", got, n, err)
		}
		for _, b := range [][]byte{n.Bytes()[:len(n.Bytes())-1], append(n.Bytes(), 0), nil, {3}} {
			if _, err := exchange.ParseNotice(b); !errors.Is(err, exchange.ErrFormat) {
				t.Errorf("%x: %v", b, err)
			}
		}
	}
	v := notices[0].(exchange.Validation)
	for name, bad := range map[string]interface{ Bytes() []byte }{
		"a letter":      exchange.Validation{Elector: v.Elector, Digits: "01234a", Expires: v.Expires},
		"for ever":      exchange.Validation{Elector: v.Elector, Digits: v.Digits, Expires: time.Unix(1<<41, 0)},
		"nobody":        exchange.Voted{},
		"twice":         exchange.Voted{{Number: 5}, {Number: 5}},
		"not ascending": exchange.Voted{{Urn: 1}, {Number: 5}},
		"too many":      make(exchange.Voted, exchange.MaxVoted+1),
	} {
		if _, err := exchange.ParseNotice(bad.Bytes()); !errors.Is(err, exchange.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, a := range []exchange.Answer{{}, {Hint: "m…@e…"}, {Refused: exchange.RefusedElector}} {
		if got, err := exchange.ParseAnswer(a.Bytes()); err != nil || got != a {
			t.Errorf("%+v, read from %+v: %v", got, a, err)
		}
	}
	for _, b := range [][]byte{nil, {4}, {1, 1}, append([]byte{0}, make([]byte, 65)...), []byte("\x00a\n"), []byte("\x00\xff")} {
		if _, err := exchange.ParseAnswer(b); !errors.Is(err, exchange.ErrFormat) {
			t.Errorf("%x: %v", b, err)
		}
	}
}

func FuzzDeposits(f *testing.F) {
	f.Add(deposits(2).Text())
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := exchange.ParseDeposits(text); err == nil && d.Text() != text {
			t.Errorf("read %q, which is written %q", text, d.Text())
		}
	})
}

func FuzzNotice(f *testing.F) {
	for _, n := range notices {
		f.Add(n.Bytes(), false)
	}
	f.Add(exchange.Answer{Hint: "m…@e…"}.Bytes(), true)
	f.Fuzz(func(t *testing.T, b []byte, answer bool) {
		if answer {
			if a, err := exchange.ParseAnswer(b); err == nil && !bytes.Equal(a.Bytes(), b) {
				t.Errorf("read %x, which is written %x", b, a.Bytes())
			}
			return
		}
		if n, err := exchange.ParseNotice(b); err == nil && !bytes.Equal(n.(interface{ Bytes() []byte }).Bytes(), b) {
			t.Errorf("read %x, which is written %x", b, n)
		}
	})
}
