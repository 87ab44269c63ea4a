"""The model: what its constructors take, what they make of it, and what they refuse."""

from __future__ import annotations

import datetime as dt
import json

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from strategies import plans

from relplan import api
from relplan.errors import Invalid
from relplan.model import moments
from relplan.model.celltext import ChangesKind, DependenciesKind, MinutesKind, PeopleKind, lines_of, numbered
from relplan.model.columns import columns_of, header_index, normalise_header
from relplan.model.entries import Package, Participant, Script, Section, Step
from relplan.model.part import fields_of
from relplan.model.plan import ReleasePlan, Rollback, Window, model_at
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.text import NONE_WORDS, is_none_word, normalise
from relplan.model.values import Change, ChangeKind, Dependency, Nothing, RiskLevel, Unread

ROW_MODELS = (Participant, Step, Script, Package, Section, ReleaseItem)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("  \u3000a b\u00a0\n", "a b"),
        ("a  \n  b", "a  \n  b"),
        (" \n ", ""),
    ],
)
def test_text_has_one_kind_of_line_end_and_no_outer_blanks(raw, text):
    assert normalise(raw) == text and normalise(text) == text


@pytest.mark.parametrize("char", ["\x00", "\x08", "\x1b", "\ufffe", "\ud800"])
def test_characters_that_no_file_can_hold_are_refused(char):
    with pytest.raises(Invalid, match=r"U\+"):
        ReleasePlan(product=f"a{char}")


def test_numbers_that_have_lost_a_digit_are_refused():
    with pytest.raises(Invalid, match=r"1\.10 becomes 1\.1"):
        ReleasePlan(version=1.1)
    assert ReleasePlan(version=2).version == "2"


@pytest.mark.parametrize("word", sorted(NONE_WORDS))
def test_none_is_not_the_same_as_not_stated(word):
    assert is_none_word(word)
    assert ReleaseItem(system="a", dependencies=word).dependencies == Nothing(word)
    assert ReleaseItem(system="a", risk_level=word).risk_level == Nothing(word)
    assert ReleasePlan(scripts=word).scripts == ReleasePlan(scripts=[word]).scripts == Nothing(word)
    assert ReleaseItem(system="a", ddl=word).ddl == word
    assert ReleaseItem(system="a").dependencies == () and not Nothing(word)


@pytest.mark.parametrize(
    ("word", "level"),
    [("重大", RiskLevel.CRITICAL), ("高风险", RiskLevel.HIGH), ("Moderate", RiskLevel.MEDIUM), (" LOW ", RiskLevel.LOW), ("high", RiskLevel.HIGH), ("很高", Unread("很高")),
     ("1", Unread("1")), ("A", Unread("A")), ("", None)],
)  # fmt: skip
def test_risk_words_are_mapped_and_never_guessed(word, level):
    assert ReleaseItem(system="a", risk_level=word).risk_level == level


@pytest.mark.parametrize(
    ("text", "people"),
    [("张三、李四", ("张三", "李四")), ("甲/乙,丙；丁&戊\n己", tuple("甲乙丙丁戊己")), ("张三（运维、开发）/李四", ("张三（运维、开发）", "李四")), ("R&D/QA", ("R&D", "QA")),
     ("a(b、c", ("a(b", "c"))],
)  # fmt: skip
def test_people_are_split_outside_brackets(text, people):
    assert PeopleKind().read(text) == people


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("支付网关>=2.3", Dependency("支付网关", ">=2.3")),
        ("支付网关 ≥ 2.3.0", Dependency("支付网关", ">=2.3.0")),
        ("支付网关（>=2.3）", Dependency("支付网关", ">=2.3")),
        ("支付网关 2.3及以上", Dependency("支付网关", ">=2.3")),
        ("支付网关 v2.3.1-rc.1", Dependency("支付网关", "v2.3.1-rc.1")),
        ("CRM/产品管理", Dependency("CRM/产品管理")),
        ("自提点服务(智能柜/温度柜)", Dependency("自提点服务(智能柜/温度柜)")),
        ("系统2", Dependency("系统2")),
        ("Step 1", Dependency("Step 1")),
    ],
)
def test_dependencies_name_systems_with_bounds(text, found):
    assert DependenciesKind().read(text) == (found,)


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("【新增】x", ChangeKind.ADDED, "x"), ("[Fixed] x", ChangeKind.FIXED, "x"), ("feat(pay)!: x", ChangeKind.ADDED, "x"), ("fix: x", ChangeKind.FIXED, "x"),
        ("优化：x", ChangeKind.IMPROVED, "x"), ("【支付】x", None, "【支付】x"), ("说明：x", None, "说明：x"), ("http://x", None, "http://x"), ("【新增】", None, "【新增】"),
        ("【新增】【修复】x", ChangeKind.ADDED, "【修复】x"), ("chore: x", ChangeKind.INTERNAL, "x"),
    ],
)  # fmt: skip
def test_changes_have_a_kind_where_the_text_says_so(text, kind, rest):
    (change,) = ChangesKind().read(text)
    assert (change.kind, change.text) == (kind, rest)
    assert "".join(str(change).split()) == "".join(text.split())


def test_a_change_may_be_given_by_its_kind():
    assert ReleaseItem(system="a", changes=[{"kind": "fixed", "text": "x"}]).changes == (Change("x", "【修复】"),)
    with pytest.raises(Invalid, match="unknown kind"):
        ReleaseItem(changes=[{"kind": "nope", "text": "x"}])


@pytest.mark.parametrize(
    "text", ["1. a\n2. b", "1、a\n2、b", "（1）a\n（2）b", "① a\n② b", "- a\n- b", "• a\n• b", "a\nb", "a\n\n b"]
)
def test_lists_in_cells(text):
    assert lines_of(text) == ["a", "b"]
    assert lines_of(numbered(["a\nb", "2. c"])) == ["a\nb", "2. c"]


def test_a_number_and_its_stop_on_different_lines_begin_no_list():
    assert lines_of("1\n、备份") == ["1", "、备份"]
    assert lines_of("1 、备份\n2\n. 校验") == ["备份\n2\n. 校验"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30", 30),
        ("30分钟", 30),
        ("1.5h", 90),
        ("1小时30分", 90),
        ("2 hours", 120),
        ("约30分钟", Unread("约30分钟")),
        ("1.3", Unread("1.3")),
    ],
)
def test_minutes(text, minutes):
    assert MinutesKind().read(text) == minutes


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-08-20 22:00", dt.datetime(2026, 8, 20, 22)), ("2026/8/20 22:00:30", dt.datetime(2026, 8, 20, 22, 0, 30)), ("2026.8.20", dt.date(2026, 8, 20)),
        ("2026年8月20日22时30分", dt.datetime(2026, 8, 20, 22, 30)), ("2026年8月20日（周四）晚上10点", dt.datetime(2026, 8, 20, 22)), ("2026-08-20 24:00", dt.datetime(2026, 8, 21)),
        ("2026-08-20T22:00+08:00", dt.datetime(2026, 8, 20, 22, tzinfo=dt.timezone(dt.timedelta(hours=8)))), ("2026年8月20日（周五）22点", None), ("20/08/2026", None),
        ("2020年X月X日", None), ("2026-02-30", None), ("2026-08-20 25:00", None), ("2026年8月20日晚上12点", None), ("2026-08/20", None),
    ],
)  # fmt: skip
def test_moments_are_read_for_certain_or_not_at_all(text, moment):
    assert moments.parse(text) == moment
    if moment:
        assert moments.parse(moments.write(moment)) == moment


@pytest.mark.parametrize(
    ("text", "start", "end", "kept"),
    [
        ("2026-08-20 22:00 - 次日02:00", "2026-08-20 22:00", "2026-08-21 02:00", True), ("2026-08-20 22:00-02:30", "2026-08-20 22:00", "2026-08-21 02:30", True),
        ("2026-08-20 22:00 至 2026-08-21 02:00", "2026-08-20 22:00", "2026-08-21 02:00", True), ("2026-08-20 22:00 - 2026-08-21 02:00", "2026-08-20 22:00", "2026-08-21 02:00", False),
        ("2026年8月20日 22时00分开始", "2026-08-20 22:00", None, True), ("2026-08-20", "2026-08-20", None, False),
    ],
)  # fmt: skip
def test_a_window_is_read_from_text_and_keeps_what_it_says_more(text, start, end, kept):
    window = ReleasePlan(window=text).window
    assert moments.write(window.start) == start
    assert (moments.write(window.end) if window.end else None) == end
    assert window.text == (text if kept else None)


def test_a_window_that_cannot_be_read_keeps_its_words():
    assert ReleasePlan(window="2020年X月X日 X时XX分开始").window == Window(start=Unread("2020年X月X日 X时XX分开始"))


@pytest.mark.parametrize(
    ("words", "deadline"),
    [
        ("次日 03:00", "2026-08-21 03:00"), ("03:00", "2026-08-21 03:00"), ("23:30 前", "2026-08-20 23:30"),
        ("次日凌晨3点之前", "2026-08-21 03:00"), ("2026-08-21 01:00", "2026-08-21 01:00"),
    ],
)  # fmt: skip
def test_a_deadline_without_a_day_is_of_the_night_of_the_release(words, deadline):
    plan = ReleasePlan(window="2026-08-20 22:00 - 次日04:00", rollback={"deadline": words})
    assert moments.write(plan.rollback.deadline) == deadline
    assert api.loads(api.dumps(plan), "yaml").plan == plan


@pytest.mark.parametrize("window", ["", "2026-08-20", "2020年X月X日"])
def test_a_deadline_without_a_day_or_a_night_keeps_its_words(window):
    assert ReleasePlan(window=window, rollback={"deadline": "03:00"}).rollback.deadline == Unread("03:00")


def test_a_moment_without_a_zone_is_in_the_plans():
    plan = ReleasePlan(window="2026-08-20 22:00")
    assert plan.at(plan.window.start).isoformat() == "2026-08-20T22:00:00+08:00"


def test_plain_text_stands_for_an_entry():
    plan = ReleasePlan(
        participants=["张三（运维）", "李四(开发、测试)"], deployment="1. 备份\n2. 更新", scripts=["a.sql"]
    )
    assert [(each.name, each.roles) for each in plan.participants] == [("张三", ("运维",)), ("李四", ("开发", "测试"))]
    assert [step.text for step in plan.deployment] == ["备份", "更新"] and plan.scripts[0].name == "a.sql"


def test_rows_that_say_nothing_are_left_out():
    plan = ReleasePlan(deployment=[{}, "a", {"text": "  "}], table=[{"system": ""}, {"system": "a"}])
    assert len(plan.deployment) == 1 and len(plan.table.rows) == 1


def test_models_are_strict_and_frozen():
    with pytest.raises(Invalid, match='unknown key "produkt"; did you mean "product"'):
        ReleasePlan(produkt="x")
    with pytest.raises(AttributeError, match="never changes"):
        ReleasePlan().product = "x"
    with pytest.raises(AttributeError, match="never changes"):
        del ReleasePlan().product
    with pytest.raises(Invalid, match="is a column that relplan knows"):
        ReleaseItem(extra={"版本号": "1"})
    with pytest.raises(Invalid, match="unknown part"):
        Section(title="a", after="deploymnt")


def test_extra_columns_have_one_order_in_all_rows():
    table = ReleaseTable(
        rows=[{"system": "a", "extra": {"x": "1", "y": "2"}}, {"system": "b", "extra": {"y": "3", "x": "4"}}]
    )
    assert [[pair.header for pair in row.extra] for row in table.rows] == [["x", "y"], ["x", "y"]]


def test_the_plans_risk_is_the_highest_and_its_digest_tells_every_edit():
    plan = ReleasePlan(table=[{"system": "a", "risk_level": "低"}, {"system": "b", "risk_level": "高"}])
    assert plan.table.risk_level is RiskLevel.HIGH and ReleaseTable().risk_level is None
    assert plan.digest == ReleasePlan(**plan.data()).digest != ReleasePlan(**{**plan.data(), "product": "x"}).digest


@pytest.mark.parametrize("model", [*ROW_MODELS, ReleasePlan, Window, Rollback])
def test_every_field_has_its_column_and_no_two_share_a_label(model):
    bounds = columns_of(model)
    missing = set(fields_of(model)) - {bound.field for bound in bounds} - {"extra"}
    assert all(model_at((*path, name)) for name in missing for path in [()]) or model is not ReleasePlan
    assert model is ReleasePlan or model is Rollback or not missing
    for language in ("zh", "en"):
        labels = [normalise_header(bound.column.label(language)) for bound in bounds]
        assert len(set(labels)) == len(labels)
    for bound in bounds:
        assert header_index(model).field(bound.column.zh) == header_index(model).field(bound.column.en) == bound.field
        assert bound.column.width > 0


def test_the_fourteen_columns_are_those_of_the_table():
    core = [bound.column.zh for bound in columns_of(ReleaseItem) if not bound.column.optional]
    assert core == [
        "发布顺序",
        "系统名称",
        "版本号",
        "变更内容",
        "风险等级",
        "风险描述",
        "风险控制",
        "发布依赖",
        "配置更新",
        "DDL",
        "DML",
        "发布分支",
        "开发人员",
        "测试人员",
    ]


def test_every_plan_file_is_valid_under_the_schema():
    jsonschema.Draft202012Validator.check_schema(api.schema())
    validator = jsonschema.Draft202012Validator(api.schema())

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(plans)
    def holds(plan):
        validator.validate(json.loads(api.dumps(plan, "json")))

    holds()


def test_the_schema_takes_the_starters_and_tells_wrong_keys():
    validator = jsonschema.Draft202012Validator(api.schema())
    for language in ("zh", "en"):
        text = api.starter(language)["plan.yaml"].decode()
        validator.validate(yaml.load(text, Loader=yaml.BaseLoader))
    for wrong in (
        {"produkt": "x"},
        {"table": {"rows": [{"sytem": "a"}]}},
        {"language": "fr"},
        {"sections": [{"title": "a", "after": "x"}]},
    ):
        assert not validator.is_valid(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-20（周四）22:00",
        "2026-08-20 22:00（周四）",
        "2026-08-20 22:00 (Thu)",
        "2026-08-20 Thursday 22:00",
        "2026年8月20日（星期四）晚上10点",
    ],
)
def test_a_moment_may_name_its_weekday_and_only_its_own(text):
    assert moments.parse(text) == dt.datetime(2026, 8, 20, 22, 0)
    assert moments.parse(text.replace("四", "五").replace("Thu", "Fri").replace("Frirsday", "Friday")) is None
