"""Which activities are functions that definitions may call, and with what."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from temporalio import activity

from everloom.authoring import Place
from everloom.catalog import ActivityEntry, Catalog
from everloom.control.definitions import CatalogFunctions, offered_functions
from everloom.settings import CatalogSettings, Settings


class Order(BaseModel):
    """What is charged."""

    amount: int


@dataclass
class Receipt:
    """What was charged."""

    number: str


@activity.defn(name="shop.charge")
async def charge(order: Order) -> Receipt: ...


@activity.defn(name="shop.charge:2.0.0")
async def charge_again(order: Order) -> Receipt: ...


@activity.defn(name="shop.count")
async def count() -> int: ...


@activity.defn(name="shop.plain")
async def plain(value): ...  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType] - code of others may look so


@activity.defn(name="shop.odd")
async def odd(value: object, receipts: dict[str, Receipt]) -> None: ...


class Cards:
    """An activity class."""

    @activity.defn(name="shop.refund")
    async def refund(self, order: Order, ledger: Any) -> bool: ...


def entry(function: Any, queue: str | None = None, **rest: Any) -> ActivityEntry:
    """An activity as discovery finds it."""
    name = getattr(function, "__temporal_activity_definition").name
    owner = rest.pop("owner", None)
    return ActivityEntry(name, queue, function, owner, Place("shop.py", 1), "", **rest)


CATALOG = Catalog(
    activities=(
        entry(charge_again),
        entry(charge, "cards"),
        entry(count),
        entry(plain),
        entry(odd),
        entry(Cards.refund, owner=Cards, needs=(("ledger", object),)),
    )
)


def test_an_activity_is_a_function_with_a_version() -> None:
    """1.0.0 unless its name ends in another."""
    found = offered_functions(CATALOG)

    assert {"shop.charge:1.0.0", "shop.charge:2.0.0", "shop.count:1.0.0"} <= set(found)
    assert found["shop.charge:2.0.0"].name == "shop.charge"
    assert found["shop.charge:1.0.0"].queue == "cards"
    assert [name for name in found if not found[name].takes_input] == ["shop.count:1.0.0"]


def test_input_and_output_have_their_schemas() -> None:
    """So a call is checked with the definition."""
    signature = offered_functions(CATALOG)["shop.charge:1.0.0"]

    assert signature.input_schema is not None
    assert signature.input_schema["properties"]["amount"]["type"] == "integer"
    assert signature.output_schema is not None
    assert signature.output_schema["properties"]["number"]["type"] == "string"
    assert (signature.module, signature.qualname) == (__name__, "charge")


def test_what_is_not_typed_takes_anything() -> None:
    """Nothing is checked then."""
    signature = offered_functions(CATALOG)["shop.plain:1.0.0"]

    assert (signature.input_schema, signature.output_schema) == (None, None)


def test_what_is_provided_is_not_asked_for() -> None:
    """Neither is the object that a method belongs to."""
    signature = offered_functions(CATALOG)["shop.refund:1.0.0"]

    assert signature.input_schema is not None
    assert set(signature.input_schema["properties"]) == {"amount"}


def test_an_activity_of_several_values_is_no_function() -> None:
    """A call hands over one."""
    assert "shop.odd:1.0.0" not in offered_functions(CATALOG)


def test_functions_may_run_beside_the_definition() -> None:
    """Whatever queue they are bound to."""
    assert offered_functions(CATALOG, bound=False)["shop.charge:1.0.0"].queue is None


def test_a_folder_without_packages_has_none(tmp_path: Path) -> None:
    """And that is no error."""
    assert len(CatalogFunctions(Settings(folder=tmp_path))) == 0


def test_broken_code_is_told_when_a_function_is_called(tmp_path: Path) -> None:
    """Definitions that call none do not even notice."""
    settings = Settings(folder=tmp_path, catalog=CatalogSettings(packages=("nowhere",)))
    functions = CatalogFunctions(settings)

    with pytest.raises(Exception, match="wrong with the code"):
        functions.get("shop.charge:1.0.0")
