"""The go-live process: its stages and gates, the log of what was done, and what follows from both. It writes no files."""
