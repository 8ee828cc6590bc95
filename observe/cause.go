package observe

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"
)

// A Cause is why something failed, without what could be somebody's.
type Cause struct{ text string }

// causeSize is that of the longest one, in bytes.
const causeSize = 400

var (
	quoted = regexp.MustCompile("\"[^\"]*\"?|`[^`]*`?")
	state  = regexp.MustCompile(`^SQLSTATE [0-9A-Z]{5}\)`)
	plain  = regexp.MustCompile(`^[(]*([a-z]{1,20}(['-][a-z]{1,20})*|(/[a-z-]{1,20})+(\.[a-z]{1,8})?)[),.:;]*$`)
	// capitals are the words that may stand in them, as PostgreSQL, TLS and HTTP write them.
	capitals = regexp.MustCompile(`^[(]*(EOF|ERROR|FATAL|PANIC|SQL|TLS|TCP|HTTP|SMTP|I/O|URN)[),.:;]*$`)
)

const leftOut = "…"

// Because is what an error says, word by word. Only words of small letters pass, paths of files made of such words, a few words in capitals,
// and PostgreSQL's codes of five characters; all else is left out, as …: what is quoted, and what holds a digit, a capital, an @, or a letter
// of another alphabet. So neither number, name, address, code nor anything in hexadecimal passes.
func Because(err error) Cause {
	if err == nil {
		return Cause{}
	}
	return said(err.Error())
}

// BecauseOf is the same of what a handler panicked with.
func BecauseOf(v any) Cause { return said(fmt.Sprint(v)) }

func said(text string) Cause {
	rest := quoted.ReplaceAllString(text, " "+leftOut+" ")
	var words []string
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		if i := strings.Index(rest, "SQLSTATE "); i == 0 || i == 1 && rest[0] == '(' {
			if code := state.FindString(rest[i:]); code != "" {
				words, rest = append(words, "("+code), rest[i+len(code):]
				continue
			}
		}
		end := strings.IndexAny(rest, " \t\r\n")
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		rest = rest[end:]
		switch {
		case plain.MatchString(word), capitals.MatchString(word):
			words = append(words, word)
		case len(words) == 0 || words[len(words)-1] != leftOut:
			words = append(words, leftOut)
		}
	}
	out := strings.Join(words, " ")
	if len(out) > causeSize {
		out = out[:strings.LastIndex(out[:causeSize], " ")] + " " + leftOut
	}
	return Cause{out}
}

// String is what is shown.
func (c Cause) String() string { return c.text }

func (c Cause) shown() slog.Value { return slog.StringValue(c.text) }
