"""What the tests of processes start, and within which limits."""

import sys
from collections.abc import Mapping
from datetime import timedelta

import psutil

from everloom.steps.processes import Command, Limits

MEGABYTE = 1024 * 1024
LIMITS = Limits(time=timedelta(seconds=20), memory=192 * MEGABYTE, output=64 * 1024, processes=12)


def python(code: str, *arguments: str, stdin: str = "") -> Command:
    """A script in Python."""
    return Command((sys.executable, "-c", code, *arguments), input=stdin)


def shell(command: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Command:
    """A shell command."""
    return Command(("/bin/sh", "-c", command, "sh", *arguments), environment or {})


def marked(mark: str) -> list[int]:
    """Processes whose command line holds a mark, zombies left out."""
    found: list[int] = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line: list[str] = process.info["cmdline"] or []
        if any(mark in part for part in line) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found
