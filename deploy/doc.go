// Package deploy holds what an operator starts from: systemd units, a compose file, nftables rules, a proxy with two of each role behind it, alerts
// and a dashboard. docs/operations.md says how they are meant, and what of them was only looked at by a parser. Of a Vault's
// policies docs/custody.md does. The tests of this folder hold them
// to what they promise: roll and urn have no user, directory, volume, network, secret or machine in common, nothing listens where nobody is to
// ask, and every metric that an alert or a panel names exists.
package deploy
