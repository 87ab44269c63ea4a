SELECT q'[it's FROM dual;
DROP TABLE t;
