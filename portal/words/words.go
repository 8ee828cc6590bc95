// Package words is what people read on the pages: one catalogue, a file for each
// language, French first.
//
// A sentence has a key, page.part, and says the same in every language; a test finds
// the keys that one language lacks, that no page uses, and that a page uses but no
// file has. {{.Name}} in a sentence stands for a value; a sentence that counts has a
// form for one and one for others (Unicode CLDR plural rules).
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed fr.json en.json
var files embed.FS

// A Language is one that pages are written in, by its code (ISO 639-1).
type Language string

// The languages of the pages.
const (
	French  Language = "fr"
	English Language = "en"
)

// Languages are all of them, the one first that is taken when none is preferred.
func Languages() []Language { return []Language{French, English} }

// Name is what the language calls itself.
func (l Language) Name() string {
	return map[Language]string{French: "Français", English: "English"}[l]
}

// A Catalogue holds every sentence in every language. It is safe for concurrent use.
type Catalogue struct {
	speakers map[Language]*Speaker
}

// New reads the catalogue.
func New() (*Catalogue, error) {
	c := &Catalogue{map[Language]*Speaker{}}
	for _, l := range Languages() {
		data, err := files.ReadFile(string(l) + ".json")
		if err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
		var pages map[string]map[string]any
		if err := json.Unmarshal(data, &pages); err != nil {
			return nil, fmt.Errorf("words: %s.json: %w", l, err)
		}
		s, err := newSpeaker(l, pages)
		if err != nil {
			return nil, fmt.Errorf("words: %s.json: %w", l, err)
		}
		c.speakers[l] = s
	}
	return c, nil
}

// In speaks a language.
func (c *Catalogue) In(l Language) *Speaker { return c.speakers[l] }

// Of is the language that a request's address begins with, else the one that the browser
// prefers.
func Of(r *http.Request) Language {
	for _, l := range Languages() {
		if strings.HasPrefix(r.URL.Path, "/"+string(l)+"/") {
			return l
		}
	}
	return Preferred(r.Header.Get("Accept-Language"))
}

// Preferred is the language that an Accept-Language header asks for (RFC 9110).
func Preferred(accept string) Language {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return French
	}
	_, i, _ := language.NewMatcher([]language.Tag{language.French, language.English}).Match(tags...)
	return Languages()[i]
}

// message reads what a key has: a sentence, or its forms by number.
func message(key string, value any) (*i18n.Message, error) {
	switch v := value.(type) {
	case string:
		return &i18n.Message{ID: key, Other: v}, nil
	case map[string]any:
		one, ok1 := v["one"].(string)
		other, ok2 := v["other"].(string)
		if ok1 && ok2 && len(v) == 2 {
			return &i18n.Message{ID: key, One: one, Many: other, Other: other}, nil
		}
	}
	return nil, fmt.Errorf("%s is no sentence, and not the two forms one and other", key)
}

// natural orders keys that end in numbers by these.
func natural(a, b string) int {
	i, j := strings.LastIndexByte(a, '.')+1, strings.LastIndexByte(b, '.')+1
	m, err1 := strconv.Atoi(a[i:])
	n, err2 := strconv.Atoi(b[j:])
	if a[:i] == b[:j] && err1 == nil && err2 == nil {
		return m - n
	}
	return strings.Compare(a, b)
}

// Beside is the key with this beginning that has the number of another key.
func Beside(prefix, key string) string { return prefix + key[strings.LastIndexByte(key, '.')+1:] }

func sorted(keys []string) []string {
	slices.SortFunc(keys, natural)
	return keys
}
