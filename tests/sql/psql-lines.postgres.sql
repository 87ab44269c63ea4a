\set ON_ERROR_STOP on
\c db
\i other.sql
\ir ../more.sql
SELECT 1 \gexec
SELECT 2;
