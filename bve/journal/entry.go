package journal

import (
	"crypto/sha256"
	"encoding/binary"

	"isoloir/scrutin"
)

// An Entry is a statement in its place.
type Entry struct {
	Number int          // from 1
	Time   scrutin.Time // of the service, in whole seconds; never before that of the entry before
	Note   []byte       // the signed statement
	Text   scrutin.Digest
	Head   scrutin.Digest // stands for this entry and all before it
	Saw    int            // the number of the last entry that its author saw; 0 for none

	Statement *Statement
}

// A Place is what the end of a journal is: how many entries, the last one's head and time. The zero value is that of an empty one.
type Place struct {
	Number int
	Head   scrutin.Digest
	Time   scrutin.Time
}

// Next is the head after the entry that puts a note at the place behind p, at a time.
func (p Place) Next(at scrutin.Time, note []byte) scrutin.Digest {
	digest := sha256.Sum256(note)
	h := sha256.New()
	h.Write([]byte(scrutin.Version + "/journal"))
	h.Write(p.Head[:])
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(p.Number)+1))
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(at.Unix())))
	h.Write(digest[:])
	return scrutin.Digest(h.Sum(nil))
}

// Place is that of the journal which ends with e.
func (e *Entry) Place() Place { return Place{e.Number, e.Head, e.Time} }
