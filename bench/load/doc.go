// Package load is a generator of voters: it opens a demonstration with thousands of
// electors, serves it in a process of its own, and has them vote over HTTP (package
// voters). It measures what each of them waits for, may kill the server in the middle,
// and counts in the end whether ballots, marks and the receipts that voters hold are the
// same.
//
// What it measures is the server, on the machine that both share: what the generator
// itself takes of it is said beside. Codes are stretched before the clock starts, since
// argon2id on two thousand devices would be all that the generator's processors do.
package main
