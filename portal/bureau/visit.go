package bureau

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"isoloir/bve"
	"isoloir/portal/words"
	"isoloir/scrutin"
)

// href is the address of a page in the language of the visit.
func (v *visit) href(path string) string { return "/" + string(v.language) + path }

// other is the address of this page in another language.
func (v *visit) other(l words.Language) string {
	if v.r.Method != http.MethodGet {
		return "/" + string(l) + "/"
	}
	return "/" + string(l) + v.path
}

// when writes a moment in the legal time of the vote, and clock its hour to the second.
func (v *visit) when(t time.Time) string { return v.Moment(t, v.zone) }

func (v *visit) clock(t time.Time) string { return t.In(v.zone).Format(time.TimeOnly) }

// name is what the manifest calls a member or a party, or the identifier of who is none.
func (v *visit) name(id string) string {
	if m, known := v.m.Member(id); known {
		return m.Label
	}
	for _, p := range slices.Concat(v.m.Mixers, v.m.Witnesses, []scrutin.Party{v.m.Platform.Roll, v.m.Platform.Urn, v.m.Platform.Contents}) {
		if p.ID == id && p.Label != id {
			return p.Label
		}
	}
	for _, i := range v.m.Issuers {
		if i.ID == id {
			return i.Label
		}
	}
	return v.role(id)
}

func (v *visit) names(ids []string) string {
	var labels []string
	for _, id := range ids {
		labels = append(labels, v.name(id))
	}
	return cmp.Or(strings.Join(labels, ", "), v.Say("members.nobody"))
}

// office is a member's role, with what he does in this session.
func (v *visit) office(m *scrutin.Member) string {
	text := v.Say("role." + m.Role)
	if m.Rank == scrutin.Substitute {
		text += ", " + v.Say("rank."+m.Rank)
	}
	return text
}

// may says whether who visits has a right.
func (v *visit) may(g right) bool { return g.may(v.m, v.who) }

func (v *visit) present() bool {
	return v.who != nil && slices.Contains(v.state.Session.Present, v.who.ID)
}

// because is why something cannot be, in words: instants in the legal time of the vote, and the spaces that do not break.
func (v *visit) because(err error) string {
	text := instant.ReplaceAllStringFunc(v.why(err), func(at string) string {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return at
		}
		return v.when(t)
	})
	return v.Typeset(text)
}

// instant is how records write one.
var instant = regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z`)

func (v *visit) why(err error) string {
	var act *scrutin.ActError
	var lack *scrutin.Lack
	var rule Refusal
	language := string(v.language)
	cite := func(l *scrutin.Lack) string {
		return l.Sentence(language) + " (" + l.Rule.Article(v.m.Scrutin.Profile, language) + ")"
	}
	switch {
	case err == nil:
		return ""
	case errors.As(err, &act):
		return capital(cite(act.Lack))
	case errors.As(err, &lack):
		return capital(cite(lack))
	case errors.As(err, &rule):
		return capital(rule.Sentence(language))
	}
	return capital(err.Error())
}

// capital begins a sentence.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// urn is what the manifest calls an urn.
func (v *visit) urn(id string) string {
	if u, known := v.m.Urn(id); known {
		return u.Label
	}
	return id
}

// motion is the one of a name, nil if there is none.
func (v *visit) motion(name string) *bve.Motion {
	for _, m := range v.state.Motions {
		if m.Name.String() == name {
			return m
		}
	}
	return nil
}

// voice is what who visits has said of a motion: empty, for, against or abstain.
func (v *visit) voice(m *bve.Motion) string {
	for voice, list := range map[string][]string{"for": m.For, "against": m.Against, "abstain": m.Abstain} {
		if v.who != nil && slices.Contains(list, v.who.ID) {
			return voice
		}
	}
	return ""
}

// act writes the text of an act, which members sign.
func (v *visit) act(a *scrutin.Act) string {
	copied := *a
	text, err := scrutin.Text(&copied)
	if err != nil {
		return ""
	}
	return text
}

// author is what the page's script needs to make a statement, as data attributes.
func (v *visit) author() map[string]string {
	a := map[string]string{"data-manifest": v.f.String(), "data-session": "0", "data-seen": scrutin.Digest{}.String(), "data-zone": v.m.Schedule.Zone,
		"data-send": v.href("/declaration/signee"), "data-clock": v.now.UTC().Format(time.RFC3339)}
	if v.who != nil {
		a["data-by"], a["data-key"] = v.who.ID, v.who.Key
	}
	if v.state != nil {
		a["data-session"], a["data-next"] = number(v.state.Session.Number), number(v.state.NextSession())
	}
	if v.told != nil {
		a["data-seen"] = v.told.head.String()
		if v.who != nil {
			a["data-alerts"] = number(v.told.awaited(v.who.ID) + len(v.told.maintenance))
		}
	}
	return a
}

func number(n int) string { return strconv.Itoa(n) }

// groups divides a digest by four, to be read aloud.
func groups(d scrutin.Digest, n int) []string {
	text := d.String()
	out := make([]string, 0, n)
	for i := range n {
		out = append(out, text[4*i:4*i+4])
	}
	return out
}

// short is the beginning of a digest.
func short(d scrutin.Digest) string { return strings.Join(groups(d, 4), " ") + "…" }

func asRefusal(err error, rule *Refusal) bool { return errors.As(err, rule) }

// unanswered is for who asked a role of the platform that gave nothing.
func (v *visit) unanswered(err error) error {
	v.site.Failed(v.r.Pattern, err)
	return saying{v.Say("turnout.unanswered"), err}
}

// done is what the page before has done, as its address says.
func (v *visit) done() string {
	switch key := v.r.URL.Query().Get("fait"); key {
	case "act", "check", "note", "drawn":
		return v.Say("members.done-" + key)
	}
	return ""
}
