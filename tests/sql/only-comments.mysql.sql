-- nothing

/* here */
