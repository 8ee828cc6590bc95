// Package account makes the anonymous accounts of a scrutin.
//
// Enrolment: two issuers each draw one half of every elector's secret and
// publish the halves' public keys with one proof that they know all of them,
// so that neither can vote for anybody and nobody enrols a key derived from
// another's. Anonymisation: mixers of distinct parties in turn raise all keys
// of an urn to one secret power and permute them (Haenni and Spycher 2011),
// with a proof (Haenni, Locher, Koenig and Dubuis 2017); the urn knows the last
// keys, which sign ballots, and nobody short of all mixers can say whose is
// whose. Sections 5 and 6 of docs/protocol.md lay both down.
//
// What it promises: the keys that open an urn are as many as its electors,
// distinct over the whole scrutin, each the power, by one exponent per urn that
// nobody knows, of exactly one enrolled key. It works on lists of keys over a
// generator, from a roll or from cards alike, and knows no name.
package account
