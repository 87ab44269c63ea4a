CREATE TABLE before (a int);
SET search_path TO app;
CREATE INDEX i ON t (a);
BEGIN;
SET LOCAL search_path TO other;
CREATE INDEX j ON t (a);
COMMIT;
CREATE INDEX k ON t (a);
\c second
ALTER TABLE t RENAME a TO b;
SET search_path TO app;
DROP INDEX i9;
\c third
CREATE VIEW v AS SELECT 1;
COPY t5 FROM stdin;
1	2
\.
