package e2e

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"isoloir/courier"
	"isoloir/scrutin"
)

// TestLies has the channel rewrite what the real servers answer (attacks B01, B03,
// B06, B09): the page stops, and its evidence holds no secret.
func TestLies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	labels := [2]string{"Vivre au bord de l’eau", "Montclair en commun"}
	swap := strings.NewReplacer(labels[0], labels[1], labels[1], labels[0])
	forged := []byte(swap.Replace(w.record(t, "manifest.json")))
	fingerprint := w.public().Fingerprint.String()
	t.Run("labels swapped", func(t *testing.T) {
		w.channel.change(func(e *exchange) []byte {
			if e.Path == "/record/manifest.json" {
				return forged
			}
			return e.Answer
		})
		v := w.visit(t, 390)
		v.open("/fr/urne/centre/voter")
		v.stopped("manifest-fingerprint")
		v.judge("stop")
	})
	t.Run("labels swapped, and the page with them", func(t *testing.T) {
		w.channel.change(func(e *exchange) []byte {
			if e.Path == "/record/manifest.json" {
				return forged
			}
			return bytes.ReplaceAll([]byte(swap.Replace(string(e.Answer))), []byte(fingerprint), []byte(scrutin.DigestOf(forged).String()))
		})
		v, who := w.visit(t, 390), w.voter("centre", 0)
		link, err := w.here(w.link(who.Email, courier.Codes))
		if err != nil {
			t.Fatal(err)
		}
		_, fragment, _ := strings.Cut(link, "#")
		v.open("/fr/urne/centre/voter#" + fragment)
		v.stopped("manifest-fingerprint")
		if n := w.channel.times("hello"); n != 0 {
			t.Error("a login was begun with a vote that is not the voter's")
		}
	})
	// What an honest voter is answered is served to those after him.
	answers := map[string][]byte{}
	w.channel.change(func(e *exchange) []byte {
		if e.name() != "" {
			answers[e.name()] = e.Answer
		}
		return e.Answer
	})
	first := w.visit(t, 390)
	first.vote(w.voter("agents", 0), ballot{"place": "oui"}, typed)
	for i, lie := range []struct{ name, answer, check, step string }{
		{"another's account", "account", "account-proof", "account"},
		{"another's halves", "open", "account-absent", "account"},
		{"another's authorisation", "reserve", "authorisation-value", "reserve"},
		{"another's receipt", "append", "promise-value", "append"},
		{"another's mark", "mark", "mark-elector", "mark"},
	} {
		t.Run(lie.name, func(t *testing.T) {
			w.channel.change(func(e *exchange) []byte {
				if e.name() == lie.answer {
					return answers[lie.answer]
				}
				return e.Answer
			})
			defer w.channel.change(nil)
			v, who := w.visit(t, 390), w.voter("agents", i+1)
			v.ready(who, ballot{"place": "oui"}, typed)
			v.click("ready-send")
			v.stopped(lie.check)
			if lie.answer == "append" {
				v.judge("stop-append")
			}
			text := v.downloaded("stop-download")
			var file struct{ Record, Time, Manifest, Opening, Urn, Step, Check, Request, Answer string }
			if err := json.Unmarshal([]byte(text), &file); err != nil || file.Check != lie.check || file.Step != lie.step || file.Manifest != fingerprint {
				t.Errorf("the evidence: %v\n%s", err, text)
			}
			for _, secret := range secrets(who, nil) {
				if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
					t.Errorf("the evidence holds %s", secret)
				}
			}
		})
	}
}

// record is a file of the public record.
func (w *world) record(t *testing.T, path string) string {
	t.Helper()
	_, text := w.get(t, "/record/"+path)
	return text
}
