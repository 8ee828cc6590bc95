-- +goose Up
-- mac ties a row to the service that wrote it; a row of counted says how many it wrote of an urn (docs/integrity.md).
ALTER TABLE elector ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE pair ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE login ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE reservation ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE held ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE mark ADD COLUMN mac bytea NOT NULL DEFAULT '';
CREATE TABLE counted (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, state bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn));
GRANT UPDATE (mac) ON login TO roll_service;
GRANT SELECT, INSERT, UPDATE (state) ON counted TO roll_service;
