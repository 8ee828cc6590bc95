package scrutin

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the legal zone is the same on every machine
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"golang.org/x/text/unicode/norm"

	"isoloir/scrutin/note"
)

// fieldRules checks what one field alone shows, by its validate tag. Building it
// is slow, so it is built once.
var fieldRules = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("json") })
	for tag, ok := range map[string]func(string) bool{
		"name":     note.ValidName,
		"urn":      validUrn,
		"clause":   func(s string) bool { return note.ValidName(s) && !strings.Contains(s, ".") },
		"cell":     validCell,
		"label":    validLabel,
		"decision": decisionRule,
		"date":     func(s string) bool { return Date(s).Valid() },
		"country":  regexp.MustCompile(`^[A-Z]{2}$`).MatchString,
		"zone":     validZone,
		"key":      func(s string) bool { _, err := note.ParseVerifier(s); return err == nil },
	} {
		must(v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return ok(f.Field().String()) }))
	}
	must(v.RegisterValidation("point", func(f validator.FieldLevel) bool {
		_, err := f.Field().Interface().(Point).Decode()
		return err == nil
	}))
	return v
})

func must(err error) {
	if err != nil {
		panic(err) // a tag registered with a wrong name: a mistake of this file
	}
}

// fieldProblems returns what the field rules find in a pointer to a struct.
func fieldProblems(v any) Problems {
	err := fieldRules().Struct(v)
	found, ok := err.(validator.ValidationErrors)
	if err != nil && !ok {
		panic(err) // v is no struct: a mistake of the program
	}
	var ps Problems
	for _, e := range found {
		path := strings.TrimPrefix(e.Namespace(), reflect.TypeOf(v).Elem().Name()+".")
		ps = append(ps, Problem{path, "field-" + e.Tag(), []any{e.Param()}})
	}
	return ps
}

// validUrn accepts names that are also directories of the export on every file
// system: not those of devices, nor those that end as a file beside them does.
func validUrn(s string) bool {
	if !note.ValidName(s) || strings.HasSuffix(s, ".") || strings.HasSuffix(s, ".note") || s == "rehearsal" {
		return false
	}
	stem, _, _ := strings.Cut(strings.ToLower(s), ".")
	return !slices.Contains([]string{"con", "prn", "aux", "nul"}, stem) &&
		!(len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '0' && stem[3] <= '9')
}

func validCell(s string) bool {
	for name := range strings.SplitSeq(s, "+") {
		if !note.ValidName(name) {
			return false
		}
	}
	return true
}

const maxLabel = 300 // characters

// validLabel accepts a line of text in any script, as NFC, without characters that
// change the direction of what follows and so could disguise it.
func validLabel(s string) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxLabel && s == strings.TrimSpace(s) && norm.NFC.IsNormalString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffd
		})
}

func validZone(s string) bool {
	if s == "Local" {
		return false
	}
	_, err := time.LoadLocation(s)
	return err == nil
}
