// Package journal is the bureau's journal: what happened in its sessions and between them, as statements that their authors have signed, each in
// its place of one chain (docs/bureau.md, section 2; for the registers of arrêté of 2024, art. 28 to 31, and décret 2009-525, art. 12 and 21).
//
// A statement is a record like all others (package scrutin): canonical JSON, signed by its author alone with the key that the manifest names: a
// member with his own, the service with the platform's key of contents. An entry gives it number and time, and a head that stands for everything
// up to it. A member's statement says which head he saw.
//
// What it promises. ParseStatement accepts a text if and only if it is the canonical one. An entry is never changed or taken away, and a
// statement enters once, whoever sends it again. Whoever changes, removes or reorders entries afterwards contradicts the next statement of any
// member, and Verify says between which two entries. Engines (packages sqlite and postgres) only add rows. The journal holds no ballot and no
// code; of electors only what somebody typed into an observation.
package journal
