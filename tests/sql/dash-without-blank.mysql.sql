--注释
UPDATE t SET a = 1 --WHERE id = 1
;
----------
SELECT 1;
