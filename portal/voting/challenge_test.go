package voting_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"isoloir/urn"
	"isoloir/web/build"
	"isoloir/web/chrome"
)

// checked looks a code up on another device, and gives what that finds.
func (w *world) checked(t *testing.T, b *chrome.Browser, code string) *visitor {
	t.Helper()
	other := w.visit(t, b)
	other.open("/fr/controler")
	other.at("ask")
	other.write("code", code)
	other.click("check-go")
	other.at("found")
	return other
}

// opens has the device open the ballot that is ready.
func (v *visitor) opens() {
	v.Helper()
	v.click("ready-challenge")
	v.at("challenge")
	v.click("challenge-open")
	v.at("challenged")
}

// holds is what the urn holds of the ballot of a code.
func (w *world) holds(t *testing.T, code string) (contested bool, record []byte) {
	t.Helper()
	raw, err := hex.DecodeString(strings.ReplaceAll(code, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	by, record, err := w.urn.Challenged(context.Background(), 0, urn.NameOf(urn.Hash(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return by != urn.Hash{}, record
}

// tryChallenge has voters, and people without codes, ask devices to open ballots.
func tryChallenge(t *testing.T, b *chrome.Browser) {
	t.Run("voter", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		code := v.ready(3, 1)
		if n := w.times("challenge"); n != 0 {
			t.Errorf("%d requests tell the urn of a ballot before its code shows", n)
		}
		v.opens()
		if got := v.text("challenged-choice"); !strings.Contains(got, "Solidaires") || v.text("challenged-code") != code {
			t.Errorf("the device says %q of %s", got, v.text("challenged-code"))
		}
		v.judge("challenged")
		if kept := v.kept(); strings.Contains(kept, "option-2") || eval[int](v, "localStorage.length") != 0 {
			t.Errorf("what was opened is kept: %s", kept)
		}
		other := w.checked(t, b, code)
		if got := other.text("found-choice"); other.data("found") != "opened" || !strings.Contains(got, "Solidaires") {
			t.Fatalf("the other device finds %s, %q", other.data("found"), got)
		}
		other.judge("found")
		file := other.downloaded("found-file")
		var evidence struct{ Record, Urn, Code, Challenge string }
		if err := json.Unmarshal([]byte(file), &evidence); err != nil || evidence.Record != "isoloir/v1/challenge" || evidence.Urn != "urn-1" || evidence.Code != strings.ReplaceAll(code, " ", "") {
			t.Errorf("%v: %s", err, file)
		}
		// What was opened is not cast, and its elector votes.
		v.click("challenged-again")
		v.choose(2)
		v.click("confirm-yes")
		second := v.made()
		if second == code {
			t.Error("the second ballot is the one that was opened")
		}
		v.click("ready-send")
		v.at("receipt")
		w.recorded(t, second)
		if _, record := w.holds(t, second); record != nil {
			t.Error("what was cast was opened too")
		}
		if got := w.checked(t, b, second).data("found"); got != "none" {
			t.Errorf("of a cast ballot the page says %s", got)
		}
	})
	t.Run("by keyboard, without codes", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.size(320, 640)
		v.open("/fr/urne/urn-1/voter#essai")
		v.choose(0)
		v.click("confirm-yes")
		code := v.made()
		if eval[bool](v, "!document.getElementById('ready-send').hidden || document.getElementById('trial').hidden") {
			t.Error("who tries a device can send a ballot, or is not told that he cannot")
		}
		v.tabTo("ready-challenge")
		v.press("\r")
		v.at("challenge")
		v.judge("challenge")
		v.tabTo("challenge-open")
		v.press("\r")
		v.at("challenged")
		if got := w.checked(t, b, code).data("found"); got != "opened" {
			t.Errorf("the other device finds %s", got)
		}
		v.tabTo("challenged-again")
		v.press("\r")
		v.choose(3)
		v.click("confirm-yes")
		if v.made() == code || w.times("login")+w.times("reserve")+w.times("append") != 0 {
			t.Error("a second try is the first one, or asks for more than the urn's list")
		}
	})
	t.Run("contested", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		code := v.ready(5, 1)
		v.opens()
		other := w.checked(t, b, code)
		other.click("found-differs")
		other.at("contest")
		other.click("contest-back")
		other.at("found")
		if contested, _ := w.holds(t, code); contested {
			t.Error("the code was disclosed before its holder said so")
		}
		other.click("found-differs")
		other.at("contest")
		other.judge("contest")
		other.click("contest-yes")
		other.at("contested")
		other.judge("contested")
		if contested, _ := w.holds(t, code); !contested {
			t.Error("the urn was not told")
		}
		again := w.checked(t, b, code)
		if eval[bool](again, "document.getElementById('found-contested').hidden || !document.getElementById('found-differs').hidden") {
			t.Error("that the ballot is contested does not show")
		}
		again.open("/fr/controler")
		again.at("ask")
		again.judge("ask")
	})
	t.Run("back to the ballot", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		code := v.ready(6, 1)
		v.click("ready-challenge")
		v.at("challenge")
		v.click("challenge-back")
		v.at("ready")
		v.click("ready-send")
		v.at("receipt")
		w.recorded(t, code)
	})
	t.Run("suspended", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		code := v.ready(7, 1)
		w.lie(func(name string, request, answer []byte) []byte {
			if name == "challenge" {
				return []byte{10}
			}
			return answer
		})
		v.click("ready-challenge")
		v.at("challenge")
		v.click("challenge-open")
		v.at("unopened")
		v.judge("unopened")
		var evidence struct{ Code, Challenge string }
		if err := json.Unmarshal([]byte(v.downloaded("unopened-file")), &evidence); err != nil || evidence.Code != strings.ReplaceAll(code, " ", "") || evidence.Challenge == "" {
			t.Errorf("%v: %+v", err, evidence)
		}
		record, _ := hex.DecodeString(evidence.Challenge)
		digest, _ := hex.DecodeString(evidence.Code)
		rules := w.urn.Rules[0]
		if c, err := urn.ParseChallenge(record, rules.Questions); err != nil || rules.VerifyChallenge(c, urn.Hash(digest)) != nil {
			t.Errorf("the file does not verify: %v", err)
		}
		if !eval[bool](v, "document.getElementById('unopened-again').hidden") {
			t.Error("another ballot is offered when nothing is taken")
		}
		if kept := v.kept(); strings.Contains(kept, "option-2") || eval[int](v, "localStorage.length") != 0 {
			t.Errorf("what was not opened is kept: %s", kept)
		}
		if got := w.checked(t, b, code).data("found"); got == "false" {
			t.Errorf("the other device finds %s", got)
		}
	})
	t.Run("a lying urn", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.ready(8, 1)
		w.lie(func(name string, request, answer []byte) []byte {
			if name == "challenge" {
				return bytes.Replace(answer, []byte("isoloir/v1/challenged"), []byte("isoloir/v1/promise\n\n\n"), 1)
			}
			return answer
		})
		v.click("ready-challenge")
		v.at("challenge")
		v.click("challenge-open")
		v.at("stop")
		if got := v.data("check"); !strings.HasPrefix(got, "challenged-") && got != "answer-form" {
			t.Errorf("the page stopped at the check %s", got)
		}
	})
}

// tryFlips gives voters a script, built from changed sources, that puts another choice into
// the ballot than the voter's: whatever it opens then, another device shows it.
func tryFlips(t *testing.T, b *chrome.Browser) {
	const flip = "const choice = q.options[(q.options.findIndex((o) => o.id === choices[q.id]) + 1) % q.options.length].id;"
	for name, test := range map[string]struct {
		changes map[string][2]string
		found   string
		shows   string // what the other device shows, where it can open the ballot
		reason  string
	}{
		"opens what the voter chose": {map[string][2]string{"ballot.js": {"const choice = choices[q.id];", flip}}, "false", "", "opening"},
		"opens what it put in": {map[string][2]string{"ballot.js": {"const choice = choices[q.id];", flip},
			"challenge.js": {"places(q).indexOf(this.choices[q.id])", "(places(q).indexOf(this.choices[q.id]) + 1) % q.options.length"}}, "opened", "Indépendants", ""},
		"puts another ballot into the box": {map[string][2]string{"challenge.js": {"boxOf(code).encrypt(this.ballot)", "boxOf(code).encrypt(this.ballot.map((b, i) => (i === 40 ? b ^ 1 : b)))"}}, "false", "", "code"},
		"keeps the opening to itself":      {map[string][2]string{"challenge.js": {`step: "challenge", ask, request }, (r) => r.short()`, `step: "challenged", ask, request: request.slice(0, 34) }, (r) => r.rest()`}}, "none", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := test.changes
			if test.found == "none" {
				changes["pages/challenging.js"] = [2]string{"await this.patience.until(() => opening.open(turn.place.box));", "await this.patience.until(() => opening.open(turn.place.box)).catch(() => {});"}
			}
			w := newWorld(t, nil)
			script := changedScript(t, "vote.js", changes)
			w.mu.Lock()
			w.records["/client/vote.js"] = script
			w.page = func(page []byte) []byte { return integrity.ReplaceAll(page, nil) }
			w.mu.Unlock()
			v := w.visit(t, b)
			code := v.ready(2, 1)
			v.opens()
			if got := v.text("challenged-choice"); !strings.Contains(got, "Solidaires") {
				t.Errorf("the device itself says %q: it lies to nobody", got)
			}
			other := w.checked(t, b, code)
			if got := other.data("found"); got != test.found || other.data("reason") != test.reason {
				t.Errorf("the other device finds %s %s, not %s %s", got, other.data("reason"), test.found, test.reason)
			}
			if got := other.text("found-choice"); test.shows != "" && (!strings.Contains(got, test.shows) || strings.Contains(got, "Solidaires")) {
				t.Errorf("the other device shows %q", got)
			}
			other.picture("flip-" + test.found + test.reason)
		})
	}
}

// integrity is what a page says of its scripts; who serves another script leaves it out.
var integrity = regexp.MustCompile(` integrity="[^"]*"`)

// changedScript builds a script of the client from its sources, of which some say something
// else.
func changedScript(t *testing.T, name string, changes map[string][2]string) []byte {
	t.Helper()
	dir, web := t.TempDir(), filepath.Join("..", "..", "web")
	for _, part := range []string{"client", "vendor"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join(web, part))); err != nil {
			t.Fatal(err)
		}
	}
	style, err := os.ReadFile(filepath.Join(web, build.Style))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, build.Style), style, 0o644); err != nil {
		t.Fatal(err)
	}
	for path, change := range changes {
		path = filepath.Join(dir, "client", path)
		data, err := os.ReadFile(path)
		if err != nil || bytes.Count(data, []byte(change[0])) != 1 {
			t.Fatalf("%s does not say %q once: %v", path, change[0], err)
		}
		if err := os.WriteFile(path, bytes.Replace(data, []byte(change[0]), []byte(change[1]), 1), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := build.Files(dir)
	if err != nil {
		t.Fatal(err)
	}
	return files[name]
}
