package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/bve"
	"isoloir/keyceremony/device"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// act has the whole bureau adopt an act in the record that is served.
func (w *world) act(t *testing.T, kind string, body scrutin.ActBody) {
	t.Helper()
	rec, err := record.Resume(w.Config.Record)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	var sitting []note.Signer
	for _, h := range w.manifest().Holders {
		phrase, err := os.ReadFile(filepath.Join(w.dir, "demo", "holders", h.Member, "passphrase"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := device.Open(device.Passphrase(strings.TrimSpace(string(phrase))), 12, parties.Media(filepath.Join(w.dir, "demo", "holders"), h.Member)...)
		if err != nil {
			t.Fatal(err)
		}
		sitting = append(sitting, d.Signer())
	}
	b, err := bve.New(w.manifest(), w.public().Fingerprint, rec, w.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Sit(sitting...); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Act(kind, body); err != nil {
		t.Fatal(err)
	}
}

// phase waits for the portal to say in which phase the vote is, and for the other
// roles, which look for acts as often.
func (w *world) phase(t *testing.T, want string) {
	t.Helper()
	for range 100 {
		if _, said := w.get(t, "/status"); strings.Contains(said, `"phase":"`+want+`"`) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	_, said := w.get(t, "/status")
	t.Fatalf("the vote is never %s: %s", want, said)
}

// TestPhases goes with the vote from before its opening to its close, and tries at
// each time what cannot be done then.
func TestPhases(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2*time.Hour)
	v := w.visit(t, 390)
	looked := func(phase string) {
		t.Helper()
		w.phase(t, phase)
		for _, path := range []string{"/", "/urne/rives"} {
			v.open("/fr" + path)
			v.judge(phase + strings.ReplaceAll(path, "/", "-"))
			if n := eval[int](v, `document.querySelectorAll("a[href$='/voter']").length`); (n > 0) != (phase == "open" && path != "/") {
				t.Errorf("%s, %s: %d links to the vote", phase, path, n)
			}
		}
	}
	looked("before")
	v.open("/fr/urne/rives/voter")
	v.met("early")
	v.judge("before-voter")
	v.open("/fr/verifier")
	v.met("early")

	w.behind.Store(0)
	looked("open")
	late := w.visit(t, 390)
	code := late.ready(w.voter("agents", 0), ballot{"place": "oui"}, typed)
	v.open("/fr/emargement")
	v.met("early")
	v.judge("open-emargement")

	w.act(t, scrutin.ActSuspend, scrutin.ActBody{Reason: "Une panne de l’hébergeur empêche une partie des électeurs de voter."})
	looked("suspended")
	v.open("/fr/urne/agents/voter")
	v.met("suspended")
	v.judge("suspended-voter")
	late.click("ready-send")
	late.met("paused")
	late.judge("suspended-sending")

	w.act(t, scrutin.ActResume, scrutin.ActBody{Reason: "La panne est réparée."})
	w.phase(t, "open")
	late.click("problem-again")
	late.at("codes")
	late.heard("n’est pas encore parti")
	late.give(w.voter("agents", 0), typed)
	if got := late.made(); got != code {
		t.Errorf("after the suspension the ballot is %s, and not %s", got, code)
	}

	if err := w.Clock.Forward(w.public().Window().Ends.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	late.click("ready-send")
	late.met("late")
	late.judge("closed-sending")
	if n := eval[int](late, "localStorage.length"); n != 0 {
		t.Errorf("a ballot that is too late stays on the device: %s", late.kept())
	}
	looked("closed")
	v.open("/fr/urne/agents/voter")
	v.met("closed")
	v.judge("closed-voter")
	v.open("/fr/renouveler")
	v.judge("closed-renouveler")
}
