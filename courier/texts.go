package courier

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// Facts are what a text may say of a scrutin, an elector and a message. What a kind
// of message does not say stays empty.
type Facts struct {
	Organisation, Title, Urn string
	Rehearsal                bool
	Open, Close              time.Time
	Zone                     *time.Location
	First                    bool    // the code is the identifier, else the password
	Here, There              Channel // of this code and of the other one; "hand" too
	Site, Renewal, Check     string  // addresses of pages
	Link                     string  // to the vote, with the code in its fragment
	Code                     string  // as printed
	Print                    string  // f, 64 hexadecimal digits
	Digits                   string  // six
	ReceiptCode              string  // 64 hexadecimal digits
}

// Texts are the words of every kind of message, in French and English: a template
// each, whose first line is the subject.
type Texts struct{ templates map[string]*template.Template }

//go:embed texts
var embedded embed.FS

// LoadTexts reads the texts that are built in.
func LoadTexts() (*Texts, error) {
	t := &Texts{map[string]*template.Template{}}
	return t, fs.WalkDir(embedded, "texts", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := embedded.ReadFile(file)
		if err != nil {
			return err
		}
		name := path.Join(path.Base(path.Dir(file)), strings.TrimSuffix(path.Base(file), ".txt"))
		t.templates[name], err = template.New(name).Parse(string(text))
		return err
	})
}

// Language is the one of the two in which somebody is written to whose language is
// tagged so: French for fr and fr-CA, else English.
func Language(tag string) string {
	if main, _, _ := strings.Cut(tag, "-"); main == "fr" {
		return "fr"
	}
	return "en"
}

// Write makes subject and body of a kind of message for a channel; a text message
// has no subject.
func (t *Texts) Write(kind Kind, channel Channel, language string, f Facts) (subject, body string, err error) {
	language = Language(language)
	name := path.Join(language, string(kind))
	if channel == SMS {
		name += ".sms"
	}
	tmpl := t.templates[name]
	if tmpl == nil {
		return "", "", fmt.Errorf("there is no text %s", name)
	}
	var out strings.Builder
	if err := tmpl.Execute(&out, spoken{f, language}); err != nil {
		return "", "", err
	}
	if channel == SMS {
		return "", strings.TrimSpace(out.String()), nil
	}
	subject, body, _ = strings.Cut(out.String(), "\n\n")
	return subject, body, nil
}

// spoken is Facts in the words of a language.
type spoken struct {
	Facts
	language string
}

func (s spoken) either(fr, en string) string {
	if s.language == "fr" {
		return fr
	}
	return en
}

// Name is what the code is called on the pages.
func (s spoken) Name() string { return s.nameOf(s.First) }

// OtherName is what the other issuer's code is called.
func (s spoken) OtherName() string { return s.nameOf(!s.First) }

func (s spoken) nameOf(first bool) string {
	if first {
		return s.either("identifiant", "identifier")
	}
	return s.either("mot de passe", "password")
}

// Ours is by which way this code comes.
func (s spoken) Ours() string { return s.by(s.Here) }

// Theirs is by which way the other code comes: this issuer does not know whether the
// other one reaches the elector by its own channel.
func (s spoken) Theirs() string {
	if s.There == Email || s.There == SMS {
		return s.by(s.There) + s.either(" ou, à défaut, par la poste", " or, failing that, by post")
	}
	return s.by(s.There)
}

func (s spoken) by(c Channel) string {
	switch c {
	case Email:
		return s.either("par courriel", "by e-mail")
	case SMS:
		return s.either("par SMS", "by text message")
	case Post:
		return s.either("par la poste", "by post")
	}
	return s.either("en main propre", "handed to you")
}

// Opens and Closes are in legal time, in words.
func (s spoken) Opens() string  { return s.instant(s.Open) }
func (s spoken) Closes() string { return s.instant(s.Close) }

// OpensShort and ClosesShort are in legal time, in figures.
func (s spoken) OpensShort() string  { return s.short(s.Open) }
func (s spoken) ClosesShort() string { return s.short(s.Close) }

var months = map[string][12]string{
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

func (s spoken) instant(t time.Time) string {
	t = t.In(s.Zone)
	_, city, _ := strings.Cut(s.Zone.String(), "/")
	if city = strings.ReplaceAll(city, "_", " "); city == "" {
		city = s.Zone.String()
	}
	hour := t.Format("15:04")
	if s.language == "fr" {
		hour = fmt.Sprintf("%d h %02d", t.Hour(), t.Minute())
	}
	return fmt.Sprintf(s.either("%s %s %d à %s (heure de %s)", "%s %s %d at %s (%s time)"),
		s.day(t), months[s.language][t.Month()-1], t.Year(), hour, city)
}

func (s spoken) day(t time.Time) string {
	if t.Day() == 1 && s.language == "fr" {
		return "1er"
	}
	return strconv.Itoa(t.Day())
}

func (s spoken) short(t time.Time) string {
	return t.In(s.Zone).Format(s.either("02/01/2006 15:04", "2006-01-02 15:04"))
}

// Fingerprint is f and Receipt the receipt code, in groups of four on two lines.
func (s spoken) Fingerprint() []string { return groups(s.Print) }
func (s spoken) Receipt() []string     { return groups(s.ReceiptCode) }

func groups(digits string) []string {
	var lines []string
	for i := 0; i+4 <= len(digits); i += 4 {
		if i%32 == 0 {
			lines = append(lines, "")
		} else {
			lines[len(lines)-1] += " "
		}
		lines[len(lines)-1] += digits[i : i+4]
	}
	return lines
}
