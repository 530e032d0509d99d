"""`everloom definitions compile`, `eject`, `graph` and `schema`, typed."""

import ast
import json
import sys
from pathlib import Path

import pytest
from tests.cli.definitions.conftest import HELLO, Terminal
from tests.cli.definitions.test_run import PARENT


async def test_compile_prints_the_module(alone: Terminal) -> None:
    """As it runs, and nothing else."""
    outcome = await alone.type("compile", alone.write("hello.yaml", HELLO))

    assert outcome.code == 0
    assert "class Hello(Flow):" in outcome.out
    assert ast.parse(outcome.out)


async def test_compile_tells_programs_where_each_task_is(alone: Terminal) -> None:
    """The source map leads from the definition to the line."""
    outcome = await alone.type("compile", alone.write("hello.yaml", HELLO), "--json")

    found = outcome.document
    line = found["source_map"]["/do/0/greet"]
    assert (found["type"], found["class"]) == ("samples.hello@1.0.0", "Hello")
    assert "greet" in "".join(found["source"].splitlines()[line - 1 : line + 1])


async def test_compile_writes_the_package(alone: Terminal) -> None:
    """Again and again into the same folder."""
    file = alone.write("hello.yaml", HELLO)

    first = await alone.type("compile", file, "-o", "out")
    second = await alone.type("compile", file, "-o", "out", "--json")

    assert (first.code, second.code) == (0, 0)
    assert "hello/workflow.py" in second.document["files"]
    assert sorted(str(Path("out") / name) for name in second.document["files"]) == sorted(
        first.out.splitlines()
    )


async def test_what_it_runs_may_be_elsewhere(alone: Terminal) -> None:
    """Only a run needs it now."""
    assert (await alone.type("compile", alone.write("parent.yaml", PARENT))).code == 0


@pytest.mark.parametrize("command", ["compile", "eject", "graph"])
async def test_a_definition_with_errors_is_refused(alone: Terminal, command: str) -> None:
    """With its problems, and without a trace of Python."""
    more = ["out"] if command == "eject" else []

    outcome = await alone.type(command, alone.write("wrong.yaml", "do: []"), *more)

    assert outcome.code == 2
    assert "wrong.yaml" in outcome.err
    assert "Traceback" not in outcome.err
    assert not (alone.folder / "out").exists()


async def test_eject_says_what_to_do_next(alone: Terminal) -> None:
    """The files are data, the rest is talk."""
    outcome = await alone.type("eject", alone.write("hello.yaml", HELLO), "mine")

    assert outcome.code == 0
    assert "mine/hello/workflow.py" in outcome.out.splitlines()
    assert "python -m pytest" in outcome.err
    assert all((alone.folder / line).is_file() for line in outcome.out.splitlines())


async def test_eject_writes_over_nothing_unless_told(alone: Terminal) -> None:
    """It would be somebody's work."""
    file = alone.write("hello.yaml", HELLO)
    (alone.folder / "mine").mkdir()
    alone.write("mine/notes.txt", "mine")

    refused = await alone.type("eject", file, "mine", "--json")
    forced = await alone.type("eject", file, "mine", "--force")

    assert (refused.code, refused.document["error"]["code"]) == (1, "folder-not-empty")
    assert "`notes.txt`" in refused.document["error"]["message"]
    assert forced.code == 0
    assert (alone.folder / "mine" / "notes.txt").read_text(encoding="utf-8") == "mine"


async def test_a_folder_that_cannot_be_is_told(alone: Terminal) -> None:
    """For example below a file."""
    file = alone.write("hello.yaml", HELLO)

    outcome = await alone.type("eject", file, "hello.yaml/below", "--json")

    assert (outcome.code, outcome.document["error"]["code"]) == (2, "folder-unwritable")


async def test_graph_draws_on_the_screen_or_into_a_file(alone: Terminal) -> None:
    """The file's name says which kind."""
    file = alone.write("hello.yaml", HELLO)

    mermaid = await alone.type("graph", file)
    picture = await alone.type("graph", file, "--format", "svg")
    written = await alone.type("graph", file, "-o", "hello.svg")
    nowhere = await alone.type("graph", file, "-o", "none/hello.svg")

    assert mermaid.out.startswith("flowchart")
    assert picture.out.startswith("<svg")
    assert (written.code, written.out) == (0, "")
    assert (alone.folder / "hello.svg").read_text(encoding="utf-8").startswith("<svg")
    assert nowhere.code == 2


async def test_schema_is_one_document(alone: Terminal) -> None:
    """For editors."""
    outcome = await alone.type("schema")

    assert outcome.document["$schema"].startswith("https://json-schema.org/")
    assert {"document", "do"} <= set(outcome.document["properties"])


async def test_an_ejected_package_imports(alone: Terminal) -> None:
    """Its own tests are the packaging's; here it is enough that it is one."""
    await alone.type("eject", alone.write("hello.yaml", HELLO), "mine")
    sys.path.insert(0, str(alone.folder / "mine"))
    try:
        module = __import__("hello.workflow").workflow
    finally:
        sys.path.remove(str(alone.folder / "mine"))
        for name in [each for each in sys.modules if each.partition(".")[0] == "hello"]:
            del sys.modules[name]

    assert module.Hello.__name__ == "Hello"
    assert json.loads((alone.folder / "mine/definition.json").read_text(encoding="utf-8"))
