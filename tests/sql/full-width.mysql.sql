UPDATE t SET a = 1 WHERE b = 2；DROP TABLE u；
INSERT INTO t（a，b）VALUES（1，2）;
UPDATE t SET a = ‘x’ WHERE b = '（；）';
