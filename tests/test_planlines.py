"""Plan files read line by line say what a YAML library reads in them, or are left to it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import plans

from relplan import api
from relplan.errors import ReadError
from relplan.readers import planlines
from relplan.readers.planfile import _any_yaml
from relplan.readers.tree import Tree
from relplan.writers.planfile import write_yaml

ROOT = Path(__file__).parent.parent


def by_lines(text: str) -> Tree | None:
    tree = Tree("plan.yaml")
    return tree if planlines.feed(text, tree) else None


def alike(text: str) -> bool:
    """Whether the text is read line by line; then the library must read it in the same way."""
    tree = by_lines(text)
    if tree is not None:
        other = _any_yaml(text, "plan.yaml")
        assert (tree.root, dict(tree.places), tree.problems) == (other.root, dict(other.places), other.problems)
    return tree is not None


@given(plans)
def test_what_relplan_writes_is_read_line_by_line(plan):
    text = write_yaml(plan).decode()
    assert alike(text) or "\\" in text  # there are escapes that only the library knows


PIECES = [
    "a: b",
    "a:",
    "  - x",
    "- x: y",
    "    z: |-",
    "      text: # of a block",
    '  "k y": "1\\n2"',
    "# a remark",
    "",
    "   ",
    "a: 1.10",
    "- 2026-08-20",
    "b: 'quoted'",
    "c: [d, e]",
    "d: &x y",
    "e: !tag z",
    "f: *x",
    "g: h: i",
    "j: k # remark",
    "l: m:",
    "n: ~",
    "o: null",
    "p: >",
    "? q",
    "---",
    "...",
    "%YAML 1.2",
    "r:\ts",
    "t: u ",
    "v: “w”",
    "- - x",
    "- ",
    "- y",
    '- "k y": z',
    '- ""',
    "- |-",
    "-",
    "x:  y",
    "é: ünï",
    '"": z',
    "\tq: r",
    "s: t\x85u",
    "表: 一、二",
    "a: b\r",
    "|-",
    "a: |-",
    "a: |",
    "0: a",
    "a : b",
    "a: yes",
    'a: "b" c',
    'a: "b',
    "a: 0x1F",
    "a: 1_000",
    "a: -",
    "a: b\ufeff",
]


sorts_of_lines = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(PIECES)), max_size=8)


def joined(lines):
    return "\n".join(" " * (2 * indent) + line if line else line for indent, line in lines)


@given(sorts_of_lines)
def test_lines_of_any_sort_are_read_alike_or_left_to_the_library(lines):
    alike(joined(lines))


@pytest.mark.long
@settings(max_examples=5000)
@given(sorts_of_lines)
def test_many_lines_of_any_sort_are_read_alike_or_left_to_the_library(lines):
    alike(joined(lines))


@given(plans, st.data())
def test_a_plan_file_that_was_edited_is_read_alike_or_left_to_the_library(plan, data):
    alike(edited(plan, data))


@pytest.mark.long
@settings(max_examples=2000)
@given(plans, st.data())
def test_many_plan_files_that_were_edited_are_read_alike_or_left_to_the_library(plan, data):
    alike(edited(plan, data))


def edited(plan, data):
    lines = write_yaml(plan).decode().split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        new = data.draw(st.one_of(st.sampled_from(PIECES), st.text("ab: -#\"'|\t\\\n1一", max_size=6)))
        how = data.draw(st.sampled_from(("before", "instead", "behind", "deeper", "less deep", "gone")))
        if how == "before":
            lines.insert(at, new)
        elif how == "deeper":
            lines[at] = " " + lines[at]
        elif how == "less deep":
            lines[at] = lines[at].removeprefix(" ")
        elif how == "gone":
            del lines[at : at + 1]
        else:
            lines[at] = new if how == "instead" else lines[at] + new
        lines = lines or [""]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    ["a: 'b'", "a: [b]", "a: &b c", "a: !b c", "a: >\n  b", "a:\n- b", "  a: b", "a: b # c", "a: b: c", "- a", "---\na: b", "a: |-\n   b", "a: |-\n", 'a: "\\u0041"', "a: ~", "a: null"],
)  # fmt: skip
def test_other_forms_are_left_to_the_library(text):
    assert by_lines(text) is None


def test_the_usual_edits_are_read_line_by_line():
    text = '# of the team\nproduct: 支付平台\nversion: 1.10\n\n# who\nparticipants:\n  - name: 张三\n    roles:\n    duty: "a: b"\n  - 李四\ngoal:\n'
    assert alike(text)
    tree = by_lines(text)
    assert tree.root == {
        "product": "支付平台",
        "version": "1.10",
        "participants": [{"name": "张三", "duty": "a: b"}, "李四"],
    }


def test_the_plan_of_the_samples_is_read_line_by_line():
    assert alike((ROOT / "samples/singpost/plan.yaml").read_text("utf-8"))


def test_what_is_too_deep_is_refused_as_it_is_by_the_library():
    text = "".join("  " * depth + "a:\n" for depth in range(60))
    said = []
    for read in (by_lines, lambda text: _any_yaml(text, "plan.yaml")):
        with pytest.raises(ReadError) as error:
            read(text)
        said.append(str(error.value))
    assert said[0] == said[1]


def test_a_list_at_the_greatest_depth_is_refused_as_it_is_by_the_library():
    for depth in (38, 39, 40):
        inner = "".join("  " * depth + line for line in ("x: word\n", "b:\n", "  - word\n"))
        text = "".join("  " * at + "a:\n" for at in range(depth)) + inner
        said = []
        for read in (by_lines, lambda text: _any_yaml(text, "plan.yaml")):
            try:
                said.append(read(text).root)
            except ReadError as error:
                said.append(str(error))
        assert said[0] == said[1]


def test_long_runs_of_keys_and_long_lists_are_read_line_by_line():
    keys = "".join(f"key_{number}: text {number}\n" for number in range(2500))
    entries = "".join(f"  - entry {number}\n" for number in range(2500))
    assert alike(f"{keys}list:\n{entries}last: one\n")


def test_a_key_that_stands_twice_is_told_alike():
    assert alike("a: 1\nb: 2\na: 3\nc:\n  d: 4\n  d:\n    - 5\ne: 6\n")
    assert alike("a:\n# no value yet\nb: 1\na: 2\n")


@pytest.mark.parametrize("nothing", ["", " ~", " null", " NULL"])
def test_a_null_states_nothing(nothing):
    read = api.loads(f'product:{nothing}\ngoal: "null"\niterations:\n  - a\n  -{nothing}\n'.encode(), name="plan.yaml")
    assert read.plan.data() == {"goal": "null", "iterations": ["a"]} | {"language": "zh", "time_zone": "Asia/Shanghai"}
