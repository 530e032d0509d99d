"""README's first workflow, as somebody does it who has nothing but README."""

import re
import shlex
import signal
from pathlib import Path

from tests.worker.commands import everloom

from everloom.engine import free_port

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The contents of README's blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def typed(line: str) -> tuple[dict[str, str], list[str]]:
    """The variables and the arguments of a line that calls `everloom`, read as a shell reads it."""
    words = shlex.split(line)
    at = words.index("everloom")
    return dict(word.split("=", 1) for word in words[:at]), words[at + 1 :]


async def test_the_first_workflow_runs_in_an_empty_folder(tmp_path: Path) -> None:
    """One file and one line: Temporal, workers and API come up, and the run greets."""
    (code,) = blocks("python")
    (line,) = [block for block in blocks("shell") if "everloom" in block]
    (tmp_path / code.split("\n")[0].removeprefix("# ")).write_text(code, encoding="utf-8")
    variables, arguments = typed(line)
    ports = {
        "EVERLOOM_API__PORT": str(free_port()),
        "EVERLOOM_ENGINE__PORT": str(free_port()),
        "EVERLOOM_ENGINE__UI_PORT": str(free_port()),
        "EVERLOOM_WORKER__HEALTH_PORT": "0",
    }

    async with everloom(tmp_path, *arguments, environment={**variables, **ports}) as dev:
        await dev.says("Everything stays up", within=40)
        dev.signal(signal.SIGINT)
        assert await dev.exit_code(within=30) == 0

    assert dev.output == b"Hello, Ada!\n"
    assert any(said.startswith("Look at it: http://") for said in dev.said)


def test_the_verbs_are_there() -> None:
    """README names no verb that `make` does not know."""
    verbs = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(blocks("shell"))))
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")

    assert verbs
    assert all(re.search(rf"^{verb}:", makefile, re.MULTILINE) for verb in verbs)


def test_all_pages_are_there() -> None:
    """README leads nowhere else than to pages that exist."""
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert linked
    assert all((Path(__file__).parents[2] / each).exists() for each in linked)
