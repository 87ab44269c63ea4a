"""Files are written whole or not at all, whatever happens, and read with clear refusals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from relplan import files
from relplan.errors import ReadError, WriteError


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    assert files.write({str(path): b"new"}) == [str(path)]
    assert path.read_bytes() == b"new" and path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.md"]


def test_a_file_that_would_not_change_is_not_touched(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"same")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert files.write({str(path): b"same"}) == []
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_bytes(b"old")
    link.symlink_to(real)
    files.write({str(link): b"new"})
    assert link.is_symlink() and real.read_bytes() == b"new"


def test_when_one_of_several_cannot_be_written_none_is(tmp_path):
    first = tmp_path / "a.md"
    first.write_bytes(b"old")
    with pytest.raises(WriteError) as error:
        files.write({str(first): b"new", str(tmp_path / "nowhere" / "b.md"): b"x"})
    assert "make it first" in str(error.value)
    assert first.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.md"]


def test_a_folder_and_a_device_are_not_written_over(tmp_path):
    with pytest.raises(WriteError, match="a folder"):
        files.write({str(tmp_path): b"x"})
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    with pytest.raises(WriteError, match="no plain file"):
        files.write({str(fifo): b"x"})


@pytest.mark.parametrize(("make", "word"), [(lambda p: None, "no such file"), (lambda p: p.mkdir(), "a folder")])
def test_what_cannot_be_read_is_said_in_one_line(tmp_path, make, word):
    path = tmp_path / "x.yaml"
    make(path)
    with pytest.raises(ReadError, match=word):
        files.read(str(path))


def test_a_name_that_no_system_takes_is_refused():
    with pytest.raises(ReadError):
        files.read("a\0b")


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1])
def test_killing_the_program_while_it_writes_leaves_the_old_file_whole(tmp_path, delay):
    path = tmp_path / "a.md"
    old, new = b"old" * 1000, b"new" * 3_000_000
    path.write_bytes(old)
    code = f"from relplan import files\nprint('go', flush=True)\nwhile True:\n  files.write({{{str(path)!r}: b'new' * 3_000_000}})\n  files.write({{{str(path)!r}: b'old' * 1000}})"  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline()
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert path.read_bytes() in (old, new)
