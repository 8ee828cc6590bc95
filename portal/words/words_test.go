package words_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/portal/words"
)

func catalogue(t testing.TB) *words.Catalogue {
	t.Helper()
	c, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// use is what the pages, their code and their scripts ask of the catalogue.
type use struct {
	keys     map[string]string // key, and where
	prefixes map[string]string // beginnings of keys that are put together
}

var (
	said    = regexp.MustCompile(`\b(?:Say|Raw|say|raw)\(\s*["'` + "`" + `]([a-z]+\.[\w.-]*)["'` + "`" + `]\s*(\+?)`)
	literal = regexp.MustCompile(`["'` + "`" + `]([a-z][\w-]*\.[\w.-]*)(\$\{)?["'` + "`" + `]?`)
)

// used reads the sources of the pages. Whatever is passed to Say must be there; any
// quoted text may be a key, or the beginning of one.
func used(t testing.TB) (asked use, quoted map[string]bool) {
	t.Helper()
	asked, quoted = use{map[string]string{}, map[string]string{}}, map[string]bool{}
	for _, root := range []string{"..", "../../web/client", "../../web/bureau", "../../web/station", "../../web/citizen"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "dist" {
				return fs.SkipDir
			}
			if err != nil || d.IsDir() || !slices.Contains([]string{".go", ".templ", ".js"}, filepath.Ext(path)) || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range said.FindAllStringSubmatch(string(text), -1) {
				if m[2] == "+" || strings.HasSuffix(m[1], ".") || strings.HasSuffix(m[1], "-") {
					asked.prefixes[m[1]] = path
				} else {
					asked.keys[m[1]] = path
				}
			}
			for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
				quoted[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return asked, quoted
}

// TestKeys finds keys that one language lacks, that pages ask for and nobody has,
// and that nobody asks for.
func TestKeys(t *testing.T) {
	c := catalogue(t)
	french, english := c.In(words.French).Keys(), c.In(words.English).Keys()
	for _, key := range french {
		if !slices.Contains(english, key) {
			t.Errorf("%s is not said in English", key)
		}
	}
	for _, key := range english {
		if !slices.Contains(french, key) {
			t.Errorf("%s is not said in French", key)
		}
	}
	asked, quoted := used(t)
	if len(asked.keys) < 200 {
		t.Fatalf("%d keys are asked for: these are not the pages", len(asked.keys))
	}
	for key, where := range asked.keys {
		if !slices.Contains(french, key) {
			t.Errorf("%s asks for %s, which the catalogue lacks", where, key)
		}
	}
	for prefix, where := range asked.prefixes {
		if !slices.ContainsFunc(french, func(key string) bool { return strings.HasPrefix(key, prefix) }) {
			t.Errorf("%s asks for keys that begin with %s, and there are none", where, prefix)
		}
	}
	beginnings := slices.DeleteFunc(slices.Collect(maps.Keys(quoted)), func(q string) bool { return !strings.HasSuffix(q, ".") && !strings.HasSuffix(q, "-") })
	for _, key := range french {
		if !quoted[key] && !slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(key, b) }) {
			t.Errorf("nobody says %s", key)
		}
	}
}

// TestSame wants both languages to speak of the same values, in the same forms, and
// in words that people know.
func TestSame(t *testing.T) {
	c := catalogue(t)
	value := regexp.MustCompile(`\{\{\.?(\w+)\}\}`)
	values := func(text string) []string {
		found := map[string]bool{}
		for _, m := range value.FindAllStringSubmatch(text, -1) {
			found[m[1]] = true
		}
		return slices.Sorted(maps.Keys(found))
	}
	unknown := regexp.MustCompile(`(?i)\b(ciphertext|hash(es|ed)?|tokens?|jetons?|chiffré|hach(é|age)|undefined|null)\b`)
	for _, key := range c.In(words.French).Keys() {
		fr, en := c.In(words.French).Raw(key), c.In(words.English).Raw(key)
		if !slices.Equal(values(fr), values(en)) {
			t.Errorf("%s speaks of %v in French, of %v in English", key, values(fr), values(en))
		}
		for _, text := range []string{fr, en} {
			if strings.TrimSpace(text) != text || text == "" || strings.Contains(text, "  ") {
				t.Errorf("%s: spaces too many, or nothing: %q", key, text)
			}
			if w := unknown.FindString(text); w != "" {
				t.Errorf("%s says %q, a word of the makers", key, w)
			}
			if strings.ContainsAny(text, "<>") {
				t.Errorf("%s holds markup: %q", key, text)
			}
		}
		if bad := regexp.MustCompile(`[^\x{202f}\x{a0}?!][?!;»]|« |[^\x{a0}\x{202f}]:(?:\s|$)`).FindString(fr); bad != "" {
			t.Errorf("%s: before %q French wants a space that does not break: %q", key, bad, fr)
		}
	}
}

// TestNoKeyTwice reads the files as text: what JSON lets pass twice is said once.
func TestNoKeyTwice(t *testing.T) {
	for _, l := range words.Languages() {
		file, err := os.Open(string(l) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		in := json.NewDecoder(file)
		var path []string
		seen, name := map[string]bool{}, true
		for {
			token, err := in.Token()
			if err != nil {
				break
			}
			switch v := token.(type) {
			case json.Delim:
				if v == '{' {
					path, name = append(path, ""), true
				} else {
					path, name = path[:len(path)-1], true
				}
			case string:
				if !name {
					name = true
					continue
				}
				path[len(path)-1], name = v, false
				if full := strings.Join(path, "/"); seen[full] {
					t.Errorf("%s.json has %s twice", l, full)
				} else {
					seen[full] = true
				}
			default:
				t.Fatalf("%s.json holds %v", l, token)
			}
		}
	}
}

func TestPreferred(t *testing.T) {
	for accept, want := range map[string]words.Language{"": "fr", "en": "en", "en-GB,en;q=0.9": "en", "de": "fr", "de,en;q=0.5": "en", "fr-CA": "fr",
		"en;q=0.1,fr;q=0.2": "fr", "*": "fr", "nonsense;;;": "fr"} {
		if got := words.Preferred(accept); got != want {
			t.Errorf("%q: %s", accept, got)
		}
	}
}

func TestSay(t *testing.T) {
	c := catalogue(t)
	fr, en := c.In(words.French), c.In(words.English)
	paris, _ := time.LoadLocation("Europe/Paris")
	kolkata, _ := time.LoadLocation("Asia/Kolkata")
	johns, _ := time.LoadLocation("America/St_Johns")
	at := time.Date(2032, 5, 1, 10, 5, 0, 0, time.UTC)
	for got, want := range map[string]string{
		fr.Say("home.electors", "Count", 1):       "1 électeur",
		fr.Say("home.electors", "Count", 0):       "0 électeur",
		fr.Say("home.electors", "Count", 1000000): "1\u00a0000\u00a0000 électeurs",
		en.Say("home.electors", "Count", 0):       "0 electors",
		en.Say("home.electors", "Count", 8412):    "8,412 electors",
		fr.Say("no.such.key"):                     "no.such.key",
		fr.Instant(at, paris):                     "samedi 1er mai 2032 à 12\u00a0h\u00a005 (heure de Paris, UTC+2)",
		en.Instant(at, paris):                     "Saturday 1 May 2032 at 12:05 (Paris time, UTC+2)",
		en.Instant(at, kolkata):                   "Saturday 1 May 2032 at 15:35 (Kolkata time, UTC+5:30)",
		en.Hour(at, johns):                        "07:35",
		en.ZoneName(at, johns):                    "St Johns time, UTC−2:30",
		en.ZoneName(at, time.UTC):                 "UTC",
		fr.Percent(1, 3):                          "33,3\u00a0%",
		en.Percent(0, 0):                          "–",
		fr.Country("KP"):                          "Corée du Nord",
		en.Country("SY"):                          "Syria",
		fr.Country("??"):                          "??",
	} {
		if got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
	if keys := fr.List("questions.codes.ask."); len(keys) < 3 || keys[0] != "questions.codes.ask.1" || !strings.HasSuffix(keys[len(keys)-1], "."+string(rune('0'+len(keys)))) {
		t.Error(keys)
	}
	if raw := fr.Raw("state.open-when"); !strings.Contains(raw, "{{.When}}") {
		t.Error(raw)
	}
}
