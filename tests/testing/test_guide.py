"""`docs/guides/testing.md` as it stands there: with pytest in a folder, and without."""

import asyncio
import re
import sys
from pathlib import Path

import pytest
from tests.guides import GUIDES

PYTEST = ("-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-W", "error")
TEXT = (GUIDES / "testing.md").read_text(encoding="utf-8")
SETTINGS = "[pytest]\nasyncio_mode = {mode}\nasyncio_default_fixture_loop_scope = function\n"


def blocks() -> dict[str, str]:
    """The Python blocks by the file they name; the nameless one belongs to the first."""
    found: dict[str, str] = {}
    for block in re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE):
        named = re.match(r"# (\w+\.py)\n", block)
        name = named[1] if named else "till.py"
        found[name] = f"{found.get(name, '')}\n\n{block}"
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the guide's files."""
    written = blocks()
    for name, text in written.items():
        names = "" if name == "till.py" else "from till import *\nfrom till import timedelta\n\n"
        (tmp_path / name).write_text(f"{names}{text}", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(SETTINGS.format(mode="auto"), encoding="utf-8")
    return tmp_path


async def run(folder: Path, *arguments: str) -> str:
    """What Python says in the folder; it has to end well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return out.decode()


async def test_the_tests_pass_and_histories_are_recorded_and_replayed(folder: Path) -> None:
    """First recorded, then asked for."""
    await run(folder, *PYTEST, "--record-histories", "test_histories.py")
    assert (folder / "histories" / "a-sale.json").is_file()

    said = await run(folder, *PYTEST)

    assert "7 passed" in said


async def test_the_script_runs(folder: Path) -> None:
    """Every helper without a fixture."""
    program = "import asyncio, script; print('|'.join(asyncio.run(script.try_it())))"

    said = await run(folder, "-c", program)

    assert said.splitlines()[-1] == (
        "sent|goods for 700|killed 1 times|no-money|goods for 900|4 trials"
    )
    assert (folder / "histories" / "sell.json").is_file()


async def test_a_strict_mode_is_served_as_well(folder: Path) -> None:
    """With marked tests and a loop for the whole session."""
    (folder / "pytest.ini").write_text(
        SETTINGS.format(mode="strict") + "asyncio_default_test_loop_scope = session\n",
        encoding="utf-8",
    )
    test = folder / "test_till.py"
    marked = test.read_text(encoding="utf-8").replace(
        "\nasync def", "\n@pytest.mark.asyncio\nasync def"
    )
    test.write_text(marked, encoding="utf-8")

    said = await run(folder, *PYTEST, "-k", "sent or money", "test_till.py")

    assert "2 passed" in said


async def test_a_run_that_does_not_use_it_does_not_pay_for_it(folder: Path) -> None:
    """The plugin imports neither Temporal's SDK nor ours."""
    (folder / "test_other.py").write_text(
        "import sys\n\n\ndef test_light():\n"
        "    heavy = {'temporalio', 'everloom.testing', 'everloom.settings', 'pydantic'}\n"
        "    assert heavy & set(sys.modules) == set()\n",
        encoding="utf-8",
    )

    said = await run(folder, *PYTEST, "test_other.py")

    assert "1 passed" in said
