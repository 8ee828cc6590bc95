package sqlite

// Every key begins with organisation and scrutin. channels is the list with one
// space between; times are seconds since 1970; chain is the hash of the link; a row of pair
// is where an elector stands in a companion, by its number in the manifest; one of staged
// is an elector whom an amendment under way adds, strikes off or bars (change, package
// roll/inspection), one of struck an elector whom an amendment struck off. mac and counted tie rows to the service (package roll/inspection).
const schema = `
CREATE TABLE IF NOT EXISTS elector (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL,
	reference TEXT NOT NULL, station TEXT NOT NULL, college TEXT NOT NULL, country TEXT NOT NULL, language TEXT NOT NULL,
	channels TEXT NOT NULL, born TEXT NOT NULL, family TEXT NOT NULL, given TEXT NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS elector_reference ON elector (organisation, scrutin, reference);
CREATE TABLE IF NOT EXISTS pair (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL, companion INTEGER NOT NULL,
	in_urn INTEGER NOT NULL, in_number INTEGER NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number, companion)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS pair_in ON pair (organisation, scrutin, companion, in_urn, in_number);
CREATE TABLE IF NOT EXISTS login (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL, issuer INTEGER NOT NULL,
	generation INTEGER NOT NULL, point BLOB NOT NULL, masked BLOB NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number, issuer)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, id BLOB NOT NULL, challenge BLOB NOT NULL,
	urn INTEGER NOT NULL, number INTEGER NOT NULL, begun INTEGER NOT NULL, expires INTEGER NOT NULL, extensions INTEGER NOT NULL,
	proved INTEGER NOT NULL, tries INTEGER NOT NULL, code BLOB NOT NULL, code_expires INTEGER NOT NULL,
	PRIMARY KEY (organisation, scrutin, id)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS session_challenge ON session (organisation, scrutin, challenge);
CREATE INDEX IF NOT EXISTS session_number ON session (organisation, scrutin, urn, number);
CREATE INDEX IF NOT EXISTS session_expires ON session (organisation, scrutin, expires);
CREATE TABLE IF NOT EXISTS untold (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservation (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL,
	signature BLOB NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL,
	token BLOB NOT NULL, since INTEGER NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mark (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, sequence INTEGER NOT NULL,
	number INTEGER NOT NULL, time INTEGER NOT NULL, chain BLOB NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, sequence)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS mark_number ON mark (organisation, scrutin, urn, number);
CREATE TABLE IF NOT EXISTS staged (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL,
	amendment INTEGER NOT NULL, change INTEGER NOT NULL, reference TEXT NOT NULL, station TEXT NOT NULL, college TEXT NOT NULL, country TEXT NOT NULL, language TEXT NOT NULL,
	channels TEXT NOT NULL, born TEXT NOT NULL, family TEXT NOT NULL, given TEXT NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS struck (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, number INTEGER NOT NULL, amendment INTEGER NOT NULL, mac BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counted (organisation TEXT NOT NULL, scrutin TEXT NOT NULL, urn INTEGER NOT NULL, state BLOB NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn)) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS pair_no_update BEFORE UPDATE ON pair BEGIN SELECT RAISE(ABORT, 'pair is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS pair_no_delete BEFORE DELETE ON pair BEGIN SELECT RAISE(ABORT, 'pair is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS reservation_no_update BEFORE UPDATE ON reservation BEGIN SELECT RAISE(ABORT, 'reservation is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS reservation_no_delete BEFORE DELETE ON reservation BEGIN SELECT RAISE(ABORT, 'reservation is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS struck_no_update BEFORE UPDATE ON struck BEGIN SELECT RAISE(ABORT, 'struck is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS struck_no_delete BEFORE DELETE ON struck BEGIN SELECT RAISE(ABORT, 'struck is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS mark_no_update BEFORE UPDATE ON mark BEGIN SELECT RAISE(ABORT, 'mark is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS mark_no_delete BEFORE DELETE ON mark BEGIN SELECT RAISE(ABORT, 'mark is insert-only'); END;
`
