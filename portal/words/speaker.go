package words

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	xmessage "golang.org/x/text/message"
	"golang.org/x/text/number"
)

// A Speaker says the sentences of the catalogue in one language.
type Speaker struct {
	language  Language
	raw       map[string]string // the form for others, as written
	localizer *i18n.Localizer
	printer   *xmessage.Printer
}

func newSpeaker(l Language, pages map[string]map[string]any) (*Speaker, error) {
	tag := language.Make(string(l))
	bundle := i18n.NewBundle(tag)
	s := &Speaker{language: l, raw: map[string]string{}, localizer: i18n.NewLocalizer(bundle, string(l)), printer: xmessage.NewPrinter(tag)}
	for page, sentences := range pages {
		for name, value := range sentences {
			m, err := message(page+"."+name, value)
			if err != nil {
				return nil, err
			}
			if err := bundle.AddMessages(tag, m); err != nil {
				return nil, err
			}
			s.raw[m.ID] = m.Other
		}
	}
	return s, nil
}

// Language is the one that is spoken.
func (s *Speaker) Language() Language { return s.language }

// Say says the sentence of a key. Names and values follow in pairs; whole numbers
// are written as the language writes them, and Count chooses the form. A key that
// the catalogue lacks is said itself.
func (s *Speaker) Say(key string, pairs ...any) string {
	data := map[string]any{}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := fmt.Sprint(pairs[i]), pairs[i+1]
		if n, whole := value.(int); whole {
			if name == "Count" {
				config.PluralCount = n
			}
			value = s.Number(n)
		}
		data[name] = value
	}
	said, err := s.localizer.Localize(config)
	if err != nil {
		return key
	}
	return said
}

// List returns the keys that begin with this prefix, those that end in numbers in
// their order.
func (s *Speaker) List(prefix string) []string {
	var keys []string
	for key := range s.raw {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return sorted(keys)
}

// Raw is the sentence of a key as it is written, {{.Name}} left in it, for scripts.
func (s *Speaker) Raw(key string) string { return s.raw[key] }

// Keys are all keys, sorted.
func (s *Speaker) Keys() []string { return sorted(slices.Collect(maps.Keys(s.raw))) }

// Number writes a whole number.
func (s *Speaker) Number(n int) string { return s.printer.Sprint(number.Decimal(n)) }

// Percent writes the part that n is of total, with one decimal; a dash of none.
func (s *Speaker) Percent(n, total int) string {
	if total == 0 {
		return "–"
	}
	return s.printer.Sprint(number.Percent(float64(n)/float64(total), number.MinFractionDigits(1), number.MaxFractionDigits(1)))
}

// Country is the name of a country (ISO 3166-1 alpha-2).
func (s *Speaker) Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return display.Regions(language.Make(string(s.language))).Name(region)
}

// Size writes a number of bytes, in thousands or millions.
func (s *Speaker) Size(n int64) string {
	if n < 999_500 {
		return s.Say("size.kilo", "Size", max(1, int((n+500)/1000)))
	}
	tenths := (n + 50_000) / 100_000
	return s.Say("size.mega", "Size", fmt.Sprintf("%d%s%d", tenths/10, s.Say("size.mark"), tenths%10))
}
