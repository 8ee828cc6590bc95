-- Run once, by a superuser, with psql, on the server that is the urn's: a database, the user who owns its tables and runs the
-- migrations, and the user of the service. Give both a way to log in afterwards (docs/postgresql.md), and run isoloir migrate-store.
CREATE ROLE urn_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE urn_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE urn OWNER urn_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
REVOKE ALL ON DATABASE urn FROM PUBLIC;
GRANT CONNECT ON DATABASE urn TO urn_service;

-- The server's own log is dated: it says nothing of what the service does.
ALTER ROLE urn_service SET log_statement = 'none';
ALTER ROLE urn_service SET log_duration = off;
ALTER ROLE urn_service SET log_min_duration_statement = -1;
ALTER ROLE urn_service SET log_min_duration_sample = -1;
ALTER ROLE urn_service SET log_transaction_sample_rate = 0;
ALTER ROLE urn_service SET log_min_error_statement = panic;
ALTER ROLE urn_service SET log_parameter_max_length = 0;
ALTER ROLE urn_service SET log_error_verbosity = terse;
