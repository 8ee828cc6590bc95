-- +goose Up
-- A row of staged is an elector whom an amendment of the roll that is under way adds (change 0), strikes off (1) or bars (2); one of
-- struck an elector whom an amendment that the bureau has adopted struck off.
CREATE TABLE staged (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL,
	amendment int4 NOT NULL, change int4 NOT NULL CHECK (change IN (0, 1, 2)), reference text NOT NULL, station text NOT NULL, college text NOT NULL, country text NOT NULL,
	language text NOT NULL, channels text NOT NULL, born text NOT NULL, family text NOT NULL, given text NOT NULL, mac bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number));
CREATE TABLE struck (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, number int8 NOT NULL, amendment int4 NOT NULL, mac bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn, number));

CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON struck FOR EACH STATEMENT EXECUTE FUNCTION insert_only();

GRANT SELECT, INSERT, DELETE ON staged TO roll_service;
GRANT SELECT, INSERT ON struck TO roll_service;
