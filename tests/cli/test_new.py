"""`everloom new`: the project it makes runs, and its own tests and checks pass."""

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
import typer
from tests.worker.commands import everloom
from typer.testing import CliRunner

from everloom.cli.new import new as command_new
from everloom.core import Invalid
from everloom.engine import Engine, free_port
from everloom.testing import eventually

app = typer.Typer()
app.command()(command_new)

TOOLS = Path(sys.executable).parent
FILES = {
    "Dockerfile", "README.md", "everloom.yaml", "pyproject.toml", ".gitignore", ".dockerignore",
    "tea_shop/__init__.py", "tea_shop/activities.py", "tea_shop/models.py", "tea_shop/schedules.py",
    "tea_shop/workflows.py", "tests/test_workflows.py",
}  # fmt: skip


async def typed(folder: Path, *command: str) -> tuple[int, str, str]:
    """Exit code and both outputs of a command in a folder."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "COLUMNS": "80"},
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def new(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """`everloom new` in a folder."""
    return await typed(folder, sys.executable, "-m", "everloom", "new", *arguments)


@pytest.fixture(scope="session")
async def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as it was made."""
    folder = tmp_path_factory.mktemp("new")
    code, _, said = await new(folder, "Tea Shop", "--yes")
    assert code == 0, said
    return folder / "tea-shop"


def test_all_files_are_there_and_filled(project: Path) -> None:
    """Nothing of the template shows through."""
    found = {
        str(path.relative_to(project))
        for path in project.rglob("*")
        if path.is_file() and not {".everloom", "__pycache__"} & set(path.parts)
    }

    assert found >= FILES
    for name in FILES:
        text = (project / name).read_text(encoding="utf-8")
        assert not re.search(r"__(PROJECT|PACKAGE|WIRE)__", text)
    assert tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))


async def test_its_tests_pass(project: Path) -> None:
    """With nothing but what it says in its own settings, and without a warning."""
    code, out, err = await typed(
        project, sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"
    )

    assert code == 0, out + err
    assert "4 passed" in out


async def test_it_is_clean(project: Path) -> None:
    """Formatted, linted and typed as a team would ask for."""
    checker = (str(TOOLS / "basedpyright"), "--pythonpath", sys.executable)
    for command in ((str(TOOLS / "ruff"), "check"), (str(TOOLS / "ruff"), "format", "--check")):
        code, out, err = await typed(project, *command, "--no-cache", ".")
        assert code == 0, out + err
    code, out, err = await typed(project, *checker)
    assert code == 0, out + err


async def test_its_image_holds_what_it_runs(project: Path, engine: Engine) -> None:
    """What the Dockerfile copies is there; its command serves, is healthy, and heeds SIGTERM."""
    lines = (project / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    (entry,) = [json.loads(line[11:]) for line in lines if line.startswith("ENTRYPOINT ")]
    (command,) = [json.loads(line[4:]) for line in lines if line.startswith("CMD ")]
    (probe,) = re.findall(r"urlopen\('([^']+)'", "\n".join(lines))

    assert [*entry, *command] == ["everloom", "worker"]
    assert all((project / name).exists() for name in copied)
    assert "USER worker" in lines
    variables = {
        "TEMPORAL_ADDRESS": engine.address,
        "EVERLOOM_WORKER__HEALTH_PORT": str(free_port()),
    }
    async with everloom(project, *command, environment=variables) as worker:
        await worker.event("worker polls", within=40)
        asked = probe.replace("8081", variables["EVERLOOM_WORKER__HEALTH_PORT"])
        async with httpx2.AsyncClient() as http:

            async def is_ready() -> bool:
                return (await http.get(asked)).status_code == 200

            await eventually(is_ready, within=20)
        worker.signal(signal.SIGTERM)
        assert await worker.exit_code(within=30) == 0


async def test_nothing_is_overwritten(project: Path) -> None:
    """A second time it is refused, and what somebody changed stays."""
    changed = project / "README.md"
    before = changed.read_text(encoding="utf-8")

    code, _, said = await new(project.parent, "tea-shop", "--yes")

    assert code == 1
    assert "code: folder-taken" in said
    assert changed.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("arguments", "suggested"),
    [
        pytest.param(["9 lives"], "`lives`", id="begins-with-a-number"),
        pytest.param(["../up"], "`up`", id="a-path"),
        pytest.param([], "everloom new my-project", id="none"),
        pytest.param(["tea", "--package", "Tea-Shop"], "`--package tea_shop`", id="no-package"),
        pytest.param(["tea", "--package", "class"], "`--package class_flows`", id="a-keyword"),
        pytest.param(["tea", "--package", "json"], "`--package json_flows`", id="hides-a-module"),
        pytest.param(["tea", "--package", "rich"], "`--package rich_flows`", id="hides-a-library"),
        pytest.param(["tea", "--package", "thé"], "`--package the`", id="not-ascii"),
        pytest.param(["Café"], "`cafe`", id="accents"),
        pytest.param(["everloom"], "`everloom-flows`", id="replaces-everloom"),
        pytest.param(["x" * 300], "`--into`", id="too-long"),
    ],
)
def test_a_wrong_name_is_refused_with_a_right_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], suggested: str
) -> None:
    """Nothing is written, and the hint can be typed."""
    monkeypatch.chdir(tmp_path)

    typed = CliRunner().invoke(app, [*arguments, "--yes"])

    assert isinstance(typed.exception, Invalid)
    assert suggested in typed.exception.hint
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_it_asks_until_the_answer_will_do(tmp_path: Path) -> None:
    """A wrong answer is asked for again; an empty one takes what is offered."""
    terminal, other_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "everloom", "new"],
        cwd=tmp_path, stdin=other_end, stdout=other_end, stderr=other_end,
    )  # fmt: skip
    os.close(other_end)
    os.write(terminal, b"9 lives\nTea Shop\nclass\n\n")
    said = b""
    with suppress(OSError):  # the other end is closed
        while chunk := os.read(terminal, 4096):
            said += chunk
    os.close(terminal)

    assert process.wait(timeout=20) == 0, said
    assert said.count(b"Name of the project:") == 2
    assert said.count(b"Name of its Python package [tea_shop]:") == 2
    assert (tmp_path / "tea-shop" / "tea_shop" / "workflows.py").is_file()


async def test_programs_get_one_document(tmp_path: Path) -> None:
    """Folder, package and files; a name that is taken by Python gets another package."""
    code, out, _ = await new(tmp_path, "queue", "--into", "somewhere", "--json")

    document = json.loads(out)
    assert code == 0
    assert document["folder"] == "somewhere"
    assert document["package"] == "queue_flows"
    assert all((tmp_path / "somewhere" / name).is_file() for name in document["files"])
