package group_test

import (
	"errors"
	"fmt"
	"testing"

	"isoloir/crypto/group"
)

// TestScalarsAreNotPrinted prints a scalar in all the ways in which one slips into a
// log.
func TestScalarsAreNotPrinted(t *testing.T) {
	x := group.RandomScalar()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%o", "%b", "%U", "%64v"} {
		if got := fmt.Sprintf(verb, x); got != "scalar" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	type fragment struct {
		Clause string
		Value  group.Scalar
	}
	for _, c := range []struct {
		value any
		want  string
	}{
		{&x, "scalar"},
		{[]group.Scalar{x, x}, "[scalar scalar]"},
		{map[string]group.Scalar{"x": x}, "map[x:scalar]"},
		{fragment{"a", x}, "{a scalar}"},
		{&fragment{"a", x}, "&{a scalar}"},
		{errors.Join(fmt.Errorf("no key for %v", x)), "no key for scalar"},
	} {
		if got := fmt.Sprint(c.value); got != c.want {
			t.Errorf("%T prints %s", c.value, got)
		}
	}
}
