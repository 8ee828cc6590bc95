// Package mixte computes a scrutin mixte: a decision on which the elected members vote and, beside them, the citizens
// who wish to. A citizen who votes directly takes back, from whoever was elected to represent him, the part that is his.
// "Scrutin mixte" is the name that the founding proposal gives it in French; English has none, so the code keeps it.
//
// It follows docs/mixte.md, which defines every weight and works out examples. Weights are exact rationals, never
// floating-point numbers; percentages are made for the eye alone. Nothing here is cryptographic: the citizens' ballots
// come counted, from an opened urn (FromResult), a table (Groups.ReadCSV) or signed minutes.
//
// It promises that what it accepts adds up: every ballot counted is one that an electorate's citizens cast, every seat
// is there once, and the weights together are those of the members present, plus, where the sealed rule counts them,
// those that citizens took from seats whose member is absent.
package mixte
