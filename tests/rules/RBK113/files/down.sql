-- undo
DROP TABLE t_b;
