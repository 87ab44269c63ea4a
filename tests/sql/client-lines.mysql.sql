source /opt/a b.sql;
\. c.sql
USE db;
tee out.log
select 1\G
select 2\g
exit
