// Package replay runs a whole scrutin in one process, every party by its own code: it makes the manifest from a public result, holds the key
// ceremony, enrols and anonymises, opens, casts every ballot through the real acceptance path, closes, seals, mixes, opens the urn and
// exports. It is what `isoloir demo` and `isoloir simulate` do.
//
// It promises that the result comes from the opened urn and from nothing else: the file that is replayed gives the choices, the count never
// sees it again. Only the order and the attribution of choices follow the seed; keys and coins never do.
package replay
