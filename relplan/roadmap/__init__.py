"""Several plans of a product on one calendar: when they are released, how they stand, and at what pace."""
