DELIMITER $$
CREATE DEFINER=`root`@`%` PROCEDURE drop_col()
BEGIN
  IF EXISTS (SELECT 1 FROM information_schema.columns) THEN
    ALTER TABLE t DROP COLUMN a;
  END IF;
  SET @s = 'DROP TABLE hidden';
  PREPARE st FROM @s;
END$$
DELIMITER ;
CALL drop_col();
DROP PROCEDURE drop_col;
