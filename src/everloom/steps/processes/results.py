"""What does the task of a process output? `return` says it; an exit code that nobody reads faults."""

from everloom.flow import Fault, Json, step_fault
from everloom.steps.veils import Veil

from .collecting import Finished

LONGEST_TAIL = 2000
"""Characters of what a failed program complained that its fault tells."""


def output_of(finished: Finished, returns: str, veil: Veil) -> Json:
    """The output of a process that ran to its end.

    The texts end without their last line breaks, as `$(…)` of a shell has it. With `code` and `all`
    the exit code is what the author asked for; otherwise only 0 is no fault.

    Args:
        finished: What it left.
        returns: The property `return` of `run`.
        veil: Covers secrets that it wrote.

    Raises:
        Fault: It failed, and the author does not look at its exit code himself.
    """
    stdout, stderr = (
        veil.cover(each).rstrip("\r\n") for each in (finished.stdout, finished.stderr)
    )
    if returns == "all":
        return {"code": finished.code, "stdout": stdout, "stderr": stderr}
    if returns == "code":
        return finished.code
    if finished.code != 0:
        raise _failed(finished.code, veil.cover(finished.complaint()))
    match returns:
        case "stdout":
            return stdout
        case "stderr":
            return stderr
        case "none":
            return None
        case _:
            raise step_fault(
                "configuration",
                title="Return not supported",
                detail=f"`return` is stdout, stderr, code, all or none, not {returns!r}.",
            )


def _failed(code: int, complaint: str) -> Fault:
    ended = f"It ended with exit code {code}"
    if code > 128:
        ended += f", by signal {code - 128}"
    if len(complaint) > LONGEST_TAIL:
        complaint = f"…{complaint[-LONGEST_TAIL:]}"
    detail = f"{ended}:\n{complaint}" if complaint else f"{ended} and said nothing about it."
    return step_fault("runtime", title="Process failed", detail=detail)
