"""Write templates/theme.docx, the look of Word documents: the same bytes on every run.

The file opens as a page that shows every style. To restyle documents change the styles, not their names.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Final

TARGET: Final = Path(__file__).resolve().parents[1] / "templates" / "theme.docx"

TEXT_FONT: Final = "Microsoft YaHei"
CODE_FONT: Final = "Consolas"
BOX_FONT: Final = "Segoe UI Symbol"

INK: Final = "1F2933"
NAVY: Final = "17365D"
BLUE: Final = "2563A8"
GREY: Final = "667483"
LINE: Final = "D5DCE4"
STRONG_LINE: Final = "9FB0C3"
HEAD_FILL: Final = "E9EFF6"
CODE_FILL: Final = "F5F7F9"

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORD_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."

# Name of the risk style, colour of its words, colour behind them.
RISKS: Final = (
    ("Risk Critical", "8F1414", "F3C1C1"),
    ("Risk High", "8A3A00", "F9DCC4"),
    ("Risk Medium", "6B5200", "FBEFC4"),
    ("Risk Low", "24592E", "DCEEDD"),
)
# Name of the callout, colour of its bar, colour behind it.
CALLOUTS: Final = (
    ("Callout Note", "2563A8", "EEF4FB"),
    ("Callout Tip", "2E7D4F", "EDF7F0"),
    ("Callout Important", "6B4FA3", "F3F0FA"),
    ("Callout Warning", "C77F00", "FFF7E6"),
    ("Callout Caution", "B3261E", "FCEFEE"),
)


def fonts(latin: str, asian: str = TEXT_FONT) -> str:
    return f'<w:rFonts w:ascii="{latin}" w:eastAsia="{asian}" w:hAnsi="{latin}" w:cs="{latin}"/>'


def rpr(
    *, font: str = "", bold: bool = False, color: str = "", size: float = 0, more: str = "", proof: bool = True
) -> str:
    """Properties of characters; `size` in points, `more` what the schema puts after the size."""
    half = round(size * 2)
    inside = (
        (fonts(font) if font else "")
        + ("<w:b/><w:bCs/>" if bold else "")
        + ("" if proof else "<w:noProof/>")
        + (f'<w:color w:val="{color}"/>' if color else "")
        + (f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>' if half else "")
        + more
    )
    return f"<w:rPr>{inside}</w:rPr>" if inside else ""


def spacing(before: int = 0, after: int = 0, line: int = 240, rule: str = "auto") -> str:
    """Twips before and after; lines in 240ths, or in twips where the rule is `exact`."""
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="{rule}"/>'


def style(
    kind: str,
    name: str,
    *,
    base: str = "Normal",
    after: str = "",
    ppr: str = "",
    run: str = "",
    more: str = "",
    ui: str = "<w:qFormat/>",
) -> str:
    number = name.title().replace(" ", "") if name.islower() else name.replace(" ", "")
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    following = f'<w:next w:val="{after}"/>' if after else ""
    default = ' w:default="1"' if name in {"Normal", "Default Paragraph Font", "Normal Table", "No List"} else ""
    custom = "" if name in BUILT_IN or (kind == "paragraph" and name.islower()) else ' w:customStyle="1"'
    return (
        f'<w:style w:type="{kind}"{default}{custom} w:styleId="{number}"><w:name w:val="{name}"/>{based}{following}{ui}'
        f"{f'<w:pPr>{ppr}</w:pPr>' if ppr else ''}{run}{more}</w:style>"
    )


BUILT_IN: Final = frozenset(
    {"Normal", "Title", "List Paragraph", "Emphasis", "Hyperlink", "Default Paragraph Font", "Normal Table", "No List"}
)


def heading_styles() -> str:
    looks = (
        (20, NAVY, 480, 200, f'<w:pBdr><w:bottom w:val="single" w:sz="8" w:space="4" w:color="{BLUE}"/></w:pBdr>'),
        (15, NAVY, 400, 140, ""),
        (12.5, BLUE, 280, 100, ""),
        (11, INK, 220, 80, ""),
        (10.5, INK, 180, 60, ""),
        (10.5, GREY, 160, 60, ""),
    )
    return "".join(
        style(
            "paragraph",
            f"heading {level}",
            after="Normal",
            ppr=f'<w:keepNext/><w:keepLines/>{border}{spacing(before, after, 264)}<w:outlineLvl w:val="{level - 1}"/>',
            run=rpr(bold=True, color=color, size=size),
        )
        for level, (size, color, before, after, border) in enumerate(looks, 1)
    )


def text_styles() -> str:
    title_line = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="8" w:color="{BLUE}"/></w:pBdr>'
    box = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="5" w:color="{LINE}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    code_box = f'<w:pBdr>{box}</w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="{CODE_FILL}"/>'
    return "".join(
        (
            style("paragraph", "Normal", base="", ppr=spacing(0, 120, 300), run=rpr(color=INK)),
            style(
                "paragraph",
                "Title",
                after="Normal",
                ppr=f"<w:keepNext/><w:keepLines/>{title_line}{spacing(120, 280, 264)}",
                run=rpr(bold=True, color=NAVY, size=24),
            ),
            heading_styles(),
            *(
                style(
                    "paragraph",
                    f"toc {level}",
                    ppr=f'{spacing(60 if level == 1 else 0, 40, 264)}<w:ind w:left="{(level - 1) * 315}"/>',
                    run=rpr(color=BLUE if level == 1 else INK, bold=level == 1),
                )
                for level in range(1, 7)
            ),
            style(
                "paragraph",
                "header",
                ppr=f'<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="5" w:color="{LINE}"/></w:pBdr>{spacing()}',
                run=rpr(color=GREY, size=8.5),
            ),
            style("paragraph", "footer", ppr=spacing(), run=rpr(color=GREY, size=8.5)),
            style("paragraph", "List Paragraph", ppr=spacing(0, 60, 288)),
            style(
                "paragraph",
                "Code",
                ppr=f'{code_box}{spacing(60, 160, 264, "exact")}<w:ind w:left="113" w:right="113"/><w:jc w:val="left"/>',
                run=rpr(font=CODE_FONT, size=9, proof=False),
            ),
            style(
                "paragraph",
                "Listing Title",
                after="Code",
                ppr=f"<w:keepNext/>{spacing(200, 80, 264)}",
                run=rpr(bold=True, color=NAVY),
            ),
            style(
                "paragraph",
                "Callout Title",
                after="CalloutText",
                ppr=f"<w:keepNext/>{spacing(40, 40, 264)}",
                run=rpr(bold=True, size=10),
            ),
            style("paragraph", "Callout Text", ppr=spacing(0, 60, 276), run=rpr(size=10)),
            style(
                "paragraph",
                "Rule",
                ppr=f'<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="{STRONG_LINE}"/></w:pBdr>{spacing(60, 180, 120, "exact")}',
            ),
            style(
                "paragraph", "Spacer", ppr=f'<w:snapToGrid w:val="0"/>{spacing(0, 0, 160, "exact")}', run=rpr(size=4)
            ),
        )
    )


def table_text_styles() -> str:
    out = []
    # Lines of a fixed height: words in different fonts, side by side in a row, stand on one base line.
    for end, size, code, line in (("", 9, 8.5, 260), (" Small", 8, 7.5, 232)):
        base = "TableText" + end.strip()
        out.append(style("paragraph", f"Table Text{end}", ppr=spacing(30, 30, line, "exact"), run=rpr(size=size)))
        head = rpr(bold=True, color=NAVY, size=size)
        out.append(
            style(
                "paragraph",
                f"Table Head{end}",
                base=base,
                ppr="<w:keepNext/>" + spacing(30, 30, line, "exact"),
                run=head,
            )
        )
        out.append(
            style(
                "paragraph",
                f"Table Code{end}",
                base=base,
                ppr='<w:jc w:val="left"/>',
                run=rpr(font=CODE_FONT, size=code, proof=False),
            )
        )
    return "".join(out)


def character_styles() -> str:
    base = "DefaultParagraphFont"
    code_shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{CODE_FILL}"/>'
    gap = '<w:bdr w:val="single" w:sz="6" w:space="0" w:color="B97A00"/><w:shd w:val="clear" w:color="auto" w:fill="FFF1B8"/>'
    return "".join(
        (
            style("character", "Default Paragraph Font", base="", ui='<w:uiPriority w:val="1"/><w:semiHidden/>'),
            style("character", "Emphasis", base=base, run=rpr(color=BLUE)),
            style("character", "Hyperlink", base=base, run=rpr(color=BLUE, more='<w:u w:val="single"/>')),
            style("character", "Inline Code", base=base, run=rpr(font=CODE_FONT, proof=False, more=code_shade)),
            style("character", "Gap", base=base, run=rpr(bold=True, color="7A4B00", more=gap)),
            *(
                style(
                    "character",
                    name,
                    base=base,
                    run=rpr(bold=True, color=color, more=f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'),
                )
                for name, color, fill in RISKS
            ),
            style("character", "Risk Mark", base=base, run=rpr(bold=True, color=INK)),
            style("character", "Checkbox", base=base, run=f"<w:rPr>{fonts(BOX_FONT, BOX_FONT)}</w:rPr>"),
        )
    )


def table_styles() -> str:
    plain = '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{color}"/>'
        for side, size, color in (
            ("top", 8, STRONG_LINE),
            ("left", 4, LINE),
            ("bottom", 8, STRONG_LINE),
            ("right", 4, LINE),
            ("insideH", 4, LINE),
            ("insideV", 4, LINE),
        )
    )
    head = (
        f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="{STRONG_LINE}"/></w:tcBorders>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{HEAD_FILL}"/></w:tcPr></w:tblStylePr>'
        f'<w:tblStylePr w:type="firstCol"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{HEAD_FILL}"/></w:tcPr></w:tblStylePr>'
    )
    data = f'<w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="28" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>{head}'
    return "".join(
        (
            style("table", "Normal Table", base="", ui='<w:uiPriority w:val="99"/><w:semiHidden/>', more=plain),
            '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/><w:uiPriority w:val="99"/><w:semiHidden/></w:style>',
            style("table", "Data Table", base="NormalTable", more=data),
            *(callout_style(name, bar, fill) for name, bar, fill in CALLOUTS),
        )
    )


def callout_style(name: str, bar: str, fill: str) -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{color}"/>'
        for side, size, color in (("top", 4, LINE), ("left", 36, bar), ("bottom", 4, LINE), ("right", 4, LINE))
    )
    margins = '<w:tblCellMar><w:top w:w="57" w:type="dxa"/><w:left w:w="170" w:type="dxa"/><w:bottom w:w="57" w:type="dxa"/><w:right w:w="170" w:type="dxa"/></w:tblCellMar>'
    shade = f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{fill}"/></w:tcPr>'
    return style(
        "table",
        name,
        base="NormalTable",
        more=f"<w:tblPr><w:tblBorders>{sides}</w:tblBorders>{margins}</w:tblPr>{shade}",
    )


def styles() -> str:
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts(TEXT_FONT)}<w:kern w:val="0"/><w:sz w:val="21"/><w:szCs w:val="21"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{spacing()}</w:pPr></w:pPrDefault></w:docDefaults>"
    )
    body = defaults + text_styles() + table_text_styles() + character_styles() + table_styles()
    return f'{DECLARATION}<w:styles xmlns:w="{W}">{body}</w:styles>'


def theme() -> str:
    colors = "".join(
        f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>'
        for name, value in (
            ("dk1", INK), ("lt1", "FFFFFF"), ("dk2", NAVY), ("lt2", HEAD_FILL), ("accent1", BLUE), ("accent2", "2E7D4F"),
            ("accent3", "6B4FA3"), ("accent4", "C77F00"), ("accent5", "B3261E"), ("accent6", GREY), ("hlink", BLUE), ("folHlink", "6B4FA3"),
        )
    )  # fmt: skip
    face = f'<a:latin typeface="{TEXT_FONT}"/><a:ea typeface="{TEXT_FONT}"/><a:cs typeface=""/><a:font script="Hans" typeface="{TEXT_FONT}"/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="6350">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{DECLARATION}<a:theme xmlns:a="{A}" name="Release document"><a:themeElements><a:clrScheme name="Release document">{colors}</a:clrScheme>'
        f'<a:fontScheme name="Release document"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont></a:fontScheme>'
        f'<a:fmtScheme name="Release document"><a:fillStyleLst>{fill * 3}</a:fillStyleLst><a:lnStyleLst>{line * 3}</a:lnStyleLst>'
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def font_table() -> str:
    """The fonts, and by what other names and substitutes they may be found."""
    rows = (
        (TEXT_FONT, "微软雅黑,Noto Sans CJK SC,PingFang SC", "86", "swiss", "variable"),
        (CODE_FONT, "DejaVu Sans Mono", "00", "modern", "fixed"),
        (BOX_FONT, "Apple Symbols,DejaVu Sans", "00", "swiss", "variable"),
        ("Arial", "Liberation Sans,DejaVu Sans", "00", "swiss", "variable"),
    )
    inside = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="{charset}"/><w:family w:val="{family}"/><w:pitch w:val="{pitch}"/></w:font>'
        for name, other, charset, family, pitch in rows
    )
    return f'{DECLARATION}<w:fonts xmlns:w="{W}">{inside}</w:fonts>'


def settings() -> str:
    modes = (
        ("compatibilityMode", "15"),
        ("overrideTableStyleFontSizeAndJustification", "1"),
        ("enableOpenTypeFeatures", "1"),
        ("doNotFlipMirrorIndents", "1"),
        ("differentiateMultirowTableHeaders", "1"),
    )
    compat = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in modes
    )
    names = (
        "bg1",
        "t1",
        "bg2",
        "t2",
        "accent1",
        "accent2",
        "accent3",
        "accent4",
        "accent5",
        "accent6",
        "hyperlink",
        "followedHyperlink",
    )
    values = ("light1", "dark1", "light2", "dark2", *names[4:])
    colors = " ".join(f'w:{name}="{value}"' for name, value in zip(names, values, strict=True))
    return (
        f'{DECLARATION}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        f'<w:compat>{compat}</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:clrSchemeMapping {colors}/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def specimen() -> str:
    """A page that shows each style under its name."""
    from relplan.writers.docx.theme import CHARACTER_STYLES, PARAGRAPH_STYLES, TABLE_STYLES

    def number(name: str) -> str:
        return name.title().replace(" ", "") if name.islower() else name.replace(" ", "")

    def paragraph(name: str, words: str) -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{number(name)}"/></w:pPr><w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>'

    def table(name: str) -> str:
        cell = '<w:tc><w:tcPr><w:tcW w:w="9000" w:type="dxa"/></w:tcPr>{}</w:tc>'
        look = '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        rows = "".join(f"<w:tr>{cell.format(paragraph('Table Text', words))}</w:tr>" for words in (name, "示例 Sample"))
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{number(name)}"/><w:tblW w:w="9000" w:type="dxa"/><w:tblLayout w:type="fixed"/>{look}</w:tblPr>'
            f'<w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid>{rows}</w:tbl>{paragraph("Normal", "")}'
        )

    characters = "".join(
        f'<w:p><w:r><w:rPr><w:rStyle w:val="{number(name)}"/></w:rPr><w:t>{name} 示例</w:t></w:r></w:p>'
        for name in CHARACTER_STYLES
    )
    body = (
        "".join(paragraph(name, f"{name} 示例") for name in PARAGRAPH_STYLES)
        + characters
        + "".join(table(name) for name in TABLE_STYLES)
    )
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1474" w:right="1247" w:bottom="1304" w:left="1247" w:header="680" w:footer="567" w:gutter="0"/></w:sectPr>'
    )
    return f'{DECLARATION}<w:document xmlns:w="{W}"><w:body>{body}{page}</w:body></w:document>'


def parts() -> dict[str, str]:
    named = {"document": "document.main", "styles": "styles", "fontTable": "fontTable", "settings": "settings"}
    kinds = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{WORD_TYPE}{kind}+xml"/>' for name, kind in named.items()
    )
    theme_kind = '<Override PartName="/word/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006/"
    refers = {
        "styles": "styles.xml",
        "fontTable": "fontTable.xml",
        "settings": "settings.xml",
        "theme": "theme/theme1.xml",
    }
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{R}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(refers.items(), 1)
    )
    return {
        "[Content_Types].xml": (
            f'{DECLARATION}<Types xmlns="{package}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{kinds}{theme_kind}</Types>'
        ),
        "_rels/.rels": f'{DECLARATION}<Relationships xmlns="{package}relationships"><Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": specimen(),
        "word/_rels/document.xml.rels": f'{DECLARATION}<Relationships xmlns="{package}relationships">{relations}</Relationships>',
        "word/styles.xml": styles(),
        "word/fontTable.xml": font_table(),
        "word/settings.xml": settings(),
        "word/theme/theme1.xml": theme(),
    }  # fmt: skip


def build() -> bytes:
    """The file, with fixed time stamps."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts().items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, text.encode())
    return buffer.getvalue()


if __name__ == "__main__":
    TARGET.write_bytes(build())
