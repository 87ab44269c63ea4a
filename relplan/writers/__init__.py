"""Writers: from blocks to the bytes of a file. They know blocks and nothing about plans."""
