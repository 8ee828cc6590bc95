-- +goose Up
-- While the server has no statistics of a table it cannot tell two indexes that begin with the same columns from one another, and may read a whole
-- scrutin for one row. So only primary keys begin with organisation and scrutin; every other index begins with what is looked for.
DROP INDEX elector_reference;
CREATE UNIQUE INDEX elector_reference ON elector (reference, organisation, scrutin);
DROP INDEX session_challenge;
CREATE UNIQUE INDEX session_challenge ON session (challenge, organisation, scrutin);
DROP INDEX session_number;
CREATE INDEX session_number ON session (number, urn, organisation, scrutin);
DROP INDEX mark_number;
CREATE UNIQUE INDEX mark_number ON mark (number, urn, organisation, scrutin);
DROP INDEX pair_in;
CREATE UNIQUE INDEX pair_in ON pair (in_number, in_urn, companion, organisation, scrutin);
