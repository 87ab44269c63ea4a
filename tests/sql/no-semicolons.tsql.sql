UPDATE t
SET a = 1
WHERE id = 2
DELETE TOP (10) FROM t
INSERT INTO t (a)
SELECT 1
EXEC sp_rename 't.a', 'b', 'COLUMN'
DECLARE @x INT
SET @x = 1
PRINT 'done'
