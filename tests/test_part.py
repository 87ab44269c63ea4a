"""Parts: declared fields, everything wrong at once, never changed once made."""

import copy
import pickle
from enum import Enum
from typing import Annotated, Any, ClassVar

import pytest

from relplan.errors import Invalid, Refused
from relplan.model.part import Accepts, Part, fields_of


class Colour(Enum):
    RED = "red"
    GREEN = "green"


def _upper(value: object) -> str:
    if value == "bad":
        raise Refused("不行", "not this one")
    return str(value).upper()


class Leaf(Part):
    """What stands inside."""

    name: str
    size: int = 0


class Tree(Part):
    """A part with a field of every sort."""

    kind: ClassVar = "tree"

    title: Annotated[str, Accepts(_upper)] = ""
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    colour: Colour = Colour.RED
    evergreen: bool = False
    anything: Any = None

    @classmethod
    def raw(cls, data: object) -> object:
        return {"title": data} if isinstance(data, str) else data

    @classmethod
    def settle(cls, values: dict[str, Any]) -> None:
        if values["title"] == "LONELY" and values["leaves"]:
            raise Refused("孤独", "it has leaves")


class Grove(Part):
    """A part with parts by name."""

    named: dict[str, Leaf]


def faults(data: object) -> dict[tuple[str | int, ...], str]:
    with pytest.raises(Invalid) as raised:
        Tree.from_data(data)
    assert isinstance(raised.value, ValueError)
    return {path: message.en for path, message in raised.value.faults}


def test_data_becomes_canonical_values():
    tree = Tree.from_data(
        {
            "title": "oak",
            "leaf": {"name": "a", "size": "3"},
            "leaves": [{"name": "b"}, Leaf(name="c")],
            "colour": "green",
            "evergreen": "yes",
        }
    )
    assert (tree.title, tree.leaf, tree.colour, tree.evergreen) == ("OAK", Leaf(name="a", size=3), Colour.GREEN, True)
    assert tree.leaves == (Leaf(name="b"), Leaf(name="c"))
    assert Grove(named={"x": {"name": "d"}}).named == {"x": Leaf(name="d")}
    assert Tree.from_data("elm") == Tree(title="elm")
    assert Tree.from_data(tree) is tree


def test_the_fields_are_those_of_the_annotations():
    assert list(fields_of(Tree)) == ["title", "leaf", "leaves", "colour", "evergreen", "anything"]


def test_a_part_holds_what_says_something_in_the_order_of_its_fields():
    tree = Tree.from_data({"evergreen": "yes", "leaves": [], "leaf": None, "title": "oak"})
    assert list(vars(tree)) == ["title", "colour", "evergreen"]
    assert (tree.leaf, tree.leaves) == (None, ())
    assert tree == Tree(title="oak", evergreen=True) and hash(tree) == hash(Tree(title="oak", evergreen=True))
    assert vars(tree.replace(leaf={"name": "a"}).replace(leaf=None)) == vars(tree)


def test_all_that_is_wrong_is_told_with_its_path():
    said = faults(
        {
            "title": "bad",
            "leaf": {"size": "many"},
            "leaves": [{"name": "a"}, {"name": ["x"]}, 7],
            "colour": "gren",
            "evergreen": "maybe",
            "tilte": "",
        }
    )
    assert said == {
        ("title",): "not this one",
        ("leaf", "size"): '"many" is not a whole number',
        ("leaf", "name"): '"name" is missing',
        ("leaves", 1, "name"): "text belongs here",
        ("leaves", 2): "`key: value` pairs or text belong here",
        ("colour",): 'unknown word "gren"; did you mean "green"?',
        ("evergreen",): 'write yes or no, not "maybe"',
        ("tilte",): 'unknown key "tilte"; did you mean "title"?',
    }
    assert faults({"leaves": {"name": "a"}}) == {("leaves",): "a list belongs here"}
    with pytest.raises(Invalid, match=r"^named\.x\.sise: unknown key \"sise\"; did you mean \"size\"\?$"):
        Grove(named={"x": {"name": "d", "sise": 1}})
    assert faults([]) == {(): "`key: value` pairs or text belong here"}
    assert faults({"title": "lonely", "leaves": [{"name": "a"}]}) == {(): "it has leaves"}


def test_an_error_of_the_whole_names_no_path():
    with pytest.raises(Invalid, match=r"^it has leaves$"):
        Tree(title="lonely", leaves=[{"name": "a"}])


def test_an_error_names_the_paths_and_survives_pickling():
    with pytest.raises(Invalid, match=r"^leaves\.1\.size: ") as raised:
        Tree(leaves=[{"name": "a"}, {"name": "b", "size": "x"}])
    assert pickle.loads(pickle.dumps(raised.value)).faults == raised.value.faults


def test_a_part_never_changes_but_can_be_replaced():
    tree = Tree(title="oak")
    with pytest.raises(AttributeError, match="replace"):
        tree.title = "ELM"
    with pytest.raises(AttributeError):
        del tree.title
    assert tree.replace(title="elm", evergreen=True) == Tree(title="elm", evergreen=True)
    assert tree == Tree(title="oak") != tree.replace(title="elm")
    with pytest.raises(Invalid):
        tree.replace(title="lonely", leaves=[{"name": "a"}])
    with pytest.raises(Invalid, match="unknown key"):
        tree.replace(tilte="elm")


def test_parts_are_values():
    leaf = Leaf(name="a", size=3)
    assert {leaf, Leaf(size=3, name="a")} == {leaf}
    assert leaf != Tree() and leaf != "a"
    assert repr(leaf) == "Leaf(name='a', size=3)" and repr(Tree()) == "Tree()"
    assert pickle.loads(pickle.dumps(leaf)) == copy.copy(leaf) == copy.deepcopy(leaf) == leaf


def test_a_type_that_nothing_takes_is_an_error_of_the_program():
    class Odd(Part):
        value: int | str = 0

    with pytest.raises(TypeError, match="say in the annotation"):
        Odd()
