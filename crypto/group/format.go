package group

import (
	"fmt"
	"io"
)

// Format hides the scalar from every verb of package fmt, since most scalars are
// secrets: in whatever is printed, logged or wrapped in an error, it is a word. Its
// value is had from Bytes alone.
func (Scalar) Format(f fmt.State, _ rune) { io.WriteString(f, "scalar") }
