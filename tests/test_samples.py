"""The samples: what stands in the repository is what the code makes of them."""

from __future__ import annotations

import io
import zipfile

import pytest

from relplan import api
from relplan.writers.planfile import write_yaml

FORMATS = ("md", "docx", "xlsx", "html")


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of an Office file: how zlib packs them is the machine's affair."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("document", ["plan", "table", "notes", "workbook"])
def test_rendering_again_gives_the_documents_that_are_there(samples, language, document, format):
    plan = api.load(samples / "plan.yaml").plan
    there = (samples / "rendered" / language / f"{document}.{format}").read_bytes()
    made = api.render(plan, document, format, language=language)
    if format in ("docx", "xlsx"):
        assert parts(made) == parts(there)
        assert api.render(plan, document, format, language=language) == made
    else:
        assert made == there


def test_the_plan_is_as_relplan_writes_it_and_has_no_gaps(samples):
    data = (samples / "plan.yaml").read_bytes()
    read = api.loads(data, "yaml")
    assert write_yaml(read.plan) == data and read.notices == ()
    assert "〔待补充〕" not in api.render(read.plan, "plan", "md").decode()


def test_the_systems_depend_on_one_another_in_a_sound_order(samples):
    rows = api.load(samples / "发布清单.xlsx").plan.table.rows
    names = [row.system for row in rows]
    assert len(names) == len(set(names)) >= 8
    for row in rows:
        for dependency in row.dependencies or ():
            assert names.index(dependency.system) < names.index(row.system)


def test_every_word_of_the_sheet_is_in_every_document_that_shows_the_table(samples):
    """The sheet as an independent reader sees it, against the text of the documents."""
    import mammoth
    from python_calamine import CalamineWorkbook

    grid = CalamineWorkbook.from_path(samples / "发布清单.xlsx").get_sheet_by_index(0).to_python()
    plan = api.load(samples / "发布清单.xlsx").plan
    docx = mammoth.extract_raw_text(io.BytesIO(api.render(plan, "plan", "docx"))).value
    book = CalamineWorkbook.from_filelike(io.BytesIO(api.render(plan, "workbook", "xlsx")))
    xlsx = "".join(
        str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    )
    page = api.render(plan, "plan", "html").decode().replace("<wbr>", "")
    for where, text in (("docx", docx), ("xlsx", xlsx), ("html", page)):
        have = flat(text)
        for row in grid[5:15]:
            for cell in row:
                for line in str(cell).split("\n") if isinstance(cell, str) else ():
                    for word in line.replace("/", " ").replace("、", " ").replace("，", " ").split():
                        if len(word) > 1 and not word[0].isdigit() and word[0] not in "（(【":
                            assert flat(word) in have, (where, word)


def flat(text: str) -> str:
    """Without blanks, and with the marks of markup as they were."""
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return "".join(text.split())


@pytest.mark.parametrize(
    ("form", "made"), [("上线审批单.docx", "审批单-成品.docx"), ("发布清单.xlsx", "清单-成品.xlsx")]
)
def test_the_forms_of_the_sample_become_what_is_there(samples, form, made, check_ooxml):
    path = samples / "forms" / form
    assert not api.check_template(path).problems
    data = api.render(api.load(samples / "plan.yaml").plan, format=form[-4:], template=path)
    assert parts(data) == parts((samples / "forms" / made).read_bytes())
    check_ooxml(data, form[-5:])
