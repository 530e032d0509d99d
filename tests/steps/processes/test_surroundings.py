"""What a program sees of the worker: nothing but what it was given."""

import ctypes
import json
import os
from pathlib import Path

import pytest
from tests.steps.processes.programs import LIMITS, python, shell

from everloom.steps.processes import Command, run_to_end


async def test_a_program_has_none_of_the_workers_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The environment is that of every program, and what the definition adds."""
    monkeypatch.setenv("EVERLOOM_SECRET_TOKEN", "hidden")
    command = python("import json, os; print(json.dumps(dict(os.environ)))")
    added = Command(command.arguments, {"GREETING": "Hi; $(id)"})

    found = json.loads((await run_to_end(added, LIMITS)).stdout)

    assert found.pop("GREETING") == "Hi; $(id)"
    assert found.pop("HOME") == found.pop("TMPDIR")
    assert found.pop("LANG") == "C.UTF-8"
    assert found.pop("PATH").endswith("/usr/bin:/sbin:/bin")
    assert set(found) <= {"LC_CTYPE"}  # Python's own


async def test_a_program_cannot_read_the_workers_variables_elsewhere() -> None:
    """Where the kernel allows it, the worker's environment in `/proc` is closed too."""
    command = python(
        "import sys\n"
        "try: print(len(open(f'/proc/{sys.argv[1]}/environ', 'rb').read()))\n"
        "except OSError as error: print(type(error).__name__)",
        str(os.getpid()),
    )

    said = (await run_to_end(command, LIMITS)).stdout.strip()

    assert said == "PermissionError" or _landlock() < 1


async def test_a_program_cannot_end_the_worker_or_its_keeper() -> None:
    """Where the kernel allows it, signals reach only what the program began itself."""
    command = shell('kill -0 "$1" || echo worker; kill -0 $PPID || echo keeper', str(os.getpid()))

    said = (await run_to_end(command, LIMITS)).stdout.split()

    assert said == ["worker", "keeper"] or _landlock() < 6


async def test_a_program_inherits_three_streams_and_no_other_file(tmp_path: Path) -> None:
    """Files and sockets that the worker has open stay the worker's."""
    opened = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(opened, True)  # noqa: FBT003 - the standard library's
    code = "import os; print([n for n in range(200) if os.path.exists(f'/proc/self/fd/{n}')])"
    try:
        said = (await run_to_end(python(code), LIMITS)).stdout
    finally:
        os.close(opened)

    assert said.strip() == "[0, 1, 2]"


async def test_a_program_works_in_a_folder_of_its_own_that_is_gone_afterwards() -> None:
    """Nobody else reads what it writes, and nothing of it stays."""
    command = shell("umask; mkdir -m 0 shut; echo x > note; stat -c %a note; pwd; ls -A")

    umask, mode, folder, *inside = (await run_to_end(command, LIMITS)).stdout.split()

    assert (umask, mode, inside) == ("0077", "600", ["note", "shut"])
    assert not Path(folder).parent.exists()


async def test_a_program_gains_no_rights() -> None:
    """Not even root's program may do more than its user."""
    command = shell("grep -E 'NoNewPrivs|CapEff' /proc/self/status; ulimit -c")

    said = (await run_to_end(command, LIMITS)).stdout.split()

    assert said == ["CapEff:", "0" * 16, "NoNewPrivs:", "1", "0"]


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("; rm -rf ~", id="another command"),
        pytest.param("$(touch pwned)", id="command substitution"),
        pytest.param("`touch pwned`", id="backticks"),
        pytest.param('"; touch pwned; "', id="double quotes"),
        pytest.param("'; touch pwned; '", id="single quotes"),
        pytest.param("a\nb\ttouch pwned", id="lines"),
        pytest.param("-rf", id="an option"),
        pytest.param("*", id="a pattern"),
        pytest.param("${HOME}", id="a variable"),
        pytest.param("", id="nothing"),
        pytest.param("Zoë 🐍 \\n \\0", id="characters"),
    ],
)
async def test_arguments_and_variables_arrive_as_they_are(hostile: str) -> None:
    """Nothing in them is read by a shell."""
    command = shell(
        'printf "%s|" "$1" "$2" "$GIVEN"; ls', hostile, "second", environment={"GIVEN": hostile}
    )

    finished = await run_to_end(command, LIMITS)

    assert finished.stdout == f"{hostile}|second|{hostile}|"
    assert finished.stderr == ""


async def test_input_is_a_file_that_can_be_opened_by_name() -> None:
    """`/dev/stdin` works, and so does a program that does not read."""
    text = "Grüße\r\n" * 400_000
    counting = python(
        "import sys; print(len(open('/dev/stdin', encoding='utf-8', newline='').read()))",
        stdin=text,
    )

    counted = await run_to_end(counting, LIMITS)
    ignored = await run_to_end(python("print('done')", stdin=text), LIMITS)

    assert counted.stdout.strip() == str(len(text))
    assert ignored.stdout.strip() == "done"


async def test_without_input_there_is_nothing_to_read() -> None:
    """A program that reads waits for nobody."""
    assert (await run_to_end(shell("cat; echo end"), LIMITS)).stdout == "end\n"


def _landlock() -> int:
    """The kernel's version of Landlock; below 1 when it has none."""
    return ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1)
