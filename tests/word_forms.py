"""Word forms in a short notation, and what is seen of a document in the same notation.

A line is a paragraph. Lines of `| a ‖ b |` are a table; in a cell `¶` ends a paragraph. `~` ends a run, `*` before a
run makes it bold. `^` is a line break, `»` a tab. A line that begins with `[header]`, `[footer]`, `[box]`, `[control]`, `[link]` or
`[footnote]` stands there; `[page]` is a page break, `[section]` the end of a section, `[blank]` a paragraph without a word.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml."
NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
SECTION = '<w:sectPr>{}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="{n}"><w:name w:val="heading {n}"/><w:basedOn w:val="a"/></w:style>'
        for n in range(1, 7)
    )
    + "</w:styles>"
)


def run(text: str) -> str:
    bold, text = ("<w:rPr><w:b/></w:rPr>", text[1:]) if text.startswith("*") else ("", text)
    inner = "".join(
        {"^": "<w:br/>", "»": "<w:tab/>"}.get(piece) or f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in re.split(r"([\^»])", text)
        if piece
    )
    return f"<w:r>{bold}{inner}</w:r>"


def runs(line: str) -> str:
    return "".join(run(piece) for piece in line.split("~") if piece)


def paragraph(line: str) -> str:
    match = re.match(r"\[(box|control|link|footnote|page|section|blank)\] ?", line)
    kind, rest = (match[1], line[match.end() :]) if match else ("", line)
    inner = runs(rest)
    if kind == "page":
        return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    if kind == "section":
        return f"<w:p><w:pPr>{SECTION.format('')}</w:pPr>{inner}</w:p>"
    if kind == "control":
        return f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{inner}</w:p></w:sdtContent></w:sdt>"
    if kind == "link":
        return f'<w:p><w:bookmarkStart w:id="9" w:name="x"/><w:bookmarkEnd w:id="9"/><w:hyperlink w:anchor="x">{inner}</w:hyperlink></w:p>'
    if kind == "footnote":
        return '<w:p><w:r><w:t>note</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    if kind == "box":
        box = f"<w:txbxContent><w:p>{inner}</w:p></w:txbxContent>"
        shape = f'<v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:100pt;height:20pt"><v:textbox>{box}</v:textbox></v:shape>'
        return f"<w:p><w:r><w:pict>{shape}</w:pict></w:r></w:p>"
    return f"<w:p>{inner}</w:p>"


def table(rows: list[str]) -> str:
    cells = [[cell.strip() for cell in row.strip()[1:-1].split(" ‖ ")] for row in rows]
    grid = "".join('<w:gridCol w:w="2000"/>' for _ in cells[0])
    body = "".join(
        "<w:tr>"
        + "".join(
            '<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>'
            + "".join(paragraph(part) for part in cell.split("¶"))
            + "</w:tc>"
            for cell in row
        )
        + "</w:tr>"
        for row in cells
    )
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'


def word(text: str) -> bytes:
    """The Word document of a text in the short notation."""
    body, rows, parts = [], [], {"header": [], "footer": [], "footnotes": []}
    for line in text.rstrip("\n").split("\n"):
        if line.startswith("| "):
            rows.append(line)
            continue
        if rows:
            body.append(table(rows))
            rows = []
        if match := re.match(r"\[(header|footer)\] ?", line):
            parts[match[1]].append(paragraph(line[match.end() :]))
            continue
        if line.startswith("[footnote] "):
            parts["footnotes"].append(
                f'<w:footnote w:id="2"><w:p>{runs(line[len("[footnote] ") :])}</w:p></w:footnote>'
            )
        body.append(paragraph(line))
    if rows:
        body += [table(rows), "<w:p/>"]
    return package("".join(body), parts)


def package(body: str, parts: dict[str, list[str]]) -> bytes:
    elements = {"header": "hdr", "footer": "ftr", "footnotes": "footnotes"}
    used = {name: rows for name, rows in parts.items() if rows}
    references = "".join(
        f'<w:{name}Reference w:type="default" r:id="{name}"/>' for name in ("header", "footer") if name in used
    )
    kinds = [("document.xml", "document.main"), ("styles.xml", "styles"), *((f"{name}.xml", name) for name in used)]
    rows = "".join(f'<Override PartName="/word/{name}" ContentType="{KIND}{kind}+xml"/>' for name, kind in kinds)
    types = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    relations = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}{name}" Target="{name}.xml"/>' for name in ("styles", *used)
    )
    space = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    files = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'<Relationships {space}><Relationship Id="d" Type="{OFFICE}officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}{SECTION.format(references)}</w:body></w:document>",
        "word/_rels/document.xml.rels": f"<Relationships {space}>{relations}</Relationships>",
        "word/styles.xml": STYLES,
    }
    for name, content in used.items():
        files[f"word/{name}.xml"] = f"<w:{elements[name]} {NAMESPACES}>{''.join(content)}</w:{elements[name]}>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def name_of(element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def seen(data: bytes) -> str:
    """What is seen of a Word document, in the short notation; runs are not told apart."""
    file = zipfile.ZipFile(io.BytesIO(data))
    lines = []
    for part in ("header", "footer"):
        if f"word/{part}.xml" in file.namelist():
            root = etree.fromstring(file.read(f"word/{part}.xml"))
            lines += [f"[{part}] {line}" for line in blocks(root)]
    lines += blocks(etree.fromstring(file.read("word/document.xml"))[0])
    if "word/footnotes.xml" in file.namelist():
        for note in etree.fromstring(file.read("word/footnotes.xml")):
            lines += [f"[footnote] {line}" for line in blocks(note)]
    return "\n".join(lines) + "\n"


def blocks(container) -> list[str]:
    found: list[str] = []
    for child in container:
        name = name_of(child)
        if name == "p":
            found += words(child)
        elif name == "sdt":
            found += [f"[control] {line}" for line in blocks(child.find(f"{{{W}}}sdtContent"))]
        elif name == "tbl":
            found += [row(each) for each in child if name_of(each) == "tr"]
    return found


def row(element) -> str:
    cells = []
    for cell in (each for each in element if name_of(each) == "tc"):
        merge = cell.find(f"{{{W}}}tcPr/{{{W}}}vMerge")
        goes_on = merge is not None and merge.get(f"{{{W}}}val") != "restart"
        cells.append("↑" if goes_on else "¶".join(blocks(cell)))
    return f"| {' ‖ '.join(cells)} |"


def words(element) -> list[str]:
    text, boxes = "", []
    for child in element.iter():
        name = name_of(child)
        if any(name_of(each) == "txbxContent" for each in child.iterancestors()) and name_of(element) == "p":
            inside = next(each for each in child.iterancestors() if name_of(each) == "txbxContent")
            if element in inside.iterancestors():
                continue
        if name == "t":
            text += child.text or ""
        elif name == "br":
            text += "[page]" if child.get(f"{{{W}}}type") == "page" else "^"
        elif name == "tab":
            text += "»" if name_of(child.getparent()) == "r" else ""
        elif name == "txbxContent":
            boxes += [f"[box] {line}" for line in blocks(child)]
    if boxes and not text:
        return boxes
    if element.find(f"{{{W}}}pPr/{{{W}}}sectPr") is not None:
        return [f"[section] {text}".rstrip(), *boxes]
    return [text or "[blank]", *boxes]


def assert_sound(data: bytes) -> None:
    """What Word wants beside the schema: cells that end with a paragraph, tables with rows, ids that are unique."""
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    for cell in root.iter(f"{{{W}}}tc"):
        assert name_of(cell[-1]) == "p"
    for each in root.iter(f"{{{W}}}tbl"):
        assert each.find(f"{{{W}}}tr") is not None
    for each in root.iter(f"{{{W}}}tr"):
        assert each.find(f"{{{W}}}tc") is not None
    names = [each.get(f"{{{W}}}name") for each in root.iter(f"{{{W}}}bookmarkStart")]
    assert len(names) == len(set(names))
    ids = [each.get("id") for each in root.iter() if name_of(each) == "docPr"]
    assert len(ids) == len(set(ids))
    assert not list(root.iter(etree.ProcessingInstruction))
