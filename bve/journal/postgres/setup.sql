-- Run once, by a superuser, with psql, on the server that is the bureau's: a database, the user who owns its tables and runs the
-- migrations, and the user of the service. Give both a way to log in afterwards (docs/postgresql.md), and run isoloir migrate-store.
CREATE ROLE bureau_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE bureau_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE bureau OWNER bureau_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
REVOKE ALL ON DATABASE bureau FROM PUBLIC;
GRANT CONNECT ON DATABASE bureau TO bureau_service;

-- The server's own log says nothing of what the service does.
ALTER ROLE bureau_service SET log_statement = 'none';
ALTER ROLE bureau_service SET log_duration = off;
ALTER ROLE bureau_service SET log_min_duration_statement = -1;
ALTER ROLE bureau_service SET log_min_duration_sample = -1;
ALTER ROLE bureau_service SET log_transaction_sample_rate = 0;
ALTER ROLE bureau_service SET log_min_error_statement = panic;
ALTER ROLE bureau_service SET log_parameter_max_length = 0;
ALTER ROLE bureau_service SET log_error_verbosity = terse;
