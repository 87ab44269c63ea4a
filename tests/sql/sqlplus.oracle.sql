SET DEFINE OFF
set echo on;
PROMPT Drop table x;
REM it's a remark
SPOOL out.log
WHENEVER SQLERROR EXIT 1
@@sub/a.sql
@b
START c.sql
EXEC dbms_stats.gather_table_stats('A', 'T')
CONNECT scott/tiger@db
SET ROLE r;
SHOW ERRORS
REM ==== (drop, it's nothing)
prompt = a
.
EXECUTE p('a' , -
  granularity => 'ALL' -
  );
DROP TABLE t;
