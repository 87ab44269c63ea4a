delimiter //
create trigger trg before insert on t for each row begin set new.a = 1; end//
create trigger t2 after delete on t for each row delete from u where id = old.id//
delimiter ;
select 1;
