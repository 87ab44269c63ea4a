-- 清理

DROP TABLE t_old;
