package space

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"isoloir/scrutin"
)

// A Problem is one reason why a draft cannot be published, at one field of the form.
type Problem struct {
	Field string // as questions[0].title
	Code  string // of the sentence
	Args  []any
	said  func(language string) string // by the protocol's own rules, where they found it
}

// Sentence says what to do, in "fr" or else in English.
func (p Problem) Sentence(language string) string {
	if p.said != nil {
		return p.said(language)
	}
	s := sentences[p.Code]
	form := s.en
	if language == "fr" {
		form = s.fr
	}
	if strings.Contains(form, "%") {
		return fmt.Sprintf(form, p.Args...)
	}
	return form
}

// Problems are all that were found: an error.
type Problems []Problem

// Error lists them in English, one on each line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Field + ": " + p.Sentence("en")
	}
	return strings.Join(lines, "\n")
}

// At are those of one field, or of what lies in it.
func (ps Problems) At(field string) (found Problems) {
	for _, p := range ps {
		if p.Field == field || strings.HasPrefix(p.Field, field+"[") || strings.HasPrefix(p.Field, field+".") {
			found = append(found, p)
		}
	}
	return found
}

// rules are those that one field shows by itself.
var rules = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("json") })
	for tag, ok := range map[string]func(string) bool{
		"line":      func(s string) bool { return plain(s, 300) },
		"paragraph": func(s string) bool { return s == "" || plain(s, 3000) },
		"moment":    func(s string) bool { _, err := time.Parse(momentForm, s); return err == nil },
	} {
		if err := v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return ok(f.Field().String()) }); err != nil {
			panic(err) // a tag with a wrong name: a mistake of this file
		}
	}
	return v
})

// momentForm is how forms write one (HTML, datetime-local).
const momentForm = "2006-01-02T15:04"

// plain accepts a line that reads as it is written: of so many characters, in NFC, without
// characters that steer or turn the text around them.
func plain(s string, most int) bool {
	return strings.TrimSpace(s) == s && s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && norm.NFC.IsNormalString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffd
		})
}

// Line brings what somebody typed into the form of a line: one that is only spaces becomes empty.
func Line(typed string) string { return norm.NFC.String(strings.Join(strings.Fields(typed), " ")) }

// Lines are those of a text, without the empty ones at its ends.
func Lines(typed string) []string {
	lines := []string{}
	for line := range strings.SplitSeq(strings.ReplaceAll(typed, "\r\n", "\n"), "\n") {
		lines = append(lines, Line(line))
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// A review collects what is wrong with a draft.
type review struct {
	d     *Draft
	o     *Organisation
	found Problems
}

func (r *review) when(wrong bool, field, code string, args ...any) {
	if wrong {
		r.found = append(r.found, Problem{Field: field, Code: code, Args: args})
	}
}

// Check says everything that keeps a draft from being published at an instant, in the order
// of the form, each sentence saying what to do.
func (d *Draft) Check(o *Organisation, now time.Time) Problems {
	r := &review{d: d, o: o}
	var found validator.ValidationErrors
	if errors.As(rules().Struct(d), &found) {
		for _, e := range found {
			field := strings.TrimPrefix(e.Namespace(), "Draft.")
			code := e.Tag()
			if (code == "line" || code == "moment") && e.Value() == "" {
				code = "empty"
			}
			r.when(true, field, code, e.Param())
		}
	}
	r.questions()
	r.place()
	r.time(now)
	r.decision()
	r.when(!d.Picture.SHA256.IsZero() && d.Picture.Text == "", "picture.text", "picture-text")
	slices.SortStableFunc(r.found, func(a, b Problem) int { return order(a.Field) - order(b.Field) })
	return r.found
}

// order is where a field stands in the form.
func order(field string) int {
	top, _, _ := strings.Cut(field, "[")
	top, _, _ = strings.Cut(top, ".")
	return slices.Index([]string{"title", "questions", "context", "picture", "documents", "territory", "opens", "closes", "deciders", "absent", "scale", "rule", "majority",
		"turnout", "publication", "finality", "smallest"}, top)
}

func (r *review) questions() {
	for i, q := range r.d.Questions {
		field := fmt.Sprintf("questions[%d]", i)
		if q.Answers == ForAgainst {
			r.when(q.Most > 1, field+".most", "most-for-against")
			continue
		}
		r.when(len(q.Options) < 2, field+".options", "two-options")
		r.when(q.Most > max(len(q.Options), 1), field+".most", "most-options", len(q.Options))
		r.when(q.Most > 1 && r.d.Deciders != Citizens, field+".most", "most-citizens")
		r.when(scrutin.CountSets(len(q.Options), q.Most) > scrutin.MaxSets, field+".most", "most-sets", scrutin.MaxSets)
		seen := map[string]bool{}
		for j, label := range q.Options {
			same := cases.Fold().String(norm.NFKC.String(label))
			r.when(seen[same], fmt.Sprintf("%s.options[%d]", field, j), "same-option", label)
			seen[same] = true
			r.when(none(same), fmt.Sprintf("%s.options[%d]", field, j), "blank-option", label)
		}
	}
}

// none says whether an option says blank or nul, which every question has by itself.
func none(label string) bool {
	words := strings.FieldsFunc(label, func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains([]string{"vote", "bulletin", "ballot"}, w) })
	return len(words) == 1 && slices.Contains([]string{"blanc", "blancs", "blank", "nul", "nuls", "null"}, words[0])
}

func (r *review) place() {
	last := -1
	for i, id := range r.d.Territory {
		n := slices.IndexFunc(r.o.Constituencies, func(c Constituency) bool { return c.ID == id })
		r.when(n < 0, fmt.Sprintf("territory[%d]", i), "constituency", id)
		r.when(n >= 0 && n <= last, "territory", "order", id)
		last = max(last, n)
		r.when(n >= 0 && r.d.Deciders != Citizens && r.o.Constituencies[n].Seats == 0, "deciders", "no-member", id)
	}
}

// Schedule is when a draft opens and closes.
func (d *Draft) Schedule(zone *time.Location) (opens, closes time.Time, err error) {
	if opens, err = Moment(d.Opens, zone); err == nil {
		closes, err = Moment(d.Closes, zone)
	}
	return opens, closes, err
}

// Moment reads an hour of legal time: ErrInvalid for one that is none, or that the change of the
// clocks skips or repeats.
func Moment(typed string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(momentForm, typed, zone)
	if err != nil || t.Format(momentForm) != typed {
		return time.Time{}, fmt.Errorf("%w: %q is no hour of that day", ErrInvalid, typed)
	}
	for _, by := range []time.Duration{-time.Hour, time.Hour} {
		if t.Add(by).In(zone).Format(momentForm) == typed {
			return time.Time{}, fmt.Errorf("%w: %q comes twice on that day", ErrInvalid, typed)
		}
	}
	return t, nil
}

func (r *review) time(now time.Time) {
	zone := r.o.Location()
	opens, err := Moment(r.d.Opens, zone)
	bad := false
	for _, field := range []struct{ name, typed string }{{"opens", r.d.Opens}, {"closes", r.d.Closes}} {
		if _, form := time.Parse(momentForm, field.typed); form == nil {
			_, e := Moment(field.typed, zone)
			r.when(e != nil, field.name, "clocks")
			bad = bad || e != nil
		} else {
			bad = true
		}
	}
	if bad || err != nil {
		return
	}
	closes, _ := Moment(r.d.Closes, zone)
	r.when(!opens.Before(closes), "closes", "closes-first")
	r.when(!now.Before(opens), "opens", "opens-past")
}

func (r *review) decision() {
	d := r.d
	r.when(d.Rule == "counts" && d.Majority != 0, "majority", "majority-counts")
	r.when(d.Majority != 0 && d.Majority < 50, "majority", "majority-half")
	r.when(d.Rule == scrutin.RelativeMajority && d.Majority != 0, "majority", "majority-rule")
	r.when(d.Smallest < r.o.MinimumSize, "smallest", "smallest-register", r.o.MinimumSize)
	r.when(d.Deciders == Assembly && d.Publication == "by-code", "publication", "by-code-members")
	r.when(d.Deciders != Assembly && d.Publication == "by-code", "publication", "by-code-sealed")
}

// protocol puts what the rules of a manifest found beside the field of the draft that it comes from.
func protocol(found scrutin.Problems) (ps Problems) {
	for _, p := range found {
		field := "title"
		for from, to := range map[string]string{"schedule.": "closes", "questions": "questions", "urns": "territory", "merge_lists": "territory", "territories": "territory", "decision": "rule", "weight": "absent",
			"publication": "publication", "finality": "finality", "minimum_size": "smallest", "register": "territory"} {
			if strings.HasPrefix(p.Path, from) {
				field = to
			}
		}
		if strings.HasPrefix(p.Path, "questions[") {
			field, _, _ = strings.Cut(p.Path, "].")
			field += "]"
		}
		ps = append(ps, Problem{Field: field, Code: p.Code, said: p.Sentence})
	}
	return ps
}
