package web_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"isoloir/roll"
	"isoloir/urn"
)

// A device that stops anywhere, and loses any answer, goes on in another visit with
// what it kept, and the elector votes once.
func TestResume(t *testing.T) {
	w := newWorld(t, 2)
	w.begin(6)
	code := call[string](w.page, "casting.code")
	for _, c := range []struct{ asks, stage string }{{"account", "reserved"}, {"reserve", "reserved"}, {"append", "appended"}, {"mark", "marked"}} {
		w.lies(func(name string, _, answer []byte) []byte {
			if name == c.asks {
				return nil // served, and the answer is lost
			}
			return answer
		})
		if got := w.step(); got != "Unreachable " {
			t.Fatalf("%s: %s", c.asks, got)
		}
		w.lies(nil)
		call[bool](w.page, "(client.store.keepCasting(localStorage, casting), globalThis.casting = client.store.keptCasting(localStorage, scrutin, 'urn-1', 6), casting.code === $1)", code)
		if c.asks == "account" {
			continue
		}
		if got := w.step(); got != c.stage {
			t.Fatalf("%s: %s", c.asks, got)
		}
		call[bool](w.page, "(globalThis.casting = client.casting.Casting.resume(scrutin, JSON.parse(JSON.stringify(casting))), true)")
	}
	if kept := call[string](w.page, "(client.store.keepCasting(localStorage, casting), Object.keys(localStorage).join())"); kept != "" {
		t.Errorf("after the mark the device keeps %s", kept)
	}
	if got := call[string](w.page, "client.receipt.findReceipt(scrutin, casting.code, urnAsk, 'urn-1').then((f) => f.state)"); got != "received" {
		t.Error(got)
	}
	// without a session nothing is reserved, and who has voted is told so
	w.begin(6)
	if got := call[string](w.page, "casting.step({ roll, urn: urnAsk }).catch((e) => e.name)"); got != "NeedsSession" {
		t.Error(got)
	}
	if got := call[string](w.page, "session.state"); got != "voted" {
		t.Error(got)
	}
	if got := w.step(); got != "Refusal marked" {
		t.Error(got)
	}
}

// Nothing that a device kept is believed: every field is tied to a signature, or to
// the ballot.
func TestKept(t *testing.T) {
	w := newWorld(t, 1)
	w.begin(8)
	call[bool](w.page, "(await casting.cast(services), true)")
	kept := call[map[string]any](w.page, "casting.toJSON()")
	if len(kept) != 17 {
		t.Errorf("the device keeps %d fields", len(kept))
	}
	resumes := func(change map[string]any) bool {
		return call[bool](w.page, "(() => { try { return client.casting.Casting.resume(scrutin, {...casting.toJSON(), ...$1}).stage !== ''; } catch { return false; } })()", change)
	}
	if !resumes(map[string]any{}) {
		t.Fatal("the device does not go on with what it kept")
	}
	for key, value := range kept {
		other := any(9)
		if text, is := value.(string); is && len(text) > 8 {
			other = text[:6] + flipped(text[6:7]) + text[7:]
		} else if is {
			other = "x" + text
		}
		if resumes(map[string]any{key: other}) {
			t.Errorf("the device goes on with another %s", key)
		}
	}
	if resumes(map[string]any{"secret": "x"}) {
		t.Error("the device goes on with something more")
	}
}

// When the roll had the authorisation declared void, the device asks for another one,
// and sends the same ballot with it.
func TestVoid(t *testing.T) {
	w := newWorld(t, 1)
	w.begin(9)
	reserve := w.capture(t, "reserve", func() { w.step() })
	a, err := roll.ParseReserveAnswer(reserve)
	if err != nil || a.Err != nil {
		t.Fatal(err, a.Err)
	}
	if _, err := w.urn.Void(context.Background(), 0, []urn.Hash{call32(w.page, "casting.token")}); err != nil {
		t.Fatal(err)
	}
	if got := w.step(); got != "Refusal void" {
		t.Error(got)
	}
	if got := call[string](w.page, "casting.stage"); got != "made" {
		t.Error(got)
	}
}

func call32(p *page, expression string) [32]byte {
	return [32]byte(unhex(p, call[string](p, "client.bytes.hex("+expression+")")))
}

// Refusals come through by name; what nobody answered is no refusal.
func TestRefusals(t *testing.T) {
	w := newWorld(t, 1)
	login := func(identifier, password string) string {
		return call[string](w.page, `(async () => {
			const rules = scrutin.manifest.codes, urn = scrutin.urn("urn-1");
			const { elector, code } = client.codes.parseIdentifier(rules, $1);
			await client.session.login({ scrutin, urn, elector, codes: [code, client.codes.parseCode(rules, $2)], stretch, roll });
			return "in";
		})().catch((e) => e.name + " " + (e.reason ?? ""))`, identifier, password)
	}
	right, other := w.codes[1][5].Reveal(), w.codes[1][4].Reveal()
	for _, c := range []struct{ identifier, password, want string }{
		{w.identifier(5), right, "in"},
		{strings.ToLower(strings.ReplaceAll(w.identifier(5), "-", " ")), strings.ReplaceAll(right, "-", ""), "in"},
		{strings.ReplaceAll(w.identifier(5), "-", ""), " " + right + " ", "in"},
		{w.identifier(5), other, "Refusal login"},
		{w.identifier(4), right, "Refusal login"},
		{"11" + w.identifier(5)[1:], right, "Refusal login"},
		{"900" + w.identifier(5)[1:], right, "Refusal login"},
		{"05" + w.identifier(5)[1:], right, "CodeError "},
		{"4294967296" + w.identifier(5)[1:], right, "CodeError "},
		{w.identifier(5)[2:], right, "CodeError "},
		{w.identifier(5) + "?", right, "CodeError "},
		{w.identifier(5), right[1:], "CodeError "},
		{"", "", "CodeError "},
	} {
		if got := login(c.identifier, c.password); got != c.want {
			t.Errorf("%q, %q: %s, and not %s", c.identifier, c.password, got, c.want)
		}
	}
	w.begin(5)
	for status, want := range map[int]string{429: "Refusal wait 7", 503: "Unreachable 7", 404: "Unreachable 7"} {
		w.status.Store(int32(status))
		if got := call[string](w.page, `casting.step(services).catch((e) => [e.name, e.reason, e.after].filter((x) => x !== undefined).join(" "))`); got != want {
			t.Errorf("%d: %s, and not %s", status, got, want)
		}
	}
	w.status.Store(0)
	call[bool](w.page, "(globalThis.stretched = [new Uint8Array(128).fill(7)], session.companions.set('f', stretched), await session.leave().then(() => true), true)")
	if !call[bool](w.page, "stretched[0].every((b) => b === 0) && session.token.every((b) => b === 0) && session.companions.size + session.halves.length === 0") {
		t.Error("who has left keeps secrets of the session")
	}
	if got := w.step(); got != "Refusal session" {
		t.Error(got)
	}
}

// A roll tells in which companions the elector may vote: some of those of the
// manifest, in its order, each whole; everything else is no answer.
func TestElsewhere(t *testing.T) {
	w := newWorld(t, 1)
	w.begin(3)
	f := func(b string) string { return strings.Repeat(b, 32) }
	call[bool](w.page, "(scrutin.manifest.companions = [$1, $2, $3], true)", f("0a"), f("0b"), f("0c"))
	for _, c := range []struct{ answer, want string }{
		{"00", "[]"},
		{"00" + f("0b") + "010002000000", `[{"f":"` + f("0b") + `","urn":1,"elector":2}]`},
		{"00" + f("0a") + "000000000000" + f("0c") + "ffff01000000", `[{"f":"` + f("0a") + `","urn":0,"elector":0},{"f":"` + f("0c") + `","urn":65535,"elector":1}]`},
		{"00" + f("0b") + "010002000000" + f("0a") + "000000000000", "answer-form"},
		{"00" + f("0b") + "010002000000" + f("0b") + "010002000000", "answer-form"},
		{"00" + f("0d") + "010002000000", "answer-form"},
		{"00" + f("0a") + "0100020000", "answer-form"},
		{"00" + f("0a") + "01000200000000", "answer-form"},
		{"01", "format"},
		{"0c", "session"},
		{"0d", "unproven"},
		{"", "answer-form"},
	} {
		got := call[string](w.page, "(session.roll = async () => client.bytes.unhex($1), session.elsewhere().then(JSON.stringify, (e) => e.check ?? e.reason))", c.answer)
		if got != c.want {
			t.Errorf("%s: %s, and not %s", c.answer, got, c.want)
		}
	}
}

// The receipt file carries the promise and nothing of who voted; what is no receipt
// of this vote is refused. (S003-27-5, CoE-23)
func TestReceiptFile(t *testing.T) {
	w := newWorld(t, 1)
	w.begin(10)
	call[bool](w.page, "(await casting.cast(services), true)")
	file := call[string](w.page, `client.receipt.receiptFile(["Récépissé", "two  lines\nin one", "isoloir/v1/promise"], casting.promise)`)
	parse := func(file string) string {
		return call[string](w.page, `(() => { try { const r = client.receipt.parseReceiptFile(scrutin, $1); return r.code + " " + r.urn; } catch (e) { return e.name; } })()`, file)
	}
	want := call[string](w.page, "casting.code") + " urn-1"
	for _, kept := range []string{file, strings.ReplaceAll(file, "\n", "\r\n"), file + "", "\ufeff" + file} {
		if got := parse(kept); got != want {
			t.Errorf("%q: %s", kept, got)
		}
	}
	for _, bad := range []string{"", "x", file[:len(file)-3], strings.Replace(file, "urn-1\n", "urn-2\n", 1), strings.Replace(file, w.o.String(), strings.Repeat("0", 64), 1)} {
		if got := parse(bad); got != "ReceiptError" {
			t.Errorf("%q: %s", bad, got)
		}
	}
	if !strings.HasPrefix(file, "Récépissé\ntwo lines in one\nisoloir/v1/promise\n\nisoloir/v1/promise\n") {
		t.Errorf("%q", file)
	}
	code := strings.Fields(want)[0]
	shown := call[string](w.page, "client.receipt.showCode(casting.code)")
	for typed, want := range map[string]string{code: code, shown: code, " " + strings.ToUpper(shown): code, code[1:]: "ReceiptError", code + "0": "ReceiptError", "g" + code[1:]: "ReceiptError"} {
		if got := call[string](w.page, `(() => { try { return client.receipt.parseReceiptCode($1); } catch (e) { return e.name; } })()`, typed); got != want {
			t.Errorf("%q: %s, and not %s", typed, got, want)
		}
	}
}

// The list of a whole log proves a ballot without naming it, and no other list does. (S002-g4c)
func TestList(t *testing.T) {
	w := newWorld(t, 1)
	for i := range 6 {
		w.begin(i)
		call[bool](w.page, "(await casting.cast(services), true)")
	}
	if err := w.urn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	find := func(code string) string {
		return call[string](w.page, "client.receipt.findInList(scrutin, 'urn-1', "+code+", urnGet).then((f) => `${f.state} of ${f.size}`, (e) => `${e.name} ${e.check}`)")
	}
	if got := find("casting.code"); got != "recorded of 6" {
		t.Fatal(got)
	}
	if got := find("'00'.repeat(32)"); got != "absent of undefined" {
		t.Error(got)
	}
	index := call[int](w.page, "client.receipt.findInList(scrutin, 'urn-1', casting.code, urnGet).then((f) => f.index)")
	for _, c := range []struct {
		file, what, want string
		edit             func(b []byte) []byte
	}{
		{"checkpoint", "changed", "Lie list-checkpoint", func(b []byte) []byte { b[20] ^= 1; return b }},
		{"checkpoint", "empty", "Lie list-checkpoint", func([]byte) []byte { return []byte{} }},
		{"list", "another leaf hash", "Lie list-root", func(b []byte) []byte { b[65*3+40] ^= 1; return b }},
		{"list", "a leaf less", "Lie list-form", func(b []byte) []byte { return b[:65*5] }},
		{"list", "cut", "Lie list-form", func(b []byte) []byte { return b[:65*6-1] }},
		{"list", "the ballot under another type", "absent of undefined", func(b []byte) []byte { b[65*index] = 2; return b }},
		{"leaves/0", "the ballot changed", "Lie list-leaf", func(b []byte) []byte { b[len(b)/6*index+60] ^= 1; return b }},
		{"leaves/0", "the ballot under another type", "Lie list-leaf", func(b []byte) []byte { b[len(b)/6*index+2] = 2; return b }},
		{"leaves/0", "cut", "Lie list-leaf", func(b []byte) []byte { return b[:len(b)/6*index+9] }},
	} {
		w.lies(func(name string, _, answer []byte) []byte {
			if name == "urn-1/"+c.file {
				return c.edit(slices.Clone(answer))
			}
			return answer
		})
		if got := find("casting.code"); got != c.want {
			t.Errorf("%s, %s: %s, and not %s", c.file, c.what, got, c.want)
		}
	}
}
