DROP TABLE a;
-- x
DROP TABLE b;
