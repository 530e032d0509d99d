"""A Temporal that notices drained versions within a second, and lets a run be paused."""

import shlex
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from everloom.engine import Engine, embedded_engine, find_installed_binary, free_port
from everloom.settings import EngineSettings, Settings
from everloom.temporal import TemporalService

OPTIONS = {
    "matching.wv.VersionDrainageStatusVisibilityGracePeriod": '"1s"',
    "matching.wv.VersionDrainageStatusRefreshInterval": '"1s"',
    "frontend.WorkflowPauseEnabled": "true",
}


def quick_settings(folder: Path) -> Settings:
    """Settings of an engine with these options."""
    plain = find_installed_binary()
    assert plain is not None
    options = " ".join(
        f"--dynamic-config-value {shlex.quote(f'{key}={value}')}" for key, value in OPTIONS.items()
    )
    binary = folder / "temporal"
    binary.write_text(
        f'#!/bin/sh\nif [ "$1" = server ]; then set -- "$@" {options}; fi\n'
        f'exec {shlex.quote(str(plain))} "$@"\n',
        encoding="utf-8",
    )
    binary.chmod(0o700)
    return Settings(folder=folder, engine=EngineSettings(port=free_port(), ui=False, binary=binary))


@pytest.fixture(scope="session")
async def quick_engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Engine]:
    """The engine, for all tests of a session that need it."""
    async with embedded_engine(quick_settings(tmp_path_factory.mktemp("quick"))) as engine:
        yield engine


@pytest.fixture(scope="session")
async def quick(quick_engine: Engine) -> AsyncGenerator[TemporalService]:
    """A way to it."""
    service = TemporalService(
        Settings(), address=quick_engine.address, namespace=quick_engine.namespace
    )
    yield service
    await service.close()
