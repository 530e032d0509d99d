"""What a run has around it: the application's activities, secrets, a Temporal that is there."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.cli.definitions.conftest import HELLO, Terminal
from tests.servers.http_files import Asked, HttpFiles, Status, http_files

from everloom.engine import embedded_engine, free_port
from everloom.settings import EngineSettings, Settings
from everloom.temporal import TemporalService, read_run

SHOP = """
from typing import Annotated

from pydantic import BaseModel, Field
from everloom.authoring import PROVIDED, activity_type, provider


class Order(BaseModel):
    amount: Annotated[int, Field(gt=0)]


class Ledger:
    name = "books"


@provider
def ledger() -> Ledger:
    return Ledger()


@activity_type(name="shop.charge", queue="cards")
async def charge(order: Order, *, ledger: Ledger = PROVIDED) -> str:
    return f"{order.amount} into {ledger.name}"
"""
SHOP_SETTINGS = "catalog: {packages: [shop]}\nqueues: {bind: {cards: standard}}\n"

CHARGE = """
document: {dsl: 1.0.3, namespace: samples, name: charge, version: 1.0.0}
do:
  - pay:
      call: shop.charge:1.0.0@default
      with: {amount: AMOUNT}
"""

GREETED = """
document: {dsl: 1.0.3, namespace: samples, name: greeted, version: 1.0.0}
use:
  secrets: [token]
do:
  - ask:
      call: http
      with:
        method: get
        endpoint: https://api.example.com/hello
        headers: {authorization: '${ "Bearer " + $secrets.token }'}
"""

LONG = """
document:
  dsl: 1.0.3
  namespace: samples
  name: long
  version: 1.0.0
  metadata: {everloom: {continueAfter: 12}}
do:
  - each:
      for: {in: '[range(8)]', each: n}
      do:
        - tell:
            emit: {event: {with: {source: 'https://example.com', type: counted, data: '${ $n }'}}}
"""


async def test_a_definition_calls_the_activities_of_the_folder(beside: Terminal) -> None:
    """They run beside it, with what they are provided, whatever queue they are bound to."""
    beside.write("everloom.yaml", SHOP_SETTINGS)
    beside.write("shop.py", SHOP)
    file = beside.write("charge.yaml", CHARGE.replace("AMOUNT", "7"))

    outcome = await beside.type("run", file, "--json")

    assert outcome.document["output"] == "7 into books", outcome


async def test_what_does_not_fit_an_activity_is_told_when_it_is_checked(alone: Terminal) -> None:
    """Not when the run is half way through."""
    alone.write("everloom.yaml", SHOP_SETTINGS)
    alone.write("shop.py", SHOP)
    file = alone.write("charge.yaml", CHARGE.replace("AMOUNT", "none"))

    outcome = await alone.type("check", file, "--json")

    assert outcome.code == 2
    assert "/do/0/pay/with" in outcome.document["problems"][0]["pointer"]


async def test_code_that_is_broken_is_told_with_its_place(alone: Terminal) -> None:
    """As every command tells it; definitions that call none do not notice."""
    alone.write("everloom.yaml", SHOP_SETTINGS)
    alone.write("shop.py", "def broken(:")
    charge, hello = alone.write("charge.yaml", CHARGE), alone.write("hello.yaml", HELLO)

    calls = await alone.type("check", charge, "--json")
    does_not = await alone.type("check", hello, "--json")

    assert (calls.code, calls.document["error"]["code"]) == (2, "catalog-invalid")
    assert does_not.code == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("secrets.json", json.dumps({"token": "s3cr3t-token"}), id="JSON"),
        pytest.param("secrets.yaml", "token: s3cr3t-token\n", id="YAML"),
    ],
)
async def test_secrets_of_a_file_reach_the_call_and_nothing_else(
    beside: Terminal, temporal: TemporalService, name: str, text: str
) -> None:
    """The server sees it; no result, log or history does."""
    seen: list[str] = []

    class Greeting:
        async def answer(self, asked: Asked, writer: asyncio.StreamWriter, /) -> None:
            seen.append(asked.headers["authorization"])
            await Status(200, b'"hello"', {"Content-Type": "application/json"}).answer(
                asked, writer
            )

    async with http_files() as web:
        web.serve("/hello", Greeting())
        outcome = await beside.type(
            *("run", beside.write("greeted.yaml", GREETED), "--json"),
            *("--secrets", beside.write(name, text)),
            EVERLOOM_HTTP__REWRITE=_rewrite(web),
        )

    assert outcome.document["output"] == "hello", outcome
    assert seen == ["Bearer s3cr3t-token"]
    assert "s3cr3t" not in outcome.out + outcome.err


async def test_a_secret_that_is_not_there_is_a_fault(beside: Terminal) -> None:
    """Of type authorization, as the standard has it."""
    async with http_files() as web:
        outcome = await beside.type(
            "run", beside.write("greeted.yaml", GREETED), "--json",
            EVERLOOM_HTTP__REWRITE=_rewrite(web),
        )  # fmt: skip

    assert (outcome.code, outcome.document["error"]["status"]) == (1, 403)


async def test_events_are_those_of_all_links(beside: Terminal) -> None:
    """A long run continues as new; nobody has to put it together."""
    outcome = await beside.type("run", beside.write("long.yaml", LONG), "--json")

    result = outcome.document
    assert result["status"] == "completed", result
    assert [each["data"] for each in result["events"]] == list(range(8))
    assert len({each["pointer"] for each in result["trace"]}) == 2
    assert len([each for each in result["trace"] if each["name"] == "tell"]) == 16


async def test_the_temporal_of_the_folder_is_used(alone: Terminal, tmp_path: Path) -> None:
    """The one of `everloom dev`; so its interface shows the run."""
    settings = Settings(folder=tmp_path, engine=EngineSettings(port=free_port(), ui=False))
    async with embedded_engine(settings) as engine:
        outcome = await alone.type(
            "run", alone.write("hello.yaml", HELLO), "-i", '{"name": "Ada"}', "--json"
        )
        temporal = TemporalService(settings, address=engine.address, namespace=engine.namespace)
        run = await read_run(temporal, outcome.document["workflow_id"])
        await temporal.close()

    assert run.info.status == "completed"
    assert run.info.run_id == outcome.document["run_id"]


def _rewrite(web: HttpFiles) -> str:
    return json.dumps({"https://api.example.com": web.url("")})
