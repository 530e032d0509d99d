"""What a benchmark is, and what comes out of it."""

import operator
import platform
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any, Literal, TypeVar

import psutil

SampleT = TypeVar("SampleT")


@dataclass(frozen=True)
class Options:
    """How a benchmark is run."""

    rounds: int = 5
    """Turns that each of the two sides gets."""

    big: bool = False
    """Run the expensive variant, where there is one."""


@dataclass(frozen=True)
class Reach:
    """What a figure should come to."""

    of: Literal["ratio", "measured"]
    """The ratio to what it is compared with, or the measured value itself."""

    sign: Literal["<=", ">="]
    limit: float

    def is_met(self, figure: "Figure") -> bool:
        """Whether a figure comes to it."""
        value = figure.ratio if self.of == "ratio" else figure.measured
        compare = operator.le if self.sign == "<=" else operator.ge
        return value is not None and compare(value, self.limit)

    def sentence(self) -> str:
        """As it stands in tables and results."""
        return f"{self.of} {self.sign} {self.limit:g}"


@dataclass(frozen=True)
class Figure:
    """One number, and the number it is compared with."""

    name: str
    measured: float
    against: float | None = None
    unit: str = "ms"
    reach: Reach | None = None

    @property
    def ratio(self) -> float | None:
        """Measured over compared; None when there is nothing to compare with."""
        return self.measured / self.against if self.against else None

    @property
    def met(self) -> bool | None:
        """Whether the reach was met; None when there is none."""
        return None if self.reach is None else self.reach.is_met(self)

    @classmethod
    def of(
        cls,
        name: str,
        measured: list[float],
        against: list[float] | None = None,
        *,
        unit: str = "ms",
        reach: Reach | None = None,
    ) -> "Figure":
        """The figure of two series of samples: their medians."""
        compared = median(against) if against else None
        return cls(name, median(measured), compared, unit, reach)


@dataclass(frozen=True)
class Result:
    """What came out of one benchmark."""

    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()
    """What a reader must know to judge the figures."""

    @property
    def met(self) -> bool:
        """Whether every reach was met."""
        return all(figure.met is not False for figure in self.figures)


Measure = Callable[[Options], Coroutine[Any, Any, Result]]


@dataclass(frozen=True)
class Benchmark:
    """One question."""

    id: str
    question: str = field(kw_only=True)
    against: str = field(kw_only=True)
    """What it is compared with."""
    run: Measure = field(kw_only=True)

    def document(self, result: Result) -> dict[str, Any]:
        """The result as it is kept, without anything that names a machine or a person."""
        figures = result.figures
        return {
            "id": self.id,
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "question": self.question,
            "compared_with": self.against,
            "measured": {each.name: _shown(each.measured, each.unit) for each in figures},
            "against": {
                each.name: _shown(each.against, each.unit)
                for each in figures
                if each.against is not None
            },
            "ratio": {each.name: _rounded(each.ratio) for each in figures if each.ratio},
            "reach": {each.name: each.reach.sentence() for each in figures if each.reach},
            "met": result.met,
            "notes": list(result.notes),
        }


def machine() -> dict[str, Any]:
    """What the figures depend on, and nothing that names the machine."""
    return {
        "cpus": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "system": platform.system(),
    }


async def alternate(
    rounds: int,
    measured: Callable[[], Awaitable[SampleT]],
    against: Callable[[], Awaitable[SampleT]],
) -> tuple[list[SampleT], list[SampleT]]:
    """Run two things in turns, so that what disturbs the machine disturbs both."""
    samples = await take_turns(rounds, measured, against)
    return samples[0], samples[1]


async def take_turns(rounds: int, *sides: Callable[[], Awaitable[SampleT]]) -> list[list[SampleT]]:
    """Run some things in turns; the samples of each.

    The order turns round with every round: whoever is later finds warmer caches.
    """
    samples: list[list[SampleT]] = [[] for _ in sides]
    for turn in range(rounds):
        for place in list(range(len(sides)))[:: 1 if turn % 2 == 0 else -1]:
            samples[place].append(await sides[place]())
    return samples


def _shown(value: float, unit: str) -> str:
    return f"{_rounded(value):g} {unit}"


def _rounded(value: float | None) -> float:
    """Three digits: more would pretend to a precision that no second run confirms."""
    return float(f"{value or 0:.3g}")
