"""Documents: from a plan, through a template, to blocks."""
