SELECT 1;
/* open
DROP TABLE t;
