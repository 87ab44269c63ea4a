COPY public.t (a, b) FROM stdin;
1	DROP TABLE x;
2	it's
\.

SELECT 1;
COPY t TO '/tmp/x';
