"""What is the value of an expression?

Values come only from the expression, its input and its variables: no clock, no environment, no
files. What may stand in an expression is checked when a definition is; what would reach outside is
refused here as well.

jq holds the interpreter's lock from the first to the last step and cannot be interrupted, so one
expression could keep all runs of a worker waiting, and Temporal gives a workflow task up after two
seconds. Two things keep that away. How many steps an expression may take for an input of a size
is worked out from its text (`everloom.core.expressions.weigh`; when the expression is first
evaluated, because that is where the text is, and neither a history nor the compiled source has to
carry a figure that a later version might see differently). And what may take many goes to an
evaluator, another process that may be stopped, if the worker's process has installed one.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from everloom.core import Json

from .errors import ExpressionFailed, ExpressionOverBudget
from .operations import is_true
from .programs import failure, prepare, run, short
from .settling import MAX_NESTING, Unsure, nests_deeper, settled

truthy = is_true


class Evaluator(Protocol):
    """Where expressions are evaluated that might take long."""

    def run(self, program: str, document: str) -> list[Json]:
        """The first value of a program for an input that is written as JSON, or none.

        Raises:
            ValueError: What jq says against it.
            ExpressionOverBudget: It takes more time or memory than is granted. Its message is the
                reason alone, without a full stop.
        """
        ...


class _Installed:
    run: Callable[[str, str], list[Json]] = staticmethod(run)


def use_evaluator(evaluator: Evaluator | None) -> None:
    """Install where this process evaluates what might take long; None means: here."""
    _Installed.run = staticmethod(run if evaluator is None else evaluator.run)


def evaluate(expression: str, input: Json, variables: Mapping[str, Json]) -> Json:
    """The first value of an expression.

    Args:
        expression: What stands between `${` and `}`.
        input: What `.` is.
        variables: Values of `$name`, without the dollar sign. Those not mentioned cost nothing.

    Raises:
        ExpressionFailed: It has no value, or ends with an error.
        ExpressionOverBudget: It takes more time or memory than this worker grants.
    """
    prepared = prepare(expression)
    if prepared.quick is not None:
        try:
            return settled(prepared.quick(input, variables))
        except (Unsure, KeyError, RecursionError):
            pass  # jq knows, or knows how to say it
    document = prepared.document(input, variables)
    elsewhere = _Installed.run
    where = run if elsewhere is run or prepared.is_light(document) else elsewhere
    try:
        found = where(prepared.program, document)
    except ValueError as error:
        raise failure(expression, str(error)) from None
    except ExpressionOverBudget as over:
        said = f"`{short(expression)}` was stopped: {over}. Give it less data, or use an activity."
        raise ExpressionOverBudget(said) from None
    return _only(expression, found)


def _only(expression: str, found: list[Json]) -> Json:
    if not found:
        message = f"`{short(expression)}` has no value."
        raise ExpressionFailed(message, hint="Give it one for every input: `… // null`.")
    (value,) = found
    if nests_deeper(value):
        raise failure(expression, f"its value nests deeper than {MAX_NESTING} levels")
    return value
