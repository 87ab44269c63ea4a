"""Reads files in a process of its own with limits, as they are or mutated; tells how each ended.

As a script it takes lines of JSON on standard input, `["file", seed]`, where seed 0 leaves the file as it is.
"""

from __future__ import annotations

import faulthandler
import io
import json
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

SECONDS: Final = 10
MEMORY: Final = 2**30
NASTY: Final = (
    "",
    "-1",
    "0",
    "99999999999999999999",
    "1e999",
    "NaN",
    "\ufffe",
    "\U0001f600",
    "=1+1",
    "A" * 40_000,
    "&#0;",
    "]]>",
)


class Outcome(NamedTuple):
    """How a file ended: `plan`, `refused` (in clear words), `crash` (an exception of another kind) or `dead`."""

    file: str
    seed: int
    end: str
    words: str


def outcomes(jobs: Iterable[tuple[Path, int]]) -> list[Outcome]:
    """Read each file, mutated by its seed; a process that dies is counted for its file, and the next goes on."""
    rest, found = [(str(path), seed) for path, seed in jobs], []
    while rest:
        lines = "".join(json.dumps(job) + "\n" for job in rest)
        run = subprocess.run(
            [sys.executable, __file__],
            input=lines.encode(),
            capture_output=True,
            check=False,
            cwd=Path(__file__).parent,
        )
        done = [Outcome(*json.loads(line)) for line in run.stdout.splitlines()]
        found += done
        rest = rest[len(done) :]
        if rest:
            tail = run.stderr.decode(errors="replace")[-3000:]
            found.append(Outcome(*rest.pop(0), "dead", f"exit {run.returncode}: {tail}"))
    return found


def mutated(data: bytes, seed: int) -> bytes:
    """The file with a few things wrong; the same for the same seed. 0 leaves it as it is."""
    if not seed:
        return data
    chance = random.Random(seed)
    ways: list[Callable[[bytes, random.Random], bytes]] = [_flipped, _cut, _patched]
    if data.startswith(b"PK"):
        ways = [_flipped, _cut, _repacked, _repacked, _repacked]
    elif b"\0" not in data[:1000]:
        ways = [_flipped, _cut, _text, _text]
    return chance.choice(ways)(data, chance)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _patched(data: bytes, chance: random.Random) -> bytes:
    """A stretch zeroed, set to ones, left out or doubled."""
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((2, 4, 64, 512)))
    new = chance.choice((bytes(end - start), b"\xff" * (end - start), b"", data[start:end] * 2))
    return data[:start] + new + data[end:]


def _text(data: bytes, chance: random.Random) -> bytes:
    lines = data.decode("utf-8", "replace").split("\n")
    for _ in range(chance.choice((1, 5))):
        at = chance.randrange(len(lines))
        column = chance.randrange(len(lines[at]) + 1)
        lines[at] = chance.choice(
            (
                lines[at][:column] + chance.choice(NASTY) + lines[at][column:],
                lines[at][column:],
                lines[chance.randrange(len(lines))],
                " " * chance.randrange(60) + lines[at],
                lines[at] * 50,
            )
        )
    return "\n".join(lines).encode("utf-8", "replace")


def _repacked(data: bytes, chance: random.Random) -> bytes:
    """A package with two parts swapped, one left out, or the XML of one changed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return _flipped(data, chance)
    names = sorted(parts)
    if not names:
        return data
    one, two = chance.choice(names), chance.choice(names)
    way = chance.randrange(10)
    if way == 0:
        parts[one], parts[two] = parts[two], parts[one]
    elif way == 1:
        del parts[one]
    else:
        likely = [
            name for name in names if re.search(r"sheet|document|content|workbook|styles|strings|rels", name, re.I)
        ]
        one = chance.choice(likely or names)
        parts[one] = _xml(parts[one], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


_TAG: Final = re.compile(rb"<[^<>]*>")
_VALUE: Final = re.compile(rb'"[^"<>]*"|(?<=>)[^<>]+(?=<)')


def _xml(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 4))):
        pattern, quoted = chance.choice(((_TAG, False), (_VALUE, True), (_VALUE, True)))
        found = list(pattern.finditer(data))
        if not found:
            return _patched(data, chance) if data else data
        match, other = chance.choice(found), chance.choice(found)
        new = chance.choice((b"", match.group() * 2, other.group(), other.group()))
        if quoted and chance.random() < 0.7:
            word = chance.choice(NASTY).encode()
            new = b'"' + word + b'"' if match.group().startswith(b'"') else word
        data = data[: match.start()] + new + data[match.end() :]
    return data


def _read(path: Path, seed: int) -> tuple[str, str]:
    from relplan import api, formats
    from relplan.errors import RelplanError

    try:
        if seed:
            name = formats.for_reading(path.name).name
            api.loads(mutated(path.read_bytes(), seed), name, name=path.name)
        else:
            api.load(path)
    except RelplanError as error:
        return "refused", error.text("en")
    except BaseException:
        import traceback

        return "crash", traceback.format_exc()[-3000:]
    return "plan", ""


def main() -> None:
    """Read the files that standard input names."""
    import resource

    jobs = [json.loads(line) for line in sys.stdin]
    import relplan.api  # noqa: F401 - the first file does not pay for what all need

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for file, seed in jobs:
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        end, words = _read(Path(file), seed)
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps([file, seed, end, words]), flush=True)


if __name__ == "__main__":
    main()
