"""Readers: from the bytes of a file to `Read(plan, places, notices)`."""
