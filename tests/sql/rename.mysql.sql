RENAME TABLE a TO b, c TO d;
RENAME USER 'x'@'%' TO 'y'@'%';
