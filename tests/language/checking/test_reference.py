"""The page of problems is complete."""

import re
from pathlib import Path

from everloom.language.codes import CODES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "problems.md"
ROW = re.compile(r"\| `([a-z0-9-]+)` \| (error|warning) \| (.+?) \| (.+) \|")


def test_every_code_is_explained() -> None:
    """With its weight, what it means, and what to do."""
    rows = [found for found in map(ROW.fullmatch, PAGE.read_text("utf-8").splitlines()) if found]
    told = {row[1]: (row[2], row[3]) for row in rows}

    assert told == {code: (each.severity, each.meaning) for code, each in CODES.items()}
    assert len(rows) == len(told)
    assert all(row[4].endswith(".") for row in rows)
