SELECT q'[it's; ok]', nq'{a'b}', Q'!x'y!', 'c:\' FROM dual;
DROP TABLE "t;u";
