"""Pictures of the release order: nothing a name can hold breaks them, boxes hold their words, arrows lead the right way."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from strategies import texts

from relplan import RelplanError, api
from relplan.model.plan import ReleasePlan
from relplan.model.table import ReleaseTable
from relplan.sequence.arrows import MOST_DRAWN, arrows
from relplan.sequence.layout import LANE, Layout
from relplan.sequence.lettering import width, wrapped
from relplan.sequence.mermaid import mermaid
from relplan.sequence.order import release_order
from relplan.sequence.svg import svg

SVG = "{http://www.w3.org/2000/svg}"


def table(*rows: tuple[str, ...]) -> ReleaseTable:
    return ReleaseTable(rows=[{"system": each[0], "dependencies": list(each[1:])} for each in rows])


def picture(rows: ReleaseTable, **options: bool) -> etree._Element:
    return etree.fromstring(svg(rows, release_order(rows), "zh", **options))


def test_an_arrow_that_follows_from_others_is_left_out():
    order = release_order(table(("a",), ("b", "a"), ("c", "a", "b"), ("d", "a", "c"), ("e", "a")))
    assert [(each.before, each.after) for each in arrows(order)] == [(0, 1), (0, 4), (1, 2), (2, 3)]


def test_arrows_of_a_cycle_are_all_drawn():
    order = release_order(table(("a", "b", "c"), ("b", "c"), ("c", "a"), ("d", "a", "b")))
    assert [each for each in arrows(order) if each.cyclic] == [(0, 2, True), (1, 0, True), (2, 0, True), (2, 1, True)]
    assert [(each.before, each.after) for each in arrows(order) if not each.cyclic] == [(0, 3), (1, 3)]


graphs = st.integers(1, 8).flatmap(
    lambda size: st.tuples(*(st.sets(st.integers(0, row - 1)) if row else st.just(set()) for row in range(size)))
)


@settings(max_examples=100)
@given(graphs)
def test_the_arrows_say_the_same_as_the_dependencies(graph):
    def reached(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
        while True:
            more = pairs | {(a, d) for a, b in pairs for c, d in pairs if b == c}
            if more == pairs:
                return pairs
            pairs = more

    rows = table(*((f"s{row}", *(f"s{each}" for each in sorted(needs))) for row, needs in enumerate(graph)))
    drawn = {(each.before, each.after) for each in arrows(release_order(rows))}
    stated = {(each, row) for row, needs in enumerate(graph) for each in needs}
    assert drawn <= stated and reached(drawn) == reached(stated)
    assert all(reached(drawn - {each}) != reached(stated) for each in drawn)


@pytest.mark.parametrize(
    "text",
    [
        "W" * 90,
        "订单中心" * 20,
        "pay-gateway-adapter-service",
        "a b",
        "",
        "😀" * 40,
        "很长的系统名称，带标点、括号（和说明）" * 3,
    ],
)
def test_lines_are_no_wider_than_they_may_and_lose_nothing(text):
    lines = wrapped(text, 13, 99)
    assert all(width(line) <= 13 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    short = wrapped(text, 13, 2)
    assert (
        len(short) <= 2
        and all(width(line) <= 13 for line in short)
        and (short[-1:] == lines[1:2] or short == lines or short[-1].endswith("…"))
    )


def test_boxes_and_lanes_of_a_column_never_overlap():
    columns = [[0, 1, 2], [3, 4], [5, 6, 7]]
    layout = Layout(
        columns, dict.fromkeys(range(8), 40.0), [(0, 4), (1, 3), (2, 3), (0, 7), (1, 5), (3, 6), (4, 5)], 10
    )
    for column in layout.columns:
        for one, other in itertools.pairwise(column):
            tall = sum(LANE if isinstance(each, tuple) else 40 for each in (one, other)) / 2
            assert layout.middle[other] - layout.middle[one] >= tall + 10 - 1e-6
    assert layout.way(0, 7) == [0, (0, 1), 7] and (0, 1) in layout.columns[1]


def test_a_layout_untangles_what_need_not_cross():
    assert list(Layout([[0, 1], [2, 3]], dict.fromkeys(range(4), 20.0), [(0, 3), (1, 2)], 5).columns) in (
        [[0, 1], [3, 2]],
        [[1, 0], [2, 3]],
    )


@pytest.mark.parametrize("for_page", [False, True])
def test_boxes_stand_in_the_picture_apart_and_hold_their_words(samples, for_page):
    root = picture(api.load(samples / "plan.yaml").plan.table, for_page=for_page)
    across, down = float(root.get("width")), float(root.get("height"))
    boxes = []
    for group in root.findall(f"{SVG}g"):
        x, y, wide, tall = (float(group.find(f"{SVG}rect").get(name)) for name in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + wide <= across and y + tall <= down
        boxes.append((x, y, wide, tall))
        for text in group.findall(f"{SVG}text"):
            assert float(text.get("x")) + width(text.text) * float(text.get("font-size")) <= x + wide
            assert y < float(text.get("y")) < y + tall
    assert len(boxes) == 10
    for (a, b, c, d), (e, f, g, h) in itertools.combinations(boxes, 2):
        assert a + c < e or e + g < a or b + d < f or f + h < b


def test_the_picture_says_in_words_what_it_shows(samples):
    root = picture(api.load(samples / "plan.yaml").plan.table)
    words = "".join(root.itertext())
    assert root.get("role") == "img" and root.find(f"{SVG}title").text == "发布顺序"
    assert "第 2 批: 基础数据服务 (在 统一认证中心（第 1 批）之后)" in root.find(f"{SVG}desc").text
    for word in ("风险：重大", "风险：低", "第 7 批", "支付网关", "2.8.0"):
        assert word in words


def test_a_cycle_is_seen_without_colour():
    rows = table(("a", "b"), ("b", "a"), ("c", "x 系统"), ("d", "d"))
    root = picture(rows)
    words = "".join(root.itertext())
    assert "循环依赖：a → b → a" in words and words.count("循环依赖，无法排序") >= 2
    assert len(root.findall(f".//{SVG}rect[@stroke-dasharray]")) == 2
    assert "“x 系统”不在发布清单中" in words and "“d”依赖自身" in words


def test_a_page_gets_the_narrower_picture():
    chain = table(*((f"system {number}", f"system {number - 1}") for number in range(1, 12)))
    assert float(picture(chain, for_page=True).get("width")) < float(picture(chain).get("width"))
    wide = table(*((f"system {number}",) for number in range(12)))
    assert svg(wide, release_order(wide), "en", for_page=True) == svg(wide, release_order(wide), "en")


@settings(max_examples=60)
@given(st.lists(st.tuples(texts, st.lists(texts, max_size=2)), min_size=1, max_size=4))
def test_any_name_is_harmless_in_both_pictures(rows):
    made = ReleaseTable(rows=[{"system": name, "version": name, "dependencies": needs} for name, needs in rows])
    order = release_order(made)
    if made:
        for_page = svg(made, order, "zh", for_page=True)
        tags = {each.tag.removeprefix(SVG) for each in etree.fromstring(for_page).iter()}
        assert tags <= {"svg", "title", "desc", "style", "rect", "text", "path", "g"}
        assert for_page == svg(made, order, "zh", for_page=True)
    for line in mermaid(made, order, "en").splitlines():
        assert re.fullmatch(
            r'flowchart LR|  subgraph wave\d+\["Wave \d+"\]|  end|  classDef .*|  row\d+ (-->|-\. "cycle" \.->) row\d+'
            r'|    row\d+\["[^"`{}<>\[\]%;&|_]*(?:(?:<br/>|#\d+;)[^"`{}<>\[\]%;&|_]*)*"\](:::(cyclic|high|critical))?',
            line,
        ), line


def test_mermaid_labels_keep_plain_names_readable_and_no_sign_acts():
    rows = table(("订单中心(web) v1.10",), ('end %%{init}%% "] --> x[ #35; <b> 1. a',))
    graph = mermaid(rows, release_order(rows), "zh")
    assert 'row1["订单中心(web) v1.10"]' in graph
    assert (
        'row2["end #37;#37;#123;init#125;#37;#37; #34;#93; #45;#45;#62; x#91; #35;35#59; #60;b#62; 1#46; a"]' in graph
    )


def test_too_many_rows_are_no_picture():
    rows = table(*((f"s{number}",) for number in range(MOST_DRAWN + 1)))
    for draw in (mermaid, svg):
        with pytest.raises(RelplanError, match="301 rows"):
            draw(rows, release_order(rows), "zh")
    made = api.render(ReleasePlan(table=rows), "order", "md").decode()
    assert "图上最多画 300 行" in made and "s300" in made


def test_the_largest_pictures_have_a_box_for_each_row():
    rows = table(
        *(
            (f"s{number}", *(f"s{number - back}" for back in (1, 7, 30, 90) if back <= number))
            for number in range(MOST_DRAWN)
        )
    )
    dense = table(
        *((f"s{number}", *(f"s{each}" for each in range(150) if number >= 150)) for number in range(MOST_DRAWN))
    )
    for each in (rows, dense):
        drawn = str(svg(each, release_order(each), "zh", for_page=True))
        assert all(f"s{number}" in drawn for number in range(MOST_DRAWN))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_document_has_the_waves_in_every_format(samples, language):
    plan = api.load(samples / "plan.yaml").plan
    for format in ("md", "html", "docx", "xlsx"):
        data = api.render(plan, "order", format, language=language)
        assert data == api.render(plan, "order", format, language=language)
    markdown = api.render(plan, "order", "md", language=language).decode()
    assert ("| 批次 | 系统名称 |" if language == "zh" else "| Wave | System |") in markdown
    assert "```mermaid\nflowchart LR\n" in markdown
    in_words = "第 3 批 消息通知、支付网关；" if language == "zh" else "Wave 3 消息通知, 支付网关; "
    assert in_words in api.render(plan, "order", "html", language=language).decode()
    assert "data:image/svg+xml;base64," in api.render(plan, "order", "html").decode()


def test_word_files_with_the_picture_are_sound(samples, check_ooxml):
    check_ooxml(api.render(api.load(samples / "plan.yaml").plan, "order", "docx"), ".docx")


def test_the_document_tells_what_stands_in_the_way():
    plan = ReleasePlan(table=table(("a", "b"), ("b", "a"), ("c", "x")), language="en")
    markdown = api.render(plan, "order", "md").decode()
    assert "> [!CAUTION]" in markdown and "a → b → a" in markdown and "> [!NOTE]" in markdown
    assert "〔待补充〕" in api.render(ReleasePlan(), "order", "md").decode()


@pytest.mark.parametrize("name", ["waves", "order_graph"])
def test_the_filters_take_the_table_alone(tmp_path, name):
    template = tmp_path / "own.md.j2"
    template.write_text("{{ plan.scripts | " + name + " }}", "utf-8")
    with pytest.raises(RelplanError, match="takes plan"):
        api.render(ReleasePlan(), template=template)
