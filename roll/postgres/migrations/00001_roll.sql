-- +goose Up
-- Every key begins with organisation and scrutin. channels is the list with one space between; times are seconds since 1970; chain is
-- the hash of the link. A row of held is τ sealed under the key of the batch. The row of batch is the turn that writers of a scrutin take.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO roll_service;
GRANT SELECT ON goose_db_version TO roll_service;

CREATE TABLE imported (organisation text NOT NULL, scrutin text NOT NULL, name bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin));
CREATE TABLE elector (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL,
	reference text NOT NULL, station text NOT NULL, college text NOT NULL, country text NOT NULL, language text NOT NULL,
	channels text NOT NULL, born text NOT NULL, family text NOT NULL, given text NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number));
CREATE UNIQUE INDEX elector_reference ON elector (organisation, scrutin, reference);
CREATE TABLE login (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL, issuer int2 NOT NULL CHECK (issuer IN (0, 1)),
	generation int8 NOT NULL, point bytea NOT NULL CHECK (octet_length(point) = 32), masked bytea NOT NULL CHECK (octet_length(masked) = 32),
	PRIMARY KEY (organisation, scrutin, urn, number, issuer));
CREATE TABLE session (organisation text NOT NULL, scrutin text NOT NULL, id bytea NOT NULL CHECK (octet_length(id) = 32), challenge bytea NOT NULL CHECK (octet_length(challenge) = 16),
	urn int4 NOT NULL, number int8 NOT NULL, begun int8 NOT NULL, expires int8 NOT NULL, extensions int2 NOT NULL,
	proved int2 NOT NULL, tries int2 NOT NULL, code bytea NOT NULL, code_expires int8 NOT NULL,
	PRIMARY KEY (organisation, scrutin, id));
CREATE UNIQUE INDEX session_challenge ON session (organisation, scrutin, challenge);
CREATE INDEX session_number ON session (organisation, scrutin, urn, number);
CREATE TABLE untold (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number));
CREATE TABLE reservation (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL,
	signature bytea NOT NULL CHECK (octet_length(signature) = 64),
	PRIMARY KEY (organisation, scrutin, urn, number));
CREATE TABLE held (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL, box bytea NOT NULL, since int8 NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number));
CREATE TABLE mark (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, sequence int8 NOT NULL,
	number int8 NOT NULL, time int8 NOT NULL, chain bytea NOT NULL CHECK (octet_length(chain) = 32),
	PRIMARY KEY (organisation, scrutin, urn, sequence));
CREATE UNIQUE INDEX mark_number ON mark (organisation, scrutin, urn, number);
CREATE TABLE batch (organisation text NOT NULL, scrutin text NOT NULL, number int8 NOT NULL, key bytea NOT NULL CHECK (octet_length(key) = 16),
	PRIMARY KEY (organisation, scrutin));

-- No sample of these is kept in the server's statistics.
ALTER TABLE held ALTER COLUMN box SET STATISTICS 0;
ALTER TABLE session ALTER COLUMN id SET STATISTICS 0, ALTER COLUMN code SET STATISTICS 0;

-- +goose StatementBegin
CREATE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON imported FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON elector FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reservation FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mark FOR EACH STATEMENT EXECUTE FUNCTION insert_only();

GRANT SELECT, INSERT ON imported, elector, reservation, mark TO roll_service;
GRANT SELECT, INSERT, DELETE ON held, untold TO roll_service;
GRANT SELECT, INSERT, UPDATE (generation, point, masked) ON login TO roll_service;
GRANT SELECT, INSERT, DELETE, UPDATE (expires, extensions, proved, tries, code, code_expires) ON session TO roll_service;
GRANT SELECT, INSERT, UPDATE (number, key) ON batch TO roll_service;
