"""Workflows that try, each thing as people write it: the linter would not let them either."""

# ruff: noqa: DTZ003, DTZ005, DTZ011, ICN001, PLW0108, PLW1510, PTH123, PTH208, S311, S605, S607, SIM115

import asyncio
import datetime
import gzip
import os
import random
import secrets
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from time import sleep
from zoneinfo import ZoneInfo

import httpx2
import sqlalchemy
from temporalio import workflow
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError

from . import state, tools

with workflow.unsafe.imports_passed_through():
    from .trusted import clock

FILE = "/etc/hostname"

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
    "os.environ": lambda: os.environ["HOME"],
    "os.getenv": lambda: os.getenv("HOME"),
    "os.urandom": lambda: os.urandom(1),
    "os.listdir": lambda: os.listdir("."),
    "os.system": lambda: os.system("true"),  # pyright: ignore[reportDeprecated]
    "uuid.uuid4": lambda: uuid.uuid4(),
    "uuid.uuid1": lambda: uuid.uuid1(),
    "open": lambda: open(FILE),
    "io.open": lambda: open(FILE),
    "gzip.open": lambda: gzip.open(FILE),
    "tempfile": lambda: tempfile.mkdtemp(),
    "pathlib.Path.read_text": lambda: Path(FILE).read_text(),
    "pathlib.Path.write_text": lambda: Path("x").write_text("x"),
    "pathlib.Path.exists": lambda: Path(FILE).exists(),
    "socket.socket": lambda: socket.socket(),
    "socket.create_connection": lambda: socket.create_connection(("127.0.0.1", 9)),
    "http.client.HTTPConnection": lambda: HTTPConnection("127.0.0.1").connect(),
    "urllib.request.urlopen": lambda: urllib.request.urlopen("http://127.0.0.1:9"),
    "subprocess.run": lambda: subprocess.run(["true"]),
    "threading.Thread": lambda: threading.Thread(target=print).start(),
    "concurrent.futures": lambda: ThreadPoolExecutor().submit(print),
    "sqlite3.connect": lambda: sqlite3.connect("x.sqlite"),
    "library network": lambda: httpx2.get("http://127.0.0.1:9/"),
    "library database": lambda: sqlalchemy.create_engine("sqlite:///x.sqlite").connect(),
    "helper clock": tools.helper_clock,
    "helper now": tools.helper_now,
    "helper chance": tools.helper_chance,
    "helper environment": tools.helper_environment,
    "helper id": tools.helper_id,
    "helper file": tools.helper_file,
    "helper fetch": tools.helper_fetch,
}

ALLOWED: dict[str, Callable[[], object]] = {
    "workflow.now": lambda: workflow.now(),
    "workflow.uuid4": lambda: workflow.uuid4(),
    "workflow.random": lambda: workflow.random().random(),
    "time zones": lambda: workflow.now().astimezone(ZoneInfo("Pacific/Chatham")),
    "pydantic": lambda: state.Order.model_validate_json('{"number": 1}').model_dump_json(),
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
