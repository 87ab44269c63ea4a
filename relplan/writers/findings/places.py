"""Where findings are, as the reader of a report sees it: files by their paths from the current folder."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from msgspec.structs import replace

from relplan.errors import Place
from relplan.findings import Checked

STANDARD_INPUT: Final = "<stdin>"


def file_of(checked: Checked) -> str:
    """What to call the file of a plan; blank for a plan that came from none."""
    return STANDARD_INPUT if checked.name == "-" else checked.name


def located(checked: Checked, place: Place | None) -> Place:
    """A place whose file is named as the check was given it; a file beside the plan is one of the folder of scripts."""
    file = file_of(checked)
    if place is None or place.file in ("", "-", FilePath(file).name):
        return replace(place or Place(), file=file)
    if place.file == file:
        return place
    if checked.folder and not FilePath(place.file).is_absolute():
        return replace(place, file=(FilePath(checked.folder) / place.file).as_posix())
    return place


def slashed(file: str) -> str:
    """A path with `/` between its parts, whatever the system."""
    return file.replace("\\", "/")


def within(place: Place) -> str:
    """Where in its file a place is: `12:5`, `发布表!G7`, `31 › B`; blank: the whole file."""
    return str(replace(place, file="")).removeprefix(":").removeprefix(" › ")
