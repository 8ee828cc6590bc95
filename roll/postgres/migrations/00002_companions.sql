-- +goose Up
-- A row of pair is where an elector stands in a companion of the scrutin, by its number in the manifest; one of paired says that a
-- companion's electors are imported.
CREATE TABLE paired (organisation text NOT NULL, scrutin text NOT NULL, companion int2 NOT NULL, name bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, companion));
CREATE TABLE pair (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL, companion int2 NOT NULL,
	in_urn int4 NOT NULL, in_number int8 NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number, companion));
CREATE UNIQUE INDEX pair_in ON pair (organisation, scrutin, companion, in_urn, in_number);

CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON paired FOR EACH STATEMENT EXECUTE FUNCTION insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pair FOR EACH STATEMENT EXECUTE FUNCTION insert_only();

GRANT SELECT, INSERT ON paired, pair TO roll_service;
