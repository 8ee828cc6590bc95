package canon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Unmarshal reads the canonical text into v, a pointer to a struct whose fields
// are all zero. Every error wraps ErrNotCanonical and says where the text differs
// and what to do. After an error v is not to be used.
func Unmarshal(text []byte, v any) error {
	if err := shape(text); err != nil {
		return fmt.Errorf("%w: %w", ErrNotCanonical, err)
	}
	if err := Known(text, v); err != nil {
		return fmt.Errorf("%w: %w", ErrNotCanonical, explain(text, err))
	}
	again, err := Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotCanonical, err)
	}
	if !bytes.Equal(text, again) {
		return fmt.Errorf("%w: %w", ErrNotCanonical, difference(text, again))
	}
	return nil
}

// Known reads one JSON value of any layout into v. A key that v does not know is refused,
// and whatever stands behind the value.
func Known(text []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("something follows the document at line %d: remove it", lineAt(text, dec.InputOffset()))
	}
	return nil
}

// shape refuses, before anything is built from it, a text that is too long, too
// deep or not the text of a signed note.
func shape(text []byte) error {
	if len(text) == 0 {
		return errors.New("the file is empty")
	}
	if len(text) > MaxSize {
		return fmt.Errorf("the file has %d bytes, more than the %d allowed", len(text), MaxSize)
	}
	depth, quoted, escaped, line := 0, false, false, 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return fmt.Errorf("line %d is not valid UTF-8: save the file as UTF-8", line)
		case r == '\n':
			line++
		case forbidden(r):
			return fmt.Errorf("line %d holds the control character %U: remove it", line, r)
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted && (r == '{' || r == '['):
			if depth++; depth > MaxDepth {
				return fmt.Errorf("line %d is nested deeper than %d levels", line, MaxDepth)
			}
		case !quoted && (r == '}' || r == ']'):
			depth--
		}
		i += size
	}
	return nil
}

// explain turns an error of encoding/json into a sentence with a line number.
func explain(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d is not JSON (%w): correct it", lineAt(text, syntax.Offset), err)
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: %q cannot be a %s: write the kind of value that the documentation gives", lineAt(text, kind.Offset), kind.Field, kind.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the file ends in the middle: take a whole copy")
	}
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("the key %s is unknown here: remove it or correct its spelling", key)
	}
	return err
}

// difference names the first line in which the text differs from its canonical form.
func difference(text, want []byte) error {
	got, exp := bytes.Split(text, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(got), len(exp)) {
		if !bytes.Equal(got[i], exp[i]) {
			return fmt.Errorf("line %d is written %s where %s is expected: write keys in their order, all of them, each once, with the spacing of the documentation",
				i+1, quote(got[i]), quote(exp[i]))
		}
	}
	return fmt.Errorf("the file has %d lines where %d are expected: end it with exactly one newline", len(got), len(exp))
}

func quote(line []byte) string {
	const most = 80
	if len(line) > most {
		return fmt.Sprintf("%q…", line[:most])
	}
	return fmt.Sprintf("%q", line)
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}
