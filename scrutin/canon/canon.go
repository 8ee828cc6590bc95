// Package canon is the canonical JSON of the records: the one text that stands
// for a document, so that a signature or a digest of the text is one of the
// document.
//
// The form. An object is a Go struct: its keys in the order of the fields, all
// of them present; an array is a slice. Two spaces of indent for each level, one
// space after a colon, one line for each key and each element, "{}" and "[]" when
// empty, one newline at the end. Numbers are whole, in decimal, without sign for
// zero, leading zeros or exponent. Strings are UTF-8 in which only the quotation
// mark and the backslash are escaped, each by one backslash; control characters,
// U+2028 and U+2029 do not occur. There is no null and no floating-point number.
//
// Unmarshal is strict: it reads a document, writes again what it understood, and
// refuses the text if one byte differs. Unknown, missing, doubled or reordered
// keys, other spacing and other forms of a number or string never pass.
// Every accepted text is also legal as the text of a signed note (package note).
package canon

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSize is the longest text accepted, in bytes.
const MaxSize = 32 << 20

// MaxDepth is the deepest nesting of objects and arrays accepted.
const MaxDepth = 16

// ErrNotCanonical is wrapped by every refusal of a text by Unmarshal.
var ErrNotCanonical = errors.New("not a canonical record")

// Marshal returns the canonical text of v, a struct or a pointer to one. It
// fails when v holds a string that no canonical text can hold, or a type outside
// struct, slice, array, string, bool, integers and encoding.TextMarshaler: the
// latter is written as a string.
func Marshal(v any) ([]byte, error) {
	e := &encoder{}
	if err := e.value(reflect.ValueOf(v), 0); err != nil {
		return nil, err
	}
	e.buf = append(e.buf, '\n')
	if len(e.buf) > MaxSize {
		return nil, fmt.Errorf("the record has %d bytes, more than the %d allowed: divide it", len(e.buf), MaxSize)
	}
	return e.buf, nil
}

type encoder struct {
	buf []byte
}

func (e *encoder) value(v reflect.Value, depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("the record is nested deeper than %d levels", MaxDepth)
	}
	if !v.IsValid() {
		return errors.New("a record cannot hold null")
	}
	if v.Kind() != reflect.Pointer {
		if m, ok := v.Interface().(encoding.TextMarshaler); ok {
			text, err := m.MarshalText()
			if err != nil {
				return err
			}
			return e.str(string(text))
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return e.value(v.Elem(), depth)
	case reflect.Struct:
		return e.object(v, depth)
	case reflect.Slice, reflect.Array:
		return e.list(v.Len(), depth, '[', ']', func(i int) error { return e.value(v.Index(i), depth+1) })
	case reflect.String:
		return e.str(v.String())
	case reflect.Bool:
		e.buf = strconv.AppendBool(e.buf, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.buf = strconv.AppendInt(e.buf, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		e.buf = strconv.AppendUint(e.buf, v.Uint(), 10)
	default:
		return fmt.Errorf("a record cannot hold a value of type %s", v.Type())
	}
	return nil
}

func (e *encoder) object(v reflect.Value, depth int) error {
	fields := reflect.VisibleFields(v.Type())
	kept := fields[:0]
	for _, f := range fields {
		if f.IsExported() && !f.Anonymous && f.Tag.Get("json") != "-" {
			kept = append(kept, f)
		}
	}
	return e.list(len(kept), depth, '{', '}', func(i int) error {
		f := kept[i]
		name := f.Tag.Get("json")
		if name == "" {
			return fmt.Errorf("field %s of %s has no json name", f.Name, v.Type())
		}
		if err := e.str(name); err != nil {
			return err
		}
		e.buf = append(e.buf, ": "...)
		if err := e.value(v.FieldByIndex(f.Index), depth+1); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

func (e *encoder) list(n, depth int, open, end byte, item func(int) error) error {
	e.buf = append(e.buf, open)
	for i := range n {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.newline(depth + 1)
		if err := item(i); err != nil {
			return err
		}
	}
	if n > 0 {
		e.newline(depth)
	}
	e.buf = append(e.buf, end)
	return nil
}

func (e *encoder) newline(depth int) {
	e.buf = append(e.buf, '\n')
	for range depth {
		e.buf = append(e.buf, "  "...)
	}
}

func (e *encoder) str(s string) error {
	if err := CheckString(s); err != nil {
		return err
	}
	e.buf = append(e.buf, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			e.buf = append(e.buf, '\\')
		}
		e.buf = append(e.buf, s[i])
	}
	e.buf = append(e.buf, '"')
	return nil
}

// CheckString says why s cannot stand in a canonical text: it is not UTF-8, or
// holds a control character or a line separator.
func CheckString(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%q is not valid UTF-8: save the text as UTF-8", s)
	}
	if i := strings.IndexFunc(s, forbidden); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return fmt.Errorf("%q holds the control character %U: remove it", s, r)
	}
	return nil
}

func forbidden(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}
