"""How a run goes, for people: a bar in a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text
from typing_extensions import override

from everloom.control import Sight

LINE_EVERY = 2.0
"""Seconds between two lines where there is no terminal."""

_PLAIN_NUMBERS = {"share", "done", "total"}
"""What the bar shows already."""


class Ticker(AbstractContextManager["Ticker"]):
    """Shows sights of a run as they come."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("waiting", total=None)
        self._trouble = ""
        self._line = ("", 0.0)

    @override
    def __enter__(self) -> Self:
        self._bar.start()
        return self

    @override
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self._bar.stop()

    def show(self, sight: Sight) -> None:
        """Show one sight."""
        share = share_of(sight.progress)
        words = words_for(sight)
        if self._console.is_terminal:
            total = None if share is None else 1.0
            self._bar.update(self._task, description=words, total=total, completed=share or 0.0)
        else:
            self._write_line(words if share is None else f"{share:4.0%} {words}")
        trouble = trouble_in(sight)
        if trouble != self._trouble:
            self._trouble = trouble
            if trouble:
                self._console.print(Text(trouble, "yellow"), soft_wrap=True)

    def _write_line(self, line: str) -> None:
        last, at = self._line
        if line != last and time.monotonic() - at >= LINE_EVERY:
            self._console.print(Text(line), soft_wrap=True)
            self._line = (line, time.monotonic())


def share_of(progress: Any) -> float | None:
    """How much is done, 0 to 1, from `share` or from `done` and `total`; None when it is not said."""
    if not isinstance(progress, Mapping):
        return None
    said: Mapping[str, Any] = progress  # pyright: ignore[reportUnknownVariableType] - JSON
    share, done, total = said.get("share"), said.get("done"), said.get("total")
    if isinstance(share, int | float):
        return min(max(float(share), 0.0), 1.0)
    if isinstance(done, int | float) and isinstance(total, int | float) and total > 0:
        return min(max(done / total, 0.0), 1.0)
    return None


def words_for(sight: Sight) -> str:
    """What the run says of itself, else what it waits for."""
    said = ", ".join(_words_in(sight.progress))
    if said:
        return said
    waiting = sorted({pending.activity for pending in sight.pending})
    return f"{sight.status}: {', '.join(waiting)}" if waiting else sight.status


def trouble_in(sight: Sight) -> str:
    """What does not go as it should: attempts that failed, code that fails."""
    lines = [sight.stuck] if sight.stuck else []
    for pending in sight.pending:
        if pending.attempt > 1 and pending.last_failure:
            limit = f" of {pending.attempts}" if pending.attempts else ""
            attempt = f"{pending.activity}: attempt {pending.attempt}{limit}"
            lines.append(f"{attempt}; the last one failed: {pending.last_failure}")
    return "\n".join(lines)


def _words_in(progress: Any) -> Iterator[str]:
    """Texts as they are, numbers with their names; what is zero or empty says nothing."""
    if not isinstance(progress, Mapping):
        if progress is not None:
            yield str(progress)
        return
    said: Mapping[str, Any] = progress  # pyright: ignore[reportUnknownVariableType] - JSON
    for name, value in said.items():
        if name in _PLAIN_NUMBERS or not value or isinstance(value, bool):
            continue
        if isinstance(value, str):
            yield value
        elif isinstance(value, int | float):
            yield f"{value:,} {name.replace('_', ' ')}"
        elif isinstance(value, Mapping):
            yield from _words_in(value)
