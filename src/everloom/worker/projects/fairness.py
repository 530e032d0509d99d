"""Lets no project keep the processes for costly expressions to itself.

They are few, and one project may have many runs that are costly at once. So a project gets one of them
at a time; its other expressions wait for that, and those of other projects do not.
"""

import threading
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from typing_extensions import override

from everloom.core import Json
from everloom.flow.expressions import Evaluator, ExpressionOverBudget

PATIENCE = timedelta(milliseconds=500)
"""How long an expression waits for others of its project. Its own second comes on top, and Temporal
gives a workflow task up after two."""


class _Here(threading.local):
    project = ""


_here = _Here()


@contextmanager
def on_behalf_of(project: str) -> Generator[None]:
    """Whose code this thread runs, while the block lasts."""
    before, _here.project = _here.project, project
    try:
        yield
    finally:
        _here.project = before


class FairEvaluator(Evaluator):
    """An evaluator that serves one expression of a project at a time."""

    def __init__(self, inner: Evaluator, *, patience: timedelta = PATIENCE) -> None:
        self._inner = inner
        self._patience = patience.total_seconds()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @override
    def run(self, program: str, document: str) -> list[Json]:
        """The first value of a program for an input that is written as JSON, or none.

        Raises:
            ValueError: What jq says against it.
            ExpressionOverBudget: It takes more than is granted, or others of its project do.
        """
        lock = self._locks[_here.project]
        if not lock.acquire(timeout=self._patience):
            raise ExpressionOverBudget("other expressions of its project took too long")
        try:
            return self._inner.run(program, document)
        finally:
            lock.release()
