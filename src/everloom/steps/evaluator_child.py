"""The process in which costly expressions are evaluated: read, evaluate, answer, until nobody asks.

Started as a file by `everloom.steps.evaluator`, so it imports nothing of ours: it is there in a
moment, has nothing to lose, and may be killed at any time. It limits itself before it reads the
first expression, and asks the system for its own end in case nobody is left to kill it.
"""

import json
import os
import resource
import signal
import struct
import sys
from functools import lru_cache
from typing import Any

import jq

REQUEST = struct.Struct(">II")
"""Bytes of the program, and of its input as JSON."""

ANSWER = struct.Struct(">cI")
"""What it is, and its bytes."""

READY, VALUE, NOTHING, REFUSED = b"r", b"v", b"n", b"e"
_CHANNEL = 0
_LATER = 1.0
"""Seconds that the parent has to do it itself."""


def main() -> None:
    """Serve the process that holds the other end of standard input.

    Takes two arguments: seconds for an evaluation, and bytes that it may take.
    """
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    _limit(memory)
    _answer(READY, b"")
    while (asked := _read(REQUEST.size)) is not None:
        program, document = (_read(size) for size in REQUEST.unpack(asked))
        if program is None or document is None:
            return
        # The parent kills what takes too long. Where it is gone, the system does.
        signal.setitimer(signal.ITIMER_REAL, seconds + _LATER)
        kind, said = _evaluated(program.decode(), document.decode())
        signal.setitimer(signal.ITIMER_REAL, 0)
        _answer(kind, said)


def _limit(memory: int) -> None:
    for kind in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(kind, (0, 0))
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - no more imports
            memory += int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


@lru_cache(maxsize=256)
def _compiled(program: str) -> Any:
    return jq.compile(program)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - jq has no stubs


def _evaluated(program: str, document: str) -> tuple[bytes, bytes]:
    try:
        for value in _compiled(program).input_text(document):
            return VALUE, json.dumps(value, separators=(",", ":")).encode()
    except ValueError as error:
        return REFUSED, str(error).encode()
    except RecursionError:
        # Deeper than anything may nest: the parent says so, of any value that does.
        return VALUE, b"[" * 300 + b"]" * 300
    return NOTHING, b""


def _read(size: int) -> bytes | None:
    """So many bytes, or None when the other side is gone."""
    parts: list[bytes] = []
    while size:
        part = os.read(_CHANNEL, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _answer(kind: bytes, said: bytes) -> None:
    left = memoryview(ANSWER.pack(kind, len(said)) + said)
    while left:
        left = left[os.write(_CHANNEL, left) :]


if __name__ == "__main__":
    main()
