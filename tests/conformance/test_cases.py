"""What a definition must do, it does: every case, run on a real Temporal, and replayed from its history."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.worker import Replayer

from everloom.control.definitions import CatalogFunctions
from everloom.plugin import EverloomPlugin
from everloom.worker.definitions import replay_definitions

from .bench import Bench
from .cases import Case, all_cases
from .ejecting import eject, packages_in
from .judging import differences
from .surroundings import group_of

RUNNING = [case for case in all_cases() if case.runs]


def _name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", all_cases(), ids=_name)
async def test_a_case_comes_out_as_expected(case: Case, bench: Bench) -> None:
    """Status, output, error, trace, events and problems are those of the case."""
    ran = await bench.ran(case)

    found = differences(case, ran.outcome)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("case", RUNNING, ids=_name)
async def test_a_case_can_be_replayed(case: Case, bench: Bench) -> None:
    """Its history holds everything that its code needs to come to the same end."""
    ran = await bench.ran(case)
    assert ran.prepared is not None
    assert ran.history is not None

    await replay_definitions(
        bench.around.settings_for(group_of(case)), ran.prepared.all, ran.history
    )


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for ejected packages."""
    folder = tmp_path_factory.mktemp("packages")
    with packages_in(folder):
        yield folder


@pytest.mark.parametrize("case", RUNNING, ids=_name)
async def test_a_package_replays_what_its_definition_ran(
    case: Case, bench: Bench, packages: Path
) -> None:
    """Who ejects a definition takes over the runs that are under way."""
    ran = await bench.ran(case)
    assert ran.prepared is not None
    assert ran.history is not None
    settings = bench.around.settings_for(group_of(case))
    functions = CatalogFunctions(settings, bound=False)
    package = eject(ran.prepared, functions, folder=packages, settings_folder=settings.folder)

    replayer = Replayer(workflows=package.workflows, plugins=[EverloomPlugin(settings)])
    await replayer.replay_workflow(ran.history)
