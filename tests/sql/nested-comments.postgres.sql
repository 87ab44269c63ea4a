/* a /* b */ DROP TABLE x; */
DROP TABLE y;
/* open /* closed */
