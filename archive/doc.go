// Package archive is what a bureau keeps under seal as one file: the sealed export with what followed it, the bureau's dossier, the specification
// and a page that leads a reader, in bytes that follow from what is in it (docs/archive.md; décret 2009-525, art. 22; CNIL, objective 1-11).
//
// It promises: whoever makes it of the same record and dossier gets the same bytes; a reader accepts these bytes and no other form, reads files
// where they stand and puts nothing on a disk; and what is not listed, or is not what the list says, is refused.
package archive

import (
	"errors"

	"isoloir/archive/ustar"
)

// Refusals of a file that is no archive of ours, wrapped in a sentence.
var (
	ErrForm = ustar.ErrForm
	ErrKept = errors.New("this archive does not hold what it lists")
)

// What stands in an archive beside the folders.
const (
	Sums          = "SHA256SUMS"
	Index         = "index.html"
	KeptList      = "kept.json"
	Software      = "software.txt"
	Specification = "specification/protocol.md"
)

// Folders of an archive.
const (
	exportDir      = "export/"
	dossierDir     = "dossier/"
	certificateDir = "certificates/"
)
