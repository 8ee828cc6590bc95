package web_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/roll"
	"isoloir/urn"
)

// begin logs elector i in and makes his ballot: globalThis.casting, session and key.
func (w *world) begin(i int) {
	w.page.Helper()
	call[bool](w.page, `(async () => {
		const rules = scrutin.manifest.codes, urn = scrutin.urn("urn-1");
		const { elector, code } = client.codes.parseIdentifier(rules, $1);
		const codes = [code, client.codes.parseCode(rules, $2)];
		globalThis.session = await client.session.login({ scrutin, urn, elector, codes, stretch, roll });
		globalThis.key = await session.open();
		const choices = Object.fromEntries(urn.questions.map((q, n) => [q.id, n === 0 ? "option-2" : "blank"]));
		globalThis.casting = client.casting.Casting.make(scrutin, urn, key, choices);
		globalThis.services = { roll, urn: urnAsk, session };
		return codes.every((c) => c.length === 0) && !JSON.stringify(casting).includes("option");
	})()`, w.identifier(i), w.codes[1][i].Reveal())
}

// identifier is what the first issuer sends to an elector.
func (w *world) identifier(i int) string { return fmt.Sprintf("%d-%s", i, w.codes[0][i].Reveal()) }

// A ballot made in the browser passes every rule of the urn, and is the choice that
// was made; all that the services answer passes every check of the device.
func TestCast(t *testing.T) {
	for _, questions := range []int{1, 3} {
		t.Run(fmt.Sprint(questions, " questions"), func(t *testing.T) {
			w := newWorld(t, questions)
			w.begin(4)
			if state := call[string](w.page, "session.state + ' ' + session.step"); state != "may-vote none" {
				t.Error(state)
			}
			encoded, err := hex.DecodeString(call[string](w.page, "client.bytes.hex(casting.ballot)"))
			if err != nil {
				t.Fatal(err)
			}
			ballots, refused := w.urnRules.Judge([][]byte{encoded}, 1)
			if refused[0] != nil {
				t.Fatal(refused[0])
			}
			if hash := ballots[0].Hash(); call[string](w.page, "casting.code") != hex.EncodeToString(hash[:]) {
				t.Error("the device shows another receipt code")
			}
			if stage := call[string](w.page, "(await casting.cast(services), casting.stage)"); stage != "marked" {
				t.Error(stage)
			}
			if urn := call[string](w.page, "client.receipt.parseReceiptFile(scrutin, client.receipt.receiptFile(['Reçu'], casting.promise)).urn"); urn != "urn-1" {
				t.Error(urn)
			}
			if err := w.urn.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			want := "recorded urn-1 0 of 1"
			for _, ask := range []string{"client.receipt.findReceipt(scrutin, casting.code, urnAsk, 'urn-1')", "client.receipt.findInList(scrutin, 'urn-1', casting.code, urnGet)"} {
				if got := call[string](w.page, "(async (f) => `${f.state} ${f.urn} ${f.index} of ${f.size}`)(await "+ask+")"); got != want {
					t.Errorf("%s: %s", ask, got)
				}
			}
			if mark := call[string](w.page, "client.bytes.hex((await client.mark.ownMark(scrutin, casting.urn, key, roll)).mark)"); mark != call[string](w.page, "client.bytes.hex(casting.mark)") {
				t.Error("the roll shows another mark")
			}
			if questions == 1 {
				return
			}
			// roll and urn have spoken by deputies
			call[bool](w.page, "(scrutin.now = () => Date.now() / 1000 + 4 * 86400, true)")
			if !call[bool](w.page, "client.casting.Casting.resume(scrutin, JSON.parse(JSON.stringify(casting))).holds()") {
				t.Error("what was said days ago holds no more")
			}
		})
	}
}

// Clocks that differ accuse nobody, and cost no promise: the same is sent again. What nobody signed is a lie, whatever the clock says.
func TestClocks(t *testing.T) {
	w := newWorld(t, 2) // roll and urn speak by deputies
	w.begin(5)
	clock := func(days int) { call[bool](w.page, "(scrutin.now = () => Date.now() / 1000 + $1 * 86400, true)", days) }
	for _, stage := range []string{"reserved", "appended", "marked"} {
		clock(4)
		for range 2 {
			if got := w.step(); got != "ClocksDiffer " {
				t.Errorf("before %s: %s", stage, got)
			}
		}
		if stage == "appended" && !call[bool](w.page, "client.casting.Casting.resume(scrutin, JSON.parse(JSON.stringify(casting))).promise.length > 0") {
			t.Error("the promise is lost")
		}
		clock(0)
		if got := w.step(); got != stage {
			t.Fatal(got)
		}
	}
	clock(4)
	w.begin(6)
	w.lies(func(name string, _, answer []byte) []byte {
		if name == "reserve" {
			answer = append([]byte{}, answer...)
			answer[40] ^= 1
		}
		return answer
	})
	if got := w.step(); !strings.HasPrefix(got, "Lie authorisation-") {
		t.Error(got)
	}
	// the deputy under the receipt is over at the roll: another one signs the same receipt
	w.lies(nil)
	clock(0)
	w.begin(7)
	call[bool](w.page, "(await casting.step(services), await casting.step(services), true)")
	var asked atomic.Int32
	w.lies(func(name string, _, answer []byte) []byte {
		if name == "append" {
			asked.Add(1)
		} else if name == "mark" && asked.Load() == 0 {
			return []byte{roll.RefusalNumber(roll.ErrReservation)}
		}
		return answer
	})
	if got := w.step(); got != "marked" || asked.Load() != 1 {
		t.Errorf("%s, after %d times", got, asked.Load())
	}
	// who holds a promise and is marked meanwhile asks for the mark, not for another authorisation
	w.lies(nil)
	w.begin(8)
	call[string](w.page, "(await casting.step(services), casting.stage)")
	clock(4)
	w.step()
	clock(0)
	for _, c := range []struct {
		name, want string
		refusal    byte
	}{{"append", "Refusal authorisation", urn.AppendAnswer{Err: urn.ErrAuthorisation}.Bytes()[0]}, {"reserve", "marked", roll.RefusalNumber(roll.ErrMarked)}} {
		w.lies(func(name string, _, answer []byte) []byte {
			if name == c.name {
				return []byte{c.refusal}
			}
			return answer
		})
		if got := w.step(); got != c.want {
			t.Error(got)
		}
	}
}

// What the browser encrypts is the choice: the key is known here. (S004-19b)
func TestChoice(t *testing.T) {
	w := newWorld(t, 2)
	secret := group.RandomScalar()
	w.begin(0)
	got := call[string](w.page, `(() => {
		scrutin.key = client.group.decode(client.bytes.unhex($1));
		const made = client.casting.Casting.make(scrutin, casting.urn, key, {"question-1": "option-3", "question-2": "blank"});
		return client.bytes.hex(made.ballot);
	})()`, fmt.Sprintf("%x", group.MulBase(secret).Bytes()))
	encoded, err := hex.DecodeString(got)
	if err != nil {
		t.Fatal(err)
	}
	e, err := urn.ReadEnvelope(encoded)
	if err != nil {
		t.Fatal(err)
	}
	for q, option := range []string{"option-3", "blank"} {
		c, err := elgamal.Decode(e.Ciphertexts()[64*q : 64*q+64])
		if err != nil {
			t.Fatal(err)
		}
		if m := c.C2.Sub(c.C1.Mul(secret)); !m.Equal(elgamal.Option(w.Fingerprint, fmt.Sprint("question-", q+1), option)) {
			t.Errorf("question %d does not hold %s", q+1, option)
		}
	}
}
