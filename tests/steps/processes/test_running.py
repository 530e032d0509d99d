"""`run.script` and `run.shell` as activities: languages, arguments, results, faults, secrets."""

import asyncio
import platform
import shutil
from pathlib import Path

import pytest
from tests.servers.http_files import HttpFiles, Status
from tests.steps.processes.running import Runner, fails, runner
from tests.waiting import eventually

from everloom.flow import Deferred
from everloom.settings import RunSettings

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")

HOSTILE = ["; rm -rf ~", "$(id)", "`id`", 'a "b" c', "it's", "two\nlines", "", "${ .x }", "Zoë"]


async def test_a_script_in_python_gets_arguments_input_and_variables(run: Runner) -> None:
    """As `sys.argv`, standard input and environment."""
    said = await run.script(
        "import os, sys; print(sys.argv[1:], sys.stdin.read(), os.environ['COUNT'])",
        arguments=["a", 2, True, None, {"b": [1]}],
        stdin={"c": "ü"},
        environment={"COUNT": 3},
    )

    assert said == """['a', '2', 'true', '', '{"b":[1]}'] {"c":"ü"} 3"""


async def test_a_script_in_python_runs_on_the_workers_python(run: Runner) -> None:
    """With the packages that are installed there."""
    said = await run.script("import platform, pydantic; print(platform.python_version())")

    assert said == platform.python_version()


@needs_node
@pytest.mark.parametrize("language", ["js", "javascript", "JavaScript"])
async def test_a_script_in_javascript_gets_arguments_and_input(run: Runner, language: str) -> None:
    """Arguments from `process.argv[2]` on."""
    code = """
        import { readFileSync } from 'node:fs';
        const [, , ...rest] = process.argv;
        console.log(JSON.stringify([rest, readFileSync(0, 'utf8'), process.env.COUNT]));
    """

    said = await run.script(
        code, language=language, arguments=HOSTILE, stdin="in", environment={"COUNT": 3}
    )

    assert (
        await run.script(
            "import json,sys; print(json.dumps([sys.argv[1:], 'in', '3'], ensure_ascii=False, separators=(',', ':')))",
            arguments=HOSTILE,
        )
    ) == said


@needs_node
async def test_a_script_in_javascript_that_takes_too_much_memory_fails() -> None:
    """Node's own limit lies below that of the process."""
    async with runner(RunSettings(allow=("script",), memory="128MiB")) as run:  # pyright: ignore[reportArgumentType]
        kind, status, detail = await fails(
            run.script(
                "const all = []; while (true) all.push('x'.repeat(1e6) + all.length);",
                language="js",
            )
        )

    assert (kind, status) == ("runtime", 500)
    assert any(word in detail for word in ("heap", "bad_alloc", "`run.memory`"))


async def test_arguments_of_a_shell_command_are_numbered(run: Runner) -> None:
    """They are never part of the command."""
    said = await run.shell('printf "%s|" "$0" "$#" "$@"', arguments=HOSTILE)

    assert said == "|".join(["sh", str(len(HOSTILE)), *HOSTILE, ""])


async def test_the_last_line_breaks_are_no_part_of_the_output(run: Runner) -> None:
    """As in `$(…)` of a shell; blanks and everything before them stay."""
    assert await run.shell("printf '  a\\n\\n b \\r\\n\\n'") == "  a\n\n b "


@pytest.mark.parametrize(
    ("returns", "output"),
    [
        ("stdout", "out"),
        ("stderr", "err"),
        ("code", 0),
        ("all", {"code": 0, "stdout": "out", "stderr": "err"}),
        ("none", None),
    ],
)
async def test_return_says_what_is_output(run: Runner, returns: str, output: object) -> None:
    """One of the streams, the code, all of it, or nothing."""
    assert await run.shell("echo out; echo err >&2", **{"return": returns}) == output


@pytest.mark.parametrize("returns", ["stdout", "stderr", "none"])
async def test_an_exit_code_that_nobody_reads_is_a_fault(run: Runner, returns: str) -> None:
    """It tells what the program complained about."""
    failing = run.shell("echo out; echo 'no such thing' >&2; exit 3", **{"return": returns})

    assert await fails(failing) == ("runtime", 500, "It ended with exit code 3:\nno such thing")


@pytest.mark.parametrize(
    ("returns", "output"), [("code", 3), ("all", {"code": 3, "stdout": "", "stderr": ""})]
)
async def test_an_exit_code_that_is_asked_for_is_no_fault(
    run: Runner, returns: str, output: object
) -> None:
    """The definition decides on it."""
    assert await run.shell("exit 3", **{"return": returns}) == output


async def test_a_signal_counts_from_128_as_in_a_shell(run: Runner) -> None:
    """And is told as what it is."""
    assert await run.shell("kill -TERM $$", **{"return": "code"}) == 143
    assert (await fails(run.shell("kill -TERM $$")))[2] == (
        "It ended with exit code 143, by signal 15 and said nothing about it."
    )


async def test_the_fault_of_a_script_does_not_show_where_it_lay(run: Runner) -> None:
    """A traceback names the script and its line, and the end of it is kept when it is long."""
    kind, _, detail = await fails(
        run.script("import sys\nsys.stderr.write('x' * 9000)\nraise ValueError('odd')")
    )

    assert kind == "runtime"
    assert 'File "script.py", line 3' in detail
    assert detail.endswith("ValueError: odd")
    assert len(detail) < 2100


@pytest.mark.parametrize("allow", [(), ("script",), ("shell",)])
async def test_nothing_runs_that_the_setting_does_not_name(allow: tuple[str, ...]) -> None:
    """The fault says how it is allowed."""
    async with runner(RunSettings(allow=allow)) as run:  # pyright: ignore[reportArgumentType]
        for kind, running in (("script", run.script("1")), ("shell", run.shell(":"))):
            if kind in allow:
                assert await running == ""
                continue
            fault, status, detail = await fails(running)
            assert (fault, status) == ("authorization", 403)
            assert "EVERLOOM_RUN__ALLOW='[" in detail
            assert f'"{kind}"' in detail


async def test_a_script_that_lies_elsewhere_is_fetched(run: Runner, web: HttpFiles) -> None:
    """Through the door for all requests of definitions."""
    web.serve("/greet.py", Status(200, b"import sys; print('Hello', sys.argv[1])"))

    assert await run.fetched({"endpoint": web.url("/greet.py")}, arguments=["Ada"]) == "Hello Ada"


async def test_a_script_that_cannot_be_fetched_is_a_fault(run: Runner, web: HttpFiles) -> None:
    """With the status of the answer; files of the worker are no resources."""
    web.serve("/other.py", Status(410))

    gone = await fails(run.fetched({"endpoint": {"uri": web.url("/other.py")}}))
    file = await fails(run.fetched({"endpoint": "file:///etc/hostname"}))

    assert gone[:2] == ("communication", 410)
    assert file[:2] == ("configuration", 400)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"language": "ruby"}, "`python` and `js`", id="language"),
        pytest.param({"arguments": "a b"}, "`arguments` must be a list", id="arguments"),
        pytest.param({"arguments": ["a\0b"]}, "zero byte", id="zero"),
        pytest.param({"environment": ["A=1"]}, "`environment` must be an object", id="variables"),
        pytest.param({"environment": {"A=B": "1"}}, "no name of a variable", id="name"),
        pytest.param({"stdin": "\ud800"}, "half of a character", id="input"),
        pytest.param({"return": "everything"}, "stdout, stderr, code, all or none", id="return"),
        pytest.param({"code": "  "}, "The script is empty", id="nothing"),
    ],
)
async def test_what_cannot_be_handed_on_is_a_fault(
    run: Runner, given: dict[str, object], said: str
) -> None:
    """It names what is wrong."""
    arguments = {"code": "print(1)", **given}

    kind, status, detail = await fails(run.script(**arguments))  # pyright: ignore[reportArgumentType]

    assert (kind in {"validation", "configuration"}, status) == (True, 400)
    assert said in detail


async def test_secrets_reach_the_program_and_nothing_else(tmp_path: Path) -> None:
    """Where the program says one, it is covered: in its output and in its fault."""
    (tmp_path / "key").write_text("hunter2-and-more", encoding="utf-8")
    deferred = [Deferred(at="/environment/KEY", expression='"<" + $secrets.key + ">"')]
    async with runner(RunSettings(allow=("shell",)), secrets=tmp_path) as run:
        length = await run.shell('printf "%s" "$KEY" | wc -c', environment={}, deferred=deferred)
        shown = await run.shell('echo "$KEY"', environment={}, deferred=deferred)
        fault = await fails(
            run.shell('echo "key is $KEY" >&2; exit 1', environment={}, deferred=deferred)
        )

    assert length.strip() == "18"
    assert "hunter2" not in shown
    assert "hunter2" not in fault[2]
    assert "key is" in fault[2]


async def test_a_cancelled_run_ends_the_program(run: Runner, tmp_path: Path) -> None:
    """Temporal's cancellation reaches it."""
    mark = tmp_path / "begun"
    running = asyncio.create_task(run.shell('echo $$ > "$1"; sleep 30', arguments=[str(mark)]))
    await eventually(lambda: mark.exists() and mark.read_text() != "")

    run.environment.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert not Path(f"/proc/{mark.read_text().strip()}").exists()
