"""The command answers at once: what it does not need, it does not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = frozenset(
    {
        "yaml",
        "jinja2",
        "lxml",
        "openpyxl",
        "xlsxwriter",
        "python_calamine",
        "markdown_it",
        "defusedxml",
        "wcwidth",
    }
)

CALL = """
import sys
{imports}
try:
    {call}
except SystemExit as end:
    assert not end.code, end.code
sys.stdout.flush()
sys.stderr.write("\\n".join(sys.modules))
"""


def imported(call: str, imports: str = "from relplan.cli import main") -> set[str]:
    """The top-level modules that a fresh Python holds after the call."""
    run = subprocess.run(
        [sys.executable, "-c", CALL.format(imports=imports, call=call)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    names = set(run.stderr.splitlines())
    assert "relplan" in names
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        *([name, "--help"] for name in ("new", "import", "render", "order", "documents", "schema", "checksum")),
    ],
    ids=" ".join,
)
def test_help_imports_no_library_but_click(arguments: list[str]) -> None:
    found = imported(f"main({arguments!r})")
    assert "click" in found
    assert not found & HEAVY


def test_the_library_loads_when_it_is_used() -> None:
    found = imported("relplan.__version__", "import relplan")
    assert not found & (HEAVY | {"click"})


def test_a_sheet_of_texts_is_imported_without_lxml(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet("发布表")
        sheet.write_row(0, 0, ["系统名称", "版本号", "变更内容", "开发人员"])
        sheet.write_row(1, 0, ["支付网关", "V1.1", "退款", "李四"])
    found = imported(f"main(['import', {str(tmp_path / 't.xlsx')!r}, '-o', {str(tmp_path / 'p.yaml')!r}])")
    assert "python_calamine" in found
    assert not found & (HEAVY - {"python_calamine", "yaml"})  # labels are in YAML; what is made of them may not be kept
    assert "支付网关" in (tmp_path / "p.yaml").read_text("utf-8")
