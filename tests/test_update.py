"""A plan file that relplan changes keeps its comments and all that did not change, byte for byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import plans

from relplan import api
from relplan.errors import PlanError, ReadError, WriteError
from relplan.model.part import fields_of
from relplan.model.plan import ReleasePlan
from relplan.writers.planfile import one_line, quoted, scalar
from relplan.writers.planfile_update import updated

few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
many = settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)


def says(text: str | bytes) -> ReleasePlan:
    return api.loads(text.encode() if isinstance(text, str) else text).plan


def change(text: str, **fields: object) -> str:
    """The file with some fields of its plan changed."""
    old = says(text)
    new = api.loads(json.dumps({**old.data(), **fields}).encode(), "json").plan
    out = updated(text.encode(), old, new)
    assert says(out) == new
    return out.decode()


LISTS = ("participants", "preparation", "deployment", "verification", "scripts", "packages", "sections")


def _mixed(draw, ours: tuple, theirs: tuple) -> tuple:
    both = [*ours, *theirs]
    return tuple(draw(st.permutations(both))[: draw(st.integers(0, len(both)))])


@st.composite
def pairs(draw) -> tuple[ReleasePlan, ReleasePlan]:
    """A plan, and another one that shares much with it: in another order, with entries gone, changed or new."""
    one, other = draw(plans), draw(plans)
    data = {name: draw(st.sampled_from([one, other])).data().get(name) for name in fields_of(ReleasePlan)}
    for name in LISTS:
        ours, theirs = (tuple(getattr(plan, name)) for plan in (one, other))
        data[name] = _mixed(draw, ours, theirs)
    rows = [*one.table.rows, *other.table.rows]
    if one.table.rows and other.table.rows and draw(st.booleans()):
        rows.append(one.table.rows[0].replace(note="x\n\ny", changes=other.table.rows[0].changes))
    data["table"] = _mixed(draw, tuple(rows), ())
    return one, ReleasePlan.from_data({key: value for key, value in data.items() if value is not None})


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(_flow, value)) + "]" if isinstance(value, list) else quoted(str(value))


def _styled(draw, value: object, indent: int) -> str:
    """A value in some notation of YAML, as it stands behind a key or dash."""
    style = draw(st.integers(0, 5))
    if isinstance(value, str | int) or style == 0:
        text = str(value)
        if style == 1 and text.isprintable():
            return " '" + text.replace("'", "''") + "'"
        return f" {_flow(value) if style < 3 or not isinstance(value, str) else scalar(value, ' ' * indent)}"
    if isinstance(value, dict):
        step = draw(st.sampled_from([1, 2, 4]))
        pad = "\n" + " " * (indent + step)
        return "".join(f"{pad}{one_line(key)}:{_styled(draw, each, indent + step)}" for key, each in value.items())
    column = indent + draw(st.sampled_from([0, 2, 3])) if indent or style > 1 else indent
    pieces = []
    for each in value:
        text = _styled(draw, each, column + (2 if isinstance(each, dict) else 0))
        if isinstance(each, dict) and text.startswith("\n"):
            text = (" " * (len(text) - len(text.lstrip()) - 2 - column)) + text.lstrip() if style == 2 else text
        pieces.append(f"\n{' ' * column}-{text}")
    return "".join(pieces)


@st.composite
def handwritten(draw, plan: ReleasePlan) -> str:
    """The file of a plan in the notations that people use."""
    text = "".join(f"{key}:{_styled(draw, each, 0)}\n" for key, each in plan.data().items())
    try:
        if says(text) == plan:
            return text
    except (PlanError, ReadError):
        pass
    return api.dumps(plan).decode()


@st.composite
def commented(draw, plan: ReleasePlan) -> str:
    """The file of a plan with comments on lines of their own and at the ends of lines, where they are comments."""
    lines = (api.dumps(plan).decode() if draw(st.booleans()) else draw(handwritten(plan))).split("\n")
    for i in range(draw(st.integers(0, 8))):
        at, column = draw(st.integers(0, len(lines) - 1)), draw(st.sampled_from([0, 2, 4, 6, 9]))
        kind = draw(st.sampled_from(["line", "end", "blank"]))
        tried = list(lines)
        if kind == "end":
            tried[at] += f" # c{i}."
        else:
            tried.insert(at, f"{' ' * column}# c{i}." if kind == "line" else "")
        try:
            if says("\n".join(tried)) == plan:
                lines = tried
        except (PlanError, ReadError):
            pass
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def check(data: st.DataObject) -> None:
    one, other = data.draw(pairs())
    text = data.draw(commented(one))
    if says(text) != one:  # a lone \r in quotes, say
        return
    assert updated(text.encode(), one, one) == text.encode()
    out = updated(text.encode(), one, other)
    assert says(out) == other
    assert updated(out, other, other) == out
    back = updated(out, other, one)
    assert says(back) == one


@few
@given(st.data())
def test_the_changed_file_says_the_new_plan(data):
    check(data)


@pytest.mark.long
@many
@given(st.data())
def test_many_changed_files_say_the_new_plan(data):
    check(data)


@few
@given(st.data())
def test_one_change_leaves_every_comment_and_every_other_line(data):
    plan = data.draw(plans)
    text = data.draw(commented(plan))
    if says(text) != plan:
        return
    new = ReleasePlan.from_data({**vars(plan), "goal": "another goal"})
    out = updated(text.encode(), plan, new).decode()
    if plan.goal is None:
        assert [line for line in out.splitlines() if line != "goal: another goal"] == text.splitlines()
    for i in range(8):
        assert out.count(f"# c{i}.") == text.count(f"# c{i}.")


OWN = """# 今晚的发布
product: SingPost   # 产品
version:   '1.10'
# 停机窗口
window: 2026-08-20 22:00 - 次日02:00 # 夜里
impact: [柜机, 司机]  # 谁
participants:
# 人
- 张三（运维、DBA） # 值守
# 组长
- name: 李四
  roles: [A,  # 一
          B]
deployment:
  # 先
  - Back up   # bk

  - text: Update
    # 多久
    minutes: 15 # 分
table:
  rows:
    - system: 订单 # 订
      # 号
      version: 4.12.0
      dml: |- # sql
        select 1;

      extra:
        x: 1
        y: 2
    # 支付组
    - {system: 支付, version: 1, developers: [a, b]} # 付
# 完
"""


def test_one_value_changes_one_line():
    assert change(OWN, version="1.11") == OWN.replace("'1.10'", '"1.11"')
    assert change(OWN, goal="快") == OWN.replace("'1.10'\n", "'1.10'\ngoal: 快\n")
    rows = says(OWN).data()["table"]["rows"]
    rows[1]["risk_level"], rows[1]["developers"] = "high", ["a", "c"]
    assert change(OWN, table={"rows": rows}) == OWN.replace(
        "version: 1, developers: [a, b]}", "version: 1, risk_level: high, developers: [a, c]}"
    )


def test_a_text_becomes_a_block_and_keeps_the_comment_beside_it():
    out = change(OWN, product="Sing\nPost", window="2026-08-27 22:00")
    assert "product: |-   # 产品\n  Sing\n  Post\nversion:" in out
    assert '# 停机窗口\nwindow: # 夜里\n  start: "2026-08-27 22:00"\nimpact' in out


def test_an_entry_of_which_no_key_stays_lines_up_behind_a_wide_dash():
    text = 'title: t\nexemptions:\n-  until: "on"\n'
    new = says("title: t\nexemptions:\n- rule: SQL203\n  where: a\n  by: [b]\n")
    assert says(updated(text.encode(), says(text), new)) == new


def test_entries_come_go_and_move_with_the_comments_above_them():
    steps = says(OWN).data()["deployment"]
    out = change(OWN, deployment=["Notify", steps[1], "Reopen"])
    assert "  # 先\n  - Notify   # bk\n" in out and "    # 多久\n    minutes: 15 # 分\n  - Reopen\n" in out
    rows = says(OWN).data()["table"]["rows"]
    out = change(OWN, table={"rows": rows[::-1]})
    assert "rows:\n    # 支付组\n    - {system: 支付" in out and out.endswith("        y: 2\n# 完\n")
    out = change(OWN, table={"rows": rows[:1]})
    assert out.endswith("        y: 2\n    # 支付组\n# 完\n")
    out = change(OWN, participants=[{"name": "李四", "roles": ["B"]}])
    assert "participants:\n# 人\n# 组长\n- name: 李四\n  roles: [  # 一\n          B]\n" in out


def test_numbers_that_only_count_go_when_steps_move():
    text = "deployment:\n  - number: 1\n    text: a # x\n  - number: 2 # y\n    text: b\n"
    assert change(text, deployment=["c", "a", "b"]) == (
        "deployment:\n  - c\n  - text: a # x\n  - # y\n    text: b\n"
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encoding_and_line_ends_stay(encoding):
    old = OWN.rstrip("\n").replace("\n", "\r\n").encode(encoding)
    plan = says(old)
    out = updated(old, plan, plan.replace(goal="a\nb"))
    text = out.decode(encoding)
    assert "\r\ngoal: |-\r\n  a\r\n  b\r\n" in text and "\n" not in text.replace("\r\n", "")
    assert out[:3] == old[:3] and says(out).goal == "a\nb"


def test_what_cannot_be_changed_in_its_place_is_refused():
    text = "? product\n: x\n"
    with pytest.raises(WriteError, match="--force"):
        change(text, product="y")


def test_saving_over_a_file_that_is_there(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(OWN, "utf-8")
    plan = says(OWN)
    api.save(plan, path)
    assert path.read_text("utf-8") == OWN
    api.save(plan.replace(product="S"), path)
    assert path.read_text("utf-8") == OWN.replace("SingPost ", "S ")
    api.save(plan, path, force=True)
    assert path.read_bytes() == api.dumps(plan)
    api.save(plan, tmp_path / "p.json")
    api.save(plan, tmp_path / "p.json")
    assert (tmp_path / "p.json").read_bytes() == api.dumps(plan, "json")


@pytest.mark.parametrize(("name", "content"), [("p.yaml", "a: 1\n"), ("p.yaml", "a: [\n"), ("p.json", "[1]")])
def test_a_file_that_is_no_plan_is_not_written_over(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(WriteError, match="--force"):
        api.save(says(OWN), path)
    assert path.read_text("utf-8") == content
    api.save(says(OWN), path, force=True)
    assert api.load(path).plan == says(OWN)
    path.write_text(" \n", "utf-8")
    api.save(says(OWN), path)


def test_a_long_table_changes_in_good_time():
    rows = [{"system": f"S{i}", "version": f"{i}.0", "ddl": "a\nb", "developers": ["甲", "乙"]} for i in range(2000)]
    text = api.dumps(ReleasePlan(table=rows)).decode().replace("    - system", "    # s\n    - system")
    rows[1000]["version"] = "x"
    out = change(text, table={"rows": [*rows[1:], {"system": "new"}]})
    assert out.count("# s\n") == 2000
