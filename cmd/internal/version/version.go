// Package version says which program runs: the release that it is of, what it was built with, and the digest of its file, by which anybody finds
// it in the list of a release, in an opening record, or beside what he built himself (docs/build.md).
package version

import (
	"fmt"
	"io"
	"runtime"

	"isoloir/record"
)

// Release is the release that these sources are of.
const Release = "0.1.0"

// Write writes three lines: the command with its release, the toolchain with the system it builds for, and the SHA-256 of the running file in
// hexadecimal digits.
func Write(w io.Writer, command string) error {
	digest, err := record.Software()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s %s\n%s %s/%s\nsha256 %s\n", command, Release, runtime.Version(), runtime.GOOS, runtime.GOARCH, digest)
	return err
}
