"""Blocks as one HTML file: nothing from the network, the theme inside, no script but that of a page that works.

What stands in blocks is escaped and never becomes an element, an attribute or an address of its own;
a content security policy says the same to browsers. The looks are in `templates/theme.css`.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from types import MappingProxyType
from typing import Final

from relplan.blocks import (
    Anchor,
    Block,
    Callout,
    CalloutKind,
    Cell,
    Checkbox,
    Code,
    Contents,
    Document,
    Heading,
    Image,
    List,
    Listing,
    ListItem,
    PageBreak,
    PageScript,
    Paragraph,
    Rule,
    Table,
    TableColumn,
    Text,
    one_kind_of_line_end,
    plain,
)
from relplan.errors import Message, WriteError, problem
from relplan.links import Entry, contents_depth, outline, title_of
from relplan.resources import template_bytes
from relplan.writers import WHOLE_CODE
from relplan.writers.html_inline import Page, inline_html, mark_html, unbroken, words_html

_LANGUAGE_TAGS: Final = MappingProxyType({"zh": "zh-CN", "en": "en"})
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"})

_CONTENTS: Final = Message("目录", "Contents")
_SKIP: Final = Message("跳到正文", "Skip to content")
_VERSION: Final = Message("版本", "Version")
_TABLE: Final = Message("表", "Table")
_BACK: Final = Message("回到表格", "Back to the table")
_CALLOUTS: Final = MappingProxyType[CalloutKind, Message](
    {
        "note": Message("说明", "Note"),
        "tip": Message("提示", "Tip"),
        "important": Message("重要", "Important"),
        "warning": Message("警告", "Warning"),
        "caution": Message("注意", "Caution"),
    }
)

# Widths are in half-width characters.
_PORTRAIT_WIDTH: Final = 110
_LANDSCAPE_WIDTH: Final = 185
_LARGEST_WIDTH: Final = 270
_ROOMY: Final = 0.8
"""As much of a sheet across may be taken by the longest words of its columns."""
_NARROWEST_COLUMN: Final = 5
_WIDEST_COLUMN: Final = 40
_WIDEST_HEADER: Final = 14
_LONGEST_WORD: Final = 24
_SIGN: Final = 6
_PADDING: Final = 3
_BRIEF_COLUMN: Final = 16 + _PADDING
_ROWS_MEASURED: Final = 50
_FIRST_WIDE_CHARACTER: Final = "\u1100"
_BLOCKS_BEFORE_TABLE: Final = 3
_LINES_BEFORE_TABLE: Final = 12


def write(document: Document, theme: bytes | None = None) -> bytes:
    """The document as HTML in UTF-8; the same bytes for the same document and theme.

    Args:
        document: what to write.
        theme: a style sheet in UTF-8; the built-in `theme.css` where it is None.

    Raises:
        WriteError: the theme is not UTF-8.
    """
    page = Page(document)
    title = title_of(document)
    body = "\n".join(_flow(document.blocks[1:] if title else document.blocks, page))
    entries = outline(document, contents_depth(document))
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{_LANGUAGE_TAGS[document.language]}">',
        _head(document, template_bytes("theme.css") if theme is None else theme),
        f'<body class="{"with-contents" if entries else "plain"}">',
        f'<a class="skip" href="#main">{page.say(_SKIP)}</a>',
        _header(title, page),
        _navigation(entries, page) if entries else "",
        f'<main id="main" tabindex="-1">\n{body}\n</main>',
        _script(document),
        "</body>",
        "</html>",
    ]
    return ("\n".join(part for part in parts if part) + "\n").encode()


def _head(document: Document, theme: bytes) -> str:
    return "\n".join(
        [
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(document)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(' '.join(document.title.split()), quote=False)}</title>",
            f"<style>\n{_style(theme)}\n</style>",
            *(
                [f"<style>\n{_style(template_bytes(f'{document.script.name}.css'))}\n</style>"]
                if document.script
                else []
            ),
            "</head>",
        ]
    )


def _policy(document: Document) -> str:
    """What browsers may load and run: of scripts, the document's own, named by its digest."""
    if document.script is None:
        return _POLICY
    digest = base64.b64encode(hashlib.sha256(_program(document.script).encode()).digest()).decode()
    return f"{_POLICY}; script-src 'sha256-{digest}'"


def _program(script: PageScript) -> str:
    return template_bytes(f"{script.name}.js").decode()


def _script(document: Document) -> str:
    """The document's script, behind the data it works on; in the data no `<` can end its element."""
    if document.script is None:
        return ""
    data = document.script.data.replace("<", "\\u003c")
    return (
        f'<script type="application/json" id="page-data">{data}</script>\n<script>{_program(document.script)}</script>'
    )


def _style(theme: bytes) -> str:
    try:
        text = theme.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WriteError(problem("主题样式表不是 UTF-8 编码", "the theme is not encoded in UTF-8")) from error
    # `<\/` means the same in CSS and cannot end the element.
    return text.strip().replace("</", "<\\/").replace("<!--", "")


def _header(title: Heading | None, page: Page) -> str:
    document = page.document
    words = inline_html(title.content, page) if title else words_html(document.title)
    anchor = _id(title.anchor) if title else ""
    facts = [f"{page.say(_VERSION)} {words_html(document.version)}"] if document.version else []
    facts += [f'<time datetime="{document.date}">{document.date}</time>'] if document.date else []
    below = f'\n<p class="facts">{" · ".join(facts)}</p>' if facts else ""
    return f'<header class="title">\n<h1{anchor}>{words}</h1>{below}\n</header>'


def _navigation(entries: tuple[Entry, ...], page: Page) -> str:
    """The contents twice: beside the page, and to unfold on a phone; the theme shows one of them."""
    name, links = page.say(_CONTENTS), _entries(entries, page)
    return (
        f'<nav class="contents beside" aria-label="{name}">\n<p class="label">{name}</p>\n{links}\n</nav>\n'
        f'<nav class="contents folded" aria-label="{name}">\n<details>\n<summary>{name}</summary>\n{links}\n</details>\n</nav>'
    )


def _entries(entries: Iterable[Entry], page: Page) -> str:
    out = []
    for entry in entries:
        words = words_html(" ".join(plain(entry.heading.content).split()))
        link = f'<a href="#{escape(entry.heading.anchor)}">{words}</a>' if entry.heading.anchor else words
        out.append(f"<li>{link}{_entries(entry.children, page) if entry.children else ''}</li>")
    return f"<ul>{''.join(out)}</ul>"


# Blocks ---------------------------------------------------------------------------------------------------------------


def _flow(blocks: Iterable[Block], page: Page) -> list[str]:
    """The blocks of the page; a wide table shares its sheet of paper with what belongs to it above."""
    done: list[str] = []
    above: list[tuple[Block, str]] = []
    for block in blocks:
        if isinstance(block, Table) and (shape := _shape(block, _widths(block))) != "fit":
            start = _start_of_sheet([each for each, _ in above])
            done += [text for _, text in above[:start]]
            shared = [text for _, text in above[start:] if text]
            done.append("\n".join([f'<div class="sheet {shape}">', *shared, _table(block, page), "</div>"]))
            above.clear()
        else:
            above.append((block, _block(block, page)))
    return [text for text in [*done, *(text for _, text in above)] if text]


def _start_of_sheet(blocks: list[Block]) -> int:
    """From where blocks belong on the sheet of a table below them: all where they are a few lines, else from its nearest heading on."""
    if sum(map(_lines, blocks)) <= _LINES_BEFORE_TABLE:
        return 0
    for back in range(1, min(len(blocks), _BLOCKS_BEFORE_TABLE) + 1):
        if isinstance(blocks[-back], Heading):
            return len(blocks) - back
        if not isinstance(blocks[-back], Paragraph | Callout):
            break
    return len(blocks)


def _lines(block: Block) -> float:
    """About how many lines of paper a block takes; infinite where it should have a page of its own."""
    match block:
        case Heading():
            return 2
        case Paragraph(content):
            return 1 + len(plain(content)) // 60
        case List(items, _):
            return sum(_lines(each) for item in items for each in item.blocks)
        case Callout(_, inner):
            return 2 + sum(map(_lines, inner))
        case Table(_, rows):
            return 1 + len(rows)
        case Code(text, _) | Listing(_, text, _, _, _):
            return 1 + text.count("\n")
        case Rule():
            return 1
        case Contents():
            return 0
    return math.inf


def _block(block: Block, page: Page) -> str:
    match block:
        case Heading(level, content, anchor):
            page.heading = " ".join(plain(content).split())
            level = min(max(level, 1), 6)
            return f"<h{level}{_id(anchor)}>{inline_html(content, page)}</h{level}>"
        case Paragraph(content):
            return f"<p>{inline_html(content, page)}</p>"
        case List():
            return _list(block, page)
        case Table():
            return _table(block, page)
        case Code(text, language):
            return _code(text, language)
        case Listing(title, text, language, anchor, back):
            code, words = _code(text, language), words_html(title)
            if back:
                words += f' <a href="#{escape(back)}" aria-label="{page.say(_BACK)}">↩</a>'
            whole = " whole" if text.count("\n") < WHOLE_CODE else ""
            return f'<figure class="listing{whole}"{_id(anchor)}>\n<figcaption>{words}</figcaption>\n{code}\n</figure>'
        case Callout(kind, blocks):
            label = f'<p class="label">{page.say(_CALLOUTS[kind])}</p>'
            inner = "\n".join([label, *(_block(each, page) for each in blocks)])
            return f'<div class="callout {kind}" role="note">\n{inner}\n</div>'
        case Image():
            return _image(block)
        case Rule():
            return "<hr>"
        case PageBreak():
            return '<div class="page-break"></div>'
        case Contents():
            return ""


def _id(anchor: str) -> str:
    return f' id="{escape(anchor)}"' if anchor else ""


def _code(text: str, language: str) -> str:
    named = f' class="language-{escape("-".join(language.split()))}"' if language.strip() else ""
    return f"<pre><code{named}>{escape(one_kind_of_line_end(text), quote=False)}</code></pre>"


def _image(block: Image) -> str:
    if block.media_type not in _IMAGES:
        return f"<p><em>{words_html(block.alternative)}</em></p>"
    data = base64.b64encode(block.data).decode("ascii")
    return f'<p class="picture"><img src="data:{block.media_type};base64,{data}" alt="{escape(block.alternative)}"></p>'


def _list(block: List, page: Page) -> str:
    items = "\n".join(_item(item, page) for item in block.items)
    if block.start is not None:
        start = f' start="{block.start}"' if block.start != 1 else ""
        return f"<ol{start}>\n{items}\n</ol>"
    return f"<ul>\n{items}\n</ul>"


def _item(item: ListItem, page: Page) -> str:
    box = "" if item.checked is None else inline_html((Checkbox(item.checked), Text(" ")), page)
    match item.blocks:
        case (Paragraph(content), *rest):
            first = box + inline_html(content, page)
            # A paragraph of its own only where more than a list follows.
            first = first if all(isinstance(each, List) for each in rest) else f"<p>{first}</p>"
        case rest:
            first = box
    parts = [first, *(_block(each, page) for each in rest)]
    opening = "<li>" if item.checked is None else '<li class="task">'
    return opening + "\n".join(part for part in parts if part) + "</li>"


# Tables ---------------------------------------------------------------------------------------------------------------


def _table(block: Table, page: Page) -> str:
    if not block.columns:
        return ""
    page.tables += 1
    widths = _widths(block)
    shape = _shape(block, widths)
    label = escape(" ".join(filter(None, [page.heading, f"{page.say(_TABLE)} {page.tables}"])))
    # Only what may scroll sideways needs to be reached by keyboard.
    scrolls = f' role="region" aria-label="{label}" tabindex="0"' if shape != "fit" else ""
    heads = "".join(f'<th scope="col"{_aligned(column)}>{words_html(column.header)}</th>' for column in block.columns)
    header = "" if block.is_facts else f"<thead>\n<tr>{heads}</tr>\n</thead>"
    parts = [
        f'<div class="table {shape}{" facts-table" if block.is_facts else ""}"{scrolls}>',
        f'<table style="--table-width:{sum(widths)}ch">',
        _column_group(widths) if shape != "fit" else "",
        header,
        "<tbody>",
        *_rows(block, widths, page),
        "</tbody>",
        "</table>",
        "</div>",
    ]
    return "\n".join(part for part in parts if part)


def _column_group(widths: list[int]) -> str:
    total = sum(widths)
    columns = [f'<col style="width:{100 * width / total:.2f}%">' for width in widths]
    return f"<colgroup>{''.join(columns)}</colgroup>"


def _rows(block: Table, widths: list[int], page: Page) -> Iterator[str]:
    writers = [_cell_writer(column, width, page) for column, width in zip(block.columns, widths, strict=True)]
    for row in block.rows:
        cells = [write_cell(cell) for write_cell, cell in zip(writers, row, strict=True)]
        if block.is_facts:
            cells[0] = (
                f'<th scope="row">{words_html(row[0]) if isinstance(row[0], str) else inline_html(row[0], page)}</th>'
            )
        yield f"<tr>{''.join(cells)}</tr>"


def _cell_writer(column: TableColumn, width: int, page: Page) -> Callable[[Cell], str]:
    names = [name for name, given in (("code", column.code), ("brief", width <= _BRIEF_COLUMN)) if given]
    names += [column.align] if column.align != "left" else []
    classes = f' class="{" ".join(names)}"' if names else ""
    start = f'<td{classes} data-label="{escape(column.header)}">'
    before, after = (f"{start}<code>", "</code></td>") if column.code else (start, "</td>")
    known = {"": f"{start}</td>"}
    for choice in column.choices:
        if choice.tone and choice.text:
            known[choice.text] = f"{start}{mark_html(choice.text, choice.tone)}</td>"

    def write_cell(cell: Cell) -> str:
        if isinstance(cell, str):
            return known.get(cell) or f"{before}{words_html(cell)}{after}"
        if cell and isinstance(cell[0], Anchor):
            # What leads back to an empty anchor would show nothing of its cell.
            return f"{start[:-1]}{_id(cell[0].name)}>{inline_html(cell[1:], page)}</td>"
        return f"{start}{inline_html(cell, page)}</td>"

    return write_cell


def _aligned(column: TableColumn) -> str:
    return f' class="{column.align}"' if column.align != "left" else ""


def _shape(block: Table, widths: list[int]) -> str:
    """`fit` where a table fits upright on A4, `wide` across A4, else `widest`."""
    total = sum(widths)
    return "fit" if total <= _PORTRAIT_WIDTH else "wide" if total <= _LANDSCAPE_WIDTH else "widest"


def _widths(block: Table) -> list[int]:
    """The widths of the columns, in half-width characters with their padding: as the first rows need, within what is declared.

    Columns give up what they have beyond their longest words, as much as it takes for A4 across, where that leaves them some room, else for A3.
    """
    sample = block.rows[:_ROWS_MEASURED]
    least = [_least_width(column, [row[index] for row in sample]) for index, column in enumerate(block.columns)]
    widths = [
        max(low, min(max([_width(row[index]) for row in sample], default=0), column.width or _WIDEST_COLUMN))
        for index, (column, low) in enumerate(zip(block.columns, least, strict=True))
    ]
    paddings = _PADDING * len(least)
    fits_across = sum(least) + paddings <= _LANDSCAPE_WIDTH * _ROOMY
    spare = (_LANDSCAPE_WIDTH if fits_across else _LARGEST_WIDTH) - sum(least) - paddings
    wanted = sum(widths) - sum(least)
    part = min(1.0, max(spare, 0) / wanted) if wanted else 1.0
    return [low + int((wish - low) * part) + _PADDING for low, wish in zip(least, widths, strict=True)]


def _least_width(column: TableColumn, cells: Sequence[Cell]) -> int:
    """What a column needs for its header, which is bold and should not break, for marks beside their signs, and for words."""
    header = min(_width(column.header) + 2, _WIDEST_HEADER)
    marks = [min(_width(choice.text), _WIDEST_HEADER) + _SIGN for choice in column.choices if choice.tone]
    words = {len(piece) for cell in cells for piece in unbroken(plain(cell))}
    return max([_NARROWEST_COLUMN, header, *marks, min(max(words, default=0), _LONGEST_WORD)])


def _width(cell: Cell) -> int:
    lines = (line[:_WIDEST_COLUMN] for line in plain(cell).split("\n"))
    return max(len(line) + sum(each >= _FIRST_WIDE_CHARACTER for each in line) for line in lines)
