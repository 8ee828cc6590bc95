package web_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/urn"
)

// step goes through the casting's next stage, and says how it ended.
func (w *world) step() string {
	return call[string](w.page, `casting.step(services).then(() => casting.stage, (e) => (globalThis.caught = e).name + " " + (e.check ?? e.reason ?? ""))`)
}

// A forgery is a false answer, and the check that the device must name.
type forgery struct {
	name, check string
	answer      []byte
}

// forgeries of a signed text of casting: of kind and value, signed by key.
func (w *world) forgeries(t *testing.T, what, kind string, value scrutin.Digest, key, other string, wrap func(signed []byte) []byte) (list []forgery) {
	t.Helper()
	honest := scrutin.CastingText{Kind: kind, Opening: w.o, Urn: "urn-1", Value: value}
	add := func(name, check string, edit func(*scrutin.CastingText), signers ...string) {
		text := honest
		edit(&text)
		signed, err := scrutin.SignCasting(text, w.Signers[signers[0]])
		for _, s := range signers[1:] {
			if err == nil {
				signed, err = note.Add(signed, w.Signers[s])
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, forgery{what + " " + name, what + "-" + check, wrap(signed)})
	}
	add("of another kind", "kind", func(c *scrutin.CastingText) { c.Kind = scrutin.Voided }, key)
	add("of another opening record", "opening", func(c *scrutin.CastingText) { c.Opening[3] ^= 1 }, key)
	add("of another urn", "urn", func(c *scrutin.CastingText) { c.Urn = "urn-2" }, key)
	add("of another value", "value", func(c *scrutin.CastingText) { c.Value[31] ^= 0x80 }, key)
	add("signed by the other service", "signature", func(*scrutin.CastingText) {}, other)
	add("signed by both", "signature", func(*scrutin.CastingText) {}, key, other)
	signed, err := scrutin.SignCasting(honest, w.Signers[key])
	if err != nil {
		t.Fatal(err)
	}
	doubled := append(slices.Clone(signed), signed[bytes.LastIndex(signed, []byte("— ")):]...)
	changed := bytes.Replace(signed, []byte("\n"+honest.Value.String()[:4]), []byte("\n"+flipped(honest.Value.String()[:4])), 1)
	longer, err := note.Sign(honest.Text()+"\n", w.Signers[key])
	if err != nil {
		t.Fatal(err)
	}
	forgers := scrutintest.NewForgers(t, w.Signers[key], w.Signers[other])
	for _, f := range forgers.Forgeries(t, honest, time.Now()) {
		list = append(list, forgery{what + " with " + f.Name, what + "-" + string(f.Refusal), wrap(f.Data)})
	}
	return append(list,
		forgery{what + " signed twice", what + "-signature", wrap(doubled)},
		forgery{what + " changed after it was signed", what + "-signature", wrap(changed)},
		forgery{what + " with another line", what + "-form", wrap(longer)},
		forgery{what + " without its last newline", what + "-form", wrap(signed[:len(signed)-1])},
		forgery{what + " that is empty", what + "-form", wrap(nil)},
		forgery{what + " that is no text", what + "-form", wrap([]byte{0xff, 0xfe})})
}

// flipped changes the last hexadecimal digit.
func flipped(digits string) string {
	last := "1"
	if strings.HasSuffix(digits, "1") {
		last = "2"
	}
	return digits[:len(digits)-1] + last
}

// shapes are answers that are no answers.
func shapes(honest []byte) []forgery {
	return []forgery{
		{"an empty answer", "answer-form", []byte{}},
		{"an unknown refusal", "answer-form", []byte{99}},
		{"a cut answer", "answer-form", honest[:20]},
		{"an answer with another first byte", "answer-form", append([]byte{1}, honest[1:]...)},
	}
}

// tells has the service answer each forgery to the casting's next step, which must
// name the check and stay where it is.
func (w *world) tells(t *testing.T, name string, list []forgery) {
	t.Helper()
	stage := call[string](w.page, "casting.stage")
	for _, f := range list {
		w.lies(func(asked string, _, answer []byte) []byte {
			if asked == name {
				return f.answer
			}
			return answer
		})
		want := map[bool]string{true: "ClocksDiffer ", false: "Lie " + f.check}[strings.HasSuffix(f.check, "-expired")] // true, but of other days
		if got := w.step(); got != want {
			t.Errorf("%s: %s: %q, and not the check %s", name, f.name, got, f.check)
		}
		if now := call[string](w.page, "casting.stage"); now != stage {
			t.Fatalf("%s: %s: the device went on from %s to %s", name, f.name, stage, now)
		}
	}
	w.lies(nil)
}

// A service that lies is caught at every field of every answer, with the name of the
// check, and the vote still goes through once it tells the truth.
func TestLies(t *testing.T) {
	w := newWorld(t, 1)
	// another elector's vote, whose answers are true of him
	w.begin(1)
	var theirs []byte
	w.lies(func(name string, _, answer []byte) []byte {
		if name == "mark" {
			theirs = answer
		}
		return answer
	})
	call[bool](w.page, "(await casting.cast(services), true)")
	w.begin(7)

	account := w.capture(t, "account", func() { w.step() })
	call[bool](w.page, "(casting.stage = 'made', casting.verified = false, true)")
	a, err := urn.ParseAccountAnswer(account)
	if err != nil || a.Err != nil {
		t.Fatal(err, a.Err)
	}
	edited := func(edit func(*urn.AccountAnswer)) []byte {
		b := a
		b.Path = slices.Clone(a.Path)
		edit(&b)
		return b.Bytes()
	}
	w.tells(t, "account", append(shapes(account),
		forgery{"another place", "account-proof", edited(func(a *urn.AccountAnswer) { a.Place ^= 1 })},
		forgery{"another number of accounts", "account-count", edited(func(a *urn.AccountAnswer) { a.Count++ })},
		forgery{"another path", "account-proof", edited(func(a *urn.AccountAnswer) { a.Path[1][0] ^= 1 })},
		forgery{"a shorter path", "account-proof", edited(func(a *urn.AccountAnswer) { a.Path = a.Path[1:] })},
		forgery{"a longer path", "account-proof", edited(func(a *urn.AccountAnswer) { a.Path = append(a.Path, urn.Hash{}) })},
		forgery{"no such account", "account-absent", urn.AccountAnswer{Err: urn.ErrAccount}.Bytes()}))

	reserve := w.capture(t, "reserve", func() { w.step() })
	call[bool](w.page, "(casting.stage = 'made', true)")
	r, err := roll.ParseReserveAnswer(reserve)
	if err != nil || r.Err != nil {
		t.Fatal(err, r.Err)
	}
	granted, err := scrutin.ParseCastingText(textOf(t, r.Authorisation))
	if err != nil {
		t.Fatal(err)
	}
	otherToken := r
	otherToken.Token[0] ^= 1
	w.tells(t, "reserve", append(append(shapes(reserve),
		forgery{"another token", "authorisation-value", otherToken.Bytes()}),
		w.forgeries(t, "authorisation", scrutin.Authorisation, granted.Value, "roll", "urn", func(signed []byte) []byte {
			return roll.ReserveAnswer{Token: r.Token, Authorisation: signed}.Bytes()
		})...))
	if got := w.step(); got != "reserved" {
		t.Fatal(got)
	}

	appended := w.capture(t, "append", func() { w.step() })
	call[bool](w.page, "(casting.stage = 'reserved', true)")
	p, err := urn.ParseAppendAnswer(appended)
	if err != nil || p.Err != nil {
		t.Fatal(err, p.Err)
	}
	promised, err := scrutin.ParseCastingText(textOf(t, p.Promise))
	if err != nil {
		t.Fatal(err)
	}
	brought, err := scrutin.ParseCastingText(textOf(t, p.Receipt))
	if err != nil {
		t.Fatal(err)
	}
	lies := append(shapes(appended), forgery{"something that follows", "answer-form", append(slices.Clone(appended), 0)},
		forgery{"promise and receipt exchanged", "promise-kind", urn.AppendAnswer{Promise: p.Receipt, Receipt: p.Promise}.Bytes()})
	lies = append(lies, w.forgeries(t, "promise", scrutin.Promise, promised.Value, "urn", "roll", func(signed []byte) []byte {
		return urn.AppendAnswer{Promise: signed, Receipt: p.Receipt}.Bytes()
	})...)
	w.tells(t, "append", append(lies, w.forgeries(t, "appended", scrutin.Appended, brought.Value, "urn", "roll", func(signed []byte) []byte {
		return urn.AppendAnswer{Promise: p.Promise, Receipt: signed}.Bytes()
	})...))
	if got := w.step(); got != "appended" {
		t.Fatal(got)
	}

	marked := w.capture(t, "mark", func() { w.step() })
	call[bool](w.page, "(casting.stage = 'appended', true)")
	m, err := roll.ParseMarkAnswer(marked)
	if err != nil || m.Err != nil {
		t.Fatal(err, m.Err)
	}
	said, err := scrutin.ParseCastingText(textOf(t, m.Marked))
	if err != nil {
		t.Fatal(err)
	}
	otherMark := m
	otherMark.Signature[40] ^= 1
	w.tells(t, "mark", append(append(shapes(marked),
		forgery{"another elector's mark", "mark-elector", theirs},
		forgery{"another signature of the elector", "mark-elector", otherMark.Bytes()}),
		w.forgeries(t, "marked", scrutin.Marked, said.Value, "roll", "urn", func(signed []byte) []byte {
			return roll.MarkAnswer{Signature: m.Signature, Marked: signed}.Bytes()
		})...))
	if got := w.step(); got != "marked" {
		t.Fatal(got)
	}
}

// flips asks again with every honest answer's bits changed, one in each byte, and with
// the answer cut at every length; it gives how often that was taken for true. ask is
// an expression over the transport `said`.
func (w *world) flips(t *testing.T, name string, honest []byte, ask string) {
	t.Helper()
	taken := call[[]string](w.page, `(async (honest) => {
		const taken = [];
		for (let i = 0; i < 2 * honest.length; i++) {
			const answer = i < honest.length ? honest.slice() : honest.slice(0, i - honest.length);
			if (i < honest.length) answer[i] ^= 1 << (i % 8);
			const said = async () => answer;
			await (`+ask+`).then(() => taken.push("byte " + i), (e) => ["Lie", "Refusal"].includes(e.name) || taken.push(e.name + " at byte " + i));
		}
		return taken;
	})(client.bytes.unhex($1))`, fmt.Sprintf("%x", honest))
	for _, at := range taken {
		t.Errorf("%s: %s", name, at)
	}
}

// No answer passes of which one bit is another one, or whose end is missing.
func TestFlips(t *testing.T) {
	w := newWorld(t, 1)
	w.begin(11)
	w.flips(t, "account", w.capture(t, "account", func() { w.step() }), "client.account.verifyAccount(casting.urn, casting.ballot.slice(35, 67), said)")
	for _, c := range []struct{ name, stage, services string }{
		{"reserve", "made", "{ urn: urnAsk, session: { token: new Uint8Array(32), roll: said } }"},
		{"append", "reserved", "{ urn: said }"},
		{"mark", "appended", "{ roll: said }"},
	} {
		call[bool](w.page, "(casting.stage = $1, true)", c.stage)
		honest := w.capture(t, c.name, func() { w.step() })
		w.flips(t, c.name, honest, "(casting.stage = '"+c.stage+"', casting.step("+c.services+"))")
		call[bool](w.page, "(casting.stage = $1, true)", c.stage)
		w.step()
	}
	if err := w.urn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	find := "client.receipt.findReceipt(scrutin, casting.code, $, 'urn-1')"
	honest := w.capture(t, "receipt", func() { call[bool](w.page, "(await "+strings.Replace(find, "$", "urnAsk", 1)+", true)") })
	w.flips(t, "receipt", honest, strings.Replace(find, "$", "said", 1))
}

// textOf is a note's text.
func textOf(t *testing.T, signed []byte) string {
	t.Helper()
	text, err := note.Text(signed)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// capture gives the honest answer to a request that do brings about.
func (w *world) capture(t *testing.T, name string, do func()) (answer []byte) {
	t.Helper()
	w.lies(func(asked string, _, honest []byte) []byte {
		if asked == name {
			answer = slices.Clone(honest)
		}
		return honest
	})
	defer w.lies(nil)
	if do(); answer == nil {
		t.Fatalf("nobody asked %s", name)
	}
	return answer
}

// A roll that releases another half gives a key that is nobody's: the voter is
// stopped before anything is sent for it.
func TestOtherKey(t *testing.T) {
	w := newWorld(t, 1)
	w.lies(func(name string, _, answer []byte) []byte {
		if name == "open" {
			answer = slices.Clone(answer)
			answer[5] ^= 1
		}
		return answer
	})
	w.begin(2)
	asked := map[string]bool{}
	w.lies(func(name string, _, answer []byte) []byte {
		asked[name] = true
		return answer
	})
	if got := w.step(); got != "Lie account-absent" {
		t.Error(got)
	}
	if asked["reserve"] || asked["append"] {
		t.Error("something was sent for a key that is none")
	}
}

// What the voter can hand over proves the lie, and betrays nothing.
func TestEvidence(t *testing.T) {
	w := newWorld(t, 1)
	w.begin(3)
	var request []byte
	w.lies(func(name string, q, answer []byte) []byte {
		if name == "reserve" {
			request = slices.Clone(q)
			return []byte{0, 1, 2}
		}
		return answer
	})
	if got := w.step(); got != "Lie answer-form" {
		t.Fatal(got)
	}
	file := call[string](w.page, `caught.evidence(scrutin, "urn-1", new Date(Date.UTC(2026, 11, 3, 9, 30, 5, 999)))`)
	var got map[string]string
	if err := json.Unmarshal([]byte(file), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"record": "isoloir/v1/evidence", "time": "2026-12-03T09:30:05Z", "manifest": w.Fingerprint.String(), "opening": w.o.String(),
		"urn": "urn-1", "step": "reserve", "check": "answer-form", "request": fmt.Sprintf("%x", request[32:]), "answer": "000102"}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, and not %q", key, got[key], value)
		}
	}
	if len(got) != len(want) || strings.Contains(file, fmt.Sprintf("%x", request[:32])) {
		t.Errorf("the evidence holds something else, or the session: %s", file)
	}
}

// What the urn says of a ballot is verified, and a promise is held against it.
func TestReceipt(t *testing.T) {
	w := newWorld(t, 1)
	for i := range 5 {
		w.begin(i)
		call[bool](w.page, "(await casting.cast(services), true)")
	}
	find := func(promised string) string {
		return call[string](w.page, `client.receipt.findReceipt(scrutin, casting.code, urnAsk, `+promised+`).then((f) => JSON.stringify(f), (e) => e.name + " " + e.check)`)
	}
	if got := find("'urn-1'"); !strings.HasPrefix(got, `{"state":"received","urn":"urn-1","next":`) {
		t.Error(got)
	}
	if err := w.urn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	honest := w.capture(t, "receipt", func() { find("undefined") })
	edited := func(edit func([]byte)) []byte {
		b := slices.Clone(honest)
		edit(b)
		return b
	}
	leaf := 2 + 2 + 8 + 2 // answer and state, urn, index, length
	path := leaf + int(binary.LittleEndian.Uint16(honest[leaf-2:])) + 2
	checkpoint := path + 32*int(binary.LittleEndian.Uint16(honest[path-2:])) + 2
	for _, f := range append(shapes(honest),
		forgery{"something that follows", "answer-form", append(slices.Clone(honest), 0)},
		forgery{"not here", "receipt-broken", []byte{0, 0}},
		forgery{"another urn", "receipt-urn", edited(func(b []byte) { b[2] = 1 })},
		forgery{"no such urn", "receipt-urn", edited(func(b []byte) { b[2] = 9 })},
		forgery{"another place", "receipt-proof", edited(func(b []byte) { b[4] ^= 1 })},
		forgery{"another type of leaf", "receipt-ballot", edited(func(b []byte) { b[leaf] = 2 })},
		forgery{"another ballot", "receipt-ballot", edited(func(b []byte) { b[leaf+50] ^= 1 })},
		forgery{"another path", "receipt-proof", edited(func(b []byte) { b[path+3] ^= 1 })},
		forgery{"a changed checkpoint", "receipt-checkpoint", edited(func(b []byte) { b[checkpoint+14] ^= 1 })},
	) {
		w.lies(func(string, []byte, []byte) []byte { return f.answer })
		if got := find("'urn-1'"); got != "Lie "+f.check {
			t.Errorf("%s: %q, and not the check %s", f.name, got, f.check)
		}
	}
	w.lies(func(string, []byte, []byte) []byte { return []byte{0, 0} })
	if got := find("undefined"); got != `{"state":"absent"}` {
		t.Errorf("without a promise: %s", got)
	}
}
