"""Sheets of cells as plans: spreadsheets and delimited text."""
