// Package story is the bureau's work as its members live it, tests alone: real servers, real browsers with an authenticator each, and the holders'
// own tool. One test shows that no secret of a holder reaches the bureau's server during a key ceremony, a signature and an opening: all traffic, all
// its memory and all its files are searched (package keyceremony/device/leak), and planted secrets are found there. The other, make story, takes one
// election from its constitution to the archive, each act proposed, signed and written on the members' pages.
package story
