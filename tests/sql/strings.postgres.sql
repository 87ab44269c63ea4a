SELECT 'a\', E'it\'s; x', U&'d', "n;""m", B'01';
DROP TABLE "T x";
