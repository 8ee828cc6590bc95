// Package isoloir is the house of an electronic vote: who holds the election key leaves with one fragment of it, devices encrypt and sign, roll and
// urn know nothing of each other, several parties mix, a quorum opens, and whoever has the sealed export verifies all of it again. README.md
// has the rooms, from the ground floor; docs/protocol.md is the specification of everything that is sealed.
//
// Nothing is built here. Its tests keep the house: which rooms use which, what documents say of tests, how long a file may be.
package isoloir
