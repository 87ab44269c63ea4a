"""The release order: every row after what it depends on, cycles named whole, written orders read and compared."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relplan.model.table import ReleaseTable
from relplan.sequence.components import MOST_CYCLES, components, cycles
from relplan.sequence.names import name_key, order_key
from relplan.sequence.order import Conflict, release_order
from relplan.sequence.words import contradictions, doubts, obstacles, reason


def table(*rows: tuple[str, ...] | dict[str, object]) -> ReleaseTable:
    """A table of rows given as `(system, dependency, …)` or in full."""
    return ReleaseTable(
        rows=[each if isinstance(each, dict) else {"system": each[0], "dependencies": list(each[1:])} for each in rows]
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", (1,)), ("12", (12,)), ("1.2", (1, 2)), ("1.10", (1, 10)), ("1.0", (1,)), ("3-1", (3, 1)), ("２", (2,)), ("①", (1,)), ("⑫", (12,)),
        ("(3)", (3,)), ("（3）", (3,)), ("3、", (3,)), ("3.", (3,)), ("第2批", (2,)), ("第二批", (2,)), ("第 十二 批次", (12,)), ("批次3", (3,)), ("批次：3", (3,)),
        ("P1", (1,)), ("Step 4", (4,)), ("wave 2", (2,)), ("No.5", (5,)), ("#6", (6,)), ("2a", (2, 1)), ("2B", (2, 2)), ("二十", (20,)), ("一百零三", (103,)),
        ("第三步", (3,)), ("1.2.3", (1, 2, 3)), ("007", (7,)),
    ],
)  # fmt: skip
def test_an_order_is_read_in_the_ways_people_write_it(text, key):
    assert order_key(text) == key


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "第一个",
        "最后",
        "无",
        "-",
        "1 或 2",
        "见附件",
        "批",
        "十百",
        "1..2",
        "-1",
        "a",
        "1ab",
        "1\n2",
        "第批",
        "9" * 60,
    ],
)
def test_anything_else_is_no_order(text):
    assert order_key(text) is None


@settings(max_examples=150)
@given(st.text(max_size=45))
def test_no_text_is_too_strange_to_be_asked(text):
    assert order_key(text) is None or all(level >= 0 for level in order_key(text))


def test_names_are_one_where_case_width_and_blanks_differ():
    assert len({name_key(each) for each in ("Pay Gateway", "pay  gateway ", "ＰＡＹ　gateway", "PAY\nGATEWAY")}) == 1
    assert name_key("支付（新）") == name_key("支付(新)") and name_key("支付") != name_key("支付网关")


def test_waves_hold_what_can_go_side_by_side_and_every_place_is_explained():
    order = release_order(
        table(("web", "order", "pay"), ("auth",), ("order", "auth"), ("pay", "AUTH >=2.3"), ("mail",))
    )
    assert order.waves == ((1, 4), (2, 3), (0,)) and order.possible
    assert [standing.wave for standing in order.standings] == [3, 1, 2, 2, 1]
    assert reason(order.standings[0], order).en == "after order (wave 2), pay (wave 2)"
    assert reason(order.standings[0], order).zh == "在 order（第 2 批）、pay（第 2 批）之后"
    assert reason(order.standings[1], order).en == "depends on nothing in this release"


def test_among_equals_the_written_order_goes_first_then_the_row():
    rows = [
        {"system": name, "order": written}
        for name, written in zip("abcde", ["第三批", None, "?", "2", "②"], strict=True)
    ]
    assert release_order(table(*rows)).waves == ((3, 4, 0, 1, 2),)


def test_a_dependency_waits_for_all_rows_of_its_system():
    order = release_order(table(("db",), ("app", "db"), ("app",), ("web", "App")))
    assert order.waves == ((0, 2), (1,), (3,))
    assert order.standings[3].needs[0].rows == (1, 2)


def test_rows_without_a_system_or_dependencies_stand_in_the_first_wave():
    order = release_order(table({"version": "1"}, {"system": "a", "dependencies": "无"}))
    assert order.waves == ((0, 1),) and not order.outside


def test_a_dependency_outside_the_table_holds_nothing_up_and_gets_a_hint():
    order = release_order(table(("用户中心",), ("订单中心", "用户中新", "外部清算")))
    assert order.waves == ((0, 1),) and order.possible
    assert [(each.row, each.dependency, each.hint.zh) for each in order.outside] == [
        (1, 0, "；是否为“用户中心”？"),
        (1, 1, ""),
    ]
    assert next(each.message.en for each in doubts(order, table(("用户中心",), ("订单中心",)))).endswith(
        'did you mean "用户中心"?'
    )


def test_a_row_that_depends_on_itself_is_told_and_left_in_its_wave():
    order = release_order(table(("a",), ("B", "a", "ｂ")))
    assert order.waves == ((0,), (1,)) and not order.possible and not order.cycles
    assert [(each.row, each.dependency) for each in order.selfish] == [(1, 1)]


def test_all_cycles_are_named_whole_and_the_rest_is_ordered():
    given_table = table(("A", "B"), ("B", "C"), ("C", "A"), ("D", "A"), ("E", "F"), ("F", "E", "D"), ("G",))
    order = release_order(given_table)
    assert [str(each) for each in order.cycles] == ["E → F → E", "A → B → C → A"]
    assert order.waves == ((0, 1, 2, 6), (3,), (4, 5)) and not order.possible and not order.more_cycles
    assert [each.row for each in order.standings if each.cyclic] == [0, 1, 2, 4, 5]
    assert order.cycles[0].rows == (4, 5)
    found = list(obstacles(order))
    assert "E → F → E" in found[0].message.zh and found[0].path == ("table", "rows", 4, "dependencies")


def test_a_cycle_through_one_row_of_a_system_leaves_its_other_rows_alone():
    order = release_order(table(("a", "b"), ("a",), ("b", "a")))
    assert [str(each) for each in order.cycles] == ["a → b → a"]
    assert [standing.cyclic for standing in order.standings] == [True, False, True]
    assert order.waves == ((1,), (0, 2))


def test_cycles_that_share_systems_are_all_named():
    order = release_order(table(("A", "B", "C"), ("B", "D"), ("C", "D"), ("D", "E", "F"), ("E", "A"), ("F", "A")))
    assert [str(each) for each in order.cycles] == [f"A → {x} → D → {y} → A" for x in "BC" for y in "EF"]


def test_where_cycles_are_too_many_the_shortest_are_named_and_that_is_said():
    names = [f"s{number}" for number in range(12)]
    order = release_order(table(*((name, *(each for each in names if each != name)) for name in names)))
    assert len(order.cycles) == MOST_CYCLES and order.more_cycles and len(order.cycles[0].systems) == 2
    assert "more cycles than are named" in list(obstacles(order))[-1].message.en


def test_the_written_order_is_held_against_the_dependencies():
    rows = [
        ("a", "1", []),
        ("b", "第一批", ["a"]),
        ("c", "3", ["a", "d"]),
        ("d", "4", []),
        ("e", "?", ["d"]),
        ("f", None, ["d"]),
        ("g", "9", ["b"]),
    ]
    given_table = table(*({"system": name, "order": written, "dependencies": needs} for name, written, needs in rows))
    order = release_order(given_table)
    assert order.conflicts == (Conflict(1, 0), Conflict(2, 3)) and order.unreadable == (4,)
    told = [(each.path[2], each.message.en) for each in contradictions(order, given_table)]
    assert told[1] == (2, "c (order 3) depends on d (order 4) but does not come after it")
    assert "“?”" in next(iter(doubts(order, given_table))).message.zh


def test_a_cycle_is_not_told_again_as_a_conflict():
    rows = [
        {"system": a, "order": written, "dependencies": [b]} for a, b, written in (("a", "b", "1"), ("b", "a", "2"))
    ]
    assert release_order(table(*rows)).conflicts == ()


graphs = st.integers(1, 7).flatmap(
    lambda size: st.lists(st.sets(st.integers(0, size - 1), max_size=size), min_size=size, max_size=size)
)


def of_graph(graph: list[set[int]]) -> ReleaseTable:
    return table(*((f"s{node}", *(f"s{other}" for other in sorted(others))) for node, others in enumerate(graph)))


def all_cycles(graph: list[set[int]]) -> set[tuple[int, ...]]:
    """Every cycle of two nodes or more from its smallest node on, by trying all arrangements."""
    return {
        path
        for length in range(2, len(graph) + 1)
        for path in itertools.permutations(range(len(graph)), length)
        if path[0] == min(path) and all(b in graph[a] for a, b in zip(path, (*path[1:], path[0]), strict=True))
    }


@settings(max_examples=100)
@given(graphs)
def test_cycles_are_those_that_trying_everything_finds(graph):
    expected = all_cycles(graph)
    order = release_order(of_graph(graph))
    found = [tuple(int(name[1:]) for name in cycle.systems) for cycle in order.cycles]
    assert len(found) == len(set(found)) and set(found) <= expected
    assert [len(each) for each in found] == sorted(len(each) for each in found)
    if not order.more_cycles:
        assert set(found) == expected
    assert {row for cycle in expected for row in cycle} == {each.row for each in order.standings if each.cyclic}


@settings(max_examples=100)
@given(graphs)
def test_every_row_comes_after_what_it_needs_and_as_early_as_it_can(graph):
    order = release_order(of_graph(graph))
    assert sorted(itertools.chain(*order.waves)) == list(range(len(graph)))
    for standing in order.standings:
        before = [order.standings[row] for need in standing.needs for row in need.rows]
        assert all(each.wave < standing.wave or (each.cyclic and standing.cyclic) for each in before)
        if not standing.cyclic:
            assert standing.wave == 1 + max((each.wave for each in before), default=0)


def test_groups_come_after_what_they_lead_to():
    assert [sorted(each) for each in components([[1], [2], [1, 3], [], [0]])] == [[3], [1, 2], [0], [4]]
    assert cycles({0: [1], 1: [2], 2: [0]}).found == [(0, 1, 2)]


@pytest.mark.parametrize(
    "needs",
    [
        lambda i, n: [i - 1] if i else [],
        lambda i, n: [(i - 1) % n],
        lambda i, n: [(i - 1) % n, (i + 1) % n],
        lambda i, n: [(i - 1) % n, 5] if i == n // 2 else [(i - 1) % n],
        lambda i, n: [n + i],
    ],
    ids=["chain", "ring", "chain both ways", "ring with a chord", "unknown"],
)
def test_thousands_of_rows_have_an_order(needs):
    size = 4000
    rows = table(*((f"system-{i}", *(f"system-{each}" for each in needs(i, size))) for i in range(size)))
    assert len(release_order(rows).standings) == size


def test_many_rows_of_one_system_that_many_need_are_one_step():
    rows = table(*((("x", "y") if number % 2 else ("y",)) for number in range(6000)))
    assert [len(wave) for wave in release_order(rows).waves] == [3000, 3000]


def test_a_remark_in_brackets_is_no_part_of_a_name():
    rows = [
        {"system": "用户中心"},
        {"system": "支付（新）"},
        {"system": "订单", "dependencies": "用户中心（先发布）、支付（新）、支付(旧)"},
    ]
    found = release_order(ReleaseTable(rows=rows))
    assert [need.system for need in found.standings[2].needs] == ["用户中心（先发布）", "支付（新）"]
    assert [each.system for each in found.outside] == ["支付(旧)"]
