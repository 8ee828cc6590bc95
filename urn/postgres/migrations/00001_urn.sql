-- +goose Up
-- Every key begins with organisation and scrutin. half is a byte 1 or 2 and the 32 bytes of a c1 or c2. A pending row is named by the
-- keyed tag of its ballot's hash. The row of batch is the turn that writers of a scrutin take, and names the key of what is pending.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO urn_service;
GRANT SELECT ON goose_db_version TO urn_service;

CREATE TABLE opened (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn));
CREATE TABLE closed (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn));
CREATE TABLE spent (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL,
	token bytea NOT NULL CHECK (octet_length(token) = 32), fate int2 NOT NULL CHECK (fate IN (1, 2)),
	PRIMARY KEY (organisation, scrutin, urn, token));
CREATE TABLE ballot (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL,
	account bytea NOT NULL CHECK (octet_length(account) = 32), counter int8 NOT NULL, hash bytea NOT NULL CHECK (octet_length(hash) = 32), position int8 NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, account, counter));
CREATE UNIQUE INDEX ballot_hash ON ballot (organisation, scrutin, hash);
CREATE TABLE half (organisation text NOT NULL, scrutin text NOT NULL, half bytea NOT NULL CHECK (octet_length(half) = 33),
	PRIMARY KEY (organisation, scrutin, half));
CREATE TABLE leaf (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, position int8 NOT NULL, leaf bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, position));
CREATE TABLE head (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL, size int8 NOT NULL, peaks bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number));
CREATE TABLE checkpoint (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL, note bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number));
CREATE TABLE pending (organisation text NOT NULL, scrutin text NOT NULL, tag bytea NOT NULL CHECK (octet_length(tag) = 16), urn int4 NOT NULL, box bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, tag));
CREATE TABLE pending_tag (organisation text NOT NULL, scrutin text NOT NULL, tag bytea NOT NULL CHECK (octet_length(tag) = 16),
	PRIMARY KEY (organisation, scrutin, tag));
CREATE TABLE batch (organisation text NOT NULL, scrutin text NOT NULL, number int8 NOT NULL, key bytea NOT NULL CHECK (octet_length(key) = 16),
	PRIMARY KEY (organisation, scrutin));

-- No sample of these is kept in the server's statistics.
ALTER TABLE spent ALTER COLUMN token SET STATISTICS 0;
ALTER TABLE pending ALTER COLUMN tag SET STATISTICS 0, ALTER COLUMN box SET STATISTICS 0;
ALTER TABLE pending_tag ALTER COLUMN tag SET STATISTICS 0;

-- +goose StatementBegin
CREATE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opened FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON closed FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON spent FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ballot FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON half FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON leaf FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON head FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION insert_only();

GRANT SELECT, INSERT ON opened, closed, spent, ballot, half, leaf, head, checkpoint TO urn_service;
GRANT SELECT, INSERT, DELETE ON pending, pending_tag TO urn_service;
GRANT SELECT, INSERT, UPDATE (number, key) ON batch TO urn_service;
