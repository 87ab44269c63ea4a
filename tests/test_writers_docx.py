"""Word files: whole in their text, sound in their parts, with pages, widths and styles as a reader wants them."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from relplan.blocks import (
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
)
from relplan.errors import TemplateError, WriteError
from relplan.resources import template_bytes
from relplan.writers.docx import write
from relplan.writers.docx.layout import measure

ROOT = Path(__file__).parents[1]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

RISK = (CellChoice("重大", "critical"), CellChoice("高", "high"), CellChoice("中", "medium"), CellChoice("低", "low"))
SQL = "ALTER TABLE uac_login_session\n    ADD COLUMN device_id VARCHAR(64) NOT NULL DEFAULT '' COMMENT '登录设备标识';"
RELEASE = (
    TableColumn("发布顺序", 8, align="center"),
    TableColumn("系统名称", 16),
    TableColumn("版本号", 14),
    TableColumn("变更内容", 40),
    TableColumn("风险等级", 8, choices=RISK, align="center"),
    TableColumn("风险描述", 30),
    TableColumn("风险控制", 30),
    TableColumn("发布依赖", 20),
    TableColumn("配置更新", 36, code=True),
    TableColumn("DDL", 48, code=True),
    TableColumn("DML", 48, code=True),
    TableColumn("发布分支", 16),
    TableColumn("开发人员", 12),
    TableColumn("测试人员", 12),
)


def row(number: int, risk: str = "高") -> tuple[str, ...]:
    return (
        str(number), "统一认证中心", "1.2.3-SNAPSHOT", "1. 【新增】登录会话绑定设备\n2. 【修复】子账号停用后仍可刷新令牌", risk,
        "所有系统都经由认证登录，异常时全站无法登录", "先单节点升级，观察 10 分钟登录成功率再升级其余节点", "无",
        "session:\n  access-ttl: 30m", SQL, "UPDATE t\n   SET a = '<&>|'\n WHERE b < 1;", "release/2.3", "高志远、苏婉婷", "贺佳怡",
    )  # fmt: skip


WIDE = Table(RELEASE, tuple(row(n, RISK[n % 4].text) for n in range(8)))
NARROW = Table((TableColumn("序号", 6), TableColumn("步骤", 60)), (("1", "备份数据库"), ("2", "执行脚本")))


def text(words: str) -> tuple[Inline, ...]:
    return (Text(words),)


def para(words: str) -> Paragraph:
    return Paragraph(text(words))


def head(level: int, words: str, anchor: str = "") -> Heading:
    return Heading(level, text(words), anchor)


def item(*blocks: Block, checked: bool | None = None) -> ListItem:
    return ListItem(blocks, checked)


def doc(*blocks: Block, title: str = "发布计划") -> Document:
    return Document(title, "zh", blocks, "1.12.0", dt.date(2026, 8, 20))


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08"
    + struct.pack(">HH", 50, 200)
    + b"\x03\x01\x11\0\x02\x11\0\x03\x11\0"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 80"><rect width="300" height="80"/></svg>'

EVERYTHING = doc(
    head(1, "SingPost 发布计划"),
    Paragraph((Text("版本 "), Strong(text("1.12.0")), Text("，风险 "), Mark("高", "high"), Mark("〔待补充〕", "gap"))),
    head(2, "目录"),
    Contents(3),
    head(2, "I、影响范围", "impact"),
    Paragraph(
        (Text("“自提柜”"), LineBreak(), Emphasis(text("强调 ")), Emphasis(text("emphasis")), Strike(text("删去")))
    ),
    Paragraph(
        (InlineCode("order_id"), Link("https://例子.cn/a b?x=1&y=%2", text("外链")), Link("#sql-1", text("见 SQL-1")))
    ),
    Paragraph(
        (Link("javascript:alert(1)", text("不安全")), Link("#nowhere", text("无处")), Checkbox(), Checkbox(True))
    ),
    *(Callout(kind, (para(f"框 {kind}"), NARROW)) for kind in ("note", "tip", "important", "warning", "caution")),  # type: ignore[arg-type]
    head(3, "1.1 清单 | < & > \"引号\" 'x'"),
    List(
        (
            item(para("甲"), List((item(para("乙")), item(para("丙"))), 1)),
            item(para("丁"), para("再一段"), Code("x\n  y")),
        ),
        3,
    ),
    List((item(para("做完"), checked=True), item(para("没做"), checked=False), item(Code("先是代码")), item())),
    List((item(para("很大的号"), checked=True),), 99_999),
    NARROW,
    Rule(),
    Image(png(40, 20), "image/png", "关系图"),
    Image(JPEG, "image/jpeg", "照片"),
    Image(SVG, "image/svg+xml", "矢量图的说明"),
    Image(b"broken", "image/png", "坏图的说明"),
    head(2, "II、发布清单"),
    para("共 8 个系统。"),
    WIDE,
    head(2, "附一、脚本"),
    para("说明。" * 700),
    PageBreak(),
    Listing("SQL-1 认证中心", SQL, "sql", "sql-1"),
    Code("\tif a < b && c:\n\t\treturn 1  # 😀 שלום"),
    PageBreak(),
)
CASES = {
    "everything": EVERYTHING,
    "empty": Document("", "en", ()),
    "only a wide table": doc(WIDE),
    "only a break": doc(PageBreak()),
    "no rows": doc(Table(RELEASE, ())),
    "no columns": doc(Table((), ((), ()))),
    "two tables touch": doc(NARROW, NARROW, WIDE, WIDE),
    "huge cell": doc(Table(NARROW.columns, (("1", "长文本。" * 7_500), ("2", "x")))),
    "seventy columns": doc(
        Table(tuple(TableColumn(f"列{n}") for n in range(70)), (tuple(f"v{n}" for n in range(70)),))
    ),
    "wide table in a box": doc(Callout("note", (WIDE, PageBreak(), Contents()))),
    "breaks": doc(
        PageBreak(), para("a"), PageBreak(), PageBreak(), NARROW, PageBreak(), Callout("tip", ()), PageBreak()
    ),
    "same anchors": doc(head(2, "a", "x"), head(2, "b", "x"), head(2, "c", "X"), head(2, "d", "九" * 60), Contents()),
}


def part(data: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def words(element: etree._Element) -> str:
    """The text of a paragraph or cell as a reader of Word files takes it; the signs of tones are no text."""
    lines = []
    for paragraph in element.iter(f"{W}p"):
        out = []
        for run in paragraph.iter(f"{W}r"):
            style = run.find(f"{W}rPr/{W}rStyle")
            if style is not None and style.get(f"{W}val") == "RiskMark":
                continue
            for child in run:
                out.append(
                    {f"{W}br": "\n", f"{W}tab": "\t"}.get(child.tag, child.text or "" if child.tag == f"{W}t" else "")
                )
        lines.append("".join(out))
    return "\n".join(lines)


def rows_of(table: etree._Element) -> list[list[str]]:
    return [[words(cell) for cell in each.findall(f"{W}tc")] for each in table.findall(f"{W}tr")]


def styled(root: etree._Element, style: str) -> list[etree._Element]:
    found = root.iterfind(f".//{W}p/{W}pPr/{W}pStyle[@{W}val='{style}']")
    return [each.getparent().getparent() for each in found]  # type: ignore[union-attr]


def sections(root: etree._Element) -> list[tuple[bool, list[etree._Element]]]:
    """For each section whether it is landscape, and what stands in it."""
    found, held = [], []
    for child in root[0]:
        section = child if child.tag == f"{W}sectPr" else child.find(f"{W}pPr/{W}sectPr")
        if child.tag != f"{W}sectPr":
            held.append(child)
        if section is not None:
            size = section.find(f"{W}pgSz")
            assert size is not None
            is_wide = int(size.get(f"{W}w", "0")) > int(size.get(f"{W}h", "0"))
            assert is_wide == (size.get(f"{W}orient") == "landscape")
            found.append((is_wide, held))
            held = []
    return found


def values(tree: etree._Element, path: str) -> list[int]:
    return [int(each.get(f"{W}w") or 0) for each in tree.iterfind(path)]


@pytest.mark.parametrize("name", CASES)
def test_every_file_is_sound(name: str, check_ooxml: Callable[[bytes, str], None]) -> None:
    check_ooxml(write(CASES[name]), ".docx")


@pytest.mark.parametrize("name", CASES)
def test_same_document_same_bytes(name: str) -> None:
    data = write(CASES[name])
    assert data == write(CASES[name])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


def test_the_theme_is_what_its_script_makes() -> None:
    script = ROOT / "scripts" / "make_theme.py"
    if not script.is_file():
        pytest.skip("scripts/ is not beside the tests")
    spec = importlib.util.spec_from_file_location("make_theme", script)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.build() == template_bytes("theme.docx")


def all_texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(_, content, _) | Paragraph(content):
                yield from inline_texts(content)
            case List(items):
                for each in items:
                    yield from all_texts(each.blocks)
            case Table(columns, rows):
                yield from (column.header for column in columns)
                for cells in rows:
                    for cell in cells:
                        yield from cell.split("\n") if isinstance(cell, str) else inline_texts(cell)
            case Code(code, _):
                yield from re.split(r"[\n\t]", code)
            case Listing(title, code, _, _):
                yield from (title, *code.split("\n"))
            case Callout(_, inside):
                yield from all_texts(inside)


def inline_texts(content: tuple[Inline, ...]) -> Iterator[str]:
    for inline in content:
        match inline:
            case Text(each) | InlineCode(each) | Mark(each, _):
                yield from each.split("\n")
            case Strong(inside) | Emphasis(inside) | Strike(inside) | Link(_, inside):
                yield from inline_texts(inside)


@pytest.mark.parametrize("name", CASES)
def test_another_reader_finds_every_text(name: str) -> None:
    mammoth = pytest.importorskip("mammoth")
    read = mammoth.extract_raw_text(io.BytesIO(write(CASES[name]))).value
    for each in all_texts(CASES[name].blocks):
        assert each in read


NASTY = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40),
    st.lists(st.sampled_from(["|", "<", "&amp;", "]]>", "\n", "\t", "  ", "{{ x }}", "=1+1", "中文“”", "😀", "שלום", "\u2028", "'\"", "--"]), max_size=9).map("".join),
)  # fmt: skip


def test_lines_of_code_stand_in_one_box_and_go_on_further_in_than_they_began() -> None:
    lines = styled(part(write(doc(Code("a:\n    b: 1\n\tc: 2\n\nd: 3")))), "Code")
    indents = [next(line.iter(f"{W}ind")) for line in lines]
    begins = {int(each.get(f"{W}left")) - int(each.get(f"{W}hanging")) for each in indents}
    one, deep, tab, *_ = (int(each.get(f"{W}hanging")) for each in indents)
    assert len(begins) == 1 and deep == 3 * one > 0 and tab == 0
    missing = [[each.tag for each in line.iter(f"{W}top", f"{W}bottom")] for line in lines]
    assert missing == [[f"{W}bottom"], *[[f"{W}top", f"{W}bottom"]] * 3, [f"{W}top"]]
    assert not list(styled(part(write(doc(Code("alone")))), "Code")[0].iter(f"{W}pBdr"))
    assert len(styled(part(write(doc(Code("x\n" * 5_000)))), "Code")) == 1


@settings(max_examples=60, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_texts_come_back_as_they_were(cell: str, sentence: str, code: str) -> None:
    table = Table((TableColumn(sentence), TableColumn("code", code=True)), ((cell, code),))
    root = part(write(doc(Heading(2, text(sentence)), para(sentence), table, Code(code), title=cell)))
    assert words(styled(root, "Heading2")[0]) == sentence
    assert words(styled(root, "Normal")[0]) == sentence
    assert rows_of(next(root.iter(f"{W}tbl"))) == [[sentence, "code"], [cell, code]]
    assert "\n".join(map(words, styled(root, "Code"))) == code


@pytest.mark.parametrize(("character", "code"), [("\x07", "0007"), ("\ufffe", "FFFE"), ("\ud800", "D800")])
def test_a_character_that_xml_cannot_hold_is_refused(character: str, code: str) -> None:
    said = f"bell {character}"
    for block in (
        para(said),
        Heading(2, text(said)),
        Code(said),
        Listing(said, "", "", "x"),
        Table((TableColumn(said),), ()),
        Table((TableColumn("a"),), ((said,),)),
        Table((TableColumn("a"),), ((text(said),),)),
        Callout("note", (para(said),)),
    ):
        with pytest.raises(WriteError, match=rf"U\+{code}"):
            write(doc(block))
    with pytest.raises(WriteError, match=rf"U\+{code}"):
        write(doc(title=said))


def test_headings_title_and_contents() -> None:
    root = part(write(EVERYTHING))
    assert [words(each) for each in styled(root, "Title")] == ["SingPost 发布计划"]
    assert words(styled(root, "Heading2")[1]) == "I、影响范围"
    listed = [words(each) for each in styled(root, "Toc1") + styled(root, "Toc2")]
    assert listed == ["I、影响范围", "II、发布清单", "附一、脚本", "1.1 清单 | < & > \"引号\" 'x'"]
    targets = {each.get(f"{W}anchor") for each in root.iter(f"{W}hyperlink")} - {None}
    marks = [each.get(f"{W}name") for each in root.iter(f"{W}bookmarkStart")]
    assert targets <= set(marks)
    assert len({str(mark).lower() for mark in marks}) == len(marks)
    assert not list(root.iter(f"{W}fldChar"))


def test_emphasis_is_italic_in_latin_and_dotted_in_chinese() -> None:
    runs = list(part(write(doc(Paragraph((Emphasis(text("强调")), Emphasis(text("emphasis"))))))).iter(f"{W}rPr"))
    assert [[each.tag.removeprefix(W) for each in run] for run in runs] == [["rStyle", "em"], ["rStyle", "i", "iCs"]]


def test_a_title_that_is_not_first_is_a_heading() -> None:
    root = part(write(doc(para("前言"), head(1, "一"))))
    assert not styled(root, "Title")
    assert words(styled(root, "Heading1")[0]) == "一"


def test_bookmarks_are_unique_short_and_plain() -> None:
    root = part(write(CASES["same anchors"]))
    names = [str(each.get(f"{W}name")) for each in root.iter(f"{W}bookmarkStart")]
    assert len(names) == len({name.lower() for name in names}) == 3
    assert all(re.fullmatch(r"[A-Za-z]\w{0,39}", name) for name in names)


def test_lists_count_anew() -> None:
    ordered = List((item(para("a")), item(para("b"))), 1)
    data = write(doc(ordered, ordered, List((item(para("c")),), 7)))
    ids = [each.get(f"{W}val") for each in part(data).iter(f"{W}numId")]
    assert len(ids) == 5
    assert ids[0] == ids[1] != ids[2] == ids[3] != ids[4]
    numbering = part(data, "word/numbering.xml")
    starts = [each.get(f"{W}val") for each in numbering.iter(f"{W}startOverride")]
    assert starts == ["1", "1", "7"]


def test_nested_lists_have_levels_and_boxes_are_text() -> None:
    nested = List((item(para("a"), List((item(para("b"), checked=True),))), item(para("c"), checked=False)))
    root = part(write(doc(nested)))
    found = [(p.find(f"{W}pPr/{W}numPr/{W}ilvl").get(f"{W}val"), words(p)) for p in styled(root, "ListParagraph")]  # type: ignore[union-attr]
    assert found == [("0", "a"), ("1", "☑\tb"), ("0", "☐\tc")]


def test_numbers_that_word_cannot_count_are_written_out() -> None:
    root = part(write(doc(List((item(para("a")), item(para("b"))), 99_999))))
    assert [words(each) for each in styled(root, "ListParagraph")] == ["99999. a", "100000. b"]


def test_table_widths_are_real_and_add_up() -> None:
    for table in part(write(EVERYTHING)).iter(f"{W}tbl"):
        grid = values(table, f"{W}tblGrid/{W}gridCol")
        assert values(table, f"{W}tblPr/{W}tblW") == [sum(grid)]
        for each in table.iterfind(f"{W}tr"):
            assert values(each, f"{W}tc/{W}tcPr/{W}tcW") == grid
        assert table.find(f"{W}tblPr/{W}tblLayout").get(f"{W}type") == "fixed"  # type: ignore[union-attr]


def test_the_release_table_is_readable_on_a4() -> None:
    root = part(write(doc(WIDE)))
    size = root.find(f".//{W}pgSz")
    assert size is not None
    assert (size.get(f"{W}w"), size.get(f"{W}h"), size.get(f"{W}orient")) == ("16838", "11906", "landscape")
    table = next(root.iter(f"{W}tbl"))
    em = 160  # 8 pt in twips
    widths = dict(zip([c.header for c in RELEASE], values(table, f"{W}tblGrid/{W}gridCol"), strict=True))
    assert min(widths.values()) >= 4 * em + 120
    assert widths["版本号"] > 9 * em // 2 + 120
    assert widths["DDL"] > 1.5 * widths["发布顺序"]
    assert widths["变更内容"] > widths["测试人员"]
    assert styled(root, "TableTextSmall")
    assert styled(root, "TableCodeSmall")


def test_a_table_too_wide_for_a4_gets_a3() -> None:
    columns = tuple(TableColumn(f"column{n}", 20) for n in range(16))
    size = part(write(doc(Table(columns, (tuple("Configuration" for _ in columns),))))).find(f".//{W}pgSz")
    assert size is not None
    assert (size.get(f"{W}w"), size.get(f"{W}orient")) == ("23811", "landscape")


def test_more_columns_than_word_takes_become_two_tables() -> None:
    tables = list(part(write(CASES["seventy columns"])).iter(f"{W}tbl"))
    assert [len(values(table, f"{W}tblGrid/{W}gridCol")) for table in tables] == [63, 7]
    assert rows_of(tables[1])[1][-1] == "v69"


def test_header_rows_repeat_and_only_short_rows_stay_whole() -> None:
    table = next(part(write(CASES["huge cell"])).iter(f"{W}tbl"))
    first, tall, short = table.findall(f"{W}tr")
    assert first.find(f"{W}trPr/{W}tblHeader") is not None
    assert tall.find(f"{W}trPr/{W}cantSplit") is None
    assert short.find(f"{W}trPr/{W}cantSplit") is not None


def test_tones_have_a_colour_a_sign_and_the_bare_word() -> None:
    table = next(part(write(doc(WIDE))).iter(f"{W}tbl"))
    cells = [each.findall(f"{W}tc")[4] for each in table.findall(f"{W}tr")[1:5]]
    assert [words(cell) for cell in cells] == ["重大", "高", "中", "低"]
    assert ["".join(cell.itertext()) for cell in cells] == ["▲▲ 重大", "▲ 高", "◆ 中", "○ 低"]
    fills = {cell.find(f"{W}tcPr/{W}shd").get(f"{W}fill") for cell in cells}  # type: ignore[union-attr]
    assert len(fills) == 4


def test_wide_tables_take_their_heading_along_and_leave_no_empty_page() -> None:
    found = sections(part(write(EVERYTHING)))
    assert [is_wide for is_wide, _ in found] == [False, True, False]
    assert words(found[1][1][0]) == "II、发布清单"
    assert words(found[2][1][0]) == "附一、脚本"


@pytest.mark.parametrize(
    ("blocks", "wide"),
    [
        ((WIDE,), [True]),
        ((head(1, "发布清单"), para("说明"), WIDE, para("备注")), [True]),
        ((WIDE, head(2, "二"), para("短"), WIDE), [True]),
        ((WIDE, para("长。" * 900), head(2, "二"), WIDE), [True, False, True]),
        ((para("长。" * 900), PageBreak(), WIDE, PageBreak(), para("长。" * 900)), [False, True, False]),
        ((head(1, "一"), NARROW), [False]),
    ],
)
def test_sections(blocks: tuple[Block, ...], wide: list[bool]) -> None:
    found = sections(part(write(doc(*blocks))))
    assert [is_wide for is_wide, _ in found] == wide
    for _, children in found:
        assert any(child.tag == f"{W}tbl" or words(child) for child in children)
    root = part(write(doc(*blocks)))
    assert not list(root.iter(f"{W}pageBreakBefore"))


def test_page_breaks_stand_on_what_follows() -> None:
    root = part(write(doc(PageBreak(), para("a"), PageBreak(), PageBreak(), head(2, "b"), PageBreak())))
    broken = [words(each.getparent().getparent()) for each in root.iter(f"{W}pageBreakBefore")]  # type: ignore[union-attr]
    assert broken == ["b"]


def test_pictures_have_their_size_and_never_leave_the_page() -> None:
    blocks = (
        Image(png(96, 48), "image/png", '图 "一"'),
        Image(png(4000, 10), "image/png", ""),
        Image(JPEG, "image/jpeg", ""),
        Image(SVG, "image/svg+xml", "说明"),
    )
    data = write(doc(*blocks, Image(b"?", "image/png", "坏图")))
    root = part(data)
    sizes = [(int(e.get("cx", 0)), int(e.get("cy", 0))) for e in root.iter(f"{WP}extent")]
    assert sizes[0] == (914_400, 457_200)
    assert sizes[1][0] <= 9412 * 635
    assert sizes[2:] == [(200 * 9525, 50 * 9525), (300 * 9525, 80 * 9525)]
    assert next(root.iter(f"{WP}docPr")).get("descr") == '图 "一"'
    assert [words(each) for each in styled(root, "Normal")][-2:] == ["说明", "坏图"]


def test_links_are_safe() -> None:
    data = write(EVERYTHING)
    relations = part(data, "word/_rels/document.xml.rels")
    outside = [each.get("Target") for each in relations if each.get("TargetMode") == "External"]
    assert outside == ["https://%E4%BE%8B%E5%AD%90.cn/a%20b?x=1&y=%252"]
    linked = {words_of_link(each) for each in part(data).iter(f"{W}hyperlink")}
    assert {"外链", "见 SQL-1"} <= linked
    assert not {"不安全", "无处"} & linked


def words_of_link(link: etree._Element) -> str:
    return "".join(each.text or "" for each in link.iter(f"{W}t"))


def test_properties_header_and_footer() -> None:
    data = write(EVERYTHING)
    core = etree.tostring(part(data, "docProps/core.xml"), encoding="unicode")
    assert "发布计划" in core
    assert "2026-08-20T00:00:00Z" in core
    assert "zh-CN" in core
    assert words(part(data, "word/header1.xml")) == "发布计划\t版本 1.12.0"
    footer = part(data, "word/footer1.xml")
    assert words(footer) == "第 1 页 / 共 1 页"
    assert [each.text for each in footer.iter(f"{W}instrText")] == [" PAGE ", " NUMPAGES "]
    english = write(Document("Plan", "en", (), "2.0"))
    assert words(part(english, "word/footer1.xml")) == "Page 1 of 1"
    assert words(part(english, "word/header1.xml")) == "Plan\tVersion 2.0"
    assert "2000-01-01" in etree.tostring(part(english, "docProps/core.xml"), encoding="unicode")


def test_fonts_are_set_for_chinese() -> None:
    data = write(EVERYTHING)
    styles = part(data, "word/styles.xml")
    assert all(fonts.get(f"{W}eastAsia") for fonts in styles.iter(f"{W}rFonts"))
    assert styles.find(f"{W}docDefaults//{W}lang").get(f"{W}eastAsia") == "zh-CN"  # type: ignore[union-attr]
    settings_part = part(data, "word/settings.xml")
    assert settings_part.find(f"{W}updateFields") is None
    modes = {each.get(f"{W}name"): each.get(f"{W}val") for each in settings_part.iter(f"{W}compatSetting")}
    assert modes["compatibilityMode"] == "15"


def changed_theme(**parts: tuple[str, str]) -> bytes:
    """The built-in theme with texts replaced in its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template_bytes("theme.docx"))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name).decode()
            old, new = parts.get(Path(name).stem, ("", ""))
            assert not old or old in data
            target.writestr(name, data.replace(old, new) if old else data)
    return out.getvalue()


def test_a_theme_is_known_by_the_names_of_its_styles() -> None:
    theme = changed_theme(styles=('w:styleId="Title"', 'w:styleId="a3"'))
    assert words(styled(part(write(EVERYTHING, theme)), "a3")[0]) == "SingPost 发布计划"


def test_code_keeps_the_indent_that_its_theme_gives_it() -> None:
    theme = changed_theme(styles=('w:left="113" w:right="113"/><w:jc', 'w:left="720" w:right="720"/><w:jc'))
    indent = next(styled(part(write(doc(Code("a")), theme)), "Code")[0].iter(f"{W}ind"))
    assert int(indent.get(f"{W}left")) - int(indent.get(f"{W}hanging")) == 720 and indent.get(f"{W}right") is None


def test_a_theme_brings_its_page() -> None:
    theme = changed_theme(document=('<w:pgSz w:w="11906" w:h="16838"/>', '<w:pgSz w:w="12240" w:h="15840"/>'))
    size = part(write(doc(para("a")), theme)).find(f".//{W}pgSz")
    assert size is not None
    assert size.get(f"{W}w") == "12240"


def test_headings_that_number_themselves_do_not_number_twice() -> None:
    numbered = '<w:pPr><w:keepNext/><w:keepLines/><w:numPr><w:numId w:val="1"/></w:numPr>'
    theme = changed_theme(styles=("<w:pPr><w:keepNext/><w:keepLines/>", numbered))
    heading = styled(part(write(doc(head(2, "I、一")), theme)), "Heading2")[0]
    assert heading.find(f"{W}pPr/{W}numPr/{W}numId").get(f"{W}val") == "0"  # type: ignore[union-attr]


def test_lists_of_a_theme_stay() -> None:
    relation = '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/></Relationships>'
    base = io.BytesIO(changed_theme(**{"document.xml": ("</Relationships>", relation)}))
    with zipfile.ZipFile(base, "a") as archive:
        archive.writestr(
            "word/numbering.xml",
            f'<w:numbering xmlns:w="{W[1:-1]}"><w:abstractNum w:abstractNumId="4"/><w:num w:numId="6"><w:abstractNumId w:val="4"/></w:num></w:numbering>',
        )
    numbering = part(write(doc(List((item(para("a")),), 1)), base.getvalue()), "word/numbering.xml")
    assert [each.tag.removeprefix(W) for each in numbering] == ["abstractNum"] * 4 + ["num"] * 2
    assert [each.get(f"{W}numId") for each in numbering.iter(f"{W}num")] == ["6", "7"]


def test_a_theme_without_its_styles_is_refused_with_all_names() -> None:
    data = changed_theme(styles=('w:val="Gap"', 'w:val="Other"'))
    with pytest.raises(TemplateError, match="lacks the styles Gap;"):
        write(EVERYTHING, data)
    bare = changed_theme(styles=("w:name ", "w:aliases "))
    with pytest.raises(TemplateError, match=r"Normal, Title, heading 1.*Risk Critical.*Callout Caution"):
        write(EVERYTHING, bare)


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04broken", template_bytes("theme.docx")[:900]])
def test_a_theme_that_is_no_word_file_is_refused(data: bytes) -> None:
    with pytest.raises(TemplateError, match="not a readable Word file"):
        write(EVERYTHING, data)


def test_a_damaged_theme_is_refused() -> None:
    whole = template_bytes("theme.docx")
    for at in range(40, len(whole), 97):
        damaged = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
        try:
            data = write(doc(para("a")), damaged)
        except TemplateError:
            continue
        assert words(styled(part(data), "Normal")[0]) == "a"


def test_a_theme_with_entities_is_refused() -> None:
    with pytest.raises(TemplateError, match="not a readable Word file"):
        write(EVERYTHING, changed_theme(styles=("<w:styles", '<!DOCTYPE w:styles [<!ENTITY a "b">]><w:styles')))


def test_widths_of_text() -> None:
    assert [measure(each) for each in ("abc", "中文", "“自提柜”", "é")] == [3, 4, 10, 2]


def test_long_tables_are_written_whole() -> None:
    table = Table(RELEASE, tuple(row(n) for n in range(3_000)))
    data = write(doc(table))
    assert len(list(part(data).iter(f"{W}tr"))) == 3_001


def company_theme(first_page: bool = False) -> bytes:
    """The built-in theme with a letterhead: a header with a logo and a link, a footer, and a header of the first page."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    rows = "".join(
        f'<Relationship Id="c{n}" Type="{office}/{name}" Target="{target}"/>'
        for n, (name, target) in enumerate(
            (("header", "header1.xml"), ("footer", "footer1.xml"), ("header", "header2.xml"))
        )
    )
    overrides = "".join(
        f'<Override PartName="/word/{name}1.xml" ContentType="{kind}.{name}+xml"/>' for name in ("header", "footer")
    )
    overrides += f'<Override PartName="/word/header2.xml" ContentType="{kind}.header+xml"/><Default Extension="png" ContentType="image/png"/>'
    references = '<w:headerReference w:type="default" r:id="c0"/><w:headerReference w:type="first" r:id="c2"/><w:footerReference w:type="default" r:id="c1"/>'
    title = "<w:titlePg/>" if first_page else ""
    base = changed_theme(
        **{
            "document.xml": ("</Relationships>", f"{rows}</Relationships>"),
            "[Content_Types]": ("</Types>", f"{overrides}</Types>"),
            "document": ("<w:sectPr>", f'<w:sectPr xmlns:r="{office}">{references}'),
        }
    )
    out = io.BytesIO(base)
    texts = {"header1": "公司函头", "footer1": "机密", "header2": "首页"}
    with zipfile.ZipFile(out, "a") as archive:
        for name, text in texts.items():
            root = "hdr" if name.startswith("header") else "ftr"
            archive.writestr(
                f"word/{name}.xml",
                f'<w:{root} xmlns:w="{W[1:-1]}" xmlns:r="{office}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{root}>',
            )
        archive.writestr(
            "word/_rels/header1.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{office}/image" Target="media/picture1.png"/>'
            f'<Relationship Id="rId2" Type="{office}/hyperlink" Target="https://example.org/" TargetMode="External"/></Relationships>',
        )
        archive.writestr("word/media/picture1.png", png(8, 8))
    if not first_page:
        return out.getvalue()
    again = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(again, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(
                name,
                data.replace(b"</w:sectPr>", title.encode() + b"</w:sectPr>") if name == "word/document.xml" else data,
            )
    return again.getvalue()


def test_a_theme_brings_its_letterhead(check_ooxml) -> None:
    picture = Image(png(8, 8), "image/png", "标志")
    table = Table(RELEASE, tuple(row(n) for n in range(40)))
    data = write(doc(head(1, "一"), *[para("a")] * 20, picture, table), company_theme())
    check_ooxml(data, ".docx")
    package = zipfile.ZipFile(io.BytesIO(data))
    assert len(package.namelist()) == len(set(package.namelist()))
    targets = dict(
        re.findall(r'Id="(\w+)"[^>]*Target="([^"]+)"', package.read("word/_rels/document.xml.rels").decode())
    )
    sections = list(part(data).iter(f"{W}sectPr"))
    assert len(sections) > 1, "the letterhead is on landscape pages too"
    for section in sections:
        names = [targets[each.get(f"{R}id")] for each in section if each.tag.endswith("Reference")]
        assert names == ["header1.xml", "footer1.xml"]
    assert "公司函头" in package.read("word/header1.xml").decode() and "word/header2.xml" not in package.namelist()
    assert package.read("word/media/picture1.png") == png(8, 8) and "word/_rels/header1.xml.rels" in package.namelist()


def test_a_letterhead_of_the_first_page_stands_on_that_alone(check_ooxml) -> None:
    table = Table(RELEASE, tuple(row(n) for n in range(40)))
    data = write(doc(head(1, "一"), *[para("a")] * 20, table), company_theme(first_page=True))
    check_ooxml(data, ".docx")
    sections = list(part(data).iter(f"{W}sectPr"))
    assert [each.find(f"{W}titlePg") is not None for each in sections] == [True] + [False] * (len(sections) - 1)


def test_a_theme_with_a_header_alone_gets_page_numbers_below() -> None:
    reference = '<w:footerReference w:type="default" r:id="c1"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(company_theme())) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(reference.encode(), b""))
    package = zipfile.ZipFile(io.BytesIO(write(doc(para("a")), out.getvalue())))
    footers = [package.read(each).decode() for each in package.namelist() if "footer" in each and "rels" not in each]
    assert any("NUMPAGES" in each for each in footers) and any(
        "公司函头" in package.read(each).decode()
        for each in package.namelist()
        if "header1.xml" in each and "rels" not in each
    )
