truncate t_log;
TRUNCATE TABLE `t2`;
