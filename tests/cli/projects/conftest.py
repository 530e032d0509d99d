"""Commands of projects as they are typed: in this process, in a folder with a store of its own."""

import asyncio
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from everloom.cli.main import run
from everloom.engine import Engine

ORDER = """
document:
  dsl: 1.0.3
  namespace: shop
  name: order
  version: 1.0.0
  metadata:
    everloom:
      updates:
        pay: {emit: {type: paid}, output: {as: '"thank you"'}}
do:
  - price:
      set: {total: '${ .price * .count }'}
      export: {as: .}
  - paid:
      listen: {to: {one: {with: {type: paid}}}}
      output: {as: '{total: $context.total, paid: .[0].by}'}
"""
"""A definition whose runs wait until somebody pays."""

QUICK = """
document: {dsl: 1.0.3, namespace: shop, name: quick, version: 1.0.0}
do:
  - double: {set: {total: '${ .count * 2 }'}}
"""
"""A definition whose runs end at once."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output, which must be exactly one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Shop:
    """A folder, and a project in it that no other test has."""

    folder: Path
    project: str

    def write(self, name: str, text: str) -> str:
        """Save a file, and return its name."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    async def type(self, *arguments: str) -> Outcome:
        """Type a command, and wait for its end."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = await asyncio.to_thread(run, arguments)
        return Outcome(code, out.getvalue(), err.getvalue())

    async def ask(self, *arguments: str) -> Any:
        """The document of a command that has to end well."""
        done = await self.type(*arguments, "--json")
        assert done.code == 0, f"{arguments}: {done.code}\n{done.out}\n{done.err}"
        return done.document

    async def here(self, *arguments: str) -> Any:
        """The document of a command about the project, named by the option."""
        return await self.ask(*arguments, "--project", self.project)

    async def publish(self, text: str, *options: str) -> Any:
        """Publish a definition and make it active."""
        file = self.write("definition.yaml", text)
        return await self.here("definitions", "publish", file, "--activate", *options)


@pytest.fixture
async def empty(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Nothing is kept yet; Temporal is the session's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", engine.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", engine.namespace)
    monkeypatch.setenv("COLUMNS", "100")
    name = f"shop-t{uuid4().hex[:7]}"
    shop = Shop(tmp_path, name)
    shop.write(
        "everloom.yaml",
        f"hosts: {{queue: hosts-{name}, heartbeat: 200ms, placement_heartbeat: 2s}}\n",
    )
    return shop


@pytest.fixture
async def shop(empty: Shop) -> Shop:
    """A project is there."""
    await empty.ask("projects", "create", empty.project, "--title", "Tea shop")
    return empty
