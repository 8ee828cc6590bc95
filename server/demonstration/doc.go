// Package demonstration prepares a scrutin to try the portal on, and takes it to its end: an invented local election with all its parties,
// each of whom acts by his own code (package replay/parties), laid out in directories as package server serves them.
//
// It is no vote. Under demo/ lie the keys of everybody who would never be in one place: holders' media with their passphrases, mixers,
// witnesses, and the messages that electors would have got. Its manifest is that of a rehearsal, its clock can be put forward to the close, and
// the command says so. It promises that all the rest is what a real scrutin would be: acts in their order under signatures, codes derived
// and deposited, the record that an auditor verifies.
package demonstration
