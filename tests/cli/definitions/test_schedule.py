"""`everloom definitions schedule`, typed."""

from uuid import uuid4

from tests.cli.definitions.conftest import Terminal

from everloom.temporal import TemporalService, find_schedule, read_schedule


def nightly(name: str, cron: str = "30 2 * * *") -> str:
    """A definition with a schedule."""
    return f"""
document: {{dsl: 1.0.3, namespace: samples, name: {name}, version: 1.0.0}}
schedule: {{cron: '{cron}'}}
do:
  - tidy: {{set: {{tidied: true}}}}
"""


async def test_a_schedule_is_planned_made_changed_and_taken_away(
    beside: Terminal, temporal: TemporalService
) -> None:
    """What changes is shown each time."""
    name = f"nightly-{uuid4().hex[:8]}"
    id, file = f"definitions/samples.{name}", beside.write("nightly.yaml", nightly(name))

    planned = await beside.type("schedule", file, "--queue", "background", "--plan", "--json")
    assert planned.document["change"] == "create"
    assert await find_schedule(temporal, id) is None

    made = await beside.type("schedule", file, "--queue", "background", "-i", '{"days": 3}')
    assert made.out.splitlines()[0] == f"{id} is new"
    assert (await read_schedule(temporal, id)).fields["input"] == '{"days":3}'

    beside.write("nightly.yaml", nightly(name, "0 3 * * *"))
    changed = await beside.type("schedule", file, "-q", "background", "-i", '{"days": 3}', "--json")
    assert changed.document["fields"] == [
        {"name": "cron", "before": "30 2 * * *", "after": "0 3 * * *"}
    ]

    removed = await beside.type("schedule", file, "--remove", "--json")
    assert removed.document["change"] == "remove"
    assert await find_schedule(temporal, id) is None


async def test_a_definition_without_a_schedule_has_none(beside: Terminal) -> None:
    """And that is no error."""
    text = nightly("plain").replace("schedule:", "#")

    outcome = await beside.type("schedule", beside.write("plain.yaml", text), "--json")

    assert (outcome.code, outcome.document["change"]) == (0, "none")


async def test_a_definition_with_errors_is_refused(beside: Terminal) -> None:
    """Nothing is made."""
    outcome = await beside.type("schedule", beside.write("wrong.yaml", "do: []"), "--json")

    assert (outcome.code, outcome.document["status"]) == (2, "refused")
