-- +goose Up
-- mac ties a row to the service that wrote it; a row of counted says how many it wrote of an urn (docs/integrity.md).
ALTER TABLE spent ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE leaf ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE ballot ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE half ADD COLUMN mac bytea NOT NULL DEFAULT '';
ALTER TABLE head ADD COLUMN mac bytea NOT NULL DEFAULT '';
CREATE TABLE counted (organisation text NOT NULL, scrutin text NOT NULL, urn int4 NOT NULL, state bytea NOT NULL,
	PRIMARY KEY (organisation, scrutin, urn));
GRANT SELECT, INSERT, UPDATE (state) ON counted TO urn_service;
