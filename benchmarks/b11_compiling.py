"""B11: how long does it take to check and to compile a definition?"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from statistics import fmean
from typing import NamedTuple

import yaml

from everloom.language import check_definition, compile_definition

from .harness import Benchmark, Figure, Options, Reach, Result, take_turns
from .long_definitions import long_definition

SIZES = (10, 100, 1_000)
EACH = 5
"""Definitions of each size in a round."""

QUICK = Reach("measured", "<=", 100)
LINEAR = Reach("ratio", "<=", 1.3)


class Taken(NamedTuple):
    """Milliseconds that one definition took, of the processor: nothing here waits for anything."""

    checked: float
    compiled: float

    @property
    def both(self) -> float:
        """From the text to Python."""
        return self.checked + self.compiled


STAGES: Mapping[str, Callable[[Taken], float]] = {
    "checked": lambda taken: taken.checked,
    "compiled": lambda taken: taken.compiled,
    "both": lambda taken: taken.both,
}


async def measure(options: Options) -> Result:
    """Check and compile definitions of each size, in turns."""
    marks = count(1_000)
    sides = [partial(_once, size, marks) for size in SIZES]
    await take_turns(1, *sides)  # the first one loads the compiler
    turns = await take_turns(options.rounds * EACH, *sides)
    figures = [
        figure for size, taken in zip(SIZES, turns, strict=True) for figure in _of_size(size, taken)
    ]
    return Result(
        (*figures, *_growth(dict(zip(SIZES, turns, strict=True)))),
        (
            (
                f"Processor time, medians of {options.rounds * EACH} definitions of each size; nothing "
                "of one is known from another."
            ),
            (
                "The last three: a task among a thousand beside a task among a hundred, on average, "
                "since the garbage collector comes with every tenth short definition only."
            ),
        ),
    )


async def _once(size: int, marks: "count[int]") -> Taken:
    """A definition that nobody has seen before."""
    text = yaml.safe_dump(long_definition(size, mark=next(marks)), sort_keys=False)
    began = time.process_time()
    checked = check_definition(text)
    between = time.process_time()
    if checked.definition is None:
        raise RuntimeError(checked.problems)
    compile_definition(checked.definition)
    return Taken((between - began) * 1000, (time.process_time() - between) * 1000)


def _of_size(size: int, taken: Sequence[Taken]) -> list[Figure]:
    return [
        Figure.of(
            f"{size:,} tasks, {stage}",
            [part(each) for each in taken],
            reach=QUICK if size == 100 and stage != "checked" else None,
        )
        for stage, part in STAGES.items()
    ]


def _growth(turns: Mapping[int, Sequence[Taken]]) -> list[Figure]:
    def share(size: int, part: Callable[[Taken], float]) -> float:
        return fmean(part(each) for each in turns[size]) / size

    return [
        Figure(f"a task, {stage}", share(1_000, part), share(100, part), reach=LINEAR)
        for stage, part in STAGES.items()
    ]


BENCHMARK = Benchmark(
    "B11",
    question="Checking and compiling a definition of 10, 100 and 1,000 tasks",
    against="a task of a shorter definition",
    run=measure,
)
