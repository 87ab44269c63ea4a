"""Markdown to blocks, and blocks to Markdown."""
