-- 说明；drop table a;
# drop table b;
/* drop
table c; */
SELECT 'a -- b', "# c", `/* d`; -- 尾注
SELECT 5--1;
