"""Word documents are read as people see them: insertions in, deletions out, numbers given back, no word lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relplan import api
from relplan.blocks import (
    Callout,
    Checkbox,
    Code,
    Document,
    Emphasis,
    Heading,
    InlineCode,
    Link,
    List,
    ListItem,
    Mark,
    Paragraph,
    Strike,
    Strong,
    Table,
    TableColumn,
    Text,
    plain,
)
from relplan.errors import ReadError
from relplan.formats import FORMATS
from relplan.readers.documents import docx
from relplan.readers.documents.docx import package

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

STYLES = """<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="x"><w:name w:val="公司标题"/><w:basedOn w:val="1"/></w:style>
<w:style w:type="paragraph" w:styleId="c"><w:name w:val="Code"/></w:style>
<w:style w:type="paragraph" w:styleId="t"><w:name w:val="toc 1"/></w:style>"""


def level(at: int, form: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}{level(1, "bullet", "•")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{level(0, "chineseCounting", "%1、")}{level(1, "decimal", "%1.%2")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def word(body: str, *, namespace: str = W, main: str = "word/document.xml", **parts: str) -> bytes:
    """A Word file with this body; `parts` are the insides of others, by their kinds."""
    folder = main.rpartition("/")[0]
    parts = {"styles": STYLES, "numbering": NUMBERING, **parts}
    relation = '<Relationship Id="{0}" Type="{1}/{2}" Target="{3}"{4}/>'
    packaging = "http://schemas.openxmlformats.org/package/2006/relationships"
    own = [relation.format(f"r{kind}", OFFICE, kind, f"{kind}.xml", "") for kind in parts]
    own.append(relation.format("rlink", OFFICE, "hyperlink", "https://example.com/a", ' TargetMode="External"'))
    files = {
        "_rels/.rels": f'<Relationships xmlns="{packaging}">{relation.format("r1", OFFICE, "officeDocument", main, "")}</Relationships>',
        f"{folder}/_rels/{main.rpartition('/')[2]}.rels": f'<Relationships xmlns="{packaging}">{"".join(own)}</Relationships>',
        main: f'<w:document xmlns:w="{namespace}" xmlns:r="{OFFICE}" xmlns:mc="mc" xmlns:v="v"><w:body>{body}</w:body></w:document>',
        **{
            f"{folder}/{kind}.xml": f'<w:{kind} xmlns:w="{namespace}">{inside}</w:{kind}>'
            for kind, inside in parts.items()
        },
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return out.getvalue()


def p(content: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def r(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str, number: int = 1, at: int = 0) -> str:
    return p(r(text), f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr>')


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def blocks(body: str, **options) -> list:
    return [piece.block for piece in docx.pieces(word(body, **options), "x.docx")]


def words(body: str, **options) -> list[str]:
    return [plain(block.content) for block in blocks(body, **options)]


def grid(body: str) -> list[list[str]]:
    return [list(row) for row in docx.pieces(word(body), "x.docx")[0].grid.rows]


def test_what_was_inserted_counts_and_what_was_deleted_does_not():
    body = p(
        f"{r('a')}<w:ins>{r('b')}</w:ins><w:del><w:r><w:delText>c</w:delText></w:r></w:del><w:moveFrom>{r('d')}</w:moveFrom>{r('e')}"
    )
    assert words(body) == ["abe"]


def test_paragraphs_whose_end_was_deleted_are_one():
    assert words(p(r("a"), "<w:rPr><w:del/></w:rPr>") + p(r("b"))) == ["ab"]


def test_rows_that_were_deleted_are_gone():
    body = table(
        cell(p(r("a"))), f"<w:trPr><w:del/></w:trPr>{cell(p(r('b')))}", f"<w:trPr><w:ins/></w:trPr>{cell(p(r('c')))}"
    )
    assert grid(body) == [["a"], ["c"]]


def test_content_controls_are_looked_into_wherever_they_stand():
    inside = "<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    assert words(inside.format(p(r("a"))) + p(inside.format(r("b")))) == ["a", "b"]
    row = inside.format(f"<w:tr>{inside.format(cell(p(r('c'))))}</w:tr>")
    assert grid(f"<w:tbl>{row}</w:tbl>") == [["c"]]


def test_fields_show_their_result_and_hidden_text_is_not_seen():
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    field = f"{begin}<w:r><w:instrText>PAGE</w:instrText></w:r>{separate}{r('7')}{end}"
    assert words(p(f"{r('第')}{field}{r('页')}{r('secret', '<w:vanish/>')}")) == ["第7页"]
    assert words(p(f'<w:fldSimple w:instr="DATE">{r("2026")}</w:fldSimple>')) == ["2026"]


def field(code: str, *results: str) -> str:
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    return f"{begin}<w:r><w:instrText>{code}</w:instrText></w:r>{separate}{''.join(results)}{end}"


def test_a_link_made_by_a_field_keeps_where_it_leads():
    link = field(' HYPERLINK "https://wiki.example/7" \\o "x" ', r("发布"), r("手册", "<w:b/>"))
    (paragraph,) = blocks(p(f"{r('见')}{link}{r('。')}"))
    assert paragraph.content == (
        Text("见"),
        Link("https://wiki.example/7", (Text("发布"), Strong((Text("手册"),)))),
        Text("。"),
    )
    inside = field(' HYPERLINK \\l "_Toc1" ', r("目录"))
    (paragraph,) = blocks(p(inside))
    assert paragraph.content == (Text("目录"),)


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{p(r('boxed'))}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback><v:textbox>{box}</v:textbox></mc:Fallback></mc:AlternateContent>"
    assert words(p(f"{r('a')}<w:r>{both}</w:r>") + p(r("b"))) == ["a", "boxed", "b"]


def test_links_looks_breaks_and_symbols():
    not_bold = '<w:b w:val="0"/>'
    link = f'<w:hyperlink r:id="rlink">{r("z")}</w:hyperlink>'
    body = p(f"{r('x', '<w:b/>')}{r('y', not_bold)}<w:r><w:br/><w:tab/><w:noBreakHyphen/></w:r>{link}")
    content = blocks(body)[0].content
    assert content[0] == Strong((Text("x"),)) and content[-1] == Link("https://example.com/a", (Text("z"),))
    assert plain(content) == "xy\n\t-z"


def test_numbers_that_word_counts_come_back_as_lists():
    found = blocks(item("a") + item("b") + item("inner", at=1) + item("c") + item("e", 3) + p(r("text")) + item("d"))
    assert [type(block) for block in found] == [List, List, Paragraph, List]
    assert [block.start for block in found if isinstance(block, List)] == [1, 5, 6], (
        "one count, told anew where to begin"
    )
    assert len(found[0].items) == 3 and isinstance(found[0].items[1].blocks[1], List)


def test_a_list_whose_first_item_alone_is_told_where_to_begin_is_one_list():
    found = blocks(item("e", 3) + item("f") + item("g"))
    assert [(block.start, len(block.items)) for block in found] == [(5, 3)]


def test_chinese_numbers_are_given_back_as_the_words_of_headings():
    found = words(item("影响范围", 2) + item("发布过程", 2))
    assert found == ["一、影响范围", "二、发布过程"]
    heading = p(r("回退"), '<w:pStyle w:val="x"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>')
    assert blocks(heading) == [Heading(1, (Text("一、"), Text("回退")))]


def test_headings_are_known_by_the_style_they_are_based_on_and_contents_are_no_text():
    body = (
        p(r("Part"), '<w:pStyle w:val="x"/>')
        + p(r("Part …… 3"), '<w:pStyle w:val="t"/>')
        + p(r("own"), '<w:outlineLvl w:val="2"/>')
    )
    assert [(block.level, plain(block.content)) for block in blocks(body)] == [(1, "Part"), (3, "own")]


def test_code_paragraphs_are_one_block():
    assert blocks(p(r("a  b"), '<w:pStyle w:val="c"/>') + p(r("c"), '<w:pStyle w:val="c"/>') + p(r("d"))) == [
        Code("a  b\nc"),
        Paragraph((Text("d"),)),
    ]


def test_merged_cells_and_tables_in_cells():
    span, top, on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        cell(p(r("a")), span) + cell(p(r("b"))),
        cell(p(r("c")), top) + cell(p(r("d")) + p(r("e"))) + cell(table(cell(p(r("f"))) + cell(p(r("g")))) + p("")),
        cell(p(r("hidden")), on) + cell(item("h") + item("i")) + cell(p("")),
    )
    assert grid(body) == [["a", "", "b"], ["c", "d\ne", "f\tg"], ["", "1. h\n2. i", ""]]
    merges = docx.pieces(word(body), "x.docx")[0].grid.merges
    assert {(m.top, m.left, m.bottom, m.right) for m in merges} == {(0, 0, 0, 1), (1, 0, 2, 0)}


def test_notes_stand_behind_their_paragraph_and_comments_are_reported():
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>see there</w:t></w:r></w:p></w:footnote>'
    assert words(p(r("a") + '<w:r><w:footnoteReference w:id="2"/></w:r>'), footnotes=note) == ["a [see there]"]
    comment = '<w:comment w:id="1" w:author="王芳"><w:p><w:r><w:t>确认一下</w:t></w:r></w:p></w:comment>'
    body = p(r("一、发布步骤")) + p(r("备份")) + p(r("二、回退方案")) + p(r("还原"))
    read = api.loads(word(body, comments=comment), "docx", name="x.docx")
    assert [notice.problem.text("zh") for notice in read.notices] == [
        "x.docx › comment 1: 王芳 的批注，未读入：确认一下"
    ]
    assert read.plan.data()["deployment"] == ["备份"]


@pytest.mark.parametrize("options", [{"namespace": STRICT}, {"main": "doc/main.xml"}])
def test_files_after_the_strict_standard_and_with_other_names_inside(options):
    assert words(p(r("a")) + item("影响范围", 2), **options) == ["a", "一、影响范围"]


def test_what_is_no_word_file_is_refused_in_one_line():
    workbook = api.render(api.loads(b"title: x\n", "yaml").plan, format="xlsx")
    for data, message in [
        (b"x", "no Word file"),
        (workbook, "no Word file"),
        (word("<w:p>"), "broken"),
        (word(p("")), "empty"),
    ]:
        with pytest.raises(ReadError, match=message):
            api.loads(data, "docx", name="x.docx")


def test_a_table_keeps_its_places():
    body = table(
        *(
            cell(p(r(a))) + cell(p(r(b))) + cell(p(r(c)))
            for a, b, c in [("系统", "版本", "变更内容"), ("网关", "1.10", "新通道")]
        )
    )
    read = api.loads(word(p(r("上线清单")) + body), "docx", name="x.docx")
    assert str(read.places["table", "rows", 0, "version"]) == "x.docx › table 1!B2"


def test_a_callout_of_relplan_is_one(samples):
    plan = api.load(samples / "plan.yaml").plan
    found = docx.pieces(api.render(plan, "plan", "docx"), "plan.docx")
    callout = next(piece.block for piece in found if isinstance(piece.block, Callout))
    assert callout.kind == "caution" and plain(callout.blocks[0].content) == "回退时限：2026-08-21 01:00（周五）"


# What people's own documents hold


def test_emoji_that_word_writes_in_two_ways_are_read_once():
    sign = '<w:sym w:font="Segoe UI Emoji" w:char="1F600"/>'
    both = (
        "<mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback><w:t>😀</w:t></mc:Fallback></mc:AlternateContent>"
    )
    assert words(p(f"{r('a')}<w:r>{both.format('<w:symEx/>')}</w:r>")) == ["a😀"]
    assert words(p(f"<w:r>{sign}</w:r>")) == ["😀"]


def test_a_field_that_never_ends_takes_no_other_paragraph_with_it():
    begin, separate = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate"))
    assert words(p(f"{r('a')}{begin}<w:r><w:instrText>TOC</w:instrText></w:r>") + p(r("b"))) == ["a", "b"]
    assert words(p(f"{begin}{begin}{separate}{r('code')}")) == []


def test_fields_of_forms_give_their_values():
    box = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>{}</w:checkBox></w:ffData></w:fldChar></w:r>'
    entries = '<w:result w:val="1"/><w:listEntry w:val="低"/><w:listEntry w:val="高"/>'
    choice = (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList>{entries}</w:ddList></w:ffData></w:fldChar></w:r>'
    )
    assert words(p(box.format("<w:checked/>"))) == ["☑"]
    assert words(p(box.format(""))) == ["☐"]
    assert words(p(choice)) == ["高"]


def test_boxes_are_known_by_their_control_and_by_the_letters_of_their_font():
    control = '<w:sdt><w:sdtPr><x:checkbox xmlns:x="x"><x:checked x:val="1"/></x:checkbox></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>'
    symbol = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
    assert blocks(p(control.format(r("▣")) + r(" done")))[0].content[0] == Checkbox(True)
    assert words(p(symbol.format("Wingdings", "F0A8") + symbol.format("Wingdings 2", "F052"))) == ["☐☑"]
    assert words(p(symbol.format("Symbol", "F06F"))) == ["\uf06f"]


def test_words_are_hidden_by_their_style_too():
    hidden = '<w:style w:type="{}" w:styleId="{}"><w:name w:val="hid"/><w:rPr><w:vanish/></w:rPr></w:style>'
    styles = STYLES + hidden.format("character", "h") + hidden.format("paragraph", "g")
    body = p(r("a") + r("b", '<w:rStyle w:val="h"/>'))
    shown = '<w:vanish w:val="0"/>'
    assert words(body + p(r("c") + r("d", shown), '<w:pStyle w:val="g"/>'), styles=styles) == ["a", "d"]


def test_looks_and_code_by_style_and_by_font():
    styles = STYLES + '<w:style w:type="character" w:styleId="s"><w:name w:val="Strong"/></w:style>'
    look = '<w:rFonts w:ascii="Courier New"/>'
    content = blocks(p(r("a", '<w:rStyle w:val="s"/>') + r("b", look) + r("c", '<w:em w:val="dot"/>')), styles=styles)
    assert content == [Paragraph((Strong((Text("a"),)), InlineCode("b"), Emphasis((Text("c"),))))]


def test_a_picture_says_what_it_shows():
    picture = '<w:r><w:drawing><wp:inline xmlns:wp="wp"><wp:docPr id="1" name="图片 1" descr="部署图"/></wp:inline></w:drawing></w:r>'
    drawn = '<w:r><w:pict><v:shape alt="拓扑"><v:imagedata/></v:shape></w:pict></w:r>'
    assert words(p(picture + r("见上")) + p(drawn)) == ["[部署图]见上", "[拓扑]"]


def test_pages_end_between_words_and_not_in_them():
    page = '<w:r><w:br w:type="page"/></w:r>'
    assert words(p(page + r("a") + page + r("b") + page)) == ["a\nb"]


def test_blank_lines_of_code_stay_and_those_around_it_do_not():
    code = '<w:pStyle w:val="c"/>'
    assert blocks(p("", code) + p(r("a"), code) + p("", code) + p(r("b"), code) + p("", code)) == [Code("a\n\nb")]


def test_a_column_that_word_numbers_has_its_numbers():
    empty = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    row = cell(p("", empty)) + cell(p(r("网关")))
    assert grid(table(cell(p(r("序号"))) + cell(p(r("系统"))), row, row)) == [
        ["序号", "系统"], ["1", "网关"], ["2", "网关"],
    ]  # fmt: skip
    assert [block.start for block in blocks(item("a") + p("", empty) + item("c"))] == [1]


def test_lists_that_are_defined_in_other_places():
    linked = (
        f'<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="n"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1"><w:styleLink w:val="n"/>{level(0, "upperRoman", "%1、")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    assert words(item("影响范围") + item("发布过程"), numbering=linked) == ["I、影响范围", "II、发布过程"]
    by_style = level(1, "decimal", "%1.%2").replace("<w:start", '<w:pStyle w:val="1"/><w:start')
    legal = by_style.replace("<w:lvlText", "<w:isLgl/><w:lvlText")
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "chineseCounting", "第%1章")}{legal}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    styles = '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    body = item("总体") + p(r("步骤"), '<w:pStyle w:val="1"/>')
    assert words(body, numbering=numbering, styles=styles) == ["第一章 总体", "1.1 步骤"]


def test_words_whose_paragraph_has_no_next_one_are_kept():
    gone = "<w:rPr><w:del/></w:rPr>"
    assert words(p(r("a"), gone)) == ["a"]
    assert grid(table(cell(p(r("a"), gone)) + cell(p(r("b"))))) == [["a", "b"]]


def test_a_merge_that_begins_nowhere_hides_nothing_and_deleted_cells_are_gone():
    body = table(cell(p(r("a")), "<w:vMerge/>") + cell(p(r("x")), "<w:cellDel/>") + cell(p(r("b"))))
    assert grid(body) == [["a", "b"]]


def test_every_cell_of_a_callout_that_someone_made_longer_is_read():
    style = STYLES + '<w:style w:type="table" w:styleId="n"><w:name w:val="Callout Note"/></w:style>'
    body = '<w:tbl><w:tblPr><w:tblStyle w:val="n"/></w:tblPr>' + table(cell(p(r("a"))), cell(p(r("b")))).removeprefix(
        "<w:tbl>"
    )
    assert blocks(body, styles=style) == [Callout("note", (Paragraph((Text("a"),)), Paragraph((Text("b"),))))]


def test_an_embedded_page_is_reported():
    body = p(r("一、发布步骤")) + p(r("备份")) + p(r("二、回退方案")) + p(r("还原")) + "<w:altChunk/>"
    read = api.loads(word(body), "docx", name="x.docx")
    assert [notice.problem.text("zh") for notice in read.notices] == [
        "x.docx › altChunk 1: 嵌入的文件，未读入；请用 Word 打开后另存"
    ]


@pytest.mark.parametrize(
    "inner", ["<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"]
)
@pytest.mark.parametrize("depth", [60, 10_000])
def test_depth_ends_in_words_or_in_one_line(inner, depth):
    before, after = inner.split("{}")
    data = word(before * depth + p(r("x")) + after * depth)
    if depth < 100:
        assert docx.pieces(data, "x.docx")
    else:
        with pytest.raises(ReadError, match="broken"):
            docx.pieces(data, "x.docx")


def test_numbers_out_of_all_bounds_do_no_harm():
    assert len(blocks("".join(item(str(at), at=at) for at in range(5000)))) == 1
    assert words(p(r("a"), '<w:outlineLvl w:val="²"/>') + p('<w:r><w:sym w:char="D800"/></w:r>')) == ["a"]
    span = f'<w:gridSpan w:val="{"9" * 5000}"/>'
    assert len(grid(table(cell(p(r("a")), span)))[0]) == 1


def test_a_table_that_would_be_far_too_large_is_refused():
    body = "<w:tbl>" + f"<w:tr>{'<w:tc/>' * 5_000}</w:tr>" + "<w:tr><w:tc/></w:tr>" * 1_000 + "</w:tbl>"
    with pytest.raises(ReadError, match="too large"):
        docx.pieces(word(body), "x.docx")


# What relplan writes

NASTY = st.text(st.sampled_from("ab |<&`={}_*#☐\n\té中，😀\u0628\u202e;'\"\\%"), min_size=1, max_size=20).filter(
    str.strip
)
INLINES = st.one_of(
    NASTY.map(Text),
    NASTY.map(InlineCode),
    NASTY.map(lambda text: Strong((Text(text),))),
    NASTY.map(lambda text: Emphasis((Text(text),))),
    NASTY.map(lambda text: Strike((Text(text),))),
    st.builds(Link, st.just("https://example.com/"), NASTY.map(lambda text: (Text(text),))),
    st.builds(Mark, NASTY, st.sampled_from(["critical", "high", "medium", "low"])),
)
CONTENT = st.lists(INLINES, min_size=1, max_size=3).map(tuple)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.builds(
        Table,
        st.tuples(*[NASTY.map(TableColumn)] * width),
        st.lists(st.tuples(*[st.one_of(st.just(""), NASTY, CONTENT)] * width), max_size=3).map(tuple),
    )
)
SIMPLE = st.one_of(
    st.builds(Heading, st.integers(1, 6), CONTENT),
    CONTENT.map(Paragraph),
    NASTY.map(Code),
    TABLES,
)
LISTS = st.builds(
    List,
    st.lists(st.builds(ListItem, CONTENT.map(lambda content: (Paragraph(content),))), min_size=1, max_size=3).map(
        tuple
    ),
    st.sampled_from([None, 1, 7]),
)
BLOCKS = st.lists(
    st.one_of(SIMPLE, LISTS, st.builds(Callout, st.just("note"), st.tuples(SIMPLE))), min_size=1, max_size=4
)
few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def texts(found: Iterable) -> str:
    """The words of blocks, in their order."""
    out = []
    for block in found:
        match block:
            case Heading(_, content, _) | Paragraph(content):
                out.append(plain(content))
            case List(items, _):
                out.extend(texts(each.blocks) for each in items)
            case Table(columns, rows):
                out.extend([*(column.header for column in columns), *(plain(each) for row in rows for each in row)])
            case Code(text, _):
                out.append(text)
            case Callout(_, inner):
                out.append(texts(inner))
    return " ".join(" ".join(out).split())


def read_back(document: Document) -> list:
    return docx.pieces(FORMATS["docx"].load("writer")(document), "x.docx")


@few
@given(BLOCKS)
def test_no_word_of_a_document_is_lost_and_all_are_in_order(written):
    found = [piece.block for piece in read_back(Document("t", "zh", tuple(written)))]
    # Boxes in front of an item are its state; here they are words.
    assert texts(found).replace("☐", "").split() == texts(written).replace("☐", "").split()


@few
@given(TABLES)
def test_the_cells_of_a_table_are_what_they_were(table):
    found = [piece for piece in read_back(Document("t", "zh", (table,))) if piece.grid]
    head = [column.header.strip() for column in table.columns]
    assert [list(row) for row in found[0].grid.rows] == [
        head,
        *([plain(each).strip() for each in row] for row in table.rows),
    ]


REFUSED = {"poi__test-data__document__truncated62886.docx"}


def test_documents_of_other_projects_are_read(shared):
    files = [*sorted((shared / "corpus" / "docx").iterdir())[::8], *(shared / "corpus" / "plans").glob("*.docx")]
    read = [docx.pieces(file.read_bytes(), file.name) for file in files if file.name not in REFUSED]
    assert sum(bool(texts(piece.block for piece in found)) for found in read) > 10


def title(text: str) -> str:
    return p(r(text), '<w:pStyle w:val="1"/>')


def test_struck_words_and_links_of_a_document():
    struck = "<w:strike/>"
    link = f'{r("看")}<w:hyperlink r:id="rlink">{r("手册")}</w:hyperlink>'
    rows = (("姓名", "角色", ""), ("张三", "开发", ""), ("李四", "测试", struck))
    people = table(*(f"{cell(p(r(name, look)))}{cell(p(r(role, look)))}" for name, role, look in rows))
    body = title("发布过程") + p(r("取消的步骤", struck)) + p(link) + title("参与人员") + people
    read = api.loads(word(body), "docx")
    assert [step.text for step in read.plan.deployment] == ["看手册 (https://example.com/a)"]
    assert [person.name for person in read.plan.participants] == ["张三"]
    assert sum(notice.kind == "unplaced" for notice in read.notices) == 3


def test_a_control_that_asks_for_words_holds_none():
    asked = (
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('单击此处输入文字。')}</w:sdtContent></w:sdt>"
    )
    assert words(p(r("订单")) + p(asked)) == ["订单"]


@pytest.mark.parametrize("body", ["<w:p/>", p(r("x"))])
def test_a_document_of_too_many_tags_is_refused_while_it_is_read(body, monkeypatch):
    monkeypatch.setattr(package, "MOST_TAGS", 1000)
    with pytest.raises(ReadError, match="1,000"):
        docx.pieces(word(body * 1001), "x.docx")
    assert docx.pieces(word(title("影响范围") + body * 50), "x.docx")


def test_a_document_of_too_many_paragraphs_is_refused(monkeypatch):
    monkeypatch.setattr("relplan.readers.documents.docx.body.MAX_PARAGRAPHS", 3)
    assert words(p(r("a")) * 3) == ["a"] * 3
    with pytest.raises(ReadError, match="more than 3 paragraphs"):
        words(p(r("a")) * 4)
