"""Documents as plans: Word, Markdown, HTML and plain text."""
