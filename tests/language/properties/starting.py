"""Definitions written by hand, and what the reference interpreter makes of them."""

import yaml
from tests.language.properties.interpreter import interpret
from tests.language.properties.outcome import Outcome
from tests.language.properties.problems import Json


def definition(do: str, name: str = "reference", **parts: Json) -> dict[str, Json]:
    """A definition whose tasks are written in YAML."""
    document = {"dsl": "1.0.3", "namespace": "tests", "name": name, "version": "1.0.0"}
    return {"document": document, **parts, "do": yaml.safe_load(do)}


def run(do: str, data: Json = None, **parts: Json) -> Outcome:
    """What the interpreter makes of tasks in YAML."""
    return interpret(definition(do, **parts), data)


def ran(outcome: Outcome) -> list[str]:
    """Names of tasks in the order in which they completed."""
    return [name for _, name, status in outcome.trace if status == "completed"]
