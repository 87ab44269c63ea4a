"""The release order of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from relplan.api.rendering import render
from relplan.errors import (
    NO_PLACES,
    Language,
    Path,
    Place,
    PlanError,
    Problem,
    WriteError,
    place_of,
    problem,
)

if TYPE_CHECKING:
    from relplan.model.plan import ReleasePlan
    from relplan.sequence.order import ReleaseOrder


def order(plan: ReleasePlan) -> ReleaseOrder:
    """The release order by the dependencies: waves, the reason of each place, cycles, unknown systems, contradictions."""
    from relplan.sequence.order import release_order

    return release_order(plan.table)


ORDER_FORMS: Final = ("text", "md", "mermaid", "svg", "json")


def order_as(plan: ReleasePlan, form: str = "text", *, language: Language | None = None) -> bytes:
    """The release order in one of `ORDER_FORMS`: as text, as the `order` document in Markdown, as a picture, or as data.

    `language` is by default the plan's own.

    Raises:
        WriteError: there is no such form; or the table has more rows than a picture can show.
    """
    import json

    from relplan.sequence import mermaid, report, svg
    from relplan.sequence.words import order_title

    found, words = order(plan), language or plan.language
    match form:
        case "text":
            return report.as_text(plan.table, found, words).encode()
        case "md":
            return render(plan, "order", "md", language=words)
        case "mermaid":
            return mermaid.mermaid(plan.table, found, words).encode()
        case "svg":
            heading = " ".join(word for word in (plan.product, plan.version, order_title(words)) if word)
            return svg.svg(plan.table, found, words, heading)
        case "json":
            return (json.dumps(report.as_data(plan.table, found), ensure_ascii=False, indent=2) + "\n").encode()
    known = ", ".join(ORDER_FORMS)
    raise WriteError(problem(f"没有“{form}”这种形式；可用：{known}", f'there is no form "{form}"; known: {known}'))


def with_order(plan: ReleasePlan, *, force: bool = False, places: Mapping[Path, Place] = NO_PLACES) -> ReleasePlan:
    """The plan with the wave of each row as its `order`.

    Args:
        plan: the plan.
        force: write over orders that the team has written and that say something else.
        places: where the values of the plan stood, for the messages.

    Raises:
        PlanError: no order keeps all dependencies; or, without `force`, some written order says something else.
    """
    from relplan.sequence.fill import differences, filled
    from relplan.sequence.words import obstacles

    found = order(plan)
    wrong = list(obstacles(found)) or ([] if force else list(differences(plan.table, found)))
    if wrong:
        raise PlanError([Problem(each.message, place_of(places, each.path)) for each in wrong])
    return plan.replace(table=filled(plan.table, found))
