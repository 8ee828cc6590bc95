package minutes

import (
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"isoloir/scrutin"
)

//go:embed fr.json en.json
var files embed.FS

// Languages are those that minutes can be written in.
var Languages = []string{"fr", "en"}

// words are the sentences of a language, with the legal time.
type words struct {
	localizer *i18n.Localizer
	zone      *time.Location
	language  string
	missing   error // the first sentence that was not there
}

func newWords(code, zone string) (*words, error) {
	bundle := i18n.NewBundle(language.French)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	if _, err := bundle.LoadMessageFileFS(files, code+".json"); err != nil {
		return nil, fmt.Errorf("minutes in %q: %w", code, err)
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	return &words{localizer: i18n.NewLocalizer(bundle, code), zone: at, language: code}, nil
}

func (w *words) say(key string, values map[string]any) string {
	text, err := w.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: values})
	if err != nil && w.missing == nil {
		w.missing = err
	}
	return text
}

// at is an instant in legal time and in UTC, to the second.
func (w *words) at(t scrutin.Time) string {
	if t.IsZero() {
		return "–"
	}
	local := t.In(w.zone)
	return w.say("time", map[string]any{"Day": w.day(local), "Time": local.Format("15:04:05"), "Offset": local.Format("-07:00"), "UTC": t.UTC().Format("15:04:05")})
}

func (w *words) day(t time.Time) string {
	if w.language == "fr" {
		return t.Format("02/01/2006")
	}
	return t.Format("2006-01-02")
}
