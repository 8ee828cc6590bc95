// Package space is an organisation at work on its consultations (docs/consultations.md):
// its staff and its elected members, the drafts that they write, documents and pictures,
// arguments, positions and public votes; and the sealed manifest that a draft becomes on
// the register of accounts and the standing bureau's keys.
//
// What it promises. A space sees itself alone: every key of its store begins with the
// organisation, and every method takes it. A draft may be changed in everything; once it
// is sealed nothing that a vote means can, and what can is changed by an act that says who
// and why. A draft that is complete becomes a manifest, the same bytes whoever makes it
// again. A picture is decoded and stored anew, so that nothing of the file that came stays.
// It knows no account, no elector and no ballot.
package space
