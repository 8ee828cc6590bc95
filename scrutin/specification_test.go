package scrutin_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"isoloir/scrutin"
)

// shape writes the keys of a type as section 3.5 of the protocol does.
func shape(t reflect.Type) string {
	var out []string
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("json")
		if f.Anonymous || !f.IsExported() || name == "record" || name == "manifest" || name == "opening" {
			continue
		}
		switch {
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			name += "[" + shape(f.Type.Elem()) + "]"
		case f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Array && f.Type.Elem().Kind() == reflect.Array:
			name += "[]"
		case f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[scrutin.Time]():
			name += "{" + shape(f.Type) + "}"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// The specification lists the keys of every record, in their order.
func TestSpecification(t *testing.T) {
	doc, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for kind, r := range examples() {
		line := "- `" + kind + "`: `" + shape(reflect.TypeOf(r).Elem()) + "`"
		if !strings.Contains(string(doc), line+"\n") {
			t.Errorf("docs/protocol.md lacks the line\n%s", line)
		}
	}
}
