"""Word forms: what is seen of a document that was filled in, what is refused, and that nothing else changes."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from word_forms import assert_sound, package, paragraph, seen, word

from relplan import api
from relplan.documents.render import Options, names
from relplan.errors import TemplateError
from relplan.model.plan import ReleasePlan
from relplan.office.word.fill import fill

FOLDER = Path(__file__).parent / "forms"
CASES = sorted(each.name for each in FOLDER.iterdir() if each.is_dir())
PLAN = api.load(FOLDER / "plan.yaml").plan


def filled(form: str | bytes, plan: ReleasePlan = PLAN, **options) -> bytes:
    data = form if isinstance(form, bytes) else word(form)
    return fill(data, "form.docx", names(plan, "plan", Options()), plan.language, Path("."), **options)


def problems(form: str | bytes, plan: ReleasePlan = PLAN) -> list[str]:
    with pytest.raises(TemplateError) as raised:
        filled(form, plan)
    return [each.text("en") for each in raised.value.problems]


def test_there_are_many_cases():
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES)
def test_a_form_gives_the_document_that_is_expected(case, check_ooxml):
    folder = FOLDER / case
    own = folder / "plan.yaml"
    data = filled((folder / "form.txt").read_text("utf-8"), api.load(own).plan if own.exists() else PLAN)
    assert seen(data) == (folder / "expected.txt").read_text("utf-8")
    assert_sound(data)
    check_ooxml(data, ".docx")


def test_what_is_printed_has_the_look_of_the_tag():
    xml = zipfile.ZipFile(io.BytesIO(filled("a ~*{{ plan.ver~*sion }}~ b"))).read("word/document.xml").decode()
    assert "<w:r><w:rPr><w:b/></w:rPr><w:t" in xml and re.search(r"<w:b/></w:rPr><w:t[^>]*>2\.3</w:t>", xml)


def test_a_document_without_tags_stays_as_it_is_part_by_part():
    before = word("a { b } %}\n| c ‖ d |")
    after = filled(before)
    one, two = (zipfile.ZipFile(io.BytesIO(each)) for each in (before, after))
    assert one.namelist() == two.namelist() and all(one.read(name) == two.read(name) for name in one.namelist())


def test_the_documents_of_others_without_tags_stay_as_they_are(shared):
    count = 0
    for path in sorted((shared / "corpus").rglob("*.docx")):
        data = path.read_bytes()
        try:
            after = fill(data, path.name, names(PLAN, "plan", Options()), "zh", Path("."))
        except TemplateError:
            continue  # broken, or a template of another program
        one, two = (zipfile.ZipFile(io.BytesIO(each)) for each in (data, after))
        assert all(one.read(name) == two.read(name) for name in one.namelist() if not name.endswith("/")), path.name
        count += 1
    assert count > 80


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("{{ titel }}", "form.docx › body › paragraph 1 «{{ titel }}»: there is no \"titel\"; did you mean \"title\"?"),
        ("a\n{{ plan.verson }}", 'body › paragraph 2 «{{ plan.verson }}»: there is no "verson"; did you mean "version"?'),
        ("| a ‖ b |\n| {% for item in plan.table.rows %}x ‖ {{ item.sytem }}{% endfor %} |", 'body › table 1 › row 2 › cell 2 «{{ item.sytem }}»: there is no "sytem"; did you mean "system"?'),
        ("[header] {{ x }}\na", "header 1 › paragraph 1"),
        ("[box] {{ plan.x }}", "body › text box › paragraph 1"),
        ("{{ plan.version", "does not end with }}"),
        ("{{ plan.version | nofilter }}", 'no filter or test "nofilter"'),
        ("{{ 1 + }}", "template syntax"),
        ("{{ }}", "the tag is empty"),
        ("{% for x in plan.impact %}{{ x }}", "not closed by endfor"),
        ("{% endif %}", "endif closes nothing"),
        ("{% if 1 %}{% endfor %}{% endif %}", "endfor closes nothing; endif is due here"),
        ("{% else %}", "else stands without if or for"),
        ("{% macro f() %}{% endmacro %}", 'no statement "macro"'),
        ("{% include 'x' %}", 'no statement "include"'),
        ("{% set x %}", "set takes the form"),
        ("a {% if 1 %} b\nc {% endif %} d", "must stand alone"),
        ("{% for x in plan.impact %}\n| {% endfor %} ‖ b |", "one inside a table"),
        ("a {{ plan.preparation | entries }}", "must stand alone in its paragraph"),
        ("{{ plan.table }}", "has no text of its own"),
        ("{{ 1 / 0 }}", "division by zero"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(form, said):
    assert any(said in each for each in problems(form)), problems(form)


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_document():
    found = problems(
        "{{ titel }}\n{{ plan.verson | nofilter }}\n{% for x in plan.impact %}\n| {{ plan.x }} ‖ {{ 1 + }} |\n{{ ope"
    )
    assert [re.search(r"«(.*)»", each)[1] for each in found] == [
        "{{ titel }}", "{{ plan.verson | nofilter }}", "{% for x in plan.impact %}", "{{ plan.x }}", "{{ 1 + }}", "{{ ope",
    ]  # fmt: skip


def test_a_place_is_told_in_chinese_too():
    with pytest.raises(TemplateError) as raised:
        filled("{{ titel }}")
    assert raised.value.problems[0].message.zh == "没有“titel”；是否为“title”？"


def test_values_never_become_markup_tags_or_fields():
    nasty = '</w:t></w:r></w:p><w:p/> {{ plan.title }} {% if %} & ]]> <?relplan 0?> <?relplan-kept fill?> \ue0f0 "'
    plan = ReleasePlan(goal=nasty, table=[{"system": nasty}])
    data = filled("{{ plan.goal }}\n| {% for i in plan.table.rows %}{{ i.system }} ‖ x{% endfor %} |", plan)
    assert seen(data) == f"{nasty}\n| {nasty} ‖ x |\n[blank]\n"


def test_blocks_bring_the_styles_and_lists_they_need_into_a_form_that_lacks_them(check_ooxml):
    plan = ReleasePlan(goal="# 目标\n\n- a\n- b\n\n```sql\nSELECT 1\n```\n\n| x | y |\n|---|---|\n| 1 | 2 |")
    data = filled("头\n{{ plan.goal | markdown }}\n尾", plan)
    check_ooxml(data, ".docx")
    package = zipfile.ZipFile(io.BytesIO(data))
    styles = package.read("word/styles.xml").decode()
    assert "Table Text" in styles and "Callout Note" not in styles, "what is not used is not added"
    assert "word/numbering.xml" in package.namelist()
    assert "SELECT 1" in seen(data) and "| 1 ‖ 2 |" in seen(data)


def test_headings_of_blocks_have_the_style_of_the_form():
    data = filled("{{ plan.goal | markdown }}", ReleasePlan(goal="# 目标\n\nx"))
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert re.search(r'<w:pStyle w:val="[1-6]"/>.*目标', xml)


def test_a_wide_table_gets_a_page_of_its_own_and_what_follows_the_old_one_again(samples, check_ooxml):
    plan = api.load(samples / "plan.yaml").plan
    data = filled("头\n{{ plan.table | table }}\n尾", plan)
    check_ooxml(data, ".docx")
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    sizes = re.findall(r'<w:pgSz w:w="(\d+)" w:h="(\d+)"', xml)
    assert [int(wide) > int(high) for wide, high in sizes][-1] is False
    assert any(int(wide) > int(high) for wide, high in sizes)


def test_what_is_repeated_has_ids_of_its_own(check_ooxml):
    marked = '<w:p w14:paraId="11111111"><w:bookmarkStart w:id="1" w:name="here"/><w:r><w:t>{{ item.system }}</w:t></w:r><w:bookmarkEnd w:id="1"/></w:p>'
    body = f"{paragraph('{% for item in plan.table.rows %}')}{marked}{paragraph('{% endfor %}')}<w:p/>"
    data = filled(package(body, {}))
    check_ooxml(data, ".docx")
    assert_sound(data)
    assert seen(data).startswith("账务\n渠道\n门户\n")


def test_a_table_of_a_form_may_be_long():
    plan = ReleasePlan(table=[{"system": f"s{n}", "version": "1"} for n in range(2000)])
    data = filled("| {% for item in plan.table.rows %}{{ item.system }} ‖ {{ item.version }}{% endfor %} |", plan)
    assert seen(data).count("\n") == 2001


@pytest.mark.parametrize("name", ["zip", "text", "sheet"])
def test_what_is_no_word_document_is_refused_in_one_line(name, samples):
    data = {"zip": b"PK\x03\x04", "text": b"hello", "sheet": (samples / "发布清单.xlsx").read_bytes()}[name]
    (said,) = problems(data)
    assert said.startswith("form.docx: ")


def with_part(data: bytes, name: str, kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target, zipfile.ZipFile(io.BytesIO(data)) as source:
        for each in source.namelist():
            content = source.read(each)
            if each == "[Content_Types].xml":
                content = content.replace(
                    b"</Types>", f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'.encode()
                )
            target.writestr(each, content)
        target.writestr(name, b"macro")
    return out.getvalue()


def test_macros_are_refused_unless_they_are_asked_for():
    data = with_part(word("{{ plan.version }}"), "word/vbaProject.bin", "application/vnd.ms-office.vbaProject")
    assert "has macros" in problems(data)[0]
    assert seen(filled(data, macros=True)) == "2.3\n"


def test_entities_are_not_expanded():
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa">]>'
    data = word("x")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target, zipfile.ZipFile(io.BytesIO(data)) as source:
        for each in source.namelist():
            content = source.read(each).decode()
            target.writestr(each, bomb + content if each == "word/document.xml" else content)
    assert "broken" in problems(out.getvalue())[0]


def test_a_word_template_becomes_a_document():
    data = word("{{ plan.version }}")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target, zipfile.ZipFile(io.BytesIO(data)) as source:
        for each in source.namelist():
            target.writestr(each, source.read(each).replace(b"document.main+xml", b"template.main+xml"))
    made = filled(out.getvalue())
    assert b"document.main+xml" in zipfile.ZipFile(io.BytesIO(made)).read("[Content_Types].xml")


def test_a_picture_stands_beside_the_form(tmp_path, check_ooxml):
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010800000000" "3a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
    )  # fmt: skip
    (tmp_path / "logo.png").write_bytes(picture)
    form = tmp_path / "form.docx"
    form.write_bytes(word('{{ "logo.png" | image("标志") }}\n尾'))
    data = api.render(PLAN, format="docx", template=form)
    check_ooxml(data, ".docx")
    assert zipfile.ZipFile(io.BytesIO(data)).read("word/media/picture1.png") == picture
    form.write_bytes(word('{{ "../secret.png" | image }}'))
    with pytest.raises(TemplateError, match="no picture"):
        api.render(PLAN, format="docx", template=form)


def test_the_same_form_and_plan_give_the_same_bytes():
    form = "{{ plan.table | table }}\n{{ plan.preparation | entries }}"
    assert filled(form) == filled(form)


def test_what_is_found_is_listed_with_the_names_that_are_used(tmp_path):
    form = tmp_path / "form.docx"
    form.write_bytes(word("{{ plan.version }}\n{% for item in plan.table.rows %}\n{{ item.system }}\n{% endfor %}"))
    report = api.check_template(form)
    assert not report.problems and report.tags == 4
    assert report.names == ("item.system", "plan.table.rows", "plan.version")


def test_a_marked_form_has_a_comment_at_each_place(tmp_path, check_ooxml):
    form = tmp_path / "form.docx"
    form.write_bytes(word("[header] {{ plan.produkt }}\na\n{{ titel }}\n| {{ plan.verson }} ‖ b |"))
    data = api.marked_template(form)
    check_ooxml(data, ".docx")
    parts = zipfile.ZipFile(io.BytesIO(data))
    comments, body = (parts.read(f"word/{name}.xml").decode() for name in ("comments", "document"))
    assert comments.count("<w:comment ") == 3 and body.count("<w:commentReference ") == 3
    assert "did you mean" in comments and "header 1" in comments
    assert api.check_template(form).tags == 3


def test_names_and_filters_are_told_from_the_code():
    names_ = {each.name: each for each in api.template_fields()}
    assert names_["plan.table.rows[].system"].zh == "系统名称" and "| table" in names_ and "golive" in names_
    assert {each.name for each in api.template_fields("plan.window")} >= {"plan.window.start", "plan.window.end"}
    with pytest.raises(TemplateError, match="did you mean"):
        api.template_fields("plan.tabel")


def test_every_name_that_is_told_is_one_that_templates_have():
    lines = [
        f"{{{{ {each.name} is defined }}}}"
        for each in api.template_fields()
        if "[]" not in each.name and each.name[0] != "|"
    ]
    assert len(seen(filled("\n".join(lines))).split("\n")) == len(lines) + 1


def test_a_table_with_repeated_columns_has_a_grid_for_all_of_them_and_stays_as_wide(check_ooxml):
    row = "| 系统 ‖ {%tc for item in plan.table.rows %} ‖ {{ item.system }} ‖ {%tc endfor %} |"
    data = filled(f"| 一 ‖ 二 ‖ 三 ‖ 四 |\n{row}")
    check_ooxml(data, ".docx")
    assert "<w:gridCol" in zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    plan = ReleasePlan(table=[{"system": f"s{n}", "version": "1"} for n in range(7)])
    data = filled(f"{row}\n{row}", plan)
    check_ooxml(data, ".docx")
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    columns = [int(each) for each in re.findall(r'<w:gridCol w:w="(\d+)"/>', xml)]
    assert len(columns) == 8 and sum(columns) <= 8000 < sum(columns) + 8
    assert re.findall(r'<w:tcW w:w="(\d+)"', xml) == [str(each) for each in columns] * 2


def test_bookmarks_of_blocks_are_not_those_of_the_form(check_ooxml):
    marked = '<w:p><w:bookmarkStart w:id="3" w:name="section_1"/><w:r><w:t>a</w:t></w:r><w:bookmarkEnd w:id="3"/></w:p>'
    body = f"{marked}{paragraph('{{ plan.goal | markdown }}')}<w:p/>"
    data = filled(package(body, {}), ReleasePlan(goal="# 目标\n\nx\n\n# 二\n\ny"))
    check_ooxml(data, ".docx")
    names_ = re.findall(
        r'<w:bookmarkStart [^>]*w:name="([^"]+)"', zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    )
    assert len(names_) == len(set(names_)) == 3


def headed(*texts: str) -> str:
    """Paragraphs; one that begins with # is a heading."""
    style = '<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr>'
    return "".join(
        paragraph(each[2:]).replace("<w:p>", style, 1) if each.startswith("# ") else paragraph(each) for each in texts
    )


def test_a_heading_stands_on_the_page_of_its_wide_table(samples, check_ooxml):
    plan = api.load(samples / "plan.yaml").plan
    table = "{{ plan.table | table }}"
    body = headed("# 一", table, "# 二", table, "尾")
    data = filled(package(body, {}), plan)
    check_ooxml(data, ".docx")
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    pages = [int(width) > int(height) for width, height in re.findall(r'<w:pgSz w:w="(\d+)" w:h="(\d+)"', xml)]
    first = xml.index("<w:pgSz")
    assert "<w:t" in xml[:first] and ">一<" in xml[:first] and pages[0], (
        "no upright page with nothing but a heading, or nothing at all"
    )
    second = xml.index(">二<")
    behind = re.findall(r'<w:pgSz w:w="(\d+)" w:h="(\d+)"', xml[second:])[0]
    assert int(behind[0]) > int(behind[1])
