"""Documents: every value arrives whole in every document and format, and templates that are wrong are answered with their line."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import NASTY, plans

from relplan import RelplanError, api
from relplan.blocks import (
    Block,
    Callout,
    Checkbox,
    Code,
    Contents,
    Document,
    Heading,
    Inline,
    InlineCode,
    LineBreak,
    Link,
    List,
    Listing,
    Mark,
    PageBreak,
    Paragraph,
    Rule,
    Strong,
    Table,
    Text,
    plain,
)
from relplan.documents.filters import FILTERS
from relplan.markdown.parse import to_blocks
from relplan.model.plan import ReleasePlan, walk
from relplan.model.values import Change, Choice

HOSTILE = [
    "**bold** _em_ `code` # h", "{{ plan.version }} {% for x in y %}", "<script>alert(1)</script> & &lt;", "\ue0000\ue0010\ue002 \ue000123456789\ue0011\ue002",
    "| a | b |\n| --- | --- |", "[l](http://x) ![i](y.png)", "- item\n1. one\n> quote\n\n\tcode", "=1+1", "\\newpage", "[TOC]", "[ ] todo", "* * *\n===",
]  # fmt: skip


def words(block: Block) -> str:
    """All words of a block, in order."""
    match block:
        case Heading(_, content) | Paragraph(content):
            return plain(content)
        case List(items):
            return "\n".join(words(each) for item in items for each in item.blocks)
        case Table(columns, rows):
            return "\n".join([*(each.header for each in columns), *(plain(cell) for row in rows for cell in row)])
        case Code(text) | Listing(_, text):
            return text
        case Callout(_, blocks):
            return "\n".join(map(words, blocks))
        case _:
            return ""


def all_words(document: Document) -> str:
    return "\n".join(map(words, document.blocks))


def squeezed(text: str) -> str:
    """Without blanks: documents break lines where they must."""
    return re.sub(r"\s+", "", text)


def hostile_plan(text: str) -> ReleasePlan:
    row = {"text": text, "condition": text, "expected": text, "command": text}
    return ReleasePlan(
        title=text, product=text, version=text, goal=text, impact=[text, "x"], participants=[{"name": text, "duty": text}],
        preparation=[text, "y"], deployment=[row], verification=[text, "z"], rollback={"steps": [row], "text": text},
        window={"start": "2026-08-20 22:00", "text": text},
        table=[{"system": text, "version": text, "changes": [{"text": text}], "risk_level": "高", "risk_description": text, "risk_control": text,
                "configuration": text, "ddl": text, "branch": text, "extra": {"自定义": text}}],
        scripts=[{"name": text, "note": text}], packages=[{"name": text, "version": text}],
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("document", ["plan", "table", "notes", "workbook"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_values_arrive_whole_and_make_no_structure(text, document, language):
    made = api.document(hostile_plan(text), document, language=language)
    like_it = "\n".join(["word"] * (text.count("\n") + 1))
    harmless = api.document(hostile_plan(like_it), document, language=language)
    assert squeezed(text) in squeezed(all_words(made))
    assert [type(block) for block in made.blocks] == [type(block) for block in harmless.blocks]
    assert squeezed(all_words(made)) == squeezed(all_words(harmless)).replace(squeezed(like_it), squeezed(text))


@pytest.mark.parametrize("format", ["md", "html", "docx", "xlsx"])
@pytest.mark.parametrize("document", ["plan", "table", "notes", "workbook"])
def test_every_document_is_made_in_every_format(document, format, samples):
    plan = api.load(samples / "plan.yaml").plan
    data = api.render(plan, document, format)
    assert data == api.render(plan, document, format)
    assert api.render(plan, document, format, language="en") != data


def shown_words(value: object) -> list[str]:
    if isinstance(value, tuple):
        return [word for each in value for word in shown_words(each)]
    if isinstance(value, Change):
        return [value.text]
    if isinstance(value, Choice):
        return [value.zh]
    return [str(value)]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(plans)
def test_the_plan_document_and_the_workbook_lose_no_word(plan):
    for name in ("plan", "workbook"):
        found = squeezed(all_words(api.document(plan, name, language="zh")))
        for path, value in walk(plan):
            if name == "plan" and (path[0] in ("language", "time_zone", "sections") or path[-1] in ("id",)):
                continue  # not shown; a section of the team's own is Markdown and tested for itself
            for word in shown_words(value):
                if re.match(r"\d{4}-", word) or (path[-1] == "text" and path[0] == "window"):
                    continue
                assert squeezed(word) in found, (path, word)


def own(tmp_path, text, **options):
    template = tmp_path / "own.md.j2"
    template.write_text(text, "utf-8")
    return api.document(options.pop("plan", hostile_plan("word")), "own", template=template, **options)


def test_what_is_not_stated_is_a_gap_that_can_be_seen(tmp_path):
    made = own(tmp_path, "{{ plan.version }}", plan=ReleasePlan())
    assert made.blocks == (Paragraph((Mark("〔待补充〕", "gap"),)),)


def test_captured_template_text_is_template_text_and_its_values_are_not(tmp_path):
    plan = ReleasePlan(version="**1**")
    made = own(
        tmp_path, "{% set x %}**{{ plan.version }}**{% endset %}{{ x }} {{ x ~ '*' }} {{ x | upper }}", plan=plan
    )
    assert made.blocks[0].content[0] == Strong((Text("**1**"),))
    assert plain(made.blocks[0].content) == "**1** ****1***** ****1****"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("ok\n{{ plan.verson }}", 2, 'did you mean "version"'),
        ("ok\n\n{{ plam.version }}", 3, 'did you mean "plan"'),
        ("{% for x in %}", 1, "syntax"),
        ("{{ plan.table | tabel }}", 1, "tabel"),
        ("{{ plan.table | table(['verson']) }}", 1, 'did you mean "version"'),
        ("x {{ plan.table | table }} y", 0, "stand alone"),
        ("{{ plan }}", 1, "ReleasePlan"),
        ("{{ plan.__class__ }}", 1, 'no "__class__"'),
        ("{{ plan.table.rows[0]._part }}", 1, ""),
        ("{{ ''.__class__.__mro__ }}", 1, 'no "__class__"'),
        ("{% include '../../etc/passwd' %}", 0, "no template"),
        ("{{ range(10**9) | list }}", 1, "Range too big"),
        ("{{ plan.table.rows.append(1) }}", 1, ""),
        ("{{ 1 / 0 }}", 1, "division"),
        ("![x](../secret.png)", 0, "no picture"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", 1, "too deep"),
    ],
)
def test_a_wrong_template_is_answered_with_its_line(tmp_path, text, line, word):
    with pytest.raises(RelplanError) as error:
        own(tmp_path, text)
    problem = error.value.problems[0]
    assert word in problem.message.en
    assert problem.place and problem.place.file == "own.md.j2" and problem.place.line == line


def test_every_block_has_its_notation(tmp_path):
    text = """# One [#top]

[TOC 3]

A **b** *c* ~~d~~ `e` [f](#top)\\
g

1. h
   - i

- [ ] j
- [x] k

| l | m |
| - | -: |
| [ ] | **n** |

```sql
o
```

```sql listing=p The title
q
```

> [!WARNING]
> r

---

\\newpage
"""
    made = own(tmp_path, text).blocks
    assert [type(block) for block in made] == [
        Heading,
        Contents,
        Paragraph,
        List,
        List,
        Table,
        Code,
        Listing,
        Callout,
        Rule,
        PageBreak,
    ]
    kinds = [type(each) for each in made[2].content if not isinstance(each, Text)]
    assert [kind.__name__ for kind in kinds] == ["Strong", "Emphasis", "Strike", "InlineCode", "Link", "LineBreak"]
    assert made[0].anchor == "top" and made[1].depth == 3
    assert [item.checked for item in made[4].items] == [False, True]
    assert made[5].rows == (((Checkbox(False),), (Strong((Text("n"),)),)),) and made[5].columns[1].align == "right"
    assert (made[7].anchor, made[7].title, made[7].text) == ("p", "The title", "q")
    assert made[8].kind == "warning" and words(made[8]) == "r"


def test_a_picture_beside_the_template_is_an_image(tmp_path):
    (tmp_path / "p.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>")
    image = own(tmp_path, "![words](p.svg)").blocks[0]
    assert image.media_type == "image/svg+xml" and image.alternative == "words"


def test_data_that_is_markdown_is_parsed_for_itself_and_reaches_nothing_else():
    blocks = to_blocks("a\nb\n\n- {{ x }}\n\n<b>c</b> [d](javascript:alert) ![e](/etc/passwd)", keep_line_ends=True)
    assert blocks[0] == Paragraph((Text("a"), LineBreak(), Text("b")))
    assert words(blocks[2]).startswith("<b>c</b> d (javascript:alert)") is False  # an unsafe link is no link at all
    assert not any(isinstance(each, Link) for each in blocks[2].content)
    assert "<b>c</b>" in words(blocks[2])


def test_inline_content_is_what_it_says():
    content: tuple[Inline, ...] = (Text("a"), InlineCode("b"), LineBreak(), Checkbox(True), Mark("c", "high"))
    assert plain(content) == "ab\n☑c"


def test_notes_spare_a_customer_what_is_internal():
    plan = ReleasePlan(
        impact=["升级 jar"], table=[{"system": "甲", "version": "1", "changes": ["【新增】给客户", "refactor: 内部的"], "ddl": "ALTER", "risk_description": "险", "branch": "release/1"}]
    )  # fmt: skip
    internal, customer = (all_words(api.document(plan, "notes", audience=each)) for each in ("internal", "customer"))
    for word in ("内部的", "ALTER", "险", "升级 jar", "release/1"):
        assert word in internal and word not in customer
    assert "给客户" in internal and "给客户" in customer


def test_every_filter_says_what_it_does():
    assert all(each.__doc__ for each in FILTERS.values())


def test_a_language_is_the_plans_own_unless_another_is_asked_for():
    plan = ReleasePlan(product="X", language="en")
    assert api.document(plan).language == "en" and "Impact" in all_words(api.document(plan))
    assert "影响范围" in all_words(api.document(plan, language="zh"))


def test_nasty_words_are_really_nasty():
    assert any("{{" in word for word in NASTY) and any("</" in word for word in NASTY)


@pytest.mark.parametrize("text", ["工单 [#123]", "[!WARNING] x", "[ ] x", "[TOC]", "\\newpage"])
def test_a_value_is_never_notation(tmp_path, text):
    plan = ReleasePlan(title=text)
    heading, callout, item, paragraph = own(
        tmp_path, "## {{ plan.title }}\n\n> {{ plan.title }}\n\n- {{ plan.title }}\n\n{{ plan.title }}\n", plan=plan
    ).blocks
    assert plain(heading.content) == text and heading.anchor.startswith("section-")
    assert (callout.kind, words(callout)) == ("note", text)
    assert words(item) == text and item.items[0].checked is None
    assert paragraph == Paragraph((Text(text),))


def test_lists_of_values_and_jinjas_own_filters_keep_every_word(tmp_path):
    plan = ReleasePlan(version="<1>", table=[{"system": "a", "risk_level": "高"}])
    made = own(tmp_path, "{{ [plan.version, plan.table.risk_level, plan.goal] }} {{ plan.version | e }}", plan=plan)
    assert plain(made.blocks[0].content) == "<1>、高、〔待补充〕 <1>"


def test_a_title_of_many_lines_is_still_a_listing(tmp_path):
    (listing,) = own(
        tmp_path,
        "```sql listing=a {{ plan.title }}\n{{ plan.goal }}\n```",
        plan=ReleasePlan(title="a\nb", goal="c\n```\nd"),
    ).blocks
    assert (listing.title, listing.text) == ("a\nb", "c\n```\nd")


def test_code_of_wide_signs_leaves_its_cell_by_the_room_it_takes():
    """25 emoji take 100 half-widths in GB18030, which is five lines of a cell; 25 Chinese characters take three."""
    listed = [
        any(
            isinstance(each, Listing)
            for each in api.document(ReleasePlan(table=[{"system": "a", "ddl": sign * 25}]), "table").blocks
        )
        for sign in ("😀", "柜")
    ]
    assert listed == [True, False]
