"""From a plan and a template to a document.

Templates are Jinja that yields Markdown. They run in Jinja's immutable sandbox over frozen records,
with strict undefined names; what they print travels as tokens (see `relplan.markdown.parse`).
"""

from __future__ import annotations

import datetime as dt
import functools
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

import jinja2
from msgspec import Struct

from relplan.blocks import Document, Image, PageScript, with_anchors
from relplan.documents.compiled import compiled_templates
from relplan.documents.filters import FILTERS, shown
from relplan.documents.records import LateRecord, Record, part_of
from relplan.documents.sandbox import FAILURES, Captured, Sandbox, printed
from relplan.errors import Language, Message, Place, Problem, TemplateError, problem, suggest
from relplan.markdown.parse import Values, to_blocks
from relplan.model.clash import marked_paths
from relplan.model.plan import ReleasePlan
from relplan.model.report import path_text
from relplan.resources import labels, template_folders, template_path

if TYPE_CHECKING:
    from relplan.process.papers import Papers

AUDIENCES: Final = ("internal", "customer", "ops")
_MOST_CLASHES: Final = 5
TEMPLATE_ENDING: Final = ".md.j2"


class Options(Struct, frozen=True):
    """How to make a document.

    Attributes:
        language: of its words; None: the plan's own.
        audience: whom release notes are for: `internal` or `customer`.
        date: of the document; None: it bears none.
        template: a template file to use instead of the built-in one.
        golive: what the papers of the go-live process show, in a language; None: the document has no use for it.
        notice: of `notices`: the id of the one whose words are wanted; blank: all of them.
    """

    language: Language | None = None
    audience: str = "internal"
    date: dt.date | None = None
    template: FilePath | None = None
    golive: Callable[[Language], Papers] | None = None
    notice: str = ""


def document_names() -> tuple[str, ...]:
    """The names of the documents: one for each template."""
    found = {path.name for folder in template_folders() for path in folder.glob(f"*{TEMPLATE_ENDING}")}
    return tuple(sorted(name.removesuffix(TEMPLATE_ENDING) for name in found))


def make(plan: ReleasePlan, document: str, options: Options | None = None) -> Document:
    """The document of that name, made from `plan`.

    Raises:
        TemplateError: the template is wrong or asks for what a plan does not have; or no document has that name.
    """
    options = options or Options()
    _check(document, options)
    language = options.language or plan.language
    values = Values()
    folder, name = _template(document, options)
    environment = _environment(folder, language, values)
    context = names(plan, document, options)
    title = str(context["title"])
    markdown = _run(environment, name, context)
    blocks = _located(lambda: to_blocks(markdown, values, functools.partial(load_image, folder)), name)
    script = _script(document, context["golive"])
    return Document(title, language, with_anchors(blocks), plan.version or "", options.date, script)


def names(plan: ReleasePlan, document: str, options: Options) -> dict[str, Any]:
    """What a template has to begin with: `relplan.documents.sandbox.NAMES`."""
    language = options.language or plan.language
    _refuse_clashes(plan)
    return {
        "plan": Record(plan),
        "labels": labels(language),
        "language": language,
        "audience": options.audience,
        "date": options.date,
        "title": _title(plan, document, language),
        "golive": LateRecord(functools.partial(options.golive, language)) if options.golive else None,
        "notice": options.notice,
    }


def _refuse_clashes(plan: ReleasePlan) -> None:
    """No document is made of a plan in which people still say different things."""
    marked = [path_text(path) for path in marked_paths(plan)]
    if marked:
        listed, more = ", ".join(marked[:_MOST_CLASHES]), " …" if len(marked) > _MOST_CLASHES else ""
        zh = f"计划中有 {len(marked)} 处未解决的冲突（{listed}{more}）；请留下正确的内容，删除标记"
        many = "clash" if len(marked) == 1 else "clashes"
        en = f"the plan has {len(marked)} unresolved {many} ({listed}{more}); keep what is right and delete the marks"
        raise TemplateError(problem(zh, en))


def _script(document: str, golive: object) -> PageScript | None:
    """What makes the run sheet a page that works; other documents are only read."""
    if document != "runbook" or golive is None:
        return None
    from relplan.documents.run import page_script

    return page_script(part_of(golive))  # type: ignore[arg-type]


def _check(document: str, options: Options) -> None:
    names = document_names()
    if options.template is None and document not in names:
        hint = suggest(document, names)
        known = ", ".join(names)
        raise TemplateError(
            problem(
                f"没有名为“{document}”的文档{hint.zh or f'；可用：{known}'}",
                f'there is no document "{document}"{hint.en or f"; known: {known}"}',
            )
        )
    if options.audience not in AUDIENCES:
        known = ", ".join(AUDIENCES)
        raise TemplateError(
            problem(
                f"未知的读者“{options.audience}”；可用：{known}",
                f'unknown audience "{options.audience}"; known: {known}',
            )
        )


def _title(plan: ReleasePlan, document: str, language: Language) -> str:
    label = labels(language)["documents"].get(document, document)
    if plan.title and document == "plan":
        return plan.title
    return " ".join(word for word in (plan.product, plan.version, label) if word)


def _template(document: str, options: Options) -> tuple[FilePath, str]:
    if options.template is None:
        path = template_path(document + TEMPLATE_ENDING)
        return path.parent, path.name
    if not options.template.is_file():
        raise TemplateError(problem("没有这个模板文件", "there is no such template", str(options.template)))
    return options.template.parent, options.template.name


def _environment(folder: FilePath, language: Language, values: Values) -> Sandbox:
    environment = Sandbox(
        loader=jinja2.FileSystemLoader([folder, *template_folders()]),
        bytecode_cache=compiled_templates(),
        optimized=False,  # else filters of constants are run when a template is compiled, and hold for one language alone
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalizer(language, values),
    )
    environment.filters |= filters(language)
    return environment


def filters(language: Language) -> dict[str, Callable[..., Any]]:
    """relplan's own filters, for documents in a language."""
    return {name: functools.partial(each, language=language) for name, each in FILTERS.items()}


def _finalizer(language: Language, values: Values) -> Any:
    @jinja2.pass_context  # a plain function would be run on constants when the template is compiled
    def finalize(_: Any, value: object) -> str:
        return value if isinstance(value, Captured) else values.token(shown(_checked(value), language))

    return finalize


def _checked(value: object) -> object:
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises
    return value


def _run(environment: Sandbox, name: str, context: Mapping[str, Any]) -> str:
    return str(_located(lambda: printed(environment.get_template(name).generate(context)), name))


def _located(run: Any, name: str) -> Any:
    """Run a part of rendering; whatever it raises becomes a `TemplateError` with the template's line."""
    try:
        return run()
    except TemplateError as error:
        raise TemplateError(
            [Problem(each.message, each.place or _spot(error, name)) for each in error.problems]
        ) from None
    except jinja2.TemplateNotFound as error:
        raise TemplateError(problem(f"没有模板“{error.name}”", f'there is no template "{error.name}"', name)) from None
    except jinja2.TemplateSyntaxError as error:
        place = Place(FilePath(error.name or name).name, line=error.lineno)
        raise TemplateError(
            problem(f"模板语法有误：{error.message}", f"template syntax: {error.message}", place)
        ) from None
    except RecursionError as error:
        raise TemplateError(problem("模板嵌套过深", "the template nests too deep", _spot(error, name))) from None
    except UnicodeDecodeError:
        zh = "模板应为 UTF-8 文本；Word 和 Excel 表单只生成自己那种文件"
        en = "a template is UTF-8 text; a Word or Excel form makes a file of its own kind alone"
        raise TemplateError(problem(zh, en, name)) from None
    except FAILURES as error:
        text = error.args[0] if error.args else str(error)
        message = Message(f"模板有误：{getattr(text, 'zh', text)}", f"template error: {text}")
        raise TemplateError(Problem(message, _spot(error, name))) from None


def _spot(error: BaseException, name: str) -> Place:
    """The innermost template line that an error went through; Jinja writes them into the traceback."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(TEMPLATE_ENDING) or frame.filename.endswith(name)
    ]
    if not frames:
        return Place(name)
    return Place(FilePath(frames[-1].filename).name, line=frames[-1].lineno or 0)


_MEDIA_TYPES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}


def load_image(folder: FilePath, target: str, alternative: str) -> Image | None:
    """A picture from the template's own folder; anything else is no picture."""
    path = (folder / target).resolve()
    media_type = _MEDIA_TYPES.get(path.suffix.lower())
    if media_type is None or not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise TemplateError(
            problem(
                f"没有图片“{target}”；图片应为模板旁边的 PNG、JPEG 或 SVG 文件",
                f'there is no picture "{target}"; it must be a PNG, JPEG or SVG file beside the template',
            )
        )
    return Image(path.read_bytes(), media_type, alternative)
