UPDATE t SET a = '中文' WHERE id = 1;
