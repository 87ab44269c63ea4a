UPDATE t SET a = 'жпнд' WHERE id = 1;
