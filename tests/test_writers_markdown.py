"""Whatever stands in blocks comes back from a CommonMark and GFM parser, and the source stays pleasant to read."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from relplan.blocks import (
    Block,
    Callout,
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
    plain,
    with_anchors,
)
from relplan.markdown.write import write

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OWN_HTML = {"<br>", "<strong>", "</strong>", "<em>", "</em>", "<del>", "</del>", "</a>", "<span>", "</span>"}

SOFT = "↵"

TRICKY = [
    "|", "<", "&", "`", "``", "```", "=", "{{ x }}", "\\", "*", "**", "_", "__", "~", "~~", "~~~", "#", "##", "---", "***",
    "- ", "+ ", "* ", "> ", "1. ", "1) ", "===", "|-|", ":-:", "[x]", "[ ]", "[!NOTE]", "![", "](", "](/u)", "[a]: /u", "[^1]:",
    "&amp;", "&#32;", "&copy", "<br>", "<b>", "</b>", "<!--", "-->", "<?", "<![CDATA[", "<http://a.b>", "www.x.com/_a*", "http://x.cn/a_b",
    " ", "  ", "    ", "\t", "\u3000", "\xa0", "\u2028", "!", "@me", ":::", "中文", "（系统）", "、", "〔待填〕", "a", "1", "😀", "'", '"',
    "e\u0301", "$x$", "order_id",
]  # fmt: skip
WORDS = st.one_of(
    st.lists(st.sampled_from(TRICKY), max_size=8).map("".join),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
).map(lambda text: text.replace("\r", ""))
LINE = WORDS.map(lambda text: text.replace("\n", " ")).filter(bool)
LINES = st.lists(st.sampled_from([*TRICKY, "\n", "\n"]), max_size=12).map("".join) | WORDS
HARD = settings(max_examples=200, deadline=None)


def markdown(*blocks: Block) -> str:
    return write(Document("t", "zh", blocks)).decode()


def words(token: Token) -> str:
    """The text of an inline token as a reader sees it."""
    out = ""
    for child in token.children or []:
        if child.type == "html_inline":
            assert child.content in OWN_HTML or child.content.startswith('<a id="')
            out += "\n" if child.content == "<br>" else ""
        elif child.type == "image":
            out += words(child)
        else:
            out += {"hardbreak": "\n", "softbreak": SOFT}.get(child.type, child.content)
    return out


def parsed(text: str) -> list[tuple[str, str]]:
    """What a parser finds: the kind of each thing with words, and the words."""
    tokens = PARSER.parse(text)
    found = []
    for before, token in itertools.pairwise([Token("", "", 0), *tokens]):
        if token.type == "inline":
            found.append((before.type.removesuffix("_open"), words(token)))
        elif token.type == "fence":
            found.append(("fence", token.content))
        elif token.type == "html_block":
            found.append(("html", token.content.strip()))
    return found


def kinds(text: str) -> list[str]:
    return [token.type for token in PARSER.parse(text)]


class TestTextComesBack:
    @HARD
    @given(LINES.filter(lambda text: text.strip("\n") != ""))
    def test_paragraph(self, text: str) -> None:
        assert parsed(markdown(Paragraph((Text(text),)))) == [("paragraph", text)]

    @HARD
    @given(LINES, st.integers(1, 6))
    def test_heading(self, text: str, level: int) -> None:
        assert parsed(markdown(Heading(level, (Text(text),)))) == [("heading", text)]

    @HARD
    @given(st.lists(LINE, min_size=1, max_size=4), st.sampled_from([None, 1, 7, 99]))
    def test_list_item(self, texts: list[str], start: int | None) -> None:
        items = tuple(ListItem((Paragraph((Text(text),)),)) for text in texts)
        assert parsed(markdown(List(items, start))) == [("paragraph", text) for text in texts]

    @HARD
    @given(LINES, LINES, LINES, st.booleans())
    def test_cell(self, header: str, one: str, two: str, code: bool) -> None:
        table = Table((TableColumn(header), TableColumn("b", code=code)), ((one, two), (two, one)))
        found = parsed(markdown(table))
        assert found == [("th", header), ("th", "b"), ("td", one), ("td", two), ("td", two), ("td", one)]

    @HARD
    @given(st.lists(LINE, min_size=1, max_size=3))
    def test_callout(self, texts: list[str]) -> None:
        found = parsed(markdown(Callout("warning", tuple(Paragraph((Text(text),)) for text in texts))))
        first = f"[!WARNING]{SOFT}{texts[0]}"
        assert found[1:] == [("paragraph", t) for t in texts[1:]]
        assert found[0] == ("paragraph", first)

    @HARD
    @given(LINES)
    def test_code(self, text: str) -> None:
        assert parsed(markdown(Code(text, "sql"))) == [("fence", text + "\n")]
        item = ListItem((Paragraph((Text("a"),)), Code(text)))
        assert parsed(markdown(List((item,), 1))) == [("paragraph", "a"), ("fence", text + "\n")]
        assert parsed(markdown(Callout("tip", (Code(text),))))[1:] == [("fence", text + "\n")]

    @HARD
    @given(LINE)
    def test_listing(self, text: str) -> None:
        found = parsed(markdown(Listing(text, "x", "sql", "script-1")))
        assert found == [("paragraph", text), ("fence", "x\n")]


def inlines() -> st.SearchStrategy[Inline]:
    leaves: st.SearchStrategy[Inline] = st.one_of(
        st.builds(Text, WORDS),
        st.builds(InlineCode, WORDS.map(lambda text: text.replace("\n", " "))),
        st.builds(Mark, WORDS, st.sampled_from(["gap", "high"])),
        st.just(LineBreak()),
        st.builds(Checkbox, st.booleans()),
    )

    def wrapped(inner: st.SearchStrategy[Inline]) -> st.SearchStrategy[Inline]:
        content = st.lists(inner, max_size=3).map(tuple)
        targets = st.sampled_from(["#a", "http://x/a_b?q=(1)&amp;", "a b<c>`d`|\\"])
        return st.one_of(
            *(st.builds(kind, content) for kind in (Strong, Emphasis, Strike)), st.builds(Link, targets, content)
        )

    return st.recursive(leaves, wrapped, max_leaves=6)


CONTENT = st.lists(inlines(), min_size=1, max_size=5).map(tuple)


class TestInline:
    @settings(max_examples=250, deadline=None)
    @given(CONTENT)
    def test_words_come_back_from_any_nesting(self, content: tuple[Inline, ...]) -> None:
        if not plain(content).strip("\n"):
            return
        assert parsed(markdown(Paragraph(content))) == [("paragraph", plain(content))]
        assert parsed(markdown(Heading(2, content))) == [("heading", plain(content))]
        table = Table((TableColumn("h"),), ((content,),))
        assert parsed(markdown(table)) == [("th", "h"), ("td", plain(content))]

    @HARD
    @given(LINE, st.sampled_from(["strong", "em", "s"]), LINE, LINE)
    def test_looks_come_back(self, text: str, kind: str, before: str, after: str) -> None:
        wrapper = {"strong": Strong, "em": Emphasis, "s": Strike}[kind]
        source = markdown(Paragraph((Text(before), wrapper((Text(text),)), Text(after))))
        children = PARSER.parse(source)[1].children or []
        tag = {"s": "del"}.get(kind, kind)
        inside, marked = False, ""
        for child in children:
            if child.type == f"{kind}_open" or child.content == f"<{tag}>":
                inside = True
            elif child.type == f"{kind}_close" or child.content == f"</{tag}>":
                inside = False
            elif inside:
                marked += child.content
        assert marked == text

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ((Text("由"), Strong((Text("张三"),)), Text("执行")), "由**张三**执行"),
            ((Text("填写"), Mark("〔待定〕", "gap"), Text("后")), "填写<strong>〔待定〕</strong>后"),
            ((Mark("〔待定〕", "gap"),), "**〔待定〕**"),
            ((Mark("高", "high"),), "高"),
            ((Strong((Text("a"),)), Strong((Text("b"),))), "**ab**"),
            ((Strong((Text("a"),)), Emphasis((Text("b"),))), "<strong>a</strong>*b*"),
            ((InlineCode("a`b"),), "``a`b``"),
            ((InlineCode("`a`"),), "`` `a` ``"),
            ((Link("https://x/a b", (Text("[1]"),)),), "[\\[1\\]](https://x/a%20b)"),
            ((Link("javascript:alert(1)", (Text("x"),)),), "x"),
            ((Link("java\tscript:alert(1)", (Text("x"),)),), "x"),
            ((Text("好!"), Link("#a", (Text("x"),))), "好\\![x](#a)"),
            ((Checkbox(), Text(" 未做 "), Checkbox(True)), "☐ 未做 ☑"),
            ((Text("见 https://x.cn"), LineBreak(), Text("b")), "见 https://x.cn<br>b"),
            ((Strong((Text("https://x.cn"),)), Text("后")), "**https\\://x.cn**后"),
            ((Text("https://x.cn\u3000#"),), "https://x.cn\u3000#"),
            ((Text("https://x.cn "),), "https\\://x.cn&#32;"),
            ((Strong((Text("（a）"),)), Strike((Text("b"),))), "<strong>（a）</strong>~~b~~"),
            ((Text("[见 "), InlineCode("a]: b")), "<span></span>[见 `a]: b`"),
            ((Text("a"), LineBreak(), LineBreak(), Text("b")), "a\\\n\\\nb"),
        ],
    )
    def test_source(self, content: tuple[Inline, ...], expected: str) -> None:
        assert markdown(Paragraph(content)) == expected + "\n"


class TestPleasantSource:
    @pytest.mark.parametrize(
        "text",
        [
            "release/1.12",
            "字段 order_id、v1.2.3（灰度）",
            "a < b, a<5 & c > d",
            "SELECT * FROM t",
            "[CRM] 新增接口",
            "19:00~21:00",
            "C:\\temp 目录",
            "{{ name }} = 1; -- 注释",
            "100% @zhang #12 C#",
            "https://git.example.com/a_b?x=1&y=2",
        ],
    )
    def test_stays_as_it_is(self, text: str) -> None:
        assert markdown(Paragraph((Text(text),))) == text + "\n"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1. 停服务", "1\\. 停服务"),
            ("- 停服务", "\\- 停服务"),
            ("# 标题", "\\# 标题"),
            ("*注*", "\\*注\\*"),
            ("__init__", "\\_\\_init\\_\\_"),
            ("9~10 点，11~12 点", "9\\~10 点，11\\~12 点"),
            (" 缩进", "&#32;缩进"),
            ("&amp;", "\\&amp;"),
            ("<138@qq.com>", "\\<138@qq.com>"),
            ("https://x.cn/*", "https\\://x.cn/\\*"),
            ("末尾\\", "末尾\\\\"),
        ],
    )
    def test_escapes_only_what_means_something(self, text: str, expected: str) -> None:
        assert markdown(Paragraph((Text(text),))) == expected + "\n"


class TestBlocks:
    def test_table(self) -> None:
        columns = (
            TableColumn("系统|名"),
            TableColumn("DDL", code=True),
            TableColumn("数", align="right"),
            TableColumn("中", align="center"),
        )
        rows = (("CRM", "a | b", "1", ""), ("x\ny", "CREATE TABLE t_a;\n-- *", "", "无"))
        assert markdown(Table(columns, rows)).splitlines() == [
            "| 系统\\|名 | DDL | 数 | 中 |",
            "| --- | --- | ---: | :---: |",
            "| CRM | `a \\| b` | 1 |  |",
            "| x<br>y | CREATE TABLE t_a;<br>-- \\* |  | 无 |",
        ]

    def test_tables_without_words_are_tables(self) -> None:
        assert "table_open" in kinds(markdown(Table((TableColumn(""),), (("",), ("",)))))
        assert markdown(Table((), ())) == "\n"

    def test_nested_lists(self) -> None:
        def item(text: str, *blocks: Block, checked: bool | None = None) -> ListItem:
            return ListItem((Paragraph((Text(text),)), *blocks), checked)

        inner = List((item("b"), item("c", List((item("d"),)))))
        source = markdown(List((item("a", inner), item("e", checked=True), item("f", checked=False)), 9))
        assert source == "9. a\n   - b\n   - c\n     - d\n10. [x] e\n11. [ ] f\n"

    def test_lists_stay_apart(self) -> None:
        one = List((ListItem((Paragraph((Text("a"),)),)),), 1)
        source = markdown(one, one)
        assert source == "1. a\n\n<!-- -->\n\n1. a\n"
        assert kinds(source).count("ordered_list_open") == 2

    def test_list_that_cannot_interrupt_a_paragraph(self) -> None:
        inner = List((ListItem((Paragraph((Text("b"),)),)),), 3)
        source = markdown(List((ListItem((Paragraph((Text("a"),)), inner)),)))
        assert kinds(source).count("ordered_list_open") == 1

    def test_item_with_many_blocks(self) -> None:
        blocks = (
            Paragraph((Text("停服务"),)),
            Code("systemctl stop x\n\n  y", "sh"),
            Table((TableColumn("a"),), (("1",),)),
        )
        source = markdown(List((ListItem(blocks, True), ListItem((Code("z"),), False), ListItem(())), 1))
        assert [kind for kind, _ in parsed(source)] == ["paragraph", "fence", "th", "td", "paragraph", "fence"]
        assert kinds(source).count("list_item_open") == 3

    def test_anchors_only_where_something_points(self) -> None:
        link = Paragraph((Strong((Link("#section-2", (Text("见"),)),)),))
        source = markdown(*with_anchors([Heading(1, (Text("一"),)), Heading(2, (Text("二"),)), link]))
        assert source == '# 一\n\n## <a id="section-2"></a>二\n\n**[见](#section-2)**\n'

    def test_links_in_cells_make_anchors(self) -> None:
        table = Table((TableColumn("a"),), (((Link("#s", (Text("|"),)),),),))
        assert markdown(Heading(1, (Text("x"),), "s"), table).startswith('# <a id="s"></a>x')

    def test_contents(self) -> None:
        levels = [(1, "题"), (2, "一"), (3, "1.1"), (4, "深"), (2, "二")]
        headings = [Heading(level, (Text(text),)) for level, text in levels]
        source = markdown(*with_anchors([headings[0], Contents(3), *headings[1:]]))
        assert source.startswith("# 题\n\n- [一](#section-2)\n  - [1.1](#section-3)\n- [二](#section-5)\n\n")
        assert "#### 深" in source
        assert markdown(Contents()) == "\n"

    def test_fence_is_longer_than_any_inside(self) -> None:
        assert markdown(Code("````\nx", "sq l`")).splitlines() == ["`````sql", "````", "x", "`````"]

    def test_listing(self) -> None:
        expected = '<a id="script-1"></a>**V1.sql**\n\n```sql\nSELECT 1\n```\n'
        assert markdown(Listing("V1.sql", "SELECT 1", "sql", "script-1")) == expected

    def test_callout(self) -> None:
        block = Callout("caution", (Paragraph((Text("a"),)), List((ListItem((Paragraph((Text("b"),)),)),))))
        assert markdown(block) == "> [!CAUTION]\n> a\n>\n> - b\n"

    def test_image(self) -> None:
        assert (
            markdown(Image(b"\x89PNG", "image/png", "图 [1]\nx")) == "![图 \\[1\\] x](data:image/png;base64,iVBORw==)\n"
        )
        assert markdown(Image(b"<svg/>", "image/svg+xml", "流程图")) == "*流程图*\n"

    def test_rule_and_page_break(self) -> None:
        assert markdown(Paragraph((Text("a"),)), Rule(), PageBreak()) == "a\n\n---\n\n<!-- page break -->\n"

    def test_one_line_end_at_the_end(self) -> None:
        assert markdown() == "\n"
        assert markdown(Code("a\n\n")).endswith("\n```\n")
