// Package audit verifies a sealed export: whoever has the directory recomputes all
// that it states, from the key ceremony to the table of results, and trusts none of
// the programs that made it (docs/protocol.md, sections 13 to 16).
//
// It promises that the export holds only if every numbered check has passed for
// everything that it is made per; that a fault of the export is a finding and never
// an error; and that nothing is read but the export. What comes from outside, the
// fingerprint and the witnesses' keys, makes a consistent export an authentic one.
//
// Points and proofs are judged in pieces, each by itself, in this process or
// anywhere: the report is the same.
package audit
