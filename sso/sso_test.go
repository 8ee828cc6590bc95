package sso

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/custody"
	"isoloir/register"
	"isoloir/scrutin"
)

var town = &register.Register{Kind: "real", Constituencies: []register.Place{{ID: "nord", Label: "Le nord"}, {ID: "sud", Label: "Le sud"}}}

func forum() Site {
	return Site{ID: "forum", Name: "Le forum", Redirects: []string{"https://forum.example/back"}, Territory: []Territory{{"Le nord", []string{"nord"}}}}
}

// A site asks, is let in by somebody who is named, and is taken back for a reason: what is between is refused, and nothing is written over.
func TestBook(t *testing.T) {
	dir := t.TempDir()
	b := OpenBook(dir, town)
	if all, err := b.Sites(); err != nil || len(all) != 0 {
		t.Fatal(all, err)
	}
	if err := b.Ask(forum()); err != nil {
		t.Fatal(err)
	}
	if err := b.Ask(forum()); !errors.Is(err, ErrTaken) {
		t.Errorf("asked twice: %v", err)
	}
	if err := b.Allow("forum", "", nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("let in by nobody: %v", err)
	}
	if err := b.Allow("elsewhere", "Mme Durand", nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("let in without having asked: %v", err)
	}
	full := errors.New("the disk is full")
	if err := b.Allow("forum", "Mme Durand", func(string) error { return full }); !errors.Is(err, full) {
		t.Errorf("let in by a secret that nobody has: %v", err)
	}
	var secret string
	err := b.Allow("forum", "Mme Durand", func(drawn string) error { secret = drawn; return nil })
	if err != nil || len(secret) != 43 {
		t.Fatal(len(secret), err)
	}
	if err := b.Allow("forum", "Mme Durand", nil); !errors.Is(err, ErrState) {
		t.Errorf("let in twice: %v", err)
	}
	s, err := b.Site("forum")
	if err != nil || !s.Knows(secret) || s.Knows(secret[1:]) || s.Knows("") || s.State != Allowed {
		t.Errorf("%+v %v", s, err)
	}
	path := filepath.Join(dir, bookFile)
	data, err := os.ReadFile(path)
	if info, _ := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || strings.Contains(string(data), secret) {
		t.Errorf("the book is %v, and has the secret: %v", info.Mode(), strings.Contains(string(data), secret))
	}
	if err := b.End("forum", "M. Petit", ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("ended without a reason: %v", err)
	}
	if err := b.End("forum", "M. Petit", "des publicités"); err != nil {
		t.Fatal(err)
	}
	if s, _ = b.Site("forum"); s.Knows(secret) || s.State != Ended || len(s.Reviews) != 2 || s.Reviews[1].Reason != "des publicités" {
		t.Errorf("%+v", s)
	}
	if err := errors.Join(b.End("forum", "M. Petit", "encore"), b.Ask(forum())); !errors.Is(err, ErrState) || !errors.Is(err, ErrTaken) {
		t.Errorf("an identifier comes again: %v", err)
	}
	left, _ := os.ReadFile(path)
	if err := os.WriteFile(path+".next", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other := forum()
	other.ID = "budget"
	if err := b.Ask(other); !errors.Is(err, os.ErrExist) {
		t.Errorf("two commands write: %v", err)
	}
	if now, _ := os.ReadFile(path); string(now) != string(left) {
		t.Error("a change that was refused left something")
	}
}

func TestPublicSiteHasNoSecret(t *testing.T) {
	b := OpenBook(t.TempDir(), town)
	s := forum()
	s.Public = true
	if err := b.Ask(s); err != nil {
		t.Fatal(err)
	}
	if err := b.Allow("forum", "Mme Durand", nil); err != nil {
		t.Error(err)
	}
	if s, _ := b.Site("forum"); s.Knows("") {
		t.Error("no secret opens a public site as one that has one")
	}
}

// Every rule of docs/sso.md on what a site may ask.
func TestCheck(t *testing.T) {
	for name, change := range map[string]func(*Site){
		"identifier in capitals": func(s *Site) { s.ID = "Forum" }, "identifier too short": func(s *Site) { s.ID = "fo" }, "identifier with a slash": func(s *Site) { s.ID = "forum/x" },
		"no name": func(s *Site) { s.Name = "" }, "a name of spaces": func(s *Site) { s.Name = " forum" }, "a name too long": func(s *Site) { s.Name = strings.Repeat("a", 81) },
		"nowhere to go back": func(s *Site) { s.Redirects = nil }, "nine ways back": func(s *Site) { s.Redirects = strings.Split(strings.Repeat("https://a.example/ ", 9)[:19*9-1], " ") },
		"in the clear": func(s *Site) { s.Redirects = []string{"http://forum.example/"} }, "this machine, for real": func(s *Site) { s.Redirects = []string{"http://127.0.0.1/"} },
		"a fragment": func(s *Site) { s.Redirects = []string{"https://forum.example/#a"} }, "a user": func(s *Site) { s.Redirects = []string{"https://a@forum.example/"} },
		"a star": func(s *Site) { s.Redirects = []string{"https://*.example/"} }, "a script": func(s *Site) { s.Logouts = []string{"javascript:alert(1)"} },
		"a territory without a name": func(s *Site) { s.Territory[0].Name = "" }, "an unknown constituency": func(s *Site) { s.Territory[0].Constituencies = []string{"est"} },
		"one in two territories": func(s *Site) { s.Territory = append(s.Territory, Territory{"Tout", []string{"sud", "nord"}}) },
	} {
		s := forum()
		if err := s.Check(town); err != nil {
			t.Fatal(err)
		}
		change(&s)
		if err := s.Check(town); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	trial := *town
	trial.Kind = "rehearsal"
	s := forum()
	s.Redirects = []string{"http://127.0.0.1:8000/back", "http://localhost/back"}
	if err := s.Check(&trial); err != nil {
		t.Error(err)
	}
	s.Redirects = []string{"http://192.168.0.1/back"}
	if err := s.Check(&trial); !errors.Is(err, ErrInvalid) {
		t.Errorf("another machine in the clear: %v", err)
	}
}

// A new key signs, two before it stay published, and a file that others can read is not read.
func TestKeys(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenKeys(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("none yet: %v", err)
	}
	if _, err := Rotate(dir, "HS256"); !errors.Is(err, ErrInvalid) {
		t.Errorf("an algorithm of shared secrets: %v", err)
	}
	var ids []string
	for _, a := range []string{RS256, ES256, ES256, ES256} {
		id, err := Rotate(dir, a)
		if err != nil {
			t.Fatal(err)
		}
		ids = append([]string{id}, ids...)
	}
	keys, err := OpenKeys(dir)
	if err != nil || len(keys) != published {
		t.Fatal(len(keys), err)
	}
	for i, k := range keys {
		if k.ID != ids[i] {
			t.Errorf("key %d is %s, not %s", i, k.ID, ids[i])
		}
	}
	path := filepath.Join(dir, keysFile)
	good, _ := os.ReadFile(path)
	for name, bad := range map[string]string{"nothing": "", "no keys": "[]", "another algorithm": strings.Replace(string(good), ES256, RS256, 1), "a field more": strings.Replace(string(good), `"id"`, `"x": 1, "id"`, 1),
		"half": string(good[:len(good)/2]), "no key": strings.Replace(string(good), `"private": "`, `"private": "AAAA`, 1)} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeys(dir); !errors.Is(err, custody.ErrSecret) || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := errors.Join(os.WriteFile(path, good, 0o600), os.Chmod(path, 0o640)); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeys(dir); !errors.Is(err, custody.ErrExposed) {
		t.Errorf("others can read it: %v", err)
	}
}

// An account is the same on a site at each visit, another one elsewhere and in another register; what it proves is good for one login of one site.
func TestSubject(t *testing.T) {
	rho, other := scrutin.DigestOf([]byte("a register")), scrutin.DigestOf([]byte("another"))
	x := group.RandomScalar()
	key := sigma.NewElement(group.MulBase(x))
	forum := Element(rho, "forum", x)
	subjects := map[string]bool{Subject(forum): true, Subject(Element(rho, "budget", x)): true, Subject(Element(other, "forum", x)): true, Subject(Element(rho, "forum", group.RandomScalar())): true}
	if len(subjects) != 4 || Subject(Element(rho, "forum", x)) != Subject(forum) || len(Subject(forum)) != 43 {
		t.Errorf("%v", subjects)
	}
	proof, err := Claim(rho, "forum", key, forum, Request{1}).Prove(x)
	if err != nil {
		t.Fatal(err)
	}
	if err := Claim(rho, "forum", key, forum, Request{1}).Verify(proof); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]sigma.EqualityClaim{"another login": Claim(rho, "forum", key, forum, Request{2}), "another site": Claim(rho, "budget", key, forum, Request{1}),
		"another register": Claim(other, "forum", key, forum, Request{1}), "another account": Claim(rho, "forum", sigma.NewElement(group.MulBase(group.RandomScalar())), forum, Request{1}),
		"another element": Claim(rho, "forum", key, Element(rho, "forum", group.RandomScalar()), Request{1})} {
		if c.Verify(proof) == nil {
			t.Errorf("%s: it is proved", name)
		}
	}
	if _, err := Claim(rho, "forum", key, forum, Request{1}).Prove(group.RandomScalar()); !errors.Is(err, sigma.ErrSecret) {
		t.Errorf("without the secret: %v", err)
	}
}

// TestDamagedBook: what no command has written lets nobody in.
func TestDamagedBook(t *testing.T) {
	dir := t.TempDir()
	b := OpenBook(dir, town)
	if err := errors.Join(b.Ask(forum()), b.Allow("forum", "Mme Durand", func(string) error { return nil })); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, bookFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"another address": {`"https://`, `"ftp://`}, "another state": {`"state": "allowed"`, `"state": "open"`}, "no secret": {`"secret": "`, `"secret": "", "reviews": [], "was": "`},
		"a secret of a public site": {`"public": false`, `"public": true`}, "something behind it": {"\n]", "\n]]"}, "half of it": {"]", ""},
	} {
		changed := strings.Replace(string(whole), change[0], change[1], 1)
		if changed == string(whole) {
			t.Fatalf("%s: nothing is changed", name)
		}
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Site("forum"); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOneAtATime: of commands that come together each finds what the others have decided, or is refused.
func TestOneAtATime(t *testing.T) {
	b := OpenBook(t.TempDir(), town)
	var together sync.WaitGroup
	var entered atomic.Int32
	for i := range 16 {
		together.Go(func() {
			s := forum()
			s.ID = fmt.Sprintf("site-%d", i)
			switch err := b.Ask(s); {
			case err == nil:
				entered.Add(1)
			case !errors.Is(err, os.ErrExist):
				t.Error(err)
			}
		})
	}
	together.Wait()
	if all, err := b.Sites(); err != nil || len(all) != int(entered.Load()) {
		t.Errorf("%d sites of %d that were entered: %v", len(all), entered.Load(), err)
	}
}
