package sqlite

import "strings"

// Every key begins with organisation and scrutin. half is a byte 1 or 2 and the
// 32 bytes of a c1 or c2. A pending row is named by the keyed tag of its ballot's
// hash: who has the hash finds it while its key lives, and by nothing else. mac and
// counted tie rows to the service (package urn/inspection).
const tables = `
CREATE TABLE IF NOT EXISTS opened (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS closed (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch_key (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, number INTEGER NOT NULL, name BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, token BLOB NOT NULL, fate INTEGER NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, token)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ballot (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, account BLOB NOT NULL, counter INTEGER NOT NULL, hash BLOB NOT NULL, position INTEGER NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, account, counter)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS ballot_hash ON ballot (organisation, scrutin, hash);
CREATE TABLE IF NOT EXISTS half (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, half BLOB NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, half)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leaf (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, position INTEGER NOT NULL, leaf BLOB NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, position)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS head (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, peaks BLOB NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL, note BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, tag BLOB NOT NULL, urn INTEGER NOT NULL, box BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, tag)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_tag (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, tag BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, tag)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS challenge (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, name BLOB NOT NULL, record BLOB NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, name)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS contested (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, name BLOB NOT NULL, code BLOB NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, name)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counted (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, state BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn)) STRICT, WITHOUT ROWID;
`

var schema = tables + insertOnly("opened", "closed", "batch_key", "spent", "ballot", "half", "leaf", "head", "checkpoint", "challenge", "contested")

// insertOnly makes the triggers that refuse to change or delete a row.
func insertOnly(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		for _, verb := range []string{"UPDATE", "DELETE"} {
			b.WriteString("CREATE TRIGGER IF NOT EXISTS " + name + "_no_" + strings.ToLower(verb) + " BEFORE " + verb + " ON " + name +
				" BEGIN SELECT RAISE(ABORT, '" + name + " is insert-only'); END;\n")
		}
	}
	return b.String()
}
