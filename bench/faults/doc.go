// Package faults is a campaign against casting: roll, urn and portal run as processes of
// their own, on embedded files and on two PostgreSQL servers, voters come through package
// voters, and meanwhile processes are killed (at random, and exactly at each step of a
// vote), servers of databases are stopped at once, connections are refused, cut, reset,
// delayed and slowed, answers are lost after the commit, and requests arrive twice. All of it is
// drawn from a seed, and counted.
//
// What must hold afterwards is docs/protocol.md, section 12: in every urn ballots are marks
// are receipts, none lost and none twice; every voter knows how he stands; nobody is
// between roll and urn for longer than the reconciler's period, and nobody after the
// close; every checkpoint that any voter has seen is of a beginning of the final log; and the
// election is closed, counted and audited.
//
// Nothing in the product knows of it: a step is known by the bytes that pass on a wire, on
// which somebody stands who may kill. It has tests only; `make faults` runs all of it.
package faults
