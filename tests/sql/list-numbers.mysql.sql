1、alter table t add c int;
2. delete from t where id = 1;
3) drop table x;
