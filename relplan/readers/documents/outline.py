"""From a document to a plan: its headings tell the parts, and tables are read by their headers wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence

from relplan.errors import Problem, ReadError, problem
from relplan.grids import best_header
from relplan.model.columns import header_index
from relplan.model.read import Read
from relplan.model.table import ReleaseItem
from relplan.readers.documents import codelists
from relplan.readers.documents.chapters import Chapter, is_scenery, split, words_of
from relplan.readers.documents.pieces import Piece
from relplan.readers.documents.plandocument import Reader
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT, ReadOptions


def read_pieces(pieces: Sequence[Piece], draft: Draft, options: ReadOptions = DEFAULT) -> Read:
    """The plan that a document holds.

    Raises:
        ReadError: it holds neither a release table nor the parts of a release plan.
        PlanError: it holds text that no plan can hold.
    """
    if not any(words_of(piece) for piece in pieces):
        raise ReadError(problem("文件是空的", "the file is empty", draft.name))
    draft.hear(map(words_of, pieces))
    chapters = split([piece for piece in codelists.joined(pieces, draft) if not is_scenery(piece, draft)], draft)
    reader = Reader(draft, options)
    for chapter in chapters:
        reader.read(chapter)
    if not reader.is_a_plan:
        raise ReadError(_no_plan(chapters, draft.name))
    return reader.finished()


def _no_plan(chapters: Sequence[Chapter], name: str) -> Problem:
    seen = [chapter.words for chapter in chapters if chapter.words][:8]
    known = [chapter.words for chapter in chapters if chapter.part][:1]
    headers = max((_known_headers(piece) for chapter in chapters for piece in chapter.pieces), key=len, default=[])
    zh = f"只认出一个章节“{known[0]}”" if known else f"没有认出的章节；看到的标题：{'、'.join(seen) or '无'}"
    en = f'only one part, "{known[0]}"' if known else f"no part; headings seen: {', '.join(seen) or 'none'}"
    if headers:
        zh += f"，表格中只认出列：{'、'.join(headers)}"
        en += f", and a table of which only these columns are known: {', '.join(headers)}"
    return problem(
        f"不是发布计划：需要一张发布清单，或至少两个章节（如 影响范围、发布过程、回退过程）；{zh}",
        f"no release plan: it takes a release table, or two parts such as Impact, Deployment, Rollback; here is {en}",
        name,
    )


def _known_headers(piece: Piece) -> list[str]:
    header = best_header(piece.grid, header_index(ReleaseItem)) if piece.grid else None
    return [piece.grid.text(header.row, column) for column in header.fields] if piece.grid and header else []
