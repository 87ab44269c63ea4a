"""Make the documents of samples/singpost/rendered/: the documents of the sample plan, in every format and both languages."""

from __future__ import annotations

from pathlib import Path

from relplan import api

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "singpost"
DOCUMENTS = ("plan", "table", "notes", "workbook", "runbook", "go-live")
FORMATS = ("md", "docx", "xlsx", "html")


def rendered() -> dict[str, bytes]:
    """The content of each file, by its path under rendered/."""
    plan = api.load(SAMPLE / "plan.yaml").plan
    return {
        f"{language}/{document}.{format}": api.render(plan, document, format, language=language)
        for language in ("zh", "en")
        for document in DOCUMENTS
        for format in FORMATS
    }


def main() -> None:
    folder = SAMPLE / "rendered"
    for name, data in rendered().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
            print(path.relative_to(folder))


if __name__ == "__main__":
    main()
