"""Show what exists in code."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from everloom.catalog import WireName, discover, wire_names
from everloom.cli.output import Output
from everloom.settings import load_settings

_MESSAGES = {"signal", "query", "update"}


def show_catalog(part: str, *, as_json: bool) -> None:
    """Show every name that has a part in it."""
    out = Output(as_json=as_json)
    found = wire_names(discover(load_settings()))
    names = [each for each in found if part.lower() in f"{each.of} {each.name}".lower()]
    if as_json:
        out.document({"names": [asdict(each) for each in names]})
        return
    if not names:
        out.say(_nothing(part, found))
        return
    _show(
        out, "Workflows", ("Name", "Queue", "Input", "Result", "Place"),
        [
            (each.name, each.queue, each.takes, each.gives, near(each.place))
            for each in names
            if each.kind == "workflow"
        ],
    )  # fmt: skip
    _show(
        out, "Messages", ("Workflow", "Kind", "Name", "Takes", "Answers"),
        [
            (each.of, each.kind, each.name, each.takes, each.gives)
            for each in names
            if each.kind in _MESSAGES
        ],
    )  # fmt: skip
    _show(
        out, "Activities", ("Name", "Queue", "Input", "Result", "Place"),
        [
            (each.name, each.queue or "(its caller's)", each.takes, each.gives, near(each.place))
            for each in names
            if each.kind == "activity"
        ],
    )  # fmt: skip
    _show(
        out, "Schedules", ("Id", "Starts", "Place"),
        [(each.name, each.of, near(each.place)) for each in names if each.kind == "schedule"],
    )  # fmt: skip


def near(place: str) -> str:
    """A place as a person types it here: relative, when it is below the current folder."""
    return place.removeprefix(f"{Path.cwd()}/")


def _show(out: Output, heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        out.heading(heading)
        out.table(columns, rows)


def _nothing(part: str, found: Sequence[WireName]) -> str:
    if found:
        return f"No name has {part!r} in it; there are {len(found)} names."
    return "The code has no workflows yet. `catalog.packages` names the packages to look into."
