"""Errors of an import that concern the import as a whole."""

from collections.abc import Sequence

from everloom.core import Invalid, Problem

from .models import RowProblem


class TooManyRefused(Invalid):
    """So many rows were refused that the file cannot be what it was taken for."""

    code = "too-many-refused"

    def __init__(self, refused: int, limit: int, problems: Sequence[RowProblem]) -> None:
        super().__init__(
            f"{refused} rows were refused, and the limit is {limit}.",
            hint="Look at the first problems: the preset, the mapping or the decimal sign may be "
            "wrong. `limits.refused` raises the limit. Batches before this one are stored.",
            problems=[
                Problem(problem.code, problem.reason, "", f"line {problem.line} {problem.column}")
                for problem in problems
            ],
        )
