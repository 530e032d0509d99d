"""The processes in which costly expressions are evaluated."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import psutil
import pytest
from tests.waiting import eventually

from everloom.flow.expressions import (
    ExpressionFailed,
    ExpressionOverBudget,
    evaluate,
    use_evaluator,
)
from everloom.steps.evaluator import ProcessEvaluator

LIMIT = timedelta(seconds=0.4)
HOG = "[range(.)] | length"
MANY = 10**9


@pytest.fixture
def evaluator() -> Iterator[ProcessEvaluator]:
    """An evaluator with one process and tight limits, installed."""
    with ProcessEvaluator(LIMIT, 64 * 1024 * 1024, processes=1) as evaluator:
        use_evaluator(evaluator)
        yield evaluator
        use_evaluator(None)


def children() -> list[psutil.Process]:
    return [
        each
        for each in psutil.Process().children()
        if any("evaluator_child" in part for part in each.cmdline())
    ]


@pytest.mark.parametrize(
    ("text", "input", "value"),
    [
        pytest.param("[range(.)]", 3, [0, 1, 2], id="value"),
        pytest.param("[foreach .[] as $x (0; . + $x)]", [1, 2], [1, 3], id="fold"),
        pytest.param('gsub("(?<a>é)"; "<\\(.a)>")', "aéb", "a<é>b", id="pattern"),
        pytest.param("reduce .[] as $x (0; . + $x.price * $x.n)", [{"price": 2.5, "n": 2}], 5, id="sum"),
        pytest.param("[.[] as $x | $y[] as $y | $x * $y]", [1, 2], [3, 6], id="variables"),
    ],
)  # fmt: skip
def test_the_value_is_the_same_as_in_place(
    evaluator: ProcessEvaluator, text: str, input: object, value: object
) -> None:
    """Where an expression is evaluated makes no difference to its value."""
    there = evaluate(text, input, {"y": [3]})
    use_evaluator(None)

    assert there == evaluate(text, input, {"y": [3]}) == value


@pytest.mark.parametrize(
    ("text", "input", "said"),
    [
        pytest.param('range(.) | error("x")', 3, "x", id="error"),
        pytest.param("range(.) | empty", 3, "has no value", id="no value"),
        pytest.param("[range(.)]", "a", "Range bounds must be numeric", id="wrong kind"),
        pytest.param("reduce range(.) as $i (null; [.])", 300, "deeper than 200", id="deep"),
        pytest.param("reduce range(.) as $i (null; [.])", 5000, "deeper than 200", id="deeper"),
    ],
)
def test_a_failure_is_the_same_as_in_place(
    evaluator: ProcessEvaluator, text: str, input: object, said: str
) -> None:
    """What jq says against an expression is a failure there as here, in the same words."""
    with pytest.raises(ExpressionFailed, match=said) as there:
        evaluate(text, input, {})
    use_evaluator(None)
    with pytest.raises(ExpressionFailed) as here:
        evaluate(text, input, {})

    assert there.value.message == here.value.message


@pytest.mark.parametrize(
    ("text", "input"),
    [
        pytest.param(HOG, MANY, id="time"),
        pytest.param('"x" * .', MANY, id="memory at once"),
        pytest.param('reduce range(.) as $i ("x"; . + .)', 60, id="memory by and by"),
        pytest.param(".[.[0]] = 1", [300_000_000], id="memory of a far place"),
        pytest.param("reduce range(.) as $i (null; [.])", 2_000_000, id="depth"),
        pytest.param("[combinations(20)] | length", [[1, 2]] * 20, id="combinations"),
    ],
)
def test_over_its_budget_an_expression_is_stopped(
    evaluator: ProcessEvaluator, text: str, input: object
) -> None:
    """Time, memory and depth end with the process, in time, and the next one serves on."""
    began = monotonic()

    with pytest.raises(ExpressionOverBudget, match=r"was stopped: .*use an activity"):
        evaluate(text, input, {})

    assert monotonic() - began < 2, "Temporal gives a workflow task up after two seconds"
    assert evaluate("[range(.)]", 2, {}) == [0, 1]


def test_a_hog_leaves_the_other_threads_alone(evaluator: ProcessEvaluator) -> None:
    """While an expression computes until it is stopped, other threads go on at once."""
    gaps: list[float] = []
    done = threading.Event()

    def beat() -> None:
        last = monotonic()
        while not done.wait(0.01):
            gaps.append(monotonic() - last)
            last = monotonic()

    other = threading.Thread(target=beat)
    other.start()
    with pytest.raises(ExpressionOverBudget):
        evaluate(HOG, MANY, {})
    done.set()
    other.join()

    assert len(gaps) > 5
    assert max(gaps) < LIMIT.total_seconds() / 2


async def test_a_process_that_is_killed_is_replaced(evaluator: ProcessEvaluator) -> None:
    """Somebody ends the process: one evaluation is lost at most, and the next has a new one."""
    evaluate("[range(.)]", 1, {})
    (process,) = children()
    os.kill(process.pid, signal.SIGKILL)
    await eventually(lambda: process.status() == psutil.STATUS_ZOMBIE)

    with pytest.raises(ExpressionOverBudget):
        evaluate("[range(.)]", 1, {})

    assert evaluate("[range(.)]", 1, {}) == [0]
    assert [each.pid for each in children()] != [process.pid]


def test_a_process_serves_many(evaluator: ProcessEvaluator) -> None:
    """A process is used again, also by several threads."""

    def numbers(n: int) -> object:
        return evaluate("[range(.)]", n, {})

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(numbers, range(50)))

    assert found == [list(range(n)) for n in range(50)]
    assert len(children()) == 1


def test_it_sees_no_environment(evaluator: ProcessEvaluator) -> None:
    """Not even an expression that nobody checked finds anything in the process."""
    (seen,) = evaluator.run("[$ENV, env] | map(keys) | add | unique", "null")

    assert set(seen) <= {"LC_CTYPE"}, "which Python sets for itself"


def test_processes_start_when_they_are_needed_and_end_with_it() -> None:
    """No process before the first costly expression, none after the end."""
    with ProcessEvaluator(LIMIT) as evaluator:
        assert children() == []
        assert evaluator.run(".+1", "1") == [2]
        assert len(children()) == 1

    assert children() == []


def test_it_says_so_when_all_processes_are_busy() -> None:
    """Who waits for a process no longer than for a result is told that none was free."""
    with (
        ProcessEvaluator(timedelta(seconds=1.2), processes=1) as evaluator,
        ThreadPoolExecutor(3) as threads,
    ):
        asked = [threads.submit(evaluator.run, HOG, str(MANY)) for _ in range(3)]
        said = {str(each.exception()) for each in asked}

    assert any("no process was free" in each for each in said)
    assert any("it took longer" in each for each in said)


_LEAVING = """
import os, signal, threading, time, psutil
from datetime import timedelta
from everloom.steps.evaluator import ProcessEvaluator
evaluator = ProcessEvaluator(timedelta(seconds=0.4), processes=1)
evaluator.run(".", "1")
threading.Thread(target=evaluator.run, args=("[range(.)]|length", "1000000000")).start()
(child,) = psutil.Process().children()
while child.cpu_percent(0.05) < 20:
    pass
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_the_process_ends_itself_when_nobody_is_left() -> None:
    """An evaluation whose worker was killed does not go on for ever."""
    pid = _left_behind()

    await eventually(lambda: not _is_running(pid))


def _left_behind() -> int:
    command = [sys.executable, "-c", _LEAVING]
    return int(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
