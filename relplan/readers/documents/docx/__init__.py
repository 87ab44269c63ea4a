"""Word documents: what their readers see, as pieces with places, and the plan that they hold.

Tracked insertions count and deletions do not. Hidden text, headers, footers and the table of contents are no part of the
plan; comments and embedded files are reported. Notes stand in brackets behind their paragraph, the words that describe a
picture in brackets in its place, text boxes after their paragraph. Paragraphs are `¶12`, counted over the whole body
without the cells of tables; tables are `table 2`.
"""

from __future__ import annotations

from relplan.errors import Place
from relplan.model.read import Read, collector_paused
from relplan.readers.documents.docx.body import Body
from relplan.readers.documents.docx.package import Package
from relplan.readers.documents.docx.runs import Runs
from relplan.readers.documents.docx.styles import Styles
from relplan.readers.documents.outline import read_pieces
from relplan.readers.documents.pieces import Piece
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT, ReadOptions


def read_docx(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a Word document.

    Raises:
        ReadError: it is no Word document, is encrypted, broken or too large; or holds no part of a plan.
        PlanError: it holds text that no plan can hold.
    """
    package = Package(data, name, options.limit)
    draft = Draft(name)
    found = _pieces(package, name)
    _comments(package, draft)
    _embedded(package, draft)
    return read_pieces(found, draft, options)


def pieces(data: bytes, name: str, options: ReadOptions = DEFAULT) -> list[Piece]:
    """The blocks of a Word document with their places; raises `ReadError` as `read_docx` does."""
    return _pieces(Package(data, name, options.limit), name)


def _pieces(package: Package, name: str) -> list[Piece]:
    with collector_paused():
        return Body(package, name).pieces()


def _comments(package: Package, draft: Draft) -> None:
    """Report what readers wrote beside the text: it is about the plan, not of it."""
    part = package.related("comments")
    if part.root is None:
        return
    runs = Runs(part, Styles(package.related("styles")), frozenset())
    for comment in part.root.iter(f"{part.w}comment"):
        text = " ".join(runs.text(each) for each in comment.iter(f"{part.w}p")).strip()
        author = comment.get(f"{part.w}author", "")
        if text:
            place = Place(draft.name, sheet=f"comment {comment.get(f'{part.w}id', '')}")
            draft.note(
                "unplaced", f"{author} 的批注，未读入：{text}", f"a comment by {author}, not read: {text}", place
            )


def _embedded(package: Package, draft: Draft) -> None:
    """Report the files whose words Word shows as if they were written here."""
    for count, _ in enumerate(package.document.root.iter(f"{package.document.w}altChunk"), 1):
        zh, en = (
            "嵌入的文件，未读入；请用 Word 打开后另存",
            "an embedded file, not read; open the document in Word and save it again",
        )
        draft.note("unplaced", zh, en, Place(draft.name, sheet=f"altChunk {count}"))
