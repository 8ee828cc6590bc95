package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"isoloir/register"
	"isoloir/sso"
)

// A welcoming is one command line of sso.
type welcoming struct {
	*operator
	dir, id, name, territory, by, reason, secret, algorithm string
	redirects, logouts                                      []string
	public                                                  bool
	r                                                       *register.Register
	book                                                    *sso.Book
}

// signOn is the command sso.
func signOn(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	w := &welcoming{operator: &o, territory: "none", algorithm: sso.RS256}
	return o.dispatch(ctx, "sso", ssoHelp, parts{"ask": w.ask, "allow": w.allow, "end": w.end, "list": w.list, "rotate": w.rotate}, args)
}

// begin reads the command line, of which all of needs must be there, and the register.
func (w *welcoming) begin(name string, args []string, needs ...string) error {
	set := w.flags("sso " + name)
	all := map[string]*string{"dir": &w.dir, "id": &w.id, "name": &w.name, "territory": &w.territory, "by": &w.by, "reason": &w.reason, "secret": &w.secret, "algorithm": &w.algorithm}
	more := map[string][]string{"ask": {"territory"}, "allow": {"secret"}, "rotate": {"algorithm"}}
	needs = append(needs, "dir")
	for _, f := range append(more[name], needs...) {
		set.StringVar(all[f], f, *all[f], "")
	}
	if name == "ask" {
		set.Func("redirect", "", func(u string) error { w.redirects = append(w.redirects, u); return nil })
		set.Func("logout", "", func(u string) error { w.logouts = append(w.logouts, u); return nil })
		set.BoolVar(&w.public, "public", false, "")
	}
	lacks := func() bool {
		for _, f := range needs {
			if *all[f] == "" {
				return true
			}
		}
		return false
	}
	if err := w.line(set, args, ssoHelp, lacks, ssoNeeds); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(w.dir, "register.json"))
	if err != nil {
		return &exit{exitNoInput, err}
	}
	if w.r, _, err = register.ParseRegister(text); err != nil {
		return &exit{exitData, err}
	}
	w.book = sso.OpenBook(w.dir, w.r)
	return nil
}

// refused is the exit of an error of the book.
func (w *welcoming) refused(err error) error {
	if errors.Is(err, sso.ErrInvalid) || errors.Is(err, sso.ErrTaken) || errors.Is(err, sso.ErrUnknown) || errors.Is(err, sso.ErrState) {
		return &exit{exitData, err}
	}
	return refused(err)
}

// ask enters a site that asks to be let in.
func (w *welcoming) ask(_ context.Context, args []string) error {
	if err := w.begin("ask", args, "id", "name"); err != nil {
		return err
	}
	territory, err := w.territories()
	if err != nil {
		return err
	}
	if err := w.book.Ask(sso.Site{ID: w.id, Name: w.name, Redirects: w.redirects, Logouts: append([]string{}, w.logouts...), Public: w.public, Territory: territory}); err != nil {
		return w.refused(err)
	}
	w.say(siteAsked, w.id)
	return nil
}

// territories are what a site may learn: none, each constituency by its label, or groups of them, NAME=ID+ID,….
func (w *welcoming) territories() ([]sso.Territory, error) {
	found := []sso.Territory{}
	switch w.territory {
	case "none":
	case "constituency":
		for _, p := range w.r.Constituencies {
			found = append(found, sso.Territory{Name: p.Label, Constituencies: []string{p.ID}})
		}
	default:
		for _, group := range strings.Split(w.territory, ",") {
			name, of, ok := strings.Cut(group, "=")
			if !ok {
				return nil, w.usage(ssoTerritory, group)
			}
			found = append(found, sso.Territory{Name: name, Constituencies: strings.Split(of, "+")})
		}
	}
	return found, nil
}

// allow lets a site in, and writes its secret to a file that was not there.
func (w *welcoming) allow(_ context.Context, args []string) error {
	if err := w.begin("allow", args, "id", "by"); err != nil {
		return err
	}
	site, err := w.book.Site(w.id)
	if err != nil {
		return w.refused(err)
	}
	if site.Public == (w.secret != "") {
		return w.usage(ssoSecret)
	}
	if err := w.book.Allow(w.id, w.by, w.keep); err != nil {
		return w.refused(err)
	}
	w.say(siteAllowed, w.id)
	if !site.Public {
		w.say(siteSecret, w.secret)
	}
	return nil
}

// keep writes a secret to a file that was not there, or leaves none.
func (w *welcoming) keep(secret string) error {
	f, err := os.OpenFile(w.secret, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &exit{exitCannot, err}
	}
	_, err = io.WriteString(f, secret+"\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return &exit{exitIO, errors.Join(err, os.Remove(w.secret))}
	}
	return nil
}

// end takes a site back.
func (w *welcoming) end(_ context.Context, args []string) error {
	if err := w.begin("end", args, "id", "by", "reason"); err != nil {
		return err
	}
	if err := w.book.End(w.id, w.by, w.reason); err != nil {
		return w.refused(err)
	}
	w.say(siteEnded, w.id)
	return nil
}

// list shows every site, with who decided and why.
func (w *welcoming) list(_ context.Context, args []string) error {
	if err := w.begin("list", args); err != nil {
		return err
	}
	all, err := w.book.Sites()
	if err != nil {
		return w.refused(err)
	}
	for _, s := range all {
		fmt.Fprintf(w.out, "%s\t%s\t%s\t%s\n", s.ID, s.State, s.Name, strings.Join(s.Redirects, " "))
		for _, t := range s.Territory {
			fmt.Fprintf(w.out, "\t%s = %s\n", t.Name, strings.Join(t.Constituencies, " + "))
		}
		for _, r := range s.Reviews {
			fmt.Fprintf(w.out, "\t%s\t%s\t%s\n", r.To, r.By, r.Reason)
		}
	}
	return nil
}

// rotate puts a new key first.
func (w *welcoming) rotate(_ context.Context, args []string) error {
	if err := w.begin("rotate", args); err != nil {
		return err
	}
	id, err := sso.Rotate(w.dir, w.algorithm)
	if err != nil {
		return w.refused(err)
	}
	w.say(keyRotated, id, w.algorithm)
	return nil
}
