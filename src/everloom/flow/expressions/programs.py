"""An expression, made ready once for many evaluations.

Variables travel inside the input, so that one program serves all their values, and only what the
expression reads is handed to jq: of a large input often one field.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import jq

from everloom.core import Json, is_object
from everloom.core.expressions import (
    AMBIENT,
    AMBIENT_VARIABLES,
    IN_PROCESS,
    Bound,
    ExpressionSyntax,
    Reads,
    free_variables,
    nodes,
    parse,
    reads_of,
    weigh,
)

from .errors import ExpressionFailed, ExpressionOverBudget
from .quick import Quick, quick


@dataclass(frozen=True, eq=False)
class Prepared:
    """An expression that is ready to be evaluated."""

    text: str
    program: str
    """For jq: the expression, with its variables taken from the input."""

    variables: tuple[str, ...]
    """The variables that it expects."""

    tree: nodes.Node
    reads: Reads
    quick: Quick | None
    """The same in Python, where that is possible."""

    def document(self, input: Json, variables: Mapping[str, Json]) -> str:
        """The input of the program, as JSON.

        Raises:
            ExpressionFailed: A variable is missing, or a value is no JSON.
            ExpressionOverBudget: A value nests too deep to be written.
        """
        values: dict[str, Json] = {}
        for name in self.variables:
            if name not in variables:
                raise failure(self.text, f"there is no variable `${name}` here")
            values[name] = _part(variables[name], self.reads.variables[name])
        document = {"v": values, "i": _part(input, self.reads.input)}
        try:
            return json.dumps(document, separators=(",", ":"))
        except RecursionError:
            message = f"The input of `{short(self.text)}` nests too deep."
            raise ExpressionOverBudget(message) from None
        except (TypeError, ValueError) as error:
            raise failure(self.text, f"its input is no JSON: {error}") from None

    @cached_property
    def weight(self) -> Bound:
        """The most steps that jq takes for it."""
        return weigh(self.tree)

    def is_light(self, document: str) -> bool:
        """Whether the program is done with this input in no time."""
        return self.weight.at(len(document)) <= IN_PROCESS


@lru_cache(maxsize=2048)
def prepare(text: str) -> Prepared:
    """Make an expression ready.

    Raises:
        ExpressionFailed: It is no expression, or reaches outside.
    """
    try:
        tree = parse(text)
    except ExpressionSyntax as error:
        raise failure(text, f"{error.message} {error.hint}".strip()) from None
    reads = reads_of(tree)
    outside = AMBIENT.intersection(_called(tree)) | AMBIENT_VARIABLES.intersection(reads.variables)
    if outside:
        raise failure(text, f"`{min(outside)}` is not for expressions")
    names = free_variables(tree)
    values = "".join(f".v.{name} as ${name} | " for name in names)
    # Two newlines: the first ends a comment, or is taken by a backslash at its end.
    program = f"{values}.i | ( {text}\n\n)"
    return Prepared(text, program, names, tree, reads, quick(tree))


@lru_cache(maxsize=1024)
def _compiled(program: str) -> Any:
    return jq.compile(program)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - jq has no stubs


def run(program: str, document: str) -> list[Json]:
    """The first value of a program, or none.

    Raises:
        ValueError: What jq says against it.
    """
    for value in _compiled(program).input_text(document):
        return [value]
    return []


def failure(text: str, why: str) -> ExpressionFailed:
    """The error of an expression."""
    said = " ".join(why.split())
    said = said if len(said) <= 500 else f"{said[:500]}…"
    end = "" if said.endswith((".", "?", "…")) else "."
    return ExpressionFailed(f"`{short(text)}` failed: {said}{end}")


def short(text: str) -> str:
    """An expression, as much of it as fits into a message."""
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:80]}…"


def _part(value: Json, fields: frozenset[str] | None) -> Json:
    if fields is None or not is_object(value) or len(value) <= len(fields):
        return value
    return {name: each for name, each in value.items() if name in fields}


def _called(node: nodes.Node) -> set[str]:
    found = {node.name} if isinstance(node, nodes.Call | nodes.Definition) else set[str]()
    return found.union(*map(_called, node.children()))
