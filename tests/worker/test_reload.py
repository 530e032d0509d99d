"""Saved code is served within a second; broken code is shown and waited out."""

import importlib
import os
import py_compile
import sys
from pathlib import Path

import pytest
from tests.waiting import eventually
from tests.worker.conftest import Application

from everloom.worker.snapshot import CodeSnapshot


async def test_saved_code_is_served_within_a_second(application: Application, source: str):
    """A save is taken over within a second; a running activity finishes in the old process."""
    async with application.worker("--reload", "--processes", "1") as worker:
        await worker.event("worker polls")
        await worker.event("watching for changes")
        await worker.event("worker process waits for its order")
        napping = await application.start("napping", 3)
        await eventually(lambda: application.notes() == ["nap"])

        application.write(source.replace('"hello"', '"good evening"'))

        reloaded = await worker.event("worker reloaded")
        assert reloaded["seconds"] < 1
        greeting = await application.start("greeting", None)
        assert await greeting.result() == "good evening"
        assert await napping.result() == "slept", "its only attempt was not lost"
        assert len(worker.events("worker polls")) == 1


async def test_broken_code_is_shown_and_the_old_goes_on(application: Application, source: str):
    """A syntax error is shown with line and caret, an import error with its line; both are mended."""
    async with application.worker("--reload", "--processes", "1") as worker:
        await worker.event("worker polls")
        await worker.event("watching for changes")

        application.write(source.replace('GREETING = "hello"', 'GREETING = ("hello"'))
        await worker.says("code: syntax-broken")
        talk = "\n".join(worker.said)
        assert f"{application.code}:" in talk
        assert "^" in talk
        assert await (await application.start("greeting", None)).result() == "hello"

        application.write(source.replace('GREETING = "hello"', "GREETING = hello"))
        await worker.says("code: worker-code-invalid")
        assert "name 'hello' is not defined" in "\n".join(worker.said)
        assert await (await application.start("greeting", None)).result() == "hello"

        application.write(source.replace('"hello"', '"mended"'))
        await worker.event("worker reloaded")
        assert await (await application.start("greeting", None)).result() == "mended"


async def test_code_broken_from_the_start_is_waited_out(application: Application, source: str):
    """Under reload the command does not end over broken code: it waits until it is mended."""
    application.write("import nothing_of_this_name\n")
    async with application.worker("--reload", "--processes", "1") as worker:
        await worker.says("code: worker-code-invalid")

        application.write(source)

        await worker.event("worker reloaded")
        assert await (await application.start("greeting", None)).result() == "hello"


async def test_saved_settings_are_taken_over(application: Application):
    """A change of the settings file starts the processes anew; a misspelt one is shown instead."""
    async with application.worker("--reload", "--processes", "1") as worker:
        await worker.event("worker polls")
        await worker.event("watching for changes")

        application.set(darin="1s")
        await worker.says("code: settings-invalid")
        assert "`drain`" in "\n".join(worker.said)

        application.set(drain="1s")
        await worker.event("worker reloaded")


def test_the_second_of_two_saves_within_a_second_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Python's own cache goes by size and second, and would give the code of the first save."""
    file = tmp_path / "saved_twice.py"
    file.write_text("WORD = 'one'\n")
    os.utime(file, (1e9, 1e9))
    py_compile.compile(str(file))
    file.write_text("WORD = 'two'\n")
    os.utime(file, (1e9, 1e9))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    CodeSnapshot(["saved_twice"]).take()

    assert importlib.import_module("saved_twice").WORD == "two"
