"""What is made of built-in files outlives the process, and never shows: not when it is old, broken or cannot be written."""

import sys
from pathlib import Path

import pytest

from relplan import kept
from relplan.documents.compiled import CompiledTemplates
from relplan.documents.sandbox import Sandbox


@pytest.fixture(autouse=True)
def _written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.kept"))


def test_what_was_kept_is_found_for_the_same_source_alone(tmp_path: Path) -> None:
    path = tmp_path / "labels.zh.yaml"
    assert kept.find(path, b"a: 1") is None
    kept.keep(path, b"a: 1", {"a": ["一", 1, None]})
    assert kept.find(path, b"a: 1") == {"a": ["一", 1, None]}
    assert kept.find(path, b"a: 2") is None
    kept.keep(path, b"a: 2", {"a": 2})
    assert (kept.find(path, b"a: 1"), kept.find(path, b"a: 2")) == (None, {"a": 2})
    assert files_in(tmp_path) == [f"labels.zh.yaml.{sys.implementation.cache_tag}.kept"]


@pytest.mark.parametrize("content", [b"", b"\x00", b"(", b"i\x01\x00\x00\x00", b"\xa9\x01\xf3\x00\x00\x00\x00"])
def test_a_broken_file_counts_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plan.md.j2"
    kept.keep(path, "source", "made")
    (file,) = tmp_path.rglob("*.kept")
    file.write_bytes(content)
    assert kept.find(path, "source") is None


def test_nothing_is_written_where_python_writes_no_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    kept.keep(tmp_path / "a", 1, 2)
    assert not list(tmp_path.iterdir())


def test_it_stands_where_python_is_told_to_put_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    kept.keep(tmp_path / "a", 1, 2)
    assert kept.find(tmp_path / "a", 1) == 2
    assert files_in(tmp_path / "elsewhere") == files_in(tmp_path)


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").write_text("a file")
    kept.keep(tmp_path / "a", 1, 2)
    assert kept.find(tmp_path / "a", 1) is None


def compiled(folder: Path, built_in: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a template prints whose code is not in the memory of the process."""
    import jinja2

    monkeypatch.setattr("relplan.documents.compiled.templates_dir", lambda: built_in)
    environment = Sandbox(loader=jinja2.FileSystemLoader(folder), bytecode_cache=CompiledTemplates())
    return environment.get_template("a.md.j2").render()


def test_a_template_is_compiled_once_and_anew_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = tmp_path / "a.md.j2"
    template.write_text("one {{ 1 + 1 }}")
    assert compiled(tmp_path, tmp_path, monkeypatch) == "one 2"
    with monkeypatch.context() as context:
        context.setattr(Sandbox, "compile", None)  # it has not to be compiled again
        assert compiled(tmp_path, tmp_path, monkeypatch) == "one 2"
    template.write_text("two {{ 1 + 2 }}")
    assert compiled(tmp_path, tmp_path, monkeypatch) == "two 3"
    monkeypatch.setattr("relplan.documents.compiled._makers", lambda: "another Jinja")
    monkeypatch.setattr(Sandbox, "compile", None)
    with pytest.raises(TypeError):
        compiled(tmp_path, tmp_path, monkeypatch)


def test_beside_templates_of_a_user_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md.j2").write_text("one")
    assert compiled(tmp_path, tmp_path / "built-in", monkeypatch) == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["a.md.j2"]


def test_the_built_in_theme_is_the_same_when_it_was_kept() -> None:
    from relplan.resources import template_bytes
    from relplan.writers.docx.theme import Theme
    from relplan.writers.docx.themefile import load

    theme = load(template_bytes("theme.docx"))
    assert Theme.of_plain(theme.plain()) == theme
