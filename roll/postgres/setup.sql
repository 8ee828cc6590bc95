-- Run once, by a superuser, with psql, on the server that is the roll's: a database, the user who owns its tables and runs the
-- migrations, and the user of the service. Give both a way to log in afterwards (docs/postgresql.md), and run isoloir migrate-store.
CREATE ROLE roll_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE roll_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE roll OWNER roll_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
REVOKE ALL ON DATABASE roll FROM PUBLIC;
GRANT CONNECT ON DATABASE roll TO roll_service;

-- The server's own log is dated: it says nothing of what the service does.
ALTER ROLE roll_service SET log_statement = 'none';
ALTER ROLE roll_service SET log_duration = off;
ALTER ROLE roll_service SET log_min_duration_statement = -1;
ALTER ROLE roll_service SET log_min_duration_sample = -1;
ALTER ROLE roll_service SET log_transaction_sample_rate = 0;
ALTER ROLE roll_service SET log_min_error_statement = panic;
ALTER ROLE roll_service SET log_parameter_max_length = 0;
ALTER ROLE roll_service SET log_error_verbosity = terse;
