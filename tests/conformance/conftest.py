"""The servers, and the bench on which the cases of this session run."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest

from everloom.settings import Settings
from everloom.temporal import TemporalService

from .bench import Bench, CompiledBench
from .cases import Case
from .ejecting import EjectedBench
from .servers import Servers, all_servers
from .surroundings import Surroundings


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """All servers that the cases call."""
    with all_servers() as started:
        yield started


@pytest.fixture(scope="session")
def around(
    settings: Settings, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Surroundings:
    """What all cases share."""
    objects = str((settings.folder / settings.store.objects).absolute())
    return Surroundings(servers, tmp_path_factory.mktemp("conformance"), objects)


@pytest.fixture(scope="module")
async def bench(
    request: pytest.FixtureRequest, temporal: TemporalService, around: Surroundings
) -> AsyncGenerator[Bench]:
    """Runs the cases of a module's tests, many at once."""
    wanted = _wanted(request.session.items, request.path)
    async with CompiledBench(temporal, around, wanted) as started:
        yield started


@pytest.fixture(scope="module")
async def ejected(
    request: pytest.FixtureRequest,
    temporal: TemporalService,
    around: Surroundings,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[Bench]:
    """Runs them, too, but with the code of the packages that their definitions were ejected as."""
    wanted = _wanted(request.session.items, request.path)
    folder = tmp_path_factory.mktemp("ejected")
    async with EjectedBench(temporal, around, wanted, folder=folder) as started:
        yield started


def _wanted(items: list[pytest.Item], path: Path) -> list[Case]:
    """The cases that the tests of a module ask for."""
    found: dict[str, Case] = {}
    for item in items:
        if item.path != path:
            continue
        parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
        case = parameters.get("case")
        if isinstance(case, Case):
            found[case.name] = case
    return list(found.values())
