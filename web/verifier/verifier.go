// Package verifier holds the second verifier of an export: a page that one opens from a
// disk, without a network, and drops an archive into. It recomputes everything that
// [isoloir/audit] does, under the same numbers, and shares no line of Go with it: its
// sources stand here, plain scripts whose types are checked, over the small modules of
// the voters' client for bytes, records, notes and transcripts.
//
// It follows docs/protocol.md; how its answers are compared with the auditor's is said
// in docs/verifier.md.
//
// What it promises: the page is what the sources give, byte for byte, and by its own
// policy can reach nothing but the files that its reader gives it. A check that was not
// made is shown as such, and refuses.
package verifier

import (
	"crypto/sha256"
	_ "embed"
)

//go:embed dist/verifier.html
var page []byte

// Page is the whole page.
func Page() []byte { return append([]byte(nil), page...) }

// Digest is the SHA-256 of the page, by which anybody knows that he has this one.
func Digest() [32]byte { return sha256.Sum256(page) }
