UPDATE t SET a = 1;
DELETE FROM t;
UPDATE t SET a = (SELECT b FROM u WHERE u.id = 1);
UPDATE a JOIN b ON a.id = b.id SET a.x = 1 WHERE b.y = 2;
DELETE a FROM a JOIN b ON a.id = b.id WHERE b.x = 1;
INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY
UPDATE a = 2;
