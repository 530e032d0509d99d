"""How do secrets get into the arguments of a step? Expressions that mention `$secrets` come as text.

The workflow never evaluates them, because what it knows stands in its history. An expression gets
the secrets it names, and its error is told without the text that jq says, which may quote one.
"""

import re
from collections.abc import Iterable, Sequence

from everloom.core import steps_of
from everloom.flow import Deferred, Fault, Json, step_fault
from everloom.flow.expressions import ExpressionFailed, ExpressionOverBudget, evaluate

from .secrets import Secrets
from .shapes import is_list, is_object
from .veils import Veil

_MENTION = re.compile(r"\$secrets\b")
_NAMED = re.compile(
    r"""\$secrets\b(?:\s*\.\s*(?P<plain>[A-Za-z_]\w*)|\s*\.?\s*\[?\s*"(?P<quoted>[^"\\]*)"\s*\]?)"""
)


async def put_in(
    arguments: dict[str, Json],
    deferred: Iterable[Deferred],
    secrets: Secrets,
    *,
    permitted: tuple[str, ...],
    veil: Veil,
) -> dict[str, Json]:
    """The arguments, with the values of what was deferred.

    Args:
        arguments: Those of the call; they are changed.
        deferred: What is to be evaluated.
        secrets: Where secrets come from.
        permitted: Names of the secrets that the definition may use.
        veil: Covers them afterwards.

    Raises:
        Fault: A secret is missing or not permitted, or an expression fails.
    """
    for each in deferred:
        names = named_secrets(each.expression, permitted)
        found = await secrets.read(names, permitted=permitted)
        veil.hide(found)
        value = _evaluated(each, found)
        veil.hide_made_of(value)
        arguments = _with(arguments, steps_of(each.at), value)
    return arguments


def named_secrets(expression: str, permitted: Iterable[str]) -> list[str]:
    """The secrets that an expression needs: all of them, where it does not name them one by one."""
    named = [found["plain"] or found["quoted"] for found in _NAMED.finditer(expression)]
    is_named = len(named) == len(_MENTION.findall(expression))
    return named if is_named else list(permitted)


def _evaluated(deferred: Deferred, secrets: dict[str, Json]) -> Json:
    try:
        return evaluate(
            deferred.expression, deferred.input, {**deferred.variables, "secrets": secrets}
        )
    except (ExpressionFailed, ExpressionOverBudget):
        # What an activity comes to stands in the history: here a fault may hang on a clock.
        raise _failed(deferred.at) from None


def _failed(at: str) -> Fault:
    return step_fault(
        "expression",
        title="Expression failed",
        detail=f"The expression at `{at}` of the arguments failed. What jq says about it is kept"
        " back, because it may quote a secret.",
    )


def _with(arguments: dict[str, Json], parts: Sequence[str], value: Json) -> dict[str, Json]:
    """The arguments with a value at a place, which the workflow has left empty."""
    if not parts:
        return value if is_object(value) else {}
    holder: Json = arguments
    for part in parts[:-1]:
        holder = holder[int(part)] if is_list(holder) else holder.setdefault(part, {})
    holder[int(parts[-1]) if is_list(holder) else parts[-1]] = value
    return arguments
