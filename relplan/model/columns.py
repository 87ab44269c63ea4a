"""The one record of what a field is called, how wide it is and how its cells are read and written.

Row-like models annotate each field once: `version: Annotated[Text, Column("版本号", "Version", …)]`.
Readers, writers, forms, schema and docs ask `columns_of`; nothing else lists columns.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from relplan.errors import Language
from relplan.model.part import Part, fields_of, once_a_class
from relplan.patterns import regex

if TYPE_CHECKING:
    from relplan.model.celltext import Kind

# Interchangeable words that Chinese headers begin with: 投产 in banks, 割接 in telecoms.
STEMS: Final = ("发布", "上线", "投产", "发版", "升级", "变更", "割接", "更新", "部署")


class Column(Struct, frozen=True):
    """How a field shows in tables.

    Attributes:
        zh, en: its header.
        aliases: other headers that mean it, in any language, divided by `|`.
        nouns: words divided by `|`; each makes nine more aliases, one with each of `STEMS` before it.
        width: in half-width characters (a Chinese character takes two), for the widest sensible column.
        optional: shown only where some row has it.
        code: its text is code or configuration.
        required: a form asks for it; a plan may leave it out.
        hint_zh, hint_en: what to write there, for forms and documentation.
    """

    zh: str
    en: str
    aliases: str = ""
    nouns: str = ""
    width: int = 16
    optional: bool = False
    code: bool = False
    required: bool = False
    hint_zh: str = ""
    hint_en: str = ""

    def label(self, language: Language) -> str:
        """The header in `language`."""
        return self.zh if language == "zh" else self.en

    def hint(self, language: Language) -> str:
        """What to write there, in `language`."""
        return self.hint_zh if language == "zh" else self.hint_en

    def headers(self) -> tuple[str, ...]:
        """Every header that means this column, the two canonical ones first."""
        stemmed = (stem + noun for noun in self.nouns.split("|") if noun for stem in STEMS)
        return (self.zh, self.en, *(alias for alias in self.aliases.split("|") if alias), *stemmed)


class BoundColumn(Struct, frozen=True):
    """A `Column` with the field it belongs to and the kind of its values."""

    field: str
    column: Column
    kind: Kind[Any]


@once_a_class
def columns_of(model: type[Part]) -> tuple[BoundColumn, ...]:
    """The columns of a row-like model, in their order."""
    from relplan.model.celltext import Kind

    found = []
    for name, info in fields_of(model).items():
        column = next((m for m in info.metadata if isinstance(m, Column)), None)
        kind = next((m for m in info.metadata if isinstance(m, Kind)), None)
        if column is not None and kind is not None:
            found.append(BoundColumn(name, column, kind))
    return tuple(found)


class HeaderIndex(Struct, frozen=True):
    """What each header means, by its normalised form.

    Attributes:
        fields: from a header to its field.
        canonical: the headers that are a field's own label in some language.
    """

    fields: Mapping[str, str]
    canonical: frozenset[str]

    def field(self, header: str) -> str | None:
        """The field that `header` means, or None where it is not known."""
        return self.fields.get(normalise_header(header))

    def is_canonical(self, header: str) -> bool:
        """Whether `header` is the very label of a field."""
        return normalise_header(header) in self.canonical


@once_a_class
def header_index(model: type[Part]) -> HeaderIndex:
    """The headers of a row-like model; where two columns claim one, a label goes before an alias, then the first."""
    fields: dict[str, str] = {}
    for bound in columns_of(model):
        for header in (bound.column.zh, bound.column.en):
            fields.setdefault(normalise_header(header), bound.field)
    canonical = frozenset(fields)
    for bound in columns_of(model):
        for header in bound.column.headers():
            fields.setdefault(normalise_header(header), bound.field)
    return HeaderIndex(fields, canonical)


_BRACKETS: Final = regex(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_NOISE: Final = regex(r"[*:：.\s_\-#]+")
# Characters of headers as Taiwan and Hong Kong write them.
_TO_SIMPLIFIED: Final = str.maketrans(
    "賴發佈線順號統稱變內風險級別規關聯設組態資結構開員測試驗證負責備註復說時間計劃編應環專業務產異動執確認審單狀況預過圍與數據庫腳裝總歷後條觸決參範務聯絡見評響對檔轉驟畫檢",
    "赖发布线顺号统称变内风险级别规关联设组态资结构开员测试验证负责备注复说时间计划编应环专业务产异动执确认审单状况预过围与数据库脚装总历后条触决参范务联络见评响对档转骤画检",
)


_LONGEST_HEADER: Final = 500
"""Characters; what is longer is no header, and is not looked at to its end."""


def normalise_header(header: str) -> str:
    """A header without what people add to it: width, brackets and what is in them, `*`, colons, blanks, case.

    A header that is nothing but brackets, or `#`, keeps what it has.
    """
    return _normalised(header[:_LONGEST_HEADER])


@functools.lru_cache(maxsize=4096)
def _normalised(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).lower().translate(_TO_SIMPLIFIED)
    if text.isalnum():
        return text
    bare = _NOISE.sub("", _BRACKETS.sub("", text))
    return bare or re.sub(r"\s+", "", text)
