"""The release plan and what it is made of."""
