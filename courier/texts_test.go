package courier_test

import (
	"strings"
	"testing"
	"time"

	"isoloir/courier"
)

// gsm are the characters of GSM 03.38 that our words use beside ASCII without ^ { }
// [ ] \ ~ | and `: with any other a text message holds 70 characters, not 160.
const gsm = "àéèùìòÇÉÄÖÑÜäöñü§£¥ÅåÆæßØø¿¡"

func facts() courier.Facts {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return courier.Facts{
		Organisation: "Ville de Chartres", Title: "Conseil 2026", Urn: "Urne 1", Rehearsal: true, Zone: paris,
		Open: time.Date(2026, 8, 1, 6, 5, 0, 0, time.UTC), Close: time.Date(2026, 12, 10, 8, 0, 0, 0, time.UTC),
		First: true, Here: courier.Email, There: courier.SMS, Site: "https://vote.example/fr/", Renewal: "https://vote.example/fr/renouveler",
		Check: "https://vote.example/fr/verifier", Link: "https://vote.example/fr/urne/u/voter#f=00&i=1", Code: "12-ABCD-EFGH-JKLM",
		Print: strings.Repeat("0123456789abcdef", 4), Digits: "123456", ReceiptCode: strings.Repeat("fedcba9876543210", 4),
	}
}

func TestTexts(t *testing.T) {
	texts, err := courier.LoadTexts()
	if err != nil {
		t.Fatal(err)
	}
	must := map[courier.Kind][]string{
		courier.Information: {"https://vote.example/fr/"},
		courier.Codes:       {"12-ABCD-EFGH-JKLM", "#f=00&i=1"},
		courier.Renewal:     {"12-ABCD-EFGH-JKLM", "#f=00&i=1"},
		courier.Validation:  {"123456"},
		courier.Voted:       {},
		courier.Receipt:     {"fedc ba98 7654 3210", "https://vote.example/fr/verifier"},
	}
	for _, language := range []string{"fr", "en", "fr-CA", "de"} {
		for _, kind := range courier.Kinds {
			for _, channel := range []courier.Channel{courier.Email, courier.SMS, courier.Post} {
				subject, body, err := texts.Write(kind, channel, language, facts())
				if channel == courier.SMS && (kind == courier.Voted || kind == courier.Receipt) {
					if err == nil {
						t.Errorf("%s is told by text message", kind)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if (subject == "") != (channel == courier.SMS) || strings.Contains(subject, "\n") || body == "" {
					t.Errorf("%s %s %s: subject %q", language, kind, channel, subject)
				}
				for _, want := range must[kind] {
					if !strings.Contains(body, want) {
						t.Errorf("%s %s %s does not say %q: %s", language, kind, channel, want, body)
					}
				}
				for _, never := range []string{"<no value>", "{{", "hash", "token", "\t"} {
					if strings.Contains(subject+body, never) {
						t.Errorf("%s %s %s says %q", language, kind, channel, never)
					}
				}
				if channel != courier.SMS && kind != courier.Validation && !strings.Contains(body, "ESSAI") && !strings.Contains(body, "TRIAL") {
					t.Errorf("%s %s %s does not say that it is a trial", language, kind, channel)
				}
				if channel == courier.SMS && strings.ContainsFunc(body, func(r rune) bool {
					return r > 126 && !strings.ContainsRune(gsm, r) || strings.ContainsRune("^{}[]\\~|`", r)
				}) {
					t.Errorf("%s %s: a character outside GSM 03.38 in %q", language, kind, body)
				}
			}
		}
	}
}

// Who has not the code's secret learns nothing from what must not hold it.
func TestTextsWithoutSecrets(t *testing.T) {
	texts, err := courier.LoadTexts()
	if err != nil {
		t.Fatal(err)
	}
	f := facts()
	for _, kind := range []courier.Kind{courier.Information, courier.Voted, courier.Receipt} {
		_, body, err := texts.Write(kind, courier.Email, "fr", f)
		if err != nil {
			t.Fatal(err)
		}
		for _, never := range []string{"ABCD", "123456 ", "#f=00"} {
			if strings.Contains(body, never) {
				t.Errorf("%s says %q", kind, never)
			}
		}
	}
}

func TestWords(t *testing.T) {
	texts, err := courier.LoadTexts()
	if err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string][]string{
		"fr": {"identifiant", "par SMS ou, à défaut, par la poste", "1er août 2026 à 8 h 05 (heure de Paris)", "10 décembre 2026 à 9 h 00", "0123 4567 89ab cdef 0123 4567 89ab cdef\n    0123"},
		"en": {"identifier", "by text message or, failing that, by post", "1 August 2026 at 08:05 (Paris time)", "10 December 2026 at 09:00"},
	} {
		_, body, err := texts.Write(courier.Codes, courier.Email, language, facts())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: no %q in %s", language, w, body)
			}
		}
	}
}
