-- +goose Up
-- Ballots that were opened instead of cast, by the names of their challenges, and the codes that contest some of them.
CREATE TABLE challenge (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL,
	name bytea NOT NULL CHECK (octet_length(name) = 32), record bytea NOT NULL, mac bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, name));
CREATE TABLE contested (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL,
	name bytea NOT NULL CHECK (octet_length(name) = 32), code bytea NOT NULL CHECK (octet_length(code) = 32), mac bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, name));
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON challenge FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON contested FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
GRANT SELECT, INSERT ON challenge, contested TO urn_service;
