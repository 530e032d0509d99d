"""`docs/tutorial/first-workflow.md`, done as it says."""

import json
import re
import shlex
import signal
from pathlib import Path

import psutil
import pytest
from tests.docs.not_typed import NOT_TYPED
from tests.worker.commands import everloom

from everloom.engine import free_port

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-workflow.md"
TEXT = TUTORIAL.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks("shell") for line in block.splitlines()]


def command(beginning: str) -> list[str]:
    """The one command that begins so, without its first word."""
    (line,) = [line for line in COMMANDS if line.startswith(beginning)]
    return shlex.split(line)[1:]


@pytest.fixture(scope="module")
def variables() -> dict[str, str]:
    """Ports that nobody else has, the same for all commands."""
    names = ("API__PORT", "ENGINE__PORT", "ENGINE__UI_PORT", "WORKER__HEALTH_PORT")
    return {f"EVERLOOM_{name}": str(free_port()) for name in names}


@pytest.fixture(scope="module")
async def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the second step."""
    folder = tmp_path_factory.mktemp("tutorial")
    async with everloom(folder, *command("everloom new"), environment={}) as made:
        assert await made.exit_code(within=30) == 0
    return folder / command("cd ")[0]


def test_the_code_is_that_of_the_project(project: Path) -> None:
    """What the page shows stands in the file that it names."""
    (code,) = blocks("python")
    file, shown = code.split("\n", 1)

    assert shown in (project / file.removeprefix("# ")).read_text(encoding="utf-8")


async def test_it_runs_once(project: Path, variables: dict[str, str]) -> None:
    """The output is the one shown; the project's own README has the same command."""
    (once,) = [line for line in COMMANDS if line.endswith("--once")]
    async with everloom(project, *shlex.split(once)[1:], environment=variables) as dev:
        assert await dev.exit_code(within=60) == 0

    assert dev.output.decode() == blocks("json")[0]
    assert once.removesuffix(" --once") in (project / "README.md").read_text(encoding="utf-8")


async def test_a_killed_worker_loses_nothing(project: Path, variables: dict[str, str]) -> None:
    """The worker dies while the run waits; the output is the one shown, and the run replays."""
    (kill,) = [line for line in COMMANDS if line.startswith("pkill")]
    (grace,) = [line for line in COMMANDS if "--id grace" in line]
    words = [word.replace("15", "4") for word in shlex.split(grace)[1:]]
    async with everloom(project, *words, environment=variables) as dev:
        polls = await dev.event("worker polls", within=40)
        child = psutil.Process(polls["pid"])
        assert kill.split()[-1] in " ".join(child.cmdline())
        await dev.says("Started grace", within=40)
        child.kill()
        await dev.event("worker process crashed", within=20)
        await dev.says("Everything stays up", within=40)
        address = {"TEMPORAL_ADDRESS": f"127.0.0.1:{variables['EVERLOOM_ENGINE__PORT']}"}
        async with (
            everloom(project, *command("everloom replay"), environment=address) as replay,
            everloom(project, *command("everloom schedules plan"), environment=address) as plan,
        ):
            assert await replay.exit_code(within=40) == 0, replay.said
            assert await plan.exit_code(within=40) == 0, plan.said
        dev.signal(signal.SIGINT)
        assert await dev.exit_code(within=30) == 0

    assert json.loads(dev.output) == json.loads(blocks("json")[1])


def test_every_command_is_one_that_is_run_here() -> None:
    """Each line is run above or below."""
    assert [line for line in COMMANDS if line not in NOT_TYPED] == [
        "everloom new tea-shop --yes",
        "cd tea-shop",
        'everloom dev --run tea-shop.greet --input \'{"name": "Ada"}\' --once',
        (
            "everloom dev --run tea-shop.greet "
            '--input \'{"name": "Grace", "pause_seconds": 15}\' --id grace'
        ),
        "pkill -9 -f everloom.worker.child",  # run on the one process of the test
        "everloom replay",
        "python -m pytest",
        "everloom schedules plan",
    ]
