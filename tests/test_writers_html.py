"""HTML: whatever stands in blocks is text there, and the page is whole, safe and reachable."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relplan.blocks import (
    Anchor,
    Block,
    Callout,
    CellChoice,
    Checkbox,
    Code,
    Contents,
    Document,
    Emphasis,
    Heading,
    Image,
    Inline,
    InlineCode,
    LineBreak,
    Link,
    List,
    Listing,
    ListItem,
    Mark,
    PageBreak,
    Paragraph,
    Rule,
    Strike,
    Strong,
    Table,
    TableColumn,
    Text,
    with_anchors,
)
from relplan.errors import WriteError
from relplan.links import is_safe
from relplan.writers.html import write
from relplan.writers.html_inline import words_html

HOSTILE = [
    "<script>alert(1)</script>", "</td>", "</style>", "</title>", "<!--", "-->", "&amp;", "&lt", "'", '"', "onload=x", "<img src=x onerror=y>",
    "]]>", "<![CDATA[", "{{ x }}", "\\", "`", "\n", "\t", "  ", "中文", "😀", "\u3000", "\xa0", "=1+1", "javascript:alert(1)", "</pre>", "<", ">", "&",
]  # fmt: skip
WORDS = st.one_of(
    st.lists(st.sampled_from(HOSTILE), max_size=6).map("".join),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=20),
)
THEME = b"body{color:red}"
ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title style body a header h1 h2 h3 h4 h5 h6 p time nav ul ol li details summary main div table colgroup col "
        "thead tbody tr th td code pre figure figcaption span strong em s br hr img",
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        "lang charset http-equiv content name class href id aria-label role tabindex scope style data-label src alt start datetime",
    )
)


def page(*blocks: Block, title: str = "题", theme: bytes | None = THEME) -> lxml.html.HtmlElement:
    source = write(Document(title, "zh", blocks), theme)
    return lxml.html.document_fromstring(source, parser=lxml.html.HTMLParser(encoding="utf-8"))


def words(element: lxml.html.HtmlElement) -> str:
    """The text of an element, a `<br>` as a line end."""

    def parts(node: lxml.html.HtmlElement) -> Iterator[str]:
        yield "\n" if node.tag == "br" else node.text or ""
        for child in node:
            yield from parts(child)
            yield child.tail or ""

    return "".join(parts(element))


def one(tree: lxml.html.HtmlElement, selector: str) -> lxml.html.HtmlElement:
    (found,) = tree.xpath(selector)
    return found


class TestDataStaysData:
    @settings(max_examples=150, deadline=None)
    @given(WORDS, WORDS)
    def test_words_come_back_and_make_nothing(self, text: str, other: str) -> None:
        def blocks(text: str, other: str) -> tuple[Block, ...]:
            columns = (
                TableColumn(other, 10),
                TableColumn("c", 10, code=True, choices=(CellChoice(text, "high"),)),
                TableColumn("d", 10),
            )
            inline: tuple[Inline, ...] = (
                Strong((Text(text),)),
                InlineCode(other),
                Mark(text, "gap"),
                Link("#a", (Text(other),)),
            )
            return (
                Heading(1, (Text(text),), "h1"),
                Heading(2, (Text(other),), "h2"),
                Contents(),
                Paragraph(inline),
                List((ListItem((Paragraph((Text(text),)),), True),)),
                Table(columns, ((text, other, inline),)),
                Code(text, other),
                Listing(other, text, "sql", "a"),
                Callout("tip", (Paragraph((Text(text),)),)),
                Image(b"x", "image/png", text),
            )

        tree, bare = page(*blocks(text, other), title=text), page(*blocks("a", "a"))
        assert words(one(tree, "//h1")) == text
        assert words(one(tree, "//h2")) == other
        assert words(one(tree, "//main/p[not(@class)]")) == text + other + text + other
        assert words(one(tree, "//main/ul/li")) == "☑ " + text
        assert [words(cell) for cell in tree.xpath("//td")] == [text, other, text + other + text + other]
        assert [words(code) for code in tree.xpath("//pre")] == [text, text]
        assert words(one(tree, "//figcaption")) == other
        assert words(tree.xpath("//*[@role='note']/p")[1]) == text
        assert one(tree, "//img").get("alt") == text
        assert tree.xpath("//td/@data-label")[0] == other
        assert shape(tree) == shape(bare)

    @pytest.mark.parametrize(
        "target",
        [
            "javascript:alert(1)",
            " JavaScript:x",
            "java\nscript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "\x01javascript:x",
        ],
    )
    def test_unsafe_targets_become_text(self, target: str) -> None:
        tree = page(Paragraph((Link(target, (Text("点"),)),)))
        assert words(one(tree, "//main/p")) == "点"
        assert not tree.xpath("//main//a")

    @pytest.mark.parametrize(
        "target", ["https://x.cn/?a=1&b=2", "http://x", "mailto:a@x.cn", "#a", "docs/a.html", "./a:b", "?q=a:b"]
    )
    def test_safe_targets_are_links(self, target: str) -> None:
        assert is_safe(target)
        assert page(Paragraph((Link(target, (Text("点"),)),))).xpath("//main//a/@href") == [target]

    def test_theme_cannot_leave_its_element(self) -> None:
        tree = page(theme=b"a{} </style><script>x</script>")
        assert not tree.xpath("//script")

    def test_theme_of_another_encoding_is_refused(self) -> None:
        with pytest.raises(WriteError, match="UTF-8"):
            page(theme="颜色".encode("gb18030"))


def shape(tree: lxml.html.HtmlElement) -> list[tuple[str, list[str]]]:
    """The elements and the names of their attributes, line breaks and what follows from widths left out."""
    breaks = {"br", "wbr"}
    found = [
        (node.tag, sorted(node.keys())) for node in tree.iter() if isinstance(node.tag, str) and node.tag not in breaks
    ]
    comments = [node for node in tree.iter() if not isinstance(node.tag, str)]
    assert not comments
    assert {tag for tag, _ in found} <= ELEMENTS
    assert {name for _, names in found for name in names} <= ATTRIBUTES
    out = [
        (tag, [name for name in names if name not in ("class", "role", "tabindex", "aria-label")])
        for tag, names in found
    ]
    return [each for each in out if each[0] not in ("div", "colgroup", "col", "code", "span")]


class TestPage:
    def test_head(self) -> None:
        source = write(Document("计划 <1>", "zh", (), version="1.2", date=dt.date(2026, 11, 22))).decode()
        assert source.startswith('<!DOCTYPE html>\n<html lang="zh-CN">\n')
        assert "<title>计划 &lt;1&gt;</title>" in source
        assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in source
        assert '<p class="facts">版本 1.2 · <time datetime="2026-11-22">2026-11-22</time></p>' in source
        assert "<h1>计划 &lt;1&gt;</h1>" in source
        assert source.endswith("</html>\n")

    def test_nothing_comes_from_the_network(self) -> None:
        source = write(Document("t", "en", (Paragraph((Text("a"),)),))).decode()
        assert not re.search(r"https?://|@import|url\(|<script|<link", source)
        assert '<html lang="en">' in source

    def test_same_bytes(self) -> None:
        document = Document("t", "zh", with_anchors([Heading(1, (Text("a"),)), Contents(), Heading(2, (Text("b"),))]))
        assert write(document) == write(document)

    def test_title_is_the_first_heading(self) -> None:
        tree = page(*with_anchors([Heading(1, (Text("题"),)), Paragraph((Text("a"),))]))
        assert words(one(tree, "//header/h1[@id='section-1']")) == "题"
        assert len(tree.xpath("//h1")) == 1

    def test_contents_beside_the_page_and_folded(self) -> None:
        headings = [Heading(level, (Text(text),)) for level, text in [(1, "题"), (2, "一"), (3, "a"), (2, "二")]]
        tree = page(*with_anchors([headings[0], Contents(3), *headings[1:]]))
        beside, folded = tree.xpath("//nav")
        for nav in (beside, folded):
            assert nav.xpath(".//a/@href") == ["#section-2", "#section-3", "#section-4"]
            assert [words(each) for each in nav.xpath("./ul/li/a | ./details/ul/li/a")] == ["一", "二"]
        assert folded.xpath("./details/summary")
        assert not page(Heading(2, (Text("一"),), "a")).xpath("//nav")

    def test_keyboard_can_skip_to_the_content(self) -> None:
        tree = page()
        assert tree.xpath("//body/a[1]/@href") == ["#main"]
        assert one(tree, "//main").get("id") == "main"


class TestBlocks:
    def test_table(self) -> None:
        risk = TableColumn("风险等级", 8, choices=(CellChoice("高", "high"), CellChoice("低", "low")))
        table = Table(
            (TableColumn("系统"), risk, TableColumn("DDL", code=True), TableColumn("数", align="right")),
            (("CRM", "高", "a\n  b", ""),),
        )
        tree = page(table)
        assert [(each.get("scope"), words(each)) for each in tree.xpath("//thead//th")] == [
            ("col", h.header) for h in table.columns
        ]
        assert tree.xpath("//td/@data-label") == ["系统", "风险等级", "DDL", "数"]
        assert [words(each) for each in tree.xpath("//span[@class='mark high']")] == ["高"]
        assert words(one(tree, "//td/code")) == "a\n  b"
        assert not tree.xpath("//td[4]/node()")
        assert "right" in one(tree, "//td[4]").get("class")
        assert not tree.xpath("//*[@tabindex='0']")

    def test_wide_table_shares_its_sheet_with_its_heading(self) -> None:
        table = Table(tuple(TableColumn(f"列{n}", 20) for n in range(14)), ((("一二三四五六七八九十",) * 14),))
        long = Paragraph((Text("很长的一段。" * 200),))
        tree = page(long, Heading(2, (Text("清单"),), "a"), Paragraph((Text("y"),)), table, Rule())
        sheet = one(tree, "//div[@class='sheet wide']")
        assert [each.tag for each in sheet] == ["h2", "p", "div"]
        region = one(tree, "//div[@role='region']")
        assert (region.get("tabindex"), region.get("aria-label")) == ("0", "清单 表 1")
        assert len(tree.xpath("//col")) == 14
        few = page(Paragraph((Text("x"),)), Heading(2, (Text("清单"),)), table, Rule())
        assert [each.tag for each in one(few, "//div[@class='sheet wide']")] == ["p", "h2", "div"]

    def test_columns_are_as_wide_as_their_words_and_marks_and_share_the_rest(self) -> None:
        risk = TableColumn("Risk", 8, choices=(CellChoice("Critical", "critical"),))
        columns = (TableColumn("DDL", 48, code=True), risk, *(TableColumn(f"Column {n}", 40) for n in range(8)))
        names = ("see 1", "Critical", "alexandria_richardson", *("a word and another word " * 9,) * 7)
        widths = [float(each.get("style")[6:-1]) for each in page(Table(columns, (names,))).xpath("//col")]
        ddl, mark, name, *words = widths
        assert ddl < name < min(words) and ddl < mark and max(words) - min(words) < 0.1

    def test_long_words_may_be_broken_behind_their_signs_and_short_ones_nowhere(self) -> None:
        tree = page(Paragraph((Text("release/2026-08_hotfix.1 pay-gateway e3b0c44298fc1c149afbf4c8996fb924 1.2"),)))
        html = lxml.html.tostring(one(tree, "//main//p"), encoding="unicode")
        assert (
            ">release/<wbr>2026-<wbr>08_<wbr>hotfix.<wbr>1 pay-gateway e3b0c44298fc1c14<wbr>9afbf4c8996fb924 1.2<"
            in html
        )
        assert (
            words(one(tree, "//main//p")) == "release/2026-08_hotfix.1 pay-gateway e3b0c44298fc1c149afbf4c8996fb924 1.2"
        )

    def test_the_title_of_the_page_is_text(self) -> None:
        assert words(one(page(title="order-management-platform 1 < 2"), "//title")) == "order-management-platform 1 < 2"

    def test_a_long_run_of_signs_takes_no_longer_than_letters(self) -> None:
        assert words_html("_" * 200_000) == "_" * 200_000
        assert words_html("-" * 100_000 + "a").count("<wbr>") == 1

    def test_the_way_back_from_a_listing_leads_to_its_cell(self) -> None:
        cell = (Anchor("l-1-cell"), Link("#l-1", (Text("Listing 1"),)))
        tree = page(
            Table((TableColumn("DDL", code=True),), ((cell,),)), Listing("Listing 1", "x", "sql", "l-1", "l-1-cell")
        )
        assert words(one(tree, "//td[@id='l-1-cell']/a")) == "Listing 1"

    def test_lists(self) -> None:
        inner = List((ListItem((Paragraph((Text("b"),)),)),), 3)
        tree = page(
            List(
                (
                    ListItem((Paragraph((Text("a"),)), inner)),
                    ListItem((Paragraph((Text("c"),)), Code("d"))),
                    ListItem(()),
                ),
                1,
            )
        )
        assert tree.xpath("//ol/@start") == ["3"]
        assert [each.tag for each in tree.xpath("//main/ol/li[1]/*")] == ["ol"]
        assert [each.tag for each in tree.xpath("//main/ol/li[2]/*")] == ["p", "pre"]

    def test_boxes_have_names(self) -> None:
        tree = page(
            List((ListItem((Paragraph((Text("a"),)),), True), ListItem((Paragraph((Text("b"),)),), False))),
            Paragraph((Checkbox(),)),
        )
        assert tree.xpath("//span[@role='img']/@aria-label") == ["已勾选", "未勾选", "未勾选"]

    def test_code_keeps_its_blanks(self) -> None:
        tree = page(Code("\n  a\n\tb\n", "sql"), Listing("清单", "x", "", "script-1"))
        assert words(one(tree, "//pre/code[@class='language-sql']")) == "\n  a\n\tb\n"
        assert one(tree, "//figure").get("id") == "script-1"

    def test_others(self) -> None:
        content = (Emphasis((Text("a"),)), Strike((Text("b"),)), LineBreak(), Link("#x", (Link("#y", (Text("c"),)),)))
        tree = page(
            Paragraph(content),
            Callout("caution", (Paragraph((Text("d"),)),)),
            Rule(),
            PageBreak(),
            Image(b"x", "image/bmp", "图"),
        )
        assert words(one(tree, "//main/p[1]")) == "ab\nc"
        assert tree.xpath("//main//a/@href") == ["#x"]
        assert [words(each) for each in tree.xpath("//div[@role='note']/p")] == ["注意", "d"]
        assert tree.xpath("//hr")
        assert tree.xpath("//div[@class='page-break']")
        assert [words(each) for each in tree.xpath("//main/p/em")] == ["a", "图"]
