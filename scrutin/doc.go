// Package scrutin is the record of one vote: the manifest that says before
// anything else what the vote is, the opening record that fixes its keys, the
// acts by which the bureau runs it, the statements of mixers, issuers, roll and
// key holders, and the result. It follows sections 3, 9 and 11 to 13 of
// docs/protocol.md, for the décret 2009-525, articles R. 176-3 and following of the
// code électoral, and R. 211-503 and following of the code général de la fonction
// publique.
//
// Every record has one canonical text (package canon). A Parse function accepts a
// text if and only if it is the canonical text of a well-formed record, and
// the record's Text gives the same bytes again. Signatures are those of signed
// notes (package note). The package computes no proof: points and scalars are
// checked to be canonical encodings, no more.
package scrutin
