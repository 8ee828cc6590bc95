// Package docs carries the texts that the procedure itself refers to, so that the record names the exact specification it follows.
package docs

import _ "embed"

// Protocol is the specification, docs/protocol.md. The opening record fixes its SHA-256.
//
//go:embed protocol.md
var Protocol []byte
