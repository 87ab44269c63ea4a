UPDATE sys_user SET password = 'abc123' WHERE id = 1;
UPDATE sys_user SET password = '$2a$10$abcdefghijk' WHERE id = 1;
UPDATE sys_user SET `password` = 'e10adc3949ba59abbe56e057f20f883e' WHERE id = 1;
INSERT INTO mysql.user (user, pw) VALUES ('a', 1), ('u', PASSWORD('secret'));
CHANGE MASTER TO MASTER_PASSWORD='secret';
