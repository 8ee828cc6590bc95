package voting_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/web/chrome"
)

// said is a text of casting signed by a party of the world, or by a stranger under
// its name.
func (w *world) said(t *testing.T, by, kind, urn string, value scrutin.Digest, stranger bool) []byte {
	t.Helper()
	signer := note.Signer(w.Signers[by])
	if stranger {
		other, err := note.GenerateKey(by)
		if err != nil {
			t.Fatal(err)
		}
		signer = other
	}
	signed, err := scrutin.SignCasting(scrutin.CastingText{Kind: kind, Opening: w.o, Urn: urn, Value: value}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// short is LE16(length) ‖ part.
func short(part []byte) []byte {
	return append(binary.LittleEndian.AppendUint16(nil, uint16(len(part))), part...)
}

// parts are the two strings of the urn's answer to append.
func parts(answer []byte) (promise, receipt []byte) {
	n := int(binary.LittleEndian.Uint16(answer[1:]))
	return answer[3 : 3+n], answer[3+n+2:]
}

// on changes the answers to one kind of request.
func on(name string, change func(answer []byte) []byte) meddler {
	return func(asked string, _, answer []byte) []byte {
		if asked != name || len(answer) < 2 {
			return answer
		}
		return change(bytes.Clone(answer))
	}
}

// flip changes the byte at a place, from the end if it is negative.
func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte {
		b[(at+len(b))%len(b)] ^= 1
		return b
	}
}

// forge changes the signature at the end of a note, which stays one.
func forge(b []byte) []byte {
	at := len(b) - 10
	b[at] = map[bool]byte{true: 'B', false: 'A'}[b[at] == 'A']
	return b
}

// tryLies plays servers that lie to a voter on his way (attacks B01, B02, B03, B09):
// each time the page stops, says what to do, and hands over the evidence.
func tryLies(t *testing.T, b *chrome.Browser) {
	promise := func(kind, urn string, own, stranger bool) func(*testing.T, *world) meddler {
		return func(t *testing.T, w *world) meddler {
			return func(name string, request, answer []byte) []byte {
				if name != "append" || len(answer) < 2 {
					return answer
				}
				value := scrutin.Digest{7} // of another ballot
				if own {
					value = ballotOf(request)
				}
				_, receipt := parts(answer)
				return append(append([]byte{0}, short(w.said(t, "urn", kind, urn, value, stranger))...), short(receipt)...)
			}
		}
	}
	always := func(m meddler) func(*testing.T, *world) meddler { return func(*testing.T, *world) meddler { return m } }
	type lie struct {
		name, check, step string
		meddle            func(*testing.T, *world) meddler
	}
	stops := func(v *visitor, l lie) {
		if v.at("stop"); v.data("check") != l.check {
			v.Errorf("%s: the page stopped at the check %s, not %s", l.name, v.data("check"), l.check)
		}
		if said := v.text("stop-text"); !strings.Contains(said, "assistance") || strings.Count(said, ".") != 1 {
			v.Errorf("%s: the page does not say in a sentence what to do: %q", l.name, said)
		}
		v.evidence(l.check, l.step, 4)
	}
	t.Run("before the ballot leaves", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		for _, l := range []lie{
			{"the halves of somebody else", "account-absent", "account", always(on("open", flip(3)))},
			{"an account that is not there", "account-proof", "account", always(on("account", flip(-1)))},
			{"another place", "account-proof", "account", always(on("account", flip(1)))},
			{"another population", "account-count", "account", always(on("account", flip(5)))},
			{"an authorisation of nobody", "authorisation-signature", "reserve", always(on("reserve", forge))},
			{"another τ", "authorisation-value", "reserve", always(on("reserve", flip(1)))},
		} {
			w.lie(l.meddle(t, w))
			v.ready(4, 1)
			v.click("ready-send")
			stops(v, l)
			eval[bool](v, "(localStorage.clear(), true)") // another device
		}
	})
	t.Run("a step that the vote does not ask", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		question := func(at int) func([]byte) []byte {
			return func(answer []byte) []byte {
				answer[(at+len(answer))%len(answer)] = 3
				return answer
			}
		}
		for _, l := range []lie{
			{"the birth date to log in", "answer-form", "login", always(on("login", question(-1)))},
			{"the birth date before the vote", "answer-form", "open", always(on("open", question(2)))},
		} {
			w.lie(l.meddle(t, w))
			v.open("/fr/urne/urn-1/voter")
			v.login(4)
			v.stopped(l.check)
		}
	})
	t.Run("on its way", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		var code string
		for i, l := range []lie{
			{"the receipt of another ballot", "promise-value", "append", promise(scrutin.Promise, "urn-1", false, false)},
			{"a promise of another urn", "promise-urn", "append", promise(scrutin.Promise, "urn-2", true, false)},
			{"a promise under a false key", "promise-signature", "append", promise(scrutin.Promise, "urn-1", true, true)},
			{"no promise", "promise-kind", "append", promise(scrutin.Appended, "urn-1", true, false)},
			{"bytes that are no answer", "answer-form", "append", always(on("append", func([]byte) []byte { return []byte{0, 1} }))},
			{"a word for the roll about another ballot", "appended-value", "append", func(t *testing.T, w *world) meddler {
				return on("append", func(answer []byte) []byte {
					promise, _ := parts(answer)
					return append(append([]byte{0}, short(promise)...), short(w.said(t, "urn", scrutin.Appended, "urn-1", scrutin.Digest{9}, false))...)
				})
			}},
			{"the mark of somebody else", "mark-elector", "mark", always(on("mark", flip(40)))},
			{"a mark that the roll did not sign", "marked-signature", "mark", always(on("mark", forge))},
		} {
			w.lie(l.meddle(t, w))
			if i == 0 {
				code = v.ready(4, 1)
				v.click("ready-send")
			} else {
				v.open("/fr/urne/urn-1/voter") // it goes on by itself, and is lied to again
			}
			stops(v, l)
		}
		w.lie(nil)
		v.open("/fr/urne/urn-1/voter")
		v.at("receipt")
		if got := v.text("receipt-code"); got != code {
			t.Errorf("at last the receipt says %s, and what was shown is %s", got, code)
		}
		w.recorded(t, code)
	})
	t.Run("the receipt of an earlier voter", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		first := w.visit(t, b)
		first.ready(1, 1)
		var kept []byte
		w.lie(on("append", func(answer []byte) []byte {
			kept = answer
			return answer
		}))
		first.click("ready-send")
		first.at("receipt")
		w.lie(on("append", func([]byte) []byte { return kept }))
		second := w.visit(t, b)
		second.ready(2, 1)
		second.click("ready-send")
		second.stopped("promise-value")
	})
}

// ballotOf is the hash of the ballot in a request to append.
func ballotOf(request []byte) scrutin.Digest {
	authorisation := 2 + 32 + 32 + 64
	n := int(binary.LittleEndian.Uint16(request[authorisation:]))
	return scrutin.DigestOf(request[authorisation+2+n:])
}

// evidence reads the file that the page hands over: it says what failed, and holds
// nothing that is the voter's alone.
func (v *visitor) evidence(check, step string, elector int) {
	v.Helper()
	text := v.downloaded("stop-download")
	var file struct{ Record, Time, Manifest, Opening, Urn, Step, Check, Request, Answer string }
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		v.Fatalf("the evidence file: %v\n%s", err, text)
	}
	w := v.world
	if file.Record != "isoloir/v1/evidence" || file.Check != check || file.Step != step || file.Manifest != w.Fingerprint.String() || file.Urn != "urn-1" || file.Time == "" || file.Request == "" {
		v.Errorf("the evidence file says\n%s", text)
	}
	for _, secret := range w.secretsOf(elector) {
		if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
			v.Errorf("the evidence file holds %s\n%s", secret, text)
		}
	}
}

// tryForgedRecords serves other records than those of the voter's letter (B06, B38):
// no code is asked for.
func tryForgedRecords(t *testing.T, b *chrome.Browser) {
	swapped := func(w *world) []byte {
		one, two := w.Manifest.Questions[0].Options[0].Label, w.Manifest.Questions[0].Options[1].Label
		return []byte(strings.NewReplacer(one, two, two, one).Replace(string(w.Bytes)))
	}
	resigned := func(t *testing.T, w *world, edit func(*scrutin.Opening), but ...string) []byte {
		other := *w.opening
		if edit != nil {
			edit(&other)
		}
		data, _ := w.signed(t, &other, but...)
		return data
	}
	for _, forged := range []struct {
		name, check string
		change      func(*testing.T, *world)
		link        bool
	}{
		{"labels swapped in the manifest", "manifest-fingerprint", func(_ *testing.T, w *world) { w.records["manifest.json"] = swapped(w) }, false},
		{"labels swapped, and the document with it", "manifest-fingerprint", func(_ *testing.T, w *world) {
			w.records["manifest.json"] = swapped(w)
			w.page = func(page []byte) []byte {
				return bytes.ReplaceAll(page, []byte(w.Fingerprint.String()), []byte(scrutin.DigestOf(swapped(w)).String()))
			}
		}, true},
		{"a witness is missing", "opening-witness", func(t *testing.T, w *world) { w.records["opening.note"] = resigned(t, w, nil, "witness-2") }, false},
		{"no quorum", "opening-quorum", func(t *testing.T, w *world) {
			w.records["opening.note"] = resigned(t, w, nil, "member-1", "member-2", "member-3")
		}, false},
		{"another key", "opening-signature", func(_ *testing.T, w *world) {
			key := w.opening.Key.String()
			w.records["opening.note"] = bytes.Replace(w.note, []byte(key), []byte(w.opening.Clauses[0].Key.String()), 1)
		}, false},
		{"the opening of another vote", "opening-manifest", func(t *testing.T, w *world) {
			w.records["opening.note"] = resigned(t, w, func(o *scrutin.Opening) { o.Head.Manifest = scrutin.Digest{1} })
		}, false},
		{"another urn key", "opening-keys", func(t *testing.T, w *world) {
			w.records["opening.note"] = resigned(t, w, func(o *scrutin.Opening) { o.UrnKey = o.RollKey })
		}, false},
	} {
		w := newWorld(t, nil)
		forged.change(t, w)
		v := w.visit(t, b)
		path := "/fr/urne/urn-1/voter"
		if forged.link {
			path += "#i=" + w.identifier(1) + "&p=" + w.password(1) + "&f=" + w.Fingerprint.String()
		}
		v.open(path)
		if v.at("stop"); v.data("check") != forged.check {
			t.Errorf("%s: the page stopped at the check %s, not %s", forged.name, v.data("check"), forged.check)
		}
		if n := w.times("hello"); n != 0 {
			t.Errorf("%s: a login was begun with a vote that is not the voter's", forged.name)
		}
	}
	t.Run("a vote of its own making", func(t *testing.T) {
		t.Parallel()
		w, other := newWorld(t, nil), newWorld(t, nil)
		w.records["manifest.json"], w.records["opening.note"] = other.Bytes, other.note
		w.page = func(page []byte) []byte {
			return bytes.ReplaceAll(page, []byte(w.Fingerprint.String()), []byte(other.Fingerprint.String()))
		}
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(1)
		v.until("document.getElementById('codes-said').textContent.includes('ne vont pas ensemble')")
	})
	t.Run("labels in the document", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.page = func(page []byte) []byte {
			return bytes.Replace(page, []byte(`<div id="questions">`), []byte(`<div id="questions"><p>Liste fantôme</p>`), 1)
		}
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(1)
		v.at("choice")
		if got := v.text("questions"); strings.Contains(got, "fantôme") || !strings.Contains(got, "Solidaires") {
			t.Errorf("the choice is offered from the document: %q", got)
		}
	})
}
