"""`python -m relplan`."""

from relplan.cli import program

program()
