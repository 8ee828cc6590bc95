package sqlite

// Times are seconds since 1970. lookup is the address in the form in which it is
// looked for. deposited is the highest generation whose deposit is with the roll, -1
// for none. A row of pair is who an elector is in a companion, by its number in the
// manifest. A row of asked is a request for a new code, urn and number those of the first
// elector whom its address reaches, -1 for nobody; of begun, one renewal of the last
// hour, of whomever. due is when a pending message may be claimed, which is after a lease.
const schema = `
CREATE TABLE IF NOT EXISTS person (urn INTEGER NOT NULL, number INTEGER NOT NULL,
	reference TEXT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL, lookup TEXT NOT NULL, language TEXT NOT NULL,
	country TEXT NOT NULL, generation INTEGER NOT NULL, deposited INTEGER NOT NULL,
	PRIMARY KEY (urn, number)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS person_reference ON person (reference);
CREATE INDEX IF NOT EXISTS person_lookup ON person (lookup);
CREATE INDEX IF NOT EXISTS person_undeposited ON person (urn, number) WHERE deposited < generation;
CREATE TABLE IF NOT EXISTS pair (companion INTEGER NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL, in_urn INTEGER NOT NULL, in_number INTEGER NOT NULL,
	PRIMARY KEY (companion, urn, number)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS pair_in ON pair (companion, in_urn, in_number);
CREATE TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY, desk INTEGER NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS begun (id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS message (kind TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL, generation INTEGER NOT NULL,
	name TEXT NOT NULL, channel TEXT NOT NULL, operator TEXT NOT NULL, country TEXT NOT NULL,
	state TEXT NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL,
	PRIMARY KEY (kind, urn, number, generation)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS message_name ON message (name);
CREATE INDEX IF NOT EXISTS message_person ON message (urn, number);
CREATE INDEX IF NOT EXISTS message_due ON message (channel, due) WHERE state = 'pending';
`
