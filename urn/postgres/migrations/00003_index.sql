-- +goose Up
-- While the server has no statistics of a table it cannot tell two indexes that begin with the same columns from one another, and may read a whole
-- scrutin for one row. So only the primary key begins with organisation and scrutin; the other index begins with what is looked for.
DROP INDEX ballot_hash;
CREATE UNIQUE INDEX ballot_hash ON ballot (hash, organisation, scrutin);
