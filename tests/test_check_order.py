"""The rules about order, people and time where a plan in a folder does not suffice: settings, any plan, helpers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import plans

from relplan import api
from relplan.checks.changes import rows_words
from relplan.checks.settings import CheckSettings, Freeze
from relplan.checks.systems import SystemNames, version_key
from relplan.findings import Severity, Stage
from relplan.model import moments
from relplan.model.plan import ReleasePlan

GROUPS = ("ORD", "PPL", "TIM")
ANY_TIME = dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC)


def check(data, *codes, **settings):
    return api.check(ReleasePlan.from_data(data), CheckSettings(select=codes, **settings))


@given(plans)
def test_no_plan_makes_a_rule_fail(plan):
    freeze = Freeze("任何时候", dt.date.min, dt.date.max)
    settings = CheckSettings(select=GROUPS, now=ANY_TIME, freezes=(freeze,), external=frozenset(("短信平台",)))
    checked = api.check(plan, settings)
    assert [each.reason.en for each in checked.not_run if each.fault] == []


@pytest.mark.parametrize(
    "window",
    [
        {"start": "9999-12-31", "end": "9999-12-31"},
        {"start": "0001-01-01 00:00+14:00", "end": "9999-12-31 23:59-11:00"},
        {"start": "9999-12-31 23:59-11:00", "end": "0001-01-01"},
    ],
)
def test_the_first_and_the_last_of_days_are_days(window):
    freeze = Freeze("任何时候", dt.date.min, dt.date.max)
    plan = {"window": window, "deployment": [{"text": "部署", "minutes": 5}]}
    checked = check(plan, "TIM", "TIM102", now=ANY_TIME, freezes=(freeze,))
    assert not checked.not_run
    assert "TIM106" in {each.code for each in checked.findings}


def test_where_the_settings_list_what_is_external_anything_else_is_an_error():
    plan = {"table": [{"system": "订单中心", "dependencies": "短信平台、ＰＡＹ Gate、数据仓库"}]}
    assert [each.severity for each in check(plan, "ORD103").findings] == [Severity.WARNING] * 3
    checked = check(plan, "ORD103", external=frozenset(("短信平台", "Pay gate")))
    assert [(each.path[-1], each.severity) for each in checked.findings] == [(2, Severity.ERROR)]


@pytest.mark.parametrize(
    ("code", "plan", "severities"),
    [
        ("TIM101", {"title": "a"}, "warning error error error"),
        ("TIM101", {"window": "下周四"}, "error error error error"),
        ("PPL102", {"participants": ["甲（运维、开发、测试）"]}, "advice warning error error"),
    ],
)
def test_what_is_missing_weighs_more_from_stage_to_stage(code, plan, severities):
    found = [check(plan, code, stage=stage).findings for stage in Stage]
    assert " ".join(str(finding.severity) for (finding,) in found) == severities


def test_a_long_list_of_rows_is_cut_short():
    assert rows_words([0]).en == "row 1" and rows_words([0, 4]).zh == "第 1、5 行"
    assert rows_words(range(8)).zh == "第 1、2、3、4、5 行等 8 行"
    assert rows_words(range(8)).en == "rows 1, 2, 3, 4, 5 and 3 more"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("更新应用镜像：订单中心（先单节点）", {"订单中心"}),
        ("更新 ORDER-Center 与订单中心Web", {"order-center", "订单中心web"}),
        ("更新 reorder 和 order-center-job", set()),
        ("先 order，后 order_new", {"order"}),
        ("", set()),
    ],
)
def test_a_text_names_systems_by_whole_words_and_the_longest_one(text, named):
    names = SystemNames(["订单中心", "订单中心web", "order", "Order-Center", "甲"])
    assert set(names.within(text)) == named


@given(st.lists(st.text("甲乙ab-", min_size=2, max_size=5), max_size=5), st.text("甲乙ab- ", max_size=30))
def test_what_a_text_names_stands_in_it(names, text):
    found = list(SystemNames(names).within(text))
    assert all(each in " ".join(text.split()) for each in found)
    assert all(name in set(SystemNames(names).within(f"部署 {name} 到")) for name in names if name.strip("-") == name)


def test_versions_of_numbers_compare_as_numbers():
    assert version_key("v2.10.0") == version_key("2.10") == (2, 10)
    assert version_key("2.10") > version_key("2.9.9")
    assert version_key("2.3-rc1") is None and version_key("") is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2020年3月5日（周三）22:00 与 2020-03-05 (Thu)", [5]),
        ("2020-03-05 星期五 09:00，2020-03-06 周五", [5]),
        ("2020-03-05 22:00（礼拜天）", [5]),
        ("2020-03-05 monitoring\n周三 22:00；2020-03-05 周报", []),
        ("2020-02-30 周三", []),
    ],
)
def test_a_weekday_that_is_not_the_days_is_found_in_any_text(text, days):
    assert [day.day for _, day in moments.wrong_weekdays(text)] == days


def test_a_day_without_a_year_is_the_nearest_one():
    text = "12月31日（周四）22:00 至 1 月 1 日（周四）；2020 年 1 月 1 日（周三）；2月30日（周一）"
    found = list(moments.wrong_weekdays(text, dt.date(2026, 12, 31)))
    assert found == [("1 月 1 日（周四）", dt.date(2027, 1, 1))]
    assert list(moments.wrong_weekdays(text)) == []
