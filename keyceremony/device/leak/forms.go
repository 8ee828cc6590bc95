package leak

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A Form is one way to write bytes down.
type Form struct {
	Name string
	Text bool // of characters that a form of a page can hold: none of them is a control character
	// Of gives the bytes so written, as they stand in what holds them wherever they begin: base64 has three ways, base32 five, most have one.
	// Empty where there is none.
	Of func([]byte) [][]byte

	whole bool // what it writes of a piece is no piece of what it writes of all
}

// Forms are all, the bytes themselves first.
func Forms() []Form {
	written := append(texts(), Form{Name: "bytes of a text in Latin-1, as UTF-8", Of: one(func(b []byte) string {
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		return string(runes)
	})})
	all := []Form{{Name: "bytes", Of: func(b []byte) [][]byte { return [][]byte{b} }}}
	for _, f := range written {
		all = append(all, f,
			Form{Name: f.Name + ", in UTF-16, little end first", Of: wide(f.Of, binary.LittleEndian), whole: f.whole},
			Form{Name: f.Name + ", in UTF-16, big end first", Of: wide(f.Of, binary.BigEndian), whole: f.whole})
	}
	for _, f := range slices.Clone(all) {
		all = append(all, Form{Name: f.Name + ", backwards", Text: f.Text, whole: f.whole, Of: func(b []byte) [][]byte { return f.Of(reversed(b)) }})
	}
	return all
}

// texts are the ways by characters.
func texts() []Form {
	list := func(format, between string) func([]byte) string {
		return func(b []byte) string {
			words := make([]string, len(b))
			for i, c := range b {
				words[i] = fmt.Sprintf(format, c)
			}
			return strings.Join(words, between)
		}
	}
	all := []Form{{Name: "a number", Text: true, whole: true, Of: one(func(b []byte) string { return new(big.Int).SetBytes(b).String() })}}
	for _, f := range []struct {
		name string
		of   func([]byte) string
	}{
		{"characters", func(b []byte) string {
			if !utf8.Valid(b) {
				return ""
			}
			return string(b)
		}},
		{"hexadecimal digits", hex.EncodeToString},
		{"hexadecimal digits, large", list("%02X", "")},
		{"hexadecimal digits with spaces", list("%02x", " ")},
		{"hexadecimal digits with colons", list("%02x", ":")},
		{"hexadecimal digits, large, with colons", list("%02X", ":")},
		{"hexadecimal digits of a program", list("0x%02x", ", ")},
		{"numbers with spaces", list("%d", " ")},
		{"numbers with commas", list("%d", ",")},
		{"numbers with commas and spaces", list("%d", ", ")},
		{"escapes of JSON", list(`\u%04x`, "")},
		{"escapes of JSON, large", list(`\u%04X`, "")},
		{"a string of JSON", func(b []byte) string { return jsonString(b) }},
		{"escapes of an address", list("%%%02X", "")},
		{"escapes of an address, small", list("%%%02x", "")},
		{"a field of an address", func(b []byte) string { return url.QueryEscape(string(b)) }},
		{"a part of an address", func(b []byte) string { return url.PathEscape(string(b)) }},
		{"a text of HTML", func(b []byte) string {
			if !utf8.Valid(b) {
				return ""
			}
			return html.EscapeString(string(b))
		}},
	} {
		all = append(all, Form{Name: f.name, Text: true, Of: one(f.of)})
	}
	large, small := base32.StdEncoding.WithPadding(base32.NoPadding), base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	return append(all,
		Form{Name: "base64", Text: true, Of: shifted(3, 4, base64.RawStdEncoding.EncodeToString)},
		Form{Name: "base64 of addresses", Text: true, Of: shifted(3, 4, base64.RawURLEncoding.EncodeToString)},
		Form{Name: "base32", Text: true, Of: shifted(5, 8, large.EncodeToString)},
		Form{Name: "base32, small", Text: true, Of: shifted(5, 8, small.EncodeToString)})
}

func one(of func([]byte) string) func([]byte) [][]byte {
	return func(b []byte) [][]byte {
		text := of(b)
		if text == "" {
			return nil
		}
		return [][]byte{[]byte(text)}
	}
}

// shifted are the ways in which an alphabet of groups writes bytes, in bytes and characters of a group, without the characters at
// both ends that what stands beside them changes.
func shifted(bytes, characters int, encode func([]byte) string) func([]byte) [][]byte {
	return func(b []byte) (all [][]byte) {
		bits := 8 * bytes / characters
		for before := range bytes {
			text := encode(slices.Concat(make([]byte, before), b))
			from, to := (8*before+bits-1)/bits, 8*(before+len(b))/bits
			all = append(all, []byte(text[from:to]))
		}
		return all
	}
}

func wide(of func([]byte) [][]byte, order binary.AppendByteOrder) func([]byte) [][]byte {
	return func(b []byte) (all [][]byte) {
		for _, text := range of(b) {
			var out []byte
			for _, unit := range utf16.Encode([]rune(string(text))) {
				out = order.AppendUint16(out, unit)
			}
			all = append(all, out)
		}
		return all
	}
}

func jsonString(b []byte) string {
	if !utf8.Valid(b) {
		return ""
	}
	text, err := json.Marshal(string(b))
	if err != nil {
		return ""
	}
	return string(text[1 : len(text)-1])
}

func reversed(b []byte) []byte {
	out := slices.Clone(b)
	slices.Reverse(out)
	return out
}
