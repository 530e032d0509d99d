"""Prefect, measured from its own process: it reads orders, a JSON object a line, and answers with one.

Runs in the peers' own environment, by path; it knows nothing of Everloom. Prefect's own temporary
server is on SQLite, in the folder that `PREFECT_HOME` names.
"""

import json
import sys
import time
from typing import Any

from prefect import flow, task


@task
def fib(number: int) -> int:
    """The `number`-th Fibonacci number, the slow way."""
    return _fib(number)


def _fib(number: int) -> int:
    return number if number < 2 else _fib(number - 1) + _fib(number - 2)


@flow
def tasks(count: int) -> int:
    """A number of tiny tasks, one after the other."""
    return sum(fib(10) for _ in range(count))


def answer(order: dict[str, Any]) -> list[float]:
    """Do what an order says: runs, one after the other."""
    taken: list[float] = []
    for _ in range(order["runs"]):
        began = time.perf_counter()
        tasks(order["count"])
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def main() -> None:
    """Answer until standard input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
