"""Which task of the definition made this timer, child or activity? Said in its summary.

Summaries stand in the history beside a command and are no part of what a replay compares. So a history
tells its tasks by itself, with no worker to ask.
"""

import json
import re

LONGEST = 200
"""Bytes of a summary with a reference, as JSON. Temporal takes 400; encrypting it needs room."""

_MARK = re.compile(r"(?P<said>.*) \((?P<reference>/(?:do|use)/.*)\)", re.DOTALL)


def marked(said: str, reference: str) -> str:
    """A summary that names its task: `getPet (/do/0/getPet)`.

    A reference that finds no room is left out: whoever reads it knows the name then.

    Args:
        said: What people read.
        reference: JSON pointer of the task; empty for none.
    """
    whole = f"{said} ({reference})"
    return whole if reference and len(json.dumps(whole)) <= LONGEST else said


def read_mark(summary: str) -> tuple[str, str]:
    """What a summary says, and the task that it names; empty when it names none."""
    found = _MARK.fullmatch(summary)
    return (found["said"], found["reference"]) if found is not None else (summary, "")
