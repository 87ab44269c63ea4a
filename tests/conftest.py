"""What the tests share: the project's folders, the validator of Office files, and a count of who used the shared material."""

from __future__ import annotations

import functools
import importlib.util
import os
from pathlib import Path
from typing import Any

# The words of the command follow the locale; the tests read them in English.
os.environ["LC_ALL"] = "C.UTF-8"

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SAMPLES = ROOT / "samples" / "singpost"

_used_shared: set[str] = set()

# The default suite tries the same examples every time; the long one looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the samples are not beside the tests")
    return SAMPLES


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Path:
    """The material beside the project, which a machine with only the project does not have."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside the project")
    _used_shared.add(request.node.nodeid)
    return SHARED


@functools.cache
def validator(path: Path) -> Any:
    """The tool that validates Office files, loaded once: a process for each file would take most of the time."""
    spec = importlib.util.spec_from_file_location("ooxml_check", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def check_ooxml(shared: Path, tmp_path: Path):
    """Check the bytes of an Office file against the schemas; fails with what the validator says."""
    tool = validator(shared / "tools" / "ooxml_check.py")

    def check(data: bytes, ending: str) -> None:
        path = tmp_path / f"checked{ending}"
        path.write_bytes(data)
        found = tool.check(str(path))
        assert not found, found

    return check


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    worker = getattr(session.config, "workeroutput", None)
    if worker is not None:
        worker["used_shared"] = sorted(_used_shared)


def pytest_testnodedown(node, error) -> None:
    _used_shared.update(getattr(node, "workeroutput", {}).get("used_shared", ()))


def pytest_terminal_summary(terminalreporter) -> None:
    terminalreporter.write_line(f"{len(_used_shared)} tests used ../shared")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes minutes; run by `make test-long` only")
