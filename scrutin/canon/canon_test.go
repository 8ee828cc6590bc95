package canon_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"isoloir/scrutin/canon"
)

type inner struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
}

type Base struct {
	Kind string `json:"kind"`
}

type document struct {
	Base
	Count int64    `json:"count"`
	Small uint8    `json:"small"`
	Items []inner  `json:"items"`
	Tags  []string `json:"tags"`
}

const golden = `{
  "kind": "k",
  "count": -12,
  "small": 200,
  "items": [
    {
      "name": "Élise <&> \"Ω\" \\ 東京 ￿",
      "ok": true
    },
    {
      "name": "",
      "ok": false
    }
  ],
  "tags": []
}
`

func TestGolden(t *testing.T) {
	want := document{Base{"k"}, -12, 200, []inner{{"Élise <&> \"Ω\" \\ 東京 \uffff", true}, {}}, nil}
	text, err := canon.Marshal(&want)
	if err != nil || string(text) != golden {
		t.Fatalf("%v\n%s", err, text)
	}
	var got document
	if err := canon.Unmarshal([]byte(golden), &got); err != nil {
		t.Fatal(err)
	}
	if got.Count != -12 || got.Items[0] != want.Items[0] {
		t.Errorf("%+v", got)
	}
}

func TestRefusals(t *testing.T) {
	replace := func(old, new string) string { return strings.Replace(golden, old, new, 1) }
	for name, c := range map[string]struct{ text, says string }{
		"empty":             {"", "empty"},
		"unknown key":       {replace(`"count"`, `"number"`), `"number" is unknown`},
		"other case":        {replace(`"count"`, `"Count"`), "line 3"},
		"doubled key":       {replace(`  "small": 200,`, "  \"small\": 200,\n  \"small\": 200,"), "line 5"},
		"missing key":       {replace("  \"small\": 200,\n", ""), "line 4"},
		"reordered":         {replace("  \"count\": -12,\n  \"small\": 200,\n", "  \"small\": 200,\n  \"count\": -12,\n"), "line 3"},
		"null for list":     {replace("[]", "null"), "line 15"},
		"null for string":   {replace(`""`, "null"), "line 11"},
		"exponent":          {replace("200", "2e2"), "line 4"},
		"fraction":          {replace("-12", "-12.0"), "line 3"},
		"negative zero":     {replace("-12", "-0"), "line 3"},
		"leading zero":      {replace("200", "0200"), "line 4 is not JSON"},
		"too large":         {replace("200", "256"), "line 4"},
		"string for number": {replace("200", `"200"`), "line 4"},
		"escaped":           {replace("É", `\u00c9`), "line 7"},
		"escaped slash":     {replace("<", `\/`), "line 7"},
		"spacing":           {replace(": 200", ":200"), "line 4"},
		"tab":               {replace("  \"small", "\t\"small"), "U+0009"},
		"carriage return":   {replace("\n", "\r\n"), "U+000D"},
		"no last newline":   {strings.TrimSuffix(golden, "\n"), "exactly one newline"},
		"two last newlines": {golden + "\n", "exactly one newline"},
		"second document":   {golden + golden, "something follows"},
		"trailing bytes":    {golden + "x", "something follows"},
		"truncated":         {golden[:60], "ends in the middle"},
		"byte order mark":   {"\ufeff" + golden, "not JSON"},
		"bad UTF-8":         {replace("É", "\xc9"), "line 7 is not valid UTF-8"},
		"DEL":               {replace("É", "\x7f"), "U+007F"},
		"line separator":    {replace("É", "\u2028"), "U+2028"},
		"deep":              {strings.Repeat("[", 17), "deeper"},
		"an array":          {"[]\n", "line 1"},
		"unknown deep":      {replace("[]", strings.Repeat("[", 15)+strings.Repeat("]", 15)), "line 15"},
	} {
		var d document
		err := canon.Unmarshal([]byte(c.text), &d)
		if !errors.Is(err, canon.ErrNotCanonical) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, expected a word of %q", name, err, c.says)
		}
	}
}

func TestTooLong(t *testing.T) {
	var d document
	if err := canon.Unmarshal(bytes.Repeat([]byte(" "), canon.MaxSize+1), &d); !errors.Is(err, canon.ErrNotCanonical) {
		t.Error(err)
	}
	if _, err := canon.Marshal(&inner{Name: strings.Repeat("x", canon.MaxSize)}); err == nil {
		t.Error("too long a record was written")
	}
}

func TestMarshalRefuses(t *testing.T) {
	for name, v := range map[string]any{
		"bad UTF-8": &inner{Name: "\xff"},
		"newline":   &inner{Name: "a\nb"},
		"separator": &inner{Name: "a\u2029b"},
		"float": &struct {
			X float64 `json:"x"`
		}{1},
		"map": &struct {
			X map[string]int `json:"x"`
		}{map[string]int{}},
		"null": &struct {
			X *inner `json:"x"`
		}{},
		"nameless":    &struct{ X int }{},
		"nil pointer": (*inner)(nil),
	} {
		if text, err := canon.Marshal(v); err == nil {
			t.Errorf("%s was written: %s", name, text)
		}
	}
}

// What is written is read again, and is JSON that encoding/json reads alike.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.String().Filter(func(s string) bool { return canon.CheckString(s) == nil })
		d := document{Base: Base{word.Draw(t, "kind")}, Count: rapid.Int64().Draw(t, "count"), Small: rapid.Uint8().Draw(t, "small"),
			Tags: rapid.SliceOf(word).Draw(t, "tags")}
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			d.Items = append(d.Items, inner{word.Draw(t, "name"), rapid.Bool().Draw(t, "ok")})
		}
		text, err := canon.Marshal(&d)
		if err != nil {
			t.Fatal(err)
		}
		var got, other document
		if err := canon.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &other); err != nil {
			t.Fatal(err)
		}
		if other.Kind != d.Kind || other.Count != d.Count || len(other.Tags) != len(d.Tags) {
			t.Fatalf("%+v, %+v", d, other)
		}
		if bytes.Contains(text, []byte("\n\n")) {
			t.Fatal("an empty line, which would divide a note")
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(golden))
	f.Add([]byte(`{"kind":"k"}`))
	f.Add([]byte("{\n  \"kind\": \"\\u0041\",\n  \"count\": 1e3\n}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var d document
		if canon.Unmarshal(text, &d) != nil {
			return
		}
		again, err := canon.Marshal(&d)
		if err != nil || !bytes.Equal(text, again) {
			t.Fatalf("accepted %q, written %q, %v", text, again, err)
		}
	})
}

func TestKnown(t *testing.T) {
	type pair struct{ A, B int }
	for text, ok := range map[string]bool{
		`{"A":1,"B":2}`: true, " {\n\"B\" : 2 }\n": true, `{"A":1,"C":2}`: false, `{"A":1}]`: false, `{"A":1}}`: false, `{"A":1} {}`: false, `{"A":1} x`: false, "": false, `{"A":`: false,
	} {
		if err := canon.Known([]byte(text), new(pair)); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}
