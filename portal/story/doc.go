// Package story is the bureau's work as its members live it, tests alone: real servers, real browsers with an authenticator each, and the holders'
// own tool. One test shows that no secret of a holder reaches a server during a key ceremony, a signature and an opening: all traffic, all
// memory and all files of the servers are searched (package keyceremony/device/leak), and planted secrets are found there.
package story
