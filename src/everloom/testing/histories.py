"""Histories kept as files: recorded once, replayed by every later run of the tests.

A history is Temporal's own JSON, as its command line and its web interface export it, and as
`everloom replay --record` writes it. It holds the inputs and results of the run.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from everloom.settings import Settings, load_settings
from everloom.temporal import (
    HistoryFileMissing,
    WorkflowHistory,
    history_files,
    read_history,
    read_history_file,
)

from .code import gather
from .replaying import expect_replay
from .temporal import Started, Temporal


class RecordedHistory:
    """One file with one history."""

    def __init__(self, path: Path, settings: Settings | None = None) -> None:
        """Name the file; nothing is read yet."""
        self.path = path
        self._settings = settings

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    def read(self) -> WorkflowHistory:
        """The history.

        Raises:
            HistoryFileMissing: There is no such file.
            HistoryFileInvalid: It is no history.
        """
        if not self.path.is_file():
            raise HistoryFileMissing(self.path)
        return read_history_file(self.path)

    async def replay(self, *code: Any) -> None:
        """Replay it against the code on disk.

        Args:
            *code: Workflow classes. Nothing: the whole project, as the settings name it.

        Raises:
            HistoryFileMissing, HistoryFileInvalid: The file cannot be read.
            ReplayBroken: The code does something else than the history says (an `AssertionError`).
        """
        settings = self._settings or load_settings()
        history = await asyncio.to_thread(self.read)
        await expect_replay(settings, gather(settings, code).catalog, [history])


def recorded_histories(
    folder: Path | str, settings: Settings | None = None
) -> list[RecordedHistory]:
    """Every history in a folder, by name; none when there is no such folder."""
    if not Path(folder).is_dir():
        return []
    return [RecordedHistory(path, settings) for path in history_files(Path(folder))]


async def record_history(temporal: Temporal, run: Started, file: Path | str) -> RecordedHistory:
    """Keep a run's history as a file.

    Raises:
        RunNotFound: There is no such run.
    """
    history = await read_history(temporal, run.id, run.run_id)
    # Sorted and indented: a review reads what changed.
    text = json.dumps(history.to_json_dict(), indent=1, sort_keys=True)
    await asyncio.to_thread(_write, Path(file), f"{text}\n")
    return RecordedHistory(Path(file), temporal.settings)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
