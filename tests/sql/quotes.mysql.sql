SELECT 'it''s; ok', 'it\'s; ok', "a""b;", "c\";", `d``e;f`;
DROP TABLE `x;y`;
