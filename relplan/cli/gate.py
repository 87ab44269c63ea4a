"""`relplan gate`."""

from __future__ import annotations

import sys

import click

from relplan.cli.golive import CONFIG, FORM, NOW, PROCESS, carried_by, moment, tell_torn
from relplan.cli.speech import language, say


@click.command(
    "gate",
    help=say(
        "回答能否进入某个阶段：GO 或 NO-GO，以及每个未满足的检查项、由谁负责、始于何时。STAGE 为 test、staging、go-live、monitoring、"
        "summary、close；不写则是第一个未通过的门禁。STAGE 为 rollback 时，按回退时限、验证点和日志回答继续还是回退。NO-GO 和回退的退出码为 1。",
        "Say whether a stage may begin: GO or NO-GO, with each open check, its owner and since when. STAGE is test, staging, "
        "go-live, monitoring, summary or close; without it, the first gate that is not passed. With rollback it says from the deadline, "
        "the verification points and the log whether to go on or to roll back. NO-GO and a rollback exit with 1.",
    ),
)
@click.argument("plan")
@click.argument("stage", default="")
@FORM
@NOW
@PROCESS
@CONFIG
def command(plan: str, stage: str, form: str, now: str | None, process: str, config: str) -> None:
    """Say GO or NO-GO."""
    from relplan import api, files

    carried = carried_by(plan, process, config)
    tell_torn(carried)
    if stage == "rollback":
        at = moment(now)
        decision = carried.decision(at)
        files.write({files.STANDARD: api.decision_report(decision, at, form, language=language(), plan=carried.plan)})
        sys.exit(0 if decision.go else 1)
    verdict = carried.gate(stage)
    files.write({files.STANDARD: api.gate_report(verdict, form, language=language(), plan=carried.plan)})
    sys.exit(0 if verdict.go else 1)
