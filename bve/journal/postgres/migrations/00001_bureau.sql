-- +goose Up
-- An entry is a statement in its place; a fact is what the service keeps beside the journal (a passkey, an invitation, a session). manifest is f.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO bureau_service;
GRANT SELECT ON goose_db_version TO bureau_service;

CREATE TABLE entry (manifest bytea NOT NULL CHECK (octet_length(manifest) = 32), number int8 NOT NULL CHECK (number > 0), seconds int8 NOT NULL,
	text bytea NOT NULL CHECK (octet_length(text) = 32), head bytea NOT NULL CHECK (octet_length(head) = 32), note bytea NOT NULL,
	PRIMARY KEY (manifest, number));
CREATE UNIQUE INDEX entry_text ON entry (text, manifest);
CREATE TABLE fact (manifest bytea NOT NULL CHECK (octet_length(manifest) = 32), kind text NOT NULL, name text NOT NULL, value bytea NOT NULL,
	PRIMARY KEY (manifest, kind, name));

-- +goose StatementBegin
CREATE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fact FOR EACH STATEMENT EXECUTE FUNCTION insert_only();

GRANT SELECT, INSERT ON entry, fact TO bureau_service;
