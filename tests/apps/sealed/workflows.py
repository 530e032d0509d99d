"""Workflows that try, each thing as people write it: the linter would not let them either."""

# ruff: noqa: DTZ003, DTZ005, DTZ011, ICN001, PLW0108, PLW1510, PTH109, PTH110, PTH116, PTH123, PTH208, S102, S307, S311, S605, S607, SIM115

import _thread
import asyncio
import builtins
import ctypes
import datetime
import email.utils
import gzip
import importlib
import io
import os
import posix
import random
import secrets
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import timeit
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from logging.handlers import QueueListener
from pathlib import Path, PosixPath
from queue import SimpleQueue
from time import sleep
from zoneinfo import ZoneInfo

import httpx2
import sqlalchemy
from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError

from . import state, tools

with workflow.unsafe.imports_passed_through():
    from .trusted import clock

FILE = "/etc/hostname"


class Stamped(BaseModel):
    """As people write models, in a workflow file too."""

    at: datetime.datetime = Field(default_factory=datetime.datetime.now)
    key: str = Field(default_factory=secrets.token_hex)


ATTEMPTS: dict[str, Callable[[], object]] = {
    "time.time": lambda: time.time(),
    "time.monotonic": lambda: time.monotonic(),
    "time.sleep": lambda: sleep(0),
    "datetime.datetime.now": lambda: datetime.datetime.now(),
    "datetime.datetime.utcnow": lambda: datetime.datetime.utcnow(),  # pyright: ignore[reportDeprecated]
    "datetime.date.today": lambda: datetime.date.today(),
    "random.random": lambda: random.random(),
    "random.shuffle": lambda: random.shuffle([1]),
    "secrets.token_hex": lambda: secrets.token_hex(),
    "time.time_ns": lambda: time.time_ns(),
    "time.clock_gettime": lambda: time.clock_gettime(time.CLOCK_REALTIME),
    "time.gmtime": lambda: time.gmtime(),
    "time.strftime": lambda: time.strftime("%Y"),
    "time.ctime": lambda: time.ctime(None),
    "timeit.default_timer": lambda: timeit.default_timer(),
    "email.utils.localtime": lambda: email.utils.localtime(),
    "email.utils.formatdate": lambda: email.utils.formatdate(),
    "random.Random": lambda: random.Random().random(),
    "random.SystemRandom": lambda: random.SystemRandom().random(),
    "ssl.RAND_bytes": lambda: ssl.RAND_bytes(2),
    "ctypes": lambda: ctypes.CDLL(None).time(None),
    "importlib": lambda: importlib.import_module("time").time(),
    "__import__": lambda: __import__("time").time(),
    "sys.modules": lambda: sys.modules["time"].time(),
    "eval": lambda: eval("__import__('time').time()"),
    "exec": lambda: exec("import time; time.time()"),
    "posix.environ": lambda: posix.environ[b"HOME"],
    "os.environb": lambda: os.environb[b"HOME"],
    "os.environ in": lambda: "HOME" in os.environ,
    "os.environ all": lambda: list(os.environ),
    "os.getcwd": lambda: os.getcwd(),
    "os.environ": lambda: os.environ["HOME"],
    "os.getenv": lambda: os.getenv("HOME"),
    "os.urandom": lambda: os.urandom(1),
    "os.listdir": lambda: os.listdir("."),
    "os.system": lambda: os.system("true"),  # pyright: ignore[reportDeprecated]
    "uuid.uuid4": lambda: uuid.uuid4(),
    "uuid.uuid1": lambda: uuid.uuid1(),
    "open": lambda: open(FILE),
    "io.open": lambda: open(FILE),
    "io.FileIO": lambda: io.FileIO(FILE),
    "builtins.open": lambda: builtins.open(FILE),
    "os.open": lambda: os.open(FILE, os.O_RDONLY),
    "os.stat": lambda: os.stat(FILE),
    "os.path.exists": lambda: os.path.exists(FILE),
    "os.walk": lambda: list(os.walk("/etc")),
    "gzip.open": lambda: gzip.open(FILE),
    "tempfile": lambda: tempfile.mkdtemp(),
    "pathlib.Path.read_text": lambda: Path(FILE).read_text(),
    "pathlib.Path.write_text": lambda: Path("x").write_text("x"),
    "pathlib.Path.exists": lambda: Path(FILE).exists(),
    "pathlib.Path.iterdir": lambda: list(Path("/etc").iterdir()),
    "pathlib.Path.absolute": lambda: Path("x").absolute(),
    "pathlib.PosixPath": lambda: PosixPath(FILE).exists(),
    "socket.socket": lambda: socket.socket(),
    "socket.create_connection": lambda: socket.create_connection(("127.0.0.1", 9)),
    "http.client.HTTPConnection": lambda: HTTPConnection("127.0.0.1").connect(),
    "urllib.request.urlopen": lambda: urllib.request.urlopen("http://127.0.0.1:9"),
    "subprocess.run": lambda: subprocess.run(["true"]),
    "threading.Thread": lambda: threading.Thread(target=print).start(),
    "_thread": lambda: _thread.start_new_thread(print, ()),
    "library thread": lambda: QueueListener(SimpleQueue[object]()).start(),
    "asyncio.to_thread": lambda: asyncio.to_thread(print),
    "asyncio.create_subprocess_exec": lambda: asyncio.create_subprocess_exec("true"),
    "asyncio.open_connection": lambda: asyncio.open_connection("127.0.0.1", 9),
    "model": lambda: Stamped(),
    "concurrent.futures": lambda: ThreadPoolExecutor().submit(print),
    "sqlite3.connect": lambda: sqlite3.connect("x.sqlite"),
    "library network": lambda: httpx2.get("http://127.0.0.1:9/"),
    "library database": lambda: sqlalchemy.create_engine("sqlite:///x.sqlite").connect(),
    "helper clock": tools.helper_clock,
    "helper now": tools.helper_now,
    "helper chance": tools.helper_chance,
    "helper environment": tools.helper_environment,
    "helper id": tools.helper_id,
    "helper model": lambda: tools.Note(),
    "helper alias": tools.helper_alias,
    "helper getattr": tools.helper_getattr,
    "helper file": tools.helper_file,
    "helper fetch": tools.helper_fetch,
}

ALLOWED: dict[str, Callable[[], object]] = {
    "workflow.now": lambda: workflow.now(),
    "workflow.uuid4": lambda: workflow.uuid4(),
    "workflow.random": lambda: workflow.random().random(),
    "time zones": lambda: workflow.now().astimezone(ZoneInfo("Pacific/Chatham")),
    "pydantic": lambda: state.Order.model_validate_json('{"number": 1}').model_dump_json(),
    "own id": lambda: tools.Note(at=datetime.datetime(2026, 1, 1)).model_copy(),  # noqa: DTZ001
    "own model": lambda: Stamped(at=workflow.now(), key="k").model_dump_json(),
    "seeded": lambda: random.Random(1).random(),
    "told time": lambda: (time.gmtime(0), time.strftime("%Y", (2026, 1, 1, 0, 0, 0, 0, 1, 0))),
    "database in memory": lambda: sqlite3.connect(":memory:").execute("select 1").fetchone(),
    "constant": lambda: tools.KEY,
    "paths": lambda: Path("a") / "b",
    "shared model": lambda: tools.Ticket(id="given").model_dump(),
    "helper": lambda: tools.doubled(2),
    "library": lambda: str(sqlalchemy.select(sqlalchemy.literal(1))),
    "loaded at": lambda: tools.LOADED_AT,
    "passed through by hand": clock,
    "unrestricted": lambda: _unrestricted(),
}


def _unrestricted() -> object:
    with workflow.unsafe.sandbox_unrestricted():
        return Path(FILE).exists()


@workflow.defn(name="sealed.try")
class Try:
    """Does one thing and says what became of it."""

    @workflow.run
    async def run(self, what: str) -> str:
        try:
            found = (ATTEMPTS | ALLOWED)[what]()
        except RestrictedWorkflowAccessError as error:
            return f"refused: {error}"
        return f"done: {found}"


@workflow.defn(name="sealed.count")
class Count:
    """Says how often its helper's state was written to in this process."""

    @workflow.run
    async def run(self, name: str) -> list[str]:
        state.MADE.append(name)
        await asyncio.sleep(0)
        return state.MADE


@workflow.defn(name="sealed.ask")
class Ask:
    """Asks an activity for the time: there it is allowed."""

    @workflow.run
    async def run(self) -> float:
        return await workflow.execute_activity(
            tools.clock, start_to_close_timeout=timedelta(seconds=5)
        )
