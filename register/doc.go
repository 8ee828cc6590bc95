// Package register is the register of anonymous accounts (docs/accounts.md): cards made
// for an electorate and handed out at random in polling stations, activated by an
// assessor's scan, and taken into use at home. It follows the founding proposal: as many
// accounts as electors, no name, birth date or address anywhere, and a second activation that kills.
//
// What it promises: of a person it holds what stands on a card in somebody's hand and no
// more, and of an account no time. A scan is
// answered the same however often it is sent. A state goes only forward: made, active,
// used, and from each to invalid; the sums of a distribution hold at every moment, and
// once it is finished active and invalid together are what was made. Nobody who has the
// store, its log and its backups can say in which order the cards of one batch of scans
// were activated.
//
// It knows neither the roll nor an urn, and nothing here imports them.
package register
