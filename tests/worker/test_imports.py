"""What stands at the top of a workflow file is told at start-up, with its place, cost and remedy."""

import json

from tests.worker.commands import everloom
from tests.worker.conftest import Application

HEAVY = """
def _burn():
    import time
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass

_burn()
"""

ONLY_ONCE = """import sys, time
if getattr(sys, 'napper_was_here', False):
    raise RuntimeError('counted twice')
sys.napper_was_here = True
def now():
    return time.time()
"""


def _install_heavy(application: Application) -> None:
    """A library that takes a while, in the place of an installed one."""
    (application.folder / "slow_library.py").write_text(HEAVY, encoding="utf-8")


async def test_imports_that_cost_or_are_not_watched_are_named(
    application: Application, source: str
) -> None:
    """A heavy one with file, line, cost and remedy; one that works only once with place and reason.

    Once for all processes, and the workers go on.
    """
    _install_heavy(application)
    once = application.folder / "napper" / "counting.py"
    once.write_text(ONLY_ONCE, encoding="utf-8")
    application.write(f"import slow_library\nfrom napper import counting\n{source}")

    async with application.worker() as worker:
        await worker.event("worker polls", nth=2)

    heavy, unwatched = worker.events("import of a workflow file")
    assert heavy["place"] == f"{application.code}:1"
    assert "`slow_library`" in heavy["problem"]
    assert " ms" in heavy["problem"]
    assert "activities" in heavy["hint"]
    assert unwatched["place"] == f"{once}:3"
    assert "counted twice" in unwatched["problem"]


async def test_an_import_that_cannot_work_is_an_error(
    application: Application, source: str
) -> None:
    """A file that does something while it is imported ends the start, with place and remedy."""
    effect = "import subprocess\nsubprocess.run(['true'])\n"
    application.write(effect + source)

    async with application.worker() as worker:
        code = await worker.exit_code()

    said = "\n".join(worker.said)
    assert code == 2
    assert f"{application.code}:2" in said
    assert "subprocess.run" in said
    assert "activity" in said


async def test_the_doctor_names_both(application: Application, source: str) -> None:
    """What would end a worker's start is an error there, and what costs a warning."""
    _install_heavy(application)
    effect = "import slow_library, subprocess\nsubprocess.run(['true'])\n"
    application.write(effect + source)

    environment = {"TEMPORAL_ADDRESS": application.address}
    async with everloom(application.folder, "doctor", "--json", environment=environment) as doctor:
        code = await doctor.exit_code()

    findings = [
        each for each in json.loads(doctor.output)["findings"] if each["about"] == "sandbox"
    ]
    assert code == 1
    assert [each["level"] for each in findings] == ["error", "warning"]
    assert f"{application.code}:2" in findings[0]["message"]
    assert f"{application.code}:1" in findings[1]["message"]
    assert all(each["remedy"] for each in findings)
