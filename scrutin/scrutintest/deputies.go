package scrutintest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Forgery is what a role never said by a deputy, and the refusal that it meets.
type Forgery struct {
	Name    string
	Refusal scrutin.CastingRefusal
	Data    []byte
}

// Forgers are keys to forge with: the role's own, the other role's, and, under the
// name of the first, a deputy's and a stranger's.
type Forgers struct {
	Own, Other, Deputy, Stranger *note.PrivateKey
}

// NewForgers draws the two that are missing.
func NewForgers(t testing.TB, own, other *note.PrivateKey) Forgers {
	t.Helper()
	f := Forgers{Own: own, Other: other}
	for _, k := range []**note.PrivateKey{&f.Deputy, &f.Stranger} {
		key, err := note.GenerateKey(own.Verifier().Name())
		if err != nil {
			t.Fatal(err)
		}
		*k = key
	}
	return f
}

// Certificate is that of the deputy for a text on a day.
func (f Forgers) Certificate(c scrutin.CastingText, day time.Time) scrutin.Deputy {
	return scrutin.Deputy{Opening: c.Opening, Role: scrutin.CastingRole(c.Kind), Key: f.Deputy.Verifier().PublicKey(), From: scrutin.DeputyFrom(day)}
}

// Say is the text as the deputy says it on a day.
func (f Forgers) Say(t testing.TB, c scrutin.CastingText, day time.Time) []byte {
	t.Helper()
	return slices.Concat(signed(t, c.Text(), f.Deputy), signed(t, f.Certificate(c, day).Text(), f.Own))
}

func signed(t testing.TB, text string, signers ...note.Signer) []byte {
	t.Helper()
	data, err := note.Sign(text, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Forgeries of a text, for who hears it at an instant.
func (f Forgers) Forgeries(t testing.TB, c scrutin.CastingText, now time.Time) (list []Forgery) {
	t.Helper()
	good := f.Certificate(c, now)
	text, certificate := signed(t, c.Text(), f.Deputy), signed(t, good.Text(), f.Own)
	add := func(name string, refusal scrutin.CastingRefusal, parts ...[]byte) {
		list = append(list, Forgery{name, refusal, slices.Concat(parts...)})
	}
	edited := func(name string, refusal scrutin.CastingRefusal, edit func(*scrutin.Deputy)) {
		d := good
		edit(&d)
		add(name, refusal, text, signed(t, d.Text(), f.Own))
	}
	rewritten := func(name string, old, new string) {
		if !strings.Contains(good.Text(), old) {
			t.Fatalf("%s: no %q in the certificate", name, old)
		}
		add(name, scrutin.RefusedForm, text, signed(t, strings.Replace(good.Text(), old, new, 1), f.Own))
	}
	key := scrutin.Digest(good.Key).String()
	lines := strings.SplitAfter(good.Text(), "\n")
	rewritten("certificate with another line", lines[2], lines[2]+lines[2])
	rewritten("certificate without its days", lines[2], key+"\n")
	rewritten("certificate of a third role", " "+good.Role+"\n", " contents\n")
	rewritten("certificate with a zero before its day", key+" ", key+" 0")
	rewritten("certificate with two spaces", key+" ", key+"  ")
	rewritten("certificate in capital digits", key, strings.ToUpper(key))
	rewritten("certificate of the neutral element", key, "01"+strings.Repeat("0", 62))
	rewritten("certificate of no point", key, strings.Repeat("f", 64))
	edited("certificate from noon on", scrutin.RefusedForm, func(d *scrutin.Deputy) { d.From += 43_200 })
	edited("certificate of a day of sixteen digits", scrutin.RefusedForm, func(d *scrutin.Deputy) { d.From = 1_000_000_000_080_000 })
	rewritten("certificate of three days", fmt.Sprintf(" %d\n", good.Until()), fmt.Sprintf(" %d\n", good.Until()+86_400))
	add("certificate twice", scrutin.RefusedForm, text, certificate, certificate)
	add("certificate without its end", scrutin.RefusedForm, text, certificate[:len(certificate)-1])
	add("certificate and something behind it", scrutin.RefusedForm, text, certificate, []byte("x\n"))
	add("certificate alone", scrutin.RefusedForm, certificate)
	add("certificate before the text", scrutin.RefusedForm, certificate, text)
	add("text of four lines", scrutin.RefusedForm, signed(t, c.Text()+"x\n", f.Deputy), certificate)
	add("text that is cut", scrutin.RefusedForm, text[10:], certificate)
	add("no certificate", scrutin.RefusedSignature, text)
	add("certificate of the other role's key", scrutin.RefusedSignature, text, signed(t, good.Text(), f.Other))
	add("certificate of the deputy's own", scrutin.RefusedSignature, text, signed(t, good.Text(), f.Deputy))
	add("certificate that two signed", scrutin.RefusedSignature, text, signed(t, good.Text(), f.Own, f.Other))
	add("certificate that nobody signed", scrutin.RefusedSignature, text, []byte(good.Text()+"\n"))
	add("certificate changed after it was signed", scrutin.RefusedSignature, text, []byte(strings.Replace(string(certificate), key, scrutin.Digest(f.Stranger.Verifier().PublicKey()).String(), 1)))
	edited("certificate for another opening record", scrutin.RefusedOpening, func(d *scrutin.Deputy) { d.Opening[5] ^= 1 })
	edited("certificate for the other role", scrutin.RefusedRole, func(d *scrutin.Deputy) {
		d.Role = map[string]string{scrutin.RoleRoll: scrutin.RoleUrn, scrutin.RoleUrn: scrutin.RoleRoll}[d.Role]
	})
	add("text of the role's own key", scrutin.RefusedDeputy, signed(t, c.Text(), f.Own), certificate)
	add("text of another deputy's key", scrutin.RefusedDeputy, signed(t, c.Text(), f.Stranger), certificate)
	add("text that two signed", scrutin.RefusedDeputy, signed(t, c.Text(), f.Deputy, f.Own), certificate)
	add("text that nobody signed", scrutin.RefusedDeputy, []byte(c.Text()+"\n"), certificate)
	value := c.Value.String()
	add("text changed after it was signed", scrutin.RefusedDeputy, []byte(strings.Replace(string(text), value, strings.Repeat("0", 63)+"1", 1)), certificate)
	edited("deputy of four days ago", scrutin.RefusedExpired, func(d *scrutin.Deputy) { d.From -= 4 * 86_400 })
	edited("deputy of the day after tomorrow", scrutin.RefusedExpired, func(d *scrutin.Deputy) { d.From += 2 * 86_400 })
	return list
}
