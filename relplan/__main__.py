"""`python -m relplan`."""

from relplan.cli import main

main()
