"""What a library user sees, and all that the command calls.

    import relplan

    read = relplan.load("发布清单.xlsx")              # a Read: plan, places, notices
    for notice in read.notices:
        print(notice.problem.text("zh"))
    relplan.save(read.plan, "plan.yaml")
    relplan.render_to(read.plan, ["plan.docx", "plan.xlsx"])
    page = relplan.render(read.plan, "notes", "html", language="en")

Every function raises `RelplanError` (see `relplan.errors`) with the place and the cure, and nothing else
for bad input; constructing a `ReleasePlan` by hand raises `Invalid`, which is one.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relplan.api.announcing import Notices, notices
    from relplan.api.archive import Release, Rendered, collected_as, collected_notes, load_folder, render_many, since
    from relplan.api.artifacts import (
        branches,
        checksum_list,
        commits_behind,
        verification_report,
        verify_list,
        verify_plan,
        with_checksums,
    )
    from relplan.api.checking import check, check_report, check_reports, explain, folder, rules_as
    from relplan.api.comparing import (
        DIFF_FORMS,
        Merged,
        Side,
        at_revision,
        diff,
        diff_as,
        marked_diff,
        merge,
        merged_workbook,
    )
    from relplan.api.forms import TemplateReport, check_template, marked_template, template_fields
    from relplan.api.going_live import (
        GoLive,
        add_lines,
        add_to_log,
        board,
        decision_report,
        gate_report,
        golive,
        log_path,
        moment,
        process,
    )
    from relplan.api.marking import marked_check, marked_copy
    from relplan.api.ordering import ORDER_FORMS, order, order_as, with_order
    from relplan.api.planfiles import Saved, dumps, form, mentions, next_release, save, saved, schema, starter
    from relplan.api.reading import load, load_all, load_commits, loads, report
    from relplan.api.rendering import (
        ROADMAP_DOCUMENTS,
        DocumentInfo,
        copy_templates,
        document,
        documents,
        render,
        render_all,
        render_to,
    )
    from relplan.api.roadmaps import (
        LoadedRoadmap,
        is_roadmap,
        load_roadmap,
        roadmap_as,
        roadmap_calendar,
        roadmap_data,
        roadmap_outputs,
    )
    from relplan.api.scripts import PlacedProposal, PlacedScript, sql_report, sql_scripts, undo, undo_report, undo_text
    from relplan.resources import templates_from

__all__ = [
    "DIFF_FORMS",
    "ORDER_FORMS",
    "ROADMAP_DOCUMENTS",
    "DocumentInfo",
    "GoLive",
    "LoadedRoadmap",
    "Merged",
    "Notices",
    "PlacedProposal",
    "PlacedScript",
    "Release",
    "Rendered",
    "Saved",
    "Side",
    "TemplateReport",
    "add_lines",
    "add_to_log",
    "at_revision",
    "board",
    "branches",
    "check",
    "check_report",
    "check_reports",
    "check_template",
    "checksum_list",
    "collected_as",
    "collected_notes",
    "commits_behind",
    "copy_templates",
    "decision_report",
    "diff",
    "diff_as",
    "document",
    "documents",
    "dumps",
    "explain",
    "folder",
    "form",
    "gate_report",
    "golive",
    "is_roadmap",
    "load",
    "load_all",
    "load_commits",
    "load_folder",
    "load_roadmap",
    "loads",
    "log_path",
    "marked_check",
    "marked_copy",
    "marked_diff",
    "marked_template",
    "mentions",
    "merge",
    "merged_workbook",
    "moment",
    "next_release",
    "notices",
    "order",
    "order_as",
    "process",
    "render",
    "render_all",
    "render_many",
    "render_to",
    "report",
    "roadmap_as",
    "roadmap_calendar",
    "roadmap_data",
    "roadmap_outputs",
    "rules_as",
    "save",
    "saved",
    "schema",
    "since",
    "sql_report",
    "sql_scripts",
    "starter",
    "template_fields",
    "templates_from",
    "undo",
    "undo_report",
    "undo_text",
    "verification_report",
    "verify_list",
    "verify_plan",
    "with_checksums",
    "with_order",
]

_HOMES = {
    "relplan.api.archive": (
        "Release",
        "Rendered",
        "collected_as",
        "collected_notes",
        "load_folder",
        "render_many",
        "since",
    ),
    "relplan.api.artifacts": (
        "branches",
        "checksum_list",
        "commits_behind",
        "verification_report",
        "verify_list",
        "verify_plan",
        "with_checksums",
    ),
    "relplan.api.checking": ("check", "check_report", "check_reports", "explain", "folder", "rules_as"),
    "relplan.api.comparing": (
        "DIFF_FORMS",
        "Merged",
        "Side",
        "at_revision",
        "diff",
        "diff_as",
        "marked_diff",
        "merge",
        "merged_workbook",
    ),
    "relplan.api.forms": ("TemplateReport", "check_template", "marked_template", "template_fields"),
    "relplan.api.going_live": (
        "GoLive",
        "add_lines",
        "add_to_log",
        "board",
        "decision_report",
        "gate_report",
        "golive",
        "log_path",
        "moment",
        "process",
    ),
    "relplan.api.marking": ("marked_check", "marked_copy"),
    "relplan.api.announcing": ("Notices", "notices"),
    "relplan.api.ordering": ("ORDER_FORMS", "order", "order_as", "with_order"),
    "relplan.api.planfiles": (
        "Saved",
        "dumps",
        "form",
        "mentions",
        "next_release",
        "save",
        "saved",
        "schema",
        "starter",
    ),
    "relplan.api.reading": ("load", "load_all", "load_commits", "loads", "report"),
    "relplan.api.rendering": (
        "ROADMAP_DOCUMENTS",
        "DocumentInfo",
        "copy_templates",
        "document",
        "documents",
        "render",
        "render_all",
        "render_to",
    ),
    "relplan.api.roadmaps": (
        "LoadedRoadmap",
        "is_roadmap",
        "load_roadmap",
        "roadmap_as",
        "roadmap_calendar",
        "roadmap_data",
        "roadmap_outputs",
    ),
    "relplan.api.scripts": (
        "PlacedProposal",
        "PlacedScript",
        "sql_report",
        "sql_scripts",
        "undo",
        "undo_report",
        "undo_text",
    ),
    "relplan.resources": ("templates_from",),
}
"""The module that each name comes from, so that a command loads what it uses and no more."""


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(importlib.import_module(home), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
