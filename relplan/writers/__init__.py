"""Writers: from blocks to the bytes of a file. They know blocks and nothing about plans."""

from typing import Final

SHORT_WORD: Final = 12
"""Letters of a Latin word that no line breaks."""

LATIN: Final = "!-~\\u00a1-\\u024f"
"""What Latin words are made of, the signs in them too, as it stands between the brackets of a regular expression."""

WHOLE_CODE: Final = 25
"""Lines of code that stay on one page."""
