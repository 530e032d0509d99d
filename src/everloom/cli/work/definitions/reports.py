"""Problems of definitions as people and programs see them."""

from collections.abc import Iterable, Sequence
from typing import Any

from everloom.cli.output import Output
from everloom.control.definitions import Found
from everloom.core import EverloomError
from everloom.language import DefinitionProblem


def problem_document(found: Sequence[Found], main: str) -> dict[str, Any]:
    """The document of problems. What is wrong with another file than the main one says so."""
    return {"problems": [_problem(each, main) for each in found]}


def refusal(found: Sequence[Found], main: str) -> dict[str, Any]:
    """The result of what was not run, because it cannot be."""
    errors = [each for each in found if each.problem.severity == "error"]
    return {"status": "refused", **problem_document(errors or found, main)}


def refusal_of(error: EverloomError) -> dict[str, Any]:
    """The result of what was not run for a reason outside the definition."""
    told = [DefinitionProblem(error.code, "", 0, 0, error.message, error.hint)]
    told += [
        DefinitionProblem(each.code, "", 0, 0, _placed(each.place, each.message), each.hint)
        for each in error.problems
    ]
    return {"status": "refused", "problems": [each.as_json() for each in told]}


def problem_lines(found: Iterable[Found]) -> list[str]:
    """Each problem as an editor takes it: `order.yaml:3:5: error key-unknown: …`, its hint below it."""
    lines: list[str] = []
    for each in found:
        told = each.problem
        place = f":{told.line}:{told.column}" if told.line else ""
        where = f" ({told.pointer})" if not told.line and told.pointer else ""
        lines.append(f"{each.source}{place}: {told.severity} {told.code}: {told.message}{where}")
        if told.hint:
            lines.append(f"    {told.hint}")
    return lines


def summary(found: Sequence[Found]) -> str:
    """How many there are, as in `2 errors, 1 warning`."""
    errors = sum(1 for each in found if each.problem.severity == "error")
    warnings = len(found) - errors
    parts = [_counted(errors, "error")] if errors else []
    parts += [_counted(warnings, "warning")] if warnings else []
    return f"{', '.join(parts)}." if parts else "Nothing is wrong."


def say_found(out: Output, found: Sequence[Found]) -> None:
    """Tell people, where the output is for something else."""
    for line in problem_lines(found):
        out.say(line)
    if found:
        out.say(summary(found))


def _problem(found: Found, main: str) -> dict[str, Any]:
    document = found.problem.as_json()
    if found.source != main:
        document["message"] = _placed(found.source, found.problem.message)
    return document


def _placed(place: str, message: str) -> str:
    return f"{place}: {message}" if place else message


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
