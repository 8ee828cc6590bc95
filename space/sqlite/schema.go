package sqlite

const schema = `
CREATE TABLE IF NOT EXISTS organisation (organisation TEXT NOT NULL PRIMARY KEY, text BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS person (organisation TEXT NOT NULL, id TEXT NOT NULL, label TEXT NOT NULL, role TEXT NOT NULL, constituency TEXT NOT NULL, ended INTEGER NOT NULL, PRIMARY KEY (organisation, id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (organisation TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (organisation, kind, name)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS consultation (organisation TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL, revision INTEGER NOT NULL, draft BLOB NOT NULL, fingerprint BLOB NOT NULL, PRIMARY KEY (organisation, id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS act (organisation TEXT NOT NULL, consultation TEXT NOT NULL, number INTEGER NOT NULL, seconds INTEGER NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (organisation, consultation, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (organisation TEXT NOT NULL, digest BLOB NOT NULL, media TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (organisation, digest)) STRICT;
CREATE TABLE IF NOT EXISTS argument (organisation TEXT NOT NULL, consultation TEXT NOT NULL, number INTEGER NOT NULL, author TEXT NOT NULL, name TEXT NOT NULL, side TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, signed BLOB NOT NULL, PRIMARY KEY (organisation, consultation, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signature (organisation TEXT NOT NULL, consultation TEXT NOT NULL, argument INTEGER NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, signed BLOB NOT NULL, PRIMARY KEY (organisation, consultation, argument, person)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS position (organisation TEXT NOT NULL, consultation TEXT NOT NULL, person TEXT NOT NULL, question INTEGER NOT NULL, version INTEGER NOT NULL, position TEXT NOT NULL, reasons TEXT NOT NULL, seconds INTEGER NOT NULL, PRIMARY KEY (organisation, consultation, person, question, version)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS public_vote (organisation TEXT NOT NULL, consultation TEXT NOT NULL, person TEXT NOT NULL, question INTEGER NOT NULL, version INTEGER NOT NULL, vote TEXT NOT NULL, entered_by TEXT NOT NULL, seconds INTEGER NOT NULL, PRIMARY KEY (organisation, consultation, person, question, version)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS registration (organisation TEXT NOT NULL, id TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, born TEXT NOT NULL, constituency TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL, decided_by TEXT NOT NULL, reason TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (organisation, id)) STRICT, WITHOUT ROWID;
`
