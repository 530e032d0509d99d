"""Show what the doctor found."""

import asyncio
import logging

from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.control import Report
from everloom.control import examine as examine_everything

_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


def examine(*, as_json: bool) -> int:
    """Look at everything and show it; the exit code says whether there is an error."""
    logging.getLogger("everloom").setLevel(logging.CRITICAL)  # the findings say it better
    out = Output(as_json=as_json)
    report = asyncio.run(examine_everything())
    if as_json:
        out.document({"well": report.is_well, "findings": report.findings})
    else:
        _show(out, report)
    return OK if report.is_well else FAILED


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
