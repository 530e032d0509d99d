"""An empty folder and a clean environment for each test."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with no settings in or above it and none in the environment."""
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("EVERLOOM_", "TEMPORAL_")):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Write:
    """Write the settings file."""

    def write(text: str) -> Path:
        file = folder / "everloom.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write
