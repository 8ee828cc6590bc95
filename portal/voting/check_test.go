package voting_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/web/chrome"
)

// cast has some electors vote in the browser, and gives their codes and the last
// one's receipt file.
func (v *visitor) cast(electors ...int) (codes []string, file string) {
	v.Helper()
	for _, e := range electors {
		codes = append(codes, v.ready(e, 1))
		v.click("ready-send")
		v.at("receipt")
		file = v.downloaded("receipt-download")
	}
	return codes, file
}

// flush lets what is pending enter the log: all of it, as at the close.
func (w *world) flush(t *testing.T) {
	t.Helper()
	if err := w.urn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.act(scrutin.ActClose)
}

// look asks for a code on the check page, by the urn or by the whole list.
func (v *visitor) look(code string, whole bool) {
	v.Helper()
	v.open("/fr/verifier")
	v.at("ask")
	v.write("code", code)
	if whole {
		v.click("way-list")
	}
	v.click("check-go")
}

// finds waits for what the check page says.
func (v *visitor) finds(what string) {
	v.Helper()
	v.at("found")
	if got := v.data("found"); got != what {
		v.Fatalf("the page says %s, not %s", got, what)
	}
}

func tryCheck(t *testing.T, b *chrome.Browser) {
	w := newWorld(t, func(m *scrutin.Manifest) { m.Publication.Board = "witnesses" })
	v := w.visit(t, b)
	codes, file := v.cast(1, 2, 3)
	v.open("/fr/verifier")
	v.at("ask")
	v.judge("30-check")
	v.write("code", "12 34")
	v.click("check-go")
	v.until("document.getElementById('code-error').textContent.includes('64')")
	v.look(strings.ToUpper(strings.ReplaceAll(codes[0], " ", "")), false)
	v.finds("received")
	v.judge("31-received")
	v.look(codes[0], true)
	v.finds("later")
	v.broken("later")
	v.look(strings.Repeat("0a", 32), false)
	v.finds("absent")
	v.judge("32-absent")

	w.flush(t)
	for _, whole := range []bool{false, true} {
		for _, code := range codes {
			v.look(code, whole)
			v.finds("counted")
		}
	}
	v.judge("33-counted")
	v.look(strings.Repeat("0a", 32), true)
	v.finds("unlisted")
	if w.times("receipt") != 5 {
		t.Errorf("the urn was asked for %d ballots: looking in the list tells it which", w.times("receipt"))
	}

	path := filepath.Join(t.TempDir(), "recepisse-urn-1.txt")
	for _, f := range []struct{ text, said string }{
		{file, ""}, {strings.ReplaceAll(file, "\n", "\r\n"), ""},
		{strings.Replace(file, strings.ReplaceAll(codes[2], " ", ""), strings.ReplaceAll(codes[1], " ", ""), 1), "modifié"}, {"bonjour", "modifié"},
	} {
		if err := os.WriteFile(path, []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		v.open("/fr/verifier")
		v.at("ask")
		v.do(chromedp.SetUploadFiles("#file", []string{path}))
		if f.said != "" {
			v.until("document.getElementById('file-error').textContent.includes('" + f.said + "')")
			v.broken("file")
			continue
		}
		v.until("document.getElementById('file-said').textContent !== ''")
		v.click("check-go")
		v.finds("counted")
		if got := v.text("found-code"); got != codes[2] {
			t.Errorf("the file's code is %s, and the page looked for %s", codes[2], got)
		}
	}
	v.follows(codes[0])
}

// tryCheckLies plays an urn that lies to who checks, two views of one log included
// (B38), and one that has lost what it promised (B01).
func tryCheckLies(t *testing.T, b *chrome.Browser) {
	w := newWorld(t, nil)
	v := w.visit(t, b)
	codes, file := v.cast(1, 2, 3)
	w.flush(t)
	list := func(change func([]byte) []byte) meddler { return on("urn-1/list", change) }
	fork := w.checkpoint(t, scrutin.Digest{1}, 3)
	for _, lie := range []struct {
		name, check string
		whole       bool
		meddle      meddler
	}{
		{"another leaf", "receipt-ballot", false, on("receipt", flip(60))},
		{"another path", "receipt-proof", false, on("receipt", flip(8))},
		{"a checkpoint of nobody", "receipt-checkpoint", false, on("receipt", forge)},
		{"another root for the same size", "list-root", true, on("urn-1/checkpoint", func([]byte) []byte { return fork })},
		{"a list without a ballot", "list-form", true, list(func(b []byte) []byte { return b[65:] })},
		{"a list with another ballot", "list-root", true, list(flip(64))},
		{"another bundle", "list-leaf", true, on("urn-1/leaves/0", func(b []byte) []byte { return b[:40] })},
	} {
		w.lie(lie.meddle)
		v.look(codes[0], lie.whole)
		if v.at("stop"); v.data("check") != lie.check {
			t.Errorf("%s: the page stopped at the check %s, not %s", lie.name, v.data("check"), lie.check)
		}
	}
	w.lie(on("receipt", func([]byte) []byte { return []byte{0, 0} }))
	path := filepath.Join(t.TempDir(), "recepisse-urn-1.txt")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	v.open("/fr/verifier")
	v.at("ask")
	v.do(chromedp.SetUploadFiles("#file", []string{path}))
	v.until("document.getElementById('file-said').textContent !== ''")
	v.click("check-go")
	v.stopped("receipt-broken")
	if said := v.text("stop-text"); !strings.Contains(said, "promis") {
		t.Errorf("of a promise that is broken the page says %q", said)
	}
}

// checkpoint is one that the urn's key signed over a root.
func (w *world) checkpoint(t *testing.T, root scrutin.Digest, size uint64) []byte {
	t.Helper()
	c := note.Checkpoint{Origin: scrutin.Origin(w.Fingerprint, "urn-1"), Size: size, Root: root}
	signed, err := note.Sign(c.Text(), w.Signers["urn"])
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func tryMark(t *testing.T, b *chrome.Browser) {
	w := newWorld(t, func(m *scrutin.Manifest) {
		m.Colleges[0].Factors = append(m.Colleges[0].Factors, scrutin.Factor{Kind: "question", Channel: "none"})
	})
	v := w.visit(t, b)
	v.open("/fr/emargement")
	v.met("early")
	v.judge("40-mark-early")
	v.open("/fr/urne/urn-1/voter")
	v.login(4)
	v.proven()
	v.choose(0)
	v.click("confirm-yes")
	v.made()
	v.click("ready-send")
	v.at("receipt")
	w.flush(t)
	ask := func(elector int) {
		v.open("/fr/")
		v.open("/fr/emargement#i=" + w.identifier(elector))
		v.at("codes")
		v.open("/fr/emargement#p=" + w.password(elector) + "&f=" + w.Fingerprint.String()) // the other issuer's link
		v.until("document.getElementById('password').value !== '' && location.hash === ''")
		v.click("codes-go")
		v.proven()
	}
	v.open("/fr/emargement")
	v.at("codes")
	v.judge("41-mark")
	ask(4)
	v.at("marked")
	v.judge("42-marked")
	ask(5)
	v.at("unmarked")
	v.judge("43-unmarked")
	w.lie(on("mark", forge))
	ask(4)
	v.stopped("marked-signature")
	if kept := v.kept(); slices.ContainsFunc(w.secretsOf(4), func(s string) bool { return strings.Contains(kept, s) }) {
		t.Errorf("the device keeps %s", kept)
	}
}

// proven answers the personal question.
func (v *visitor) proven() {
	v.Helper()
	v.at("factor")
	v.write("factor-text", "24/05/1971")
	v.press(kb.Enter)
}
