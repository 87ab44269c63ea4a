UPDATE t SET a = 1 WHERE　b = 2;
DROP​ TABLE u; --   in a comment
SELECT ' ';
