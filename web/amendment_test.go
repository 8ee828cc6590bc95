package web_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// amend says how the client takes an amendment of the roll, the first one of this scrutin.
func (w *world) amend(act, amendment []byte) string {
	return call[string](w.page, `(() => {
		const s = new client.scrutin.Scrutin(client.bytes.utf8($1), client.bytes.utf8($2));
		try {
			s.amend(client.bytes.utf8($3), client.bytes.utf8($4));
			globalThis.amended = s;
			return "accepted " + s.numbered(0) + " " + s.numbered(1);
		} catch (e) {
			return e.name + " " + e.check;
		}
	})()`, string(w.Bytes), string(w.Note), string(act), string(amendment))
}

// Who is added votes over the generator of his population, which the client believes on
// the roll's signature and the bureau's act alone.
func TestAmendment(t *testing.T) {
	w := newWorld(t, 1)
	added := w.Manifest.MinimumSize
	generator := group.MulBase(group.RandomScalar())
	secrets, points := make([]group.Scalar, added), make([]group.Point, added)
	for i := range secrets {
		secrets[i] = group.RandomScalar()
		points[i] = generator.Mul(secrets[i])
	}
	keys := group.EncodeBatch(points, 1)
	accounts, err := urn.NewAccounts(keys)
	if err != nil {
		t.Fatal(err)
	}
	population := urn.Population{Base: generator, Accounts: accounts}
	if err := w.urn.Amend(0, population); err != nil {
		t.Fatal(err)
	}
	amendment := func(edit func(*scrutin.Amendment)) string {
		t.Helper()
		a := &scrutin.Amendment{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: w.Fingerprint}, Opening: w.o}, Number: 1, Urns: []scrutin.AmendedUrn{
			{Urn: "urn-1", Before: electors, Added: added, Generator: scrutin.PointOf(generator), Root: scrutin.Digest(merkle.Root(keys, group.PointSize)), Struck: []int{4}},
			{Urn: "urn-2", Before: electors, Struck: []int{}}}}
		edit(a)
		text, err := scrutin.Text(a)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	as := func(text string, ids ...string) []byte {
		t.Helper()
		var signers []note.Signer
		for _, id := range ids {
			signers = append(signers, w.Signers[id])
		}
		data, err := note.Sign(text, signers...)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	var members []string
	for _, b := range w.Manifest.Bureau.Members {
		members = append(members, b.ID)
	}
	act := func(adopted string, edit func(*scrutin.Act), signers ...string) []byte {
		t.Helper()
		a := &scrutin.Act{Head: scrutin.Head{Manifest: w.Fingerprint}, Opening: w.o, Seq: 9, Previous: scrutin.Digest{7}, Type: scrutin.ActAddendum, Time: scrutin.TimeOf(w.Manifest.Schedule.Open.Time),
			Session: 2, Present: members, Body: scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: record.Amendment(1), SHA256: scrutin.DigestOf([]byte(adopted))}}, Reason: "décision"}}
		edit(a)
		text, err := scrutin.Text(a)
		if err != nil {
			t.Fatal(err)
		}
		return as(text, signers...)
	}
	same, honest := func(*scrutin.Act) {}, amendment(func(*scrutin.Amendment) {})
	accepted := fmt.Sprintf("accepted %d %d", electors+added, electors)
	few := amendment(func(a *scrutin.Amendment) { a.Urns[0].Added-- })
	other := amendment(func(a *scrutin.Amendment) { a.Urns[0].Root[0] ^= 1 })
	for _, c := range []struct {
		name, want string
		act, note  []byte
	}{
		{"by fewer than the quorum", "Lie amendment-quorum", act(honest, same, members[0]), as(honest, "roll")},
		{"by some who are not present", "Lie amendment-quorum", act(honest, func(a *scrutin.Act) { a.Present = members[1:] }, members...), as(honest, "roll")},
		{"by a witness for the bureau", "Lie amendment-signature", act(honest, same, append(slices.Clone(members), "witness-1")...), as(honest, "roll")},
		{"by an act that suspends", "Lie amendment-act", act(honest, func(a *scrutin.Act) { a.Type = scrutin.ActSuspend }, members...), as(honest, "roll")},
		{"that nobody has adopted", "Lie amendment-adopted", act(honest, same, members...), as(other, "roll")},
		{"adopted as another one", "Lie amendment-adopted", act(honest, func(a *scrutin.Act) { a.Body.Adopts[0].Path = record.Amendment(2) }, members...), as(honest, "roll")},
		{"adopted beside a client", "Lie amendment-adopted", act(honest, func(a *scrutin.Act) {
			a.Body.Adopts = append([]scrutin.Adopted{{Path: scrutin.AdoptClient, SHA256: scrutin.Digest{9}}}, a.Body.Adopts...)
		}, members...), as(honest, "roll")},
		{"signed by the urn", "Lie amendment-signature", act(honest, same, members...), as(honest, "urn")},
		{"changed after it was signed", "Lie amendment-signature", act(honest, same, members...), []byte(strings.Replace(string(as(honest, "roll")), `"added": `, `"added": 1`, 1))},
		{"of another opening", "Lie amendment-scrutin", act(amendment(func(a *scrutin.Amendment) { a.Opening[0] ^= 1 }), same, members...), as(amendment(func(a *scrutin.Amendment) { a.Opening[0] ^= 1 }), "roll")},
		{"by an act of another opening", "Lie amendment-scrutin", act(honest, func(a *scrutin.Act) { a.Opening[0] ^= 1 }, members...), as(honest, "roll")},
		{"after others that nobody knows", "Lie amendment-number", act(amendment(func(a *scrutin.Amendment) { a.Urns[0].Before++ }), same, members...), as(amendment(func(a *scrutin.Amendment) { a.Urns[0].Before++ }), "roll")},
		{"the second one", "Lie amendment-number", act(amendment(func(a *scrutin.Amendment) { a.Number = 2 }), same, members...), as(amendment(func(a *scrutin.Amendment) { a.Number = 2 }), "roll")},
		{"of fewer than hide each other", "Lie amendment-number", act(few, same, members...), as(few, "roll")},
		{"no note", "Lie amendment-form", act(honest, same, members...), []byte("x")},
		{"no act", "Lie amendment-form", []byte("x"), as(honest, "roll")},
		{"just the quorum", accepted, act(honest, func(a *scrutin.Act) { a.Present = members[:len(members)-1] }, members[:len(members)-1]...), as(honest, "roll")},
		{"honest", accepted, act(honest, same, members...), as(honest, "roll")},
	} {
		if got := w.amend(c.act, c.note); got != c.want {
			t.Errorf("%s: %s, and not %s", c.name, got, c.want)
		}
	}
	// An account stands under the root of its own population alone.
	place := func(elector int, account []byte) string {
		return call[string](w.page, `(async () => {
			try {
				await client.account.verifyAccount(amended.urn("urn-1", $1), client.bytes.unhex($2), urnAsk);
				return "verified";
			} catch (e) {
				return e.name + " " + (e.check ?? e.reason);
			}
		})()`, elector, hex.EncodeToString(account))
	}
	first := keys[:32]
	opened := w.urnRules.Base.Mul(w.secrets[2]).Bytes()
	for _, c := range []struct {
		elector int
		account []byte
		want    string
	}{{electors, first, "verified"}, {electors + 2, keys[64:96], "verified"}, {2, opened[:], "verified"}, {2, first, "Lie account-count"}, {electors, opened[:], "Lie account-count"}} {
		if got := place(c.elector, c.account); got != c.want {
			t.Errorf("elector %d: %s, and not %s", c.elector, got, c.want)
		}
	}
	// Whom the urn does not know is lied to, unless it may still be taking the amendment up.
	unknown := generator.Mul(group.RandomScalar()).Bytes()
	if got := place(electors, unknown[:]); got != "Lie account-absent" {
		t.Errorf("an hour after the act the urn does not know an account: %s", got)
	}
	lately := act(honest, func(a *scrutin.Act) { a.Time = scrutin.TimeOf(time.Now()) }, members...)
	if got := w.amend(lately, as(honest, "roll")); got != accepted {
		t.Fatal(got)
	}
	if got := place(electors, unknown[:]); got != "Refusal busy" {
		t.Errorf("just after the act the urn does not know an account: %s", got)
	}
	if got := place(2, unknown[:]); got != "Lie account-absent" {
		t.Errorf("just after the act the urn does not know an account of the opening record: %s", got)
	}
	// The ballot that the client makes for him is one of his population, for the urn.
	ballot := call[string](w.page, `(() => {
		const urn = amended.urn("urn-1", $1), q = urn.questions[0];
		const x = client.group.decodeScalar(client.bytes.unhex($2)), account = client.group.power(urn.generator, x).toBytes();
		return client.bytes.hex(client.ballot.makeBallot(amended, urn, { x, account }, { [q.id]: q.options[0].id }));
	})()`, electors+1, hex.EncodeToString(bytesOf(secrets[1])))
	raw := unhex(t, ballot)
	amended, err := w.urnRules.Amended(population)
	if err != nil {
		t.Fatal(err)
	}
	if _, refused := amended.Judge([][]byte{raw}, 1); refused[0] != nil {
		t.Errorf("the urn refuses the ballot of who was added: %v", refused[0])
	}
	if _, refused := w.urnRules.Judge([][]byte{raw}, 1); refused[0] == nil {
		t.Error("without the amendment it is taken too")
	}
}

func bytesOf(x group.Scalar) []byte {
	b := x.Bytes()
	return b[:]
}
