:r other.sql
:setvar db x
SELECT N'a;b', #tmp.a FROM #tmp;
DROP TABLE #tmp;
DROP TABLE t;
