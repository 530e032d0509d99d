"""However the tasks of a list lead to each other, Python takes what the list compiles to."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from everloom.language import check_definition, compile_definition

Task = Mapping[str, Any]


def to_the_end(number: int, tasks: int) -> Task:
    """Half of the tasks may skip all that follow."""
    return _forked(number, f"task{tasks - 1}") if number % 2 == 0 else _step(number)


def to_the_start(number: int, _: int) -> Task:
    """Half of the tasks may begin anew."""
    return _forked(number, "task0") if number % 2 else _step(number)


def into_each_other(number: int, tasks: int) -> Task:
    """Loops that hold loops: the last task may lead to the first, the one before to the second."""
    if number < tasks // 2:
        return _step(number)
    return _forked(number, f"task{tasks - 1 - number}")


def anywhere(number: int, tasks: int) -> Task:
    """Every task may lead far away."""
    return _forked(number, f"task{number * 7 % tasks}")


@pytest.mark.parametrize("tasks", [3, 20, 50, 400])
@pytest.mark.parametrize("shape", [to_the_end, to_the_start, into_each_other, anywhere])
def test_any_list_compiles(shape: Callable[[int, int], Task], tasks: int) -> None:
    """Long lists with many jumps become Python, in conditions and loops or without."""
    document = {"dsl": "1.0.3", "namespace": "tests", "name": "jumps", "version": "1.0.0"}
    do = [{f"task{number}": shape(number, tasks)} for number in range(tasks)]
    checked = check_definition({"document": document, "do": do})
    assert checked.definition is not None, checked.problems

    source = compile_definition(checked.definition).source

    compile(source, "jumps", "exec")


def _step(number: int) -> Task:
    return {"set": {"at": number}}


def _forked(number: int, then: str) -> Task:
    cases = {"away": {"when": f".at > {number}", "then": then}, "on": {"then": "continue"}}
    return {"switch": [{name: case} for name, case in cases.items()]}
