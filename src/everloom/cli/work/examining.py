"""Show what the doctor found."""

import asyncio
import logging
from typing import Literal

from everloom.catalog import discover
from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.control import Finding, Report
from everloom.control import examine as examine_everything
from everloom.core import EverloomError, Problem
from everloom.settings import load_settings
from everloom.worker import check_sandbox

_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


def examine(*, as_json: bool) -> int:
    """Look at everything and show it; the exit code says whether there is an error."""
    logging.getLogger("everloom").setLevel(logging.CRITICAL)  # the findings say it better
    out = Output(as_json=as_json)
    report = asyncio.run(_examine())
    if as_json:
        out.document({"well": report.is_well, "findings": report.findings})
    else:
        _show(out, report)
    return OK if report.is_well else FAILED


async def _examine() -> Report:
    """Everything, and whether the sandbox of workers takes the workflow files."""
    report = await examine_everything()
    try:
        catalog = discover(load_settings())
    except EverloomError:
        return report  # which says it already
    wrong, known = await check_sandbox(catalog)
    about = [
        *(_finding("error", problem) for problem in wrong),
        *(_finding("warning", problem) for problem in known),
    ]
    if catalog.workflows and not wrong:
        about.insert(0, Finding("ok", "sandbox", "It takes every workflow file."))
    return Report((*report.findings, *about))


def _finding(level: Literal["warning", "error"], problem: Problem) -> Finding:
    return Finding(level, "sandbox", f"{problem.place}: {problem.message}", problem.hint)


def _show(out: Output, report: Report) -> None:
    for finding in report.findings:
        out.finding(
            finding.level,
            _STYLES[finding.level],
            f"{finding.about}: {finding.message}",
            finding.remedy,
        )
    out.say(f"{_count(report, 'error')}, {_count(report, 'warning')}.")


def _count(report: Report, level: str) -> str:
    count = sum(1 for finding in report.findings if finding.level == level)
    return f"{count} {level}" if count == 1 else f"{count} {level}s"
