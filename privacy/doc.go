// Package privacy says what is kept of people, whose it is, why, and for how long: the register of processings (RGPD, article 30), the
// retention table (article 5(1)(e)) and the impact assessment (article 35, in the order of the CNIL's method), drawn for one scrutin from its
// manifest and from one description of every column of every store, kept.yaml.
//
// It promises: each column of a schema is described, and nothing is described that no schema has, since a test reads the schemas; no document
// says that there is no personal data, nor fills in what only the controller knows: those lines stay open, and say so.
package privacy
