"""Help: quick, complete, and with the exit codes."""

import resource

import pytest
from tests.cli.conftest import Type

from everloom.cli.exits import EPILOG
from everloom.cli.lazy import load_command
from everloom.cli.main import Commands

HELP_LIMIT = 0.3
"""Seconds of a processor that help may take: what people feel as at once."""


async def test_help_lists_every_command_and_the_exit_codes(everloom: Type) -> None:
    """One look shows what can be typed."""
    outcome = await everloom("--help")

    assert outcome.code == 0
    assert all(f"  {name} " in outcome.out for name in Commands.entries)
    assert "130 interrupted" in outcome.out


@pytest.mark.parametrize(
    "arguments", [[], *([name] for name in Commands.entries), ["runs", "list"]], ids=" ".join
)
async def test_help_is_there_at_once(everloom: Type, arguments: list[str]) -> None:
    """Nothing heavy is run for it, at the root and below.

    Processor time, which does not depend on what else the machine does; B12 measures the wait.
    """
    before = _seconds_of_children()

    outcome = await everloom(*arguments, "--help")

    assert outcome.code == 0
    assert _seconds_of_children() - before < HELP_LIMIT


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def test_help_imports_nothing_heavy(everloom: Type) -> None:
    """A quick machine would hide it: so the modules are counted too."""
    outcome = await everloom("run", "--help", PYTHONPROFILEIMPORTTIME="1")

    imported = {line.rpartition("|")[2].strip() for line in outcome.err.splitlines()}
    assert imported.isdisjoint({"temporalio", "fastapi", "rich", "pydantic", "structlog"})


@pytest.mark.parametrize("name", Commands.entries)
def test_the_summary_in_the_list_is_the_commands_own(name: str) -> None:
    """A summary that is written twice must not drift apart."""
    entry = Commands.entries[name]

    command = load_command(name, entry)

    assert command.help.split("\n")[0] == entry.summary


@pytest.mark.parametrize("name", Commands.entries)
def test_every_command_tells_its_exit_codes(name: str) -> None:
    """Programs rely on them."""
    assert load_command(name, Commands.entries[name]).epilog == EPILOG


async def test_a_misspelt_command_is_refused_with_the_nearest(everloom: Type) -> None:
    """In one block, without a trace, with the code for wrong usage."""
    outcome = await everloom("settngs")

    assert outcome.code == 2
    assert "Did you mean 'settings'" in outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""


async def test_wrong_usage_is_one_document_for_programs(everloom: Type) -> None:
    """A program that asked for JSON gets JSON, whatever went wrong."""
    outcome = await everloom("runs", "list", "--limit", "many", "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"] == "usage"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_completion_comes_for_every_shell(everloom: Type, shell: str) -> None:
    """The script that a shell loads asks `everloom` itself."""
    outcome = await everloom("--show-completion", shell)

    assert outcome.code == 0
    assert "_EVERLOOM_COMPLETE" in outcome.out


async def test_completion_knows_commands_and_their_options(everloom: Type) -> None:
    """The first level and the ones below."""
    root = await everloom(
        COMP_WORDS="everloom ru", COMP_CWORD="1", _EVERLOOM_COMPLETE="complete_bash"
    )
    below = await everloom(
        COMP_WORDS="everloom runs ter", COMP_CWORD="2", _EVERLOOM_COMPLETE="complete_bash"
    )
    option = await everloom(
        COMP_WORDS="everloom run --fol", COMP_CWORD="2", _EVERLOOM_COMPLETE="complete_bash"
    )

    assert root.out.split() == ["run", "runs"]
    assert below.out.split() == ["terminate"]
    assert option.out.split() == ["--follow"]
