"""What stands at the top of a workflow file is told at start-up, with its place, cost and remedy."""

import json
from pathlib import Path

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


def _install_heavy(application: Application) -> None:
    """A library that takes a while, in the place of an installed one."""
    (application.folder / "slow_library.py").write_text(HEAVY, encoding="utf-8")


async def test_a_heavy_import_is_named(application: Application, source: str) -> None:
    """File, line, cost and remedy, once for all processes; the workers go on."""
    _install_heavy(application)
    application.write(f"import slow_library\n{source}")

    async with application.worker() as worker:
        told = await worker.event("import of a workflow file")
        await worker.event("worker polls", nth=2)

    assert told["place"] == f"{application.code}:1"
    assert "`slow_library`" in told["problem"]
    assert " ms" in told["problem"]
    assert "activities" in told["hint"]
    assert len(worker.events("import of a workflow file")) == 1


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


async def test_a_module_that_cannot_be_imported_twice_is_told(
    application: Application, source: str
) -> None:
    """Its own copy cannot be watched: a warning says which module, where, and why."""
    (application.folder / "napper" / "counting.py").write_text(
        "import sys, time\n"
        "if getattr(sys, 'napper_was_here', False):\n"
        "    raise RuntimeError('counted twice')\n"
        "sys.napper_was_here = True\n"
        "def now():\n"
        "    return time.time()\n",
        encoding="utf-8",
    )
    application.write(f"from napper import counting\n{source}")

    async with application.worker() as worker:
        told = await worker.event("import of a workflow file")
        await worker.event("worker polls")

    assert told["place"] == str(Path(application.folder, "napper", "counting.py")) + ":3"
    assert "counted twice" in told["problem"]


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
