"""Company forms: Word documents and workbooks with tags of Jinja in them, filled from a plan."""
