"""Make docs/pictures/: the pages of the sample as LibreOffice and Chromium show them, and the same table by other tools.

`--all DIR` renders every page of the sample, of plans of 0, 1, 40 and 200 systems, of an empty one and of one with nasty texts.
Needs soffice, pdftoppm, chromium and Pillow; the comparison pandoc and docxtpl as well. What is missing is said.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from relplan import api
from relplan.model.plan import ReleasePlan

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "docs" / "pictures"
SAMPLE: Final = ROOT / "samples" / "singpost" / "plan.yaml"
COLOURS: Final = 64
MOST_BYTES: Final = 150_000

# Documents ask for a font that comes with Windows; where it is not installed, the pictures use its nearest free kin.
FONTS: Final = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{}</fontconfig>"""
ALIAS: Final = (
    '<match target="pattern"><test name="family"><string>{}</string></test>'
    '<edit name="family" mode="append" binding="same"><string>Noto Sans CJK SC</string></edit></match>'
)

# Name of the picture, document, ending, page, dots per inch.
PAGES: Final = (
    ("word-plan", "plan", "docx", 1, 76),
    ("word-steps", "plan", "docx", 4, 76),
    ("word-table", "table", "docx", 1, 84),
    ("word-notes", "notes", "docx", 1, 76),
    ("excel-overview", "workbook", "xlsx", 1, 70),
    ("excel-table", "workbook", "xlsx", 2, 100),
)
# Name, document, width, height, dark.
SCREENS: Final = (
    ("html-desktop", "plan", 1280, 860, False),
    ("html-phone", "table", 500, 900, False),
    ("html-dark", "plan", 1280, 860, True),
)


class Missing(Exception):
    """A program that a picture needs is not there."""


def program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise Missing(f"not found: {' or '.join(names)}")


def run(*command: str | Path, **environment: str) -> None:
    done = subprocess.run(
        [str(each) for each in command],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace')[-500:]}")


def to_pdf(files: list[Path], folder: Path) -> None:
    """PDF files beside them, by LibreOffice."""
    fonts = folder / "fonts.conf"
    fonts.write_text(
        FONTS.format("".join(ALIAS.format(name) for name in ("Microsoft YaHei", "微软雅黑"))), encoding="utf-8"
    )
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = (program("soffice", "libreoffice"), profile, "--headless", "--norestore", "--convert-to", "pdf")
    run(*command, "--outdir", folder, *files, FONTCONFIG_FILE=str(fonts))
    missing = [each.name for each in files if not each.with_suffix(".pdf").is_file()]
    if missing:
        raise RuntimeError(f"LibreOffice made no PDF of {', '.join(missing)}")


def page_png(pdf: Path, page: int, dpi: int) -> bytes:
    stem = pdf.with_suffix("")
    run(program("pdftoppm"), "-png", "-singlefile", "-r", str(dpi), "-f", str(page), "-l", str(page), pdf, stem)
    return stem.with_suffix(".png").read_bytes()


def pages_of(pdf: Path) -> int:
    shown = subprocess.run([program("pdfinfo"), pdf], capture_output=True, text=True, check=True).stdout
    return int(next(line.split()[1] for line in shown.splitlines() if line.startswith("Pages:")))


def screen_png(page: Path, width: int, height: int, dark: bool) -> bytes:
    target, profile = page.with_suffix(".png"), page.parent / "chromium"
    quiet = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
    more = ("--disable-component-update", "--disable-sync", "--hide-scrollbars", f"--user-data-dir={profile}")
    dark_mode = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0") if dark else ()
    shot = (f"--window-size={width},{height}", f"--screenshot={target}", page.as_uri())
    run(program("chromium", "chromium-browser", "google-chrome"), "--headless", *quiet, *more, *dark_mode, *shot)
    return target.read_bytes()


def keep(name: str, png: bytes) -> None:
    """The picture with few colours, which is all that a page has, in docs/pictures/."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    image.save(packed, "PNG", optimize=True)
    if len(packed.getvalue()) > MOST_BYTES:
        raise RuntimeError(f"{name}.png takes {len(packed.getvalue())} bytes, more than {MOST_BYTES}")
    TARGET.mkdir(parents=True, exist_ok=True)
    path = TARGET / f"{name}.png"
    path.write_bytes(packed.getvalue())
    print(f"{path.relative_to(ROOT)}  {len(packed.getvalue()) // 1024} KB")


def office_pictures(plan: ReleasePlan, folder: Path) -> None:
    files = {(document, ending): folder / f"{document}.{ending}" for _, document, ending, _, _ in PAGES}
    for (document, ending), path in files.items():
        path.write_bytes(api.render(plan, document, ending))
    for ending in ("docx", "xlsx"):
        to_pdf([path for path in files.values() if path.suffix == f".{ending}"], folder)
    for name, document, ending, page, dpi in PAGES:
        keep(name, page_png(files[document, ending].with_suffix(".pdf"), page, dpi))


def screen_pictures(plan: ReleasePlan, folder: Path) -> None:
    for name, document, width, height, dark in SCREENS:
        page = folder / f"{name}.html"
        page.write_bytes(api.render(plan, document, "html"))
        keep(name, screen_png(page, width, height, dark))


# The same table by other tools ----------------------------------------------------------------------------------------


def by_pandoc(plan: ReleasePlan, target: Path) -> None:
    """The release table as a Markdown table, converted with pandoc's defaults."""
    source = target.with_suffix(".md")
    source.write_bytes(api.render(plan, "table", "md"))
    run(program("pandoc"), "-f", "gfm", source, "-o", target)


def by_docxtpl(plan: ReleasePlan, target: Path) -> None:
    """The release table through a template as docxtpl's documentation has it: a row with a loop around it."""
    if importlib.util.find_spec("docxtpl") is None:
        raise Missing("not installed: docxtpl")
    import docx
    from docxtpl import DocxTemplate

    from relplan.documents.tables import release_table

    table = release_table(plan.table, "zh")
    headers = [column.header for column in table.columns[:14]]
    template = docx.Document()
    template.add_heading("{{ title }}", 0)
    grid = template.add_table(rows=4, cols=len(headers))
    grid.style = "Table Grid"
    for index, header in enumerate(headers):
        grid.cell(0, index).text = header
        grid.cell(2, index).text = f"{{{{ row[{index}] }}}}"
    grid.cell(1, 0).text = "{%tr for row in rows %}"
    grid.cell(3, 0).text = "{%tr endfor %}"
    source = target.with_name("template.docx")
    template.save(str(source))
    made = DocxTemplate(source)
    made.render({"title": f"{plan.product} {plan.version}", "rows": table.rows}, autoescape=True)
    made.save(target)


def by_relplan(plan: ReleasePlan, target: Path) -> None:
    target.write_bytes(api.render(plan, "table", "docx"))


def compared(plan: ReleasePlan, folder: Path) -> None:
    for name, make in (("pandoc", by_pandoc), ("docxtpl", by_docxtpl), ("relplan", by_relplan)):
        target = folder / f"compared-{name}.docx"
        try:
            make(plan, target)
        except Missing as missing:
            print(f"no picture for {name}: {missing}", file=sys.stderr)
            continue
        to_pdf([target], folder)
        pdf = target.with_suffix(".pdf")
        keep(target.stem, page_png(pdf, 1, 64))
        print(f"  {name}: {pages_of(pdf)} pages")


# All pages, to be looked at -------------------------------------------------------------------------------------------


def varied(plan: ReleasePlan, systems: int) -> ReleasePlan:
    """The plan with that many systems: its own again and again, under new names."""
    rows = plan.table.rows
    made = tuple(
        rows[i % len(rows)].replace(order=str(i + 1), system=f"{rows[i % len(rows)].system}{i // len(rows) + 1}")
        for i in range(systems)
    )
    return plan.replace(table=plan.table.replace(rows=made))


def nasty(plan: ReleasePlan) -> ReleasePlan:
    """A cell of 30,000 characters, a script of 3,000 lines, words from right to left, and emoji."""
    first = plan.table.rows[0]
    long = first.replace(risk_description="很长的文字，" * 5000, ddl="SELECT 1;\n" * 3000)
    words = first.replace(system="نظام الدفع", risk_description="خدمة 1.12.0", risk_control="🚀 ✅ 👩‍👩‍👧")
    return plan.replace(table=plan.table.replace(rows=(long, words, first)))


def all_pages(plan: ReleasePlan, folder: Path) -> None:
    cases = {f"{count}-systems": varied(plan, count) for count in (0, 1, 40, 200)}
    cases |= {"sample": plan, "empty": ReleasePlan(), "nasty": nasty(plan)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, each in cases.items():
        documents = [(document, "docx") for document in ("plan", "table", "notes")] + [("workbook", "xlsx")]
        files = [folder / f"{name}-{document}.{ending}" for document, ending in documents]
        for path, (document, ending) in zip(files, documents, strict=True):
            path.write_bytes(api.render(each, document, ending))
        to_pdf(files, folder)
        for path in files:
            pdf = path.with_suffix(".pdf")
            run(program("pdftoppm"), "-png", "-r", "60", pdf, pdf.with_suffix(""))
            print(f"{pdf.name}: {pages_of(pdf)} pages")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    arguments.add_argument("--all", metavar="DIR", type=Path, help="every page of all plans, to be looked at")
    chosen = arguments.parse_args()
    plan = api.load(SAMPLE).plan
    if chosen.all:
        all_pages(plan, chosen.all.resolve())
        return 0
    if importlib.util.find_spec("PIL") is None:
        print("not installed: Pillow (pip install pillow)", file=sys.stderr)
        return 3
    failed = 0
    for part in (office_pictures, screen_pictures, compared):
        with tempfile.TemporaryDirectory() as name:
            try:
                part(plan, Path(name))
            except Missing as missing:
                print(f"{part.__name__}: {missing}", file=sys.stderr)
                failed = 3
    return failed


if __name__ == "__main__":
    sys.exit(main())
