"""Who may import whom: nothing imports to its right, no circles, only one module writes files, the public names are what they say."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import relplan

PACKAGE = Path(relplan.__file__).parent

ROOMS = [
    {"errors", "patterns", "remembering", "files", "kept"},
    {"model"},
    {
        "resources",
        "grids",
        "blocks",
        "links",
        "planyaml",
        "markdown",
        "sql",
        "findings",
        "sequence",
        "checksums",
        "process",
        "comparison",
        "roadmap",
    },
    {"readers", "documents", "writers", "checks"},
    {"office"},
    {"formats", "config", "artifacts", "repository"},
    {"api"},
    {"cli", "__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
APART = {"readers", "documents", "writers", "checks"}


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: set[str]) -> set[str]:
    """The modules of relplan that a module imports, deferred and type-only imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: imports are absolute"
            found |= {
                full if (full := f"{node.module}.{alias.name}") in known else node.module or "" for alias in node.names
            }
    return (found & known) - {name}


MODULES = modules()
GRAPH = {name: imports(name, path, set(MODULES)) for name, path in MODULES.items()}


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def test_every_room_has_its_place():
    assert {room(name) for name in GRAPH} - {""} == set(LEVEL)


def test_nothing_imports_to_its_right():
    pairs = [(name, other) for name in GRAPH if room(name) for other in GRAPH[name] if room(other)]
    assert len(pairs) > 500
    for name, other in pairs:
        here, there = room(name), room(other)
        assert LEVEL[there] <= LEVEL[here], f"{name} imports {other}"
        assert not (here in APART and there in APART and here != there), f"{name} imports {other}"


def test_there_are_no_circles():
    graph = {name: others - {"relplan"} for name, others in GRAPH.items() if name != "relplan"}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*path, name))
            done.add(name)

    for name in graph:  # without relplan itself, whose lazy names point at the library for type checkers only
        visit(name, ())


WRITING = {"write_text", "write_bytes", "mkdir", "unlink", "rename", "replace_file", "mkstemp"}


def writes(path: Path) -> set[str]:
    """The calls in a module that write, move or take away files."""
    called = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    methods = {each.attr for each in called if isinstance(each, ast.Attribute)} & WRITING
    return methods | {each.id for each in called if isinstance(each, ast.Name) and each.id == "open"}


def test_only_one_module_writes_files():
    assert {name for name, path in MODULES.items() if writes(path)} == {"relplan.files"}


def test_the_public_names_are_there_and_nothing_else_is():
    assert relplan.__all__ == sorted(relplan.__all__) and len(relplan.__all__) <= 14
    for name in relplan.__all__:
        assert getattr(relplan, name).__doc__, name
    with pytest.raises(AttributeError):
        relplan.nothing_of_the_kind  # noqa: B018
    defined = {name for name in vars(relplan) if not name.startswith("_")}
    submodules = {each.name for each in pkgutil.iter_modules([str(PACKAGE)])}
    assert defined - submodules - set(relplan.__all__) <= {"annotations", "importlib", "TYPE_CHECKING", "Any"}


def test_the_names_of_the_api_are_found_where_readers_of_its_types_are_told():
    """What loads a name when it is asked for, what type checkers read, and `__all__` say the same."""
    api = importlib.import_module("relplan.api")
    loaded = {(home, name) for home, names in vars(api)["_HOMES"].items() for name in names}
    tree = ast.parse((PACKAGE / "api" / "__init__.py").read_text("utf-8"))
    told = {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("relplan.")
        for alias in node.names
    }
    assert loaded == told
    assert sorted(name for _, name in loaded) == sorted(api.__all__)
    # Once imported, a module would stand in the place of a function of its name.
    modules = {each.name for each in pkgutil.iter_modules([str(PACKAGE / "api")])}
    assert modules.isdisjoint(api.__all__)


@pytest.mark.parametrize("name", sorted(GRAPH))
def test_every_module_says_what_it_is_for(name):
    if name.endswith("__main__"):
        return
    module = importlib.import_module(name)
    assert module.__doc__
    for each in vars(module).values():
        if (
            getattr(each, "__module__", None) == name
            and not getattr(each, "__name__", "_").startswith("_")
            and callable(each)
        ):
            assert each.__doc__, f"{name}.{each.__name__}"
