"""How a run failed, for assertions: the code that was expected, or the whole chain of causes."""

from collections.abc import Generator
from contextlib import contextmanager

from temporalio.client import WorkflowFailureError
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    TerminatedError,
    TimeoutError,  # noqa: A004 - the SDK's name for a run out of time
)

from everloom.temporal import RunFailed

_ONLY_WHERE = (ActivityError, ChildWorkflowError)
"""Failures that say where it happened, and leave to their cause what."""

_ENDINGS: dict[type[BaseException], str] = {
    CancelledError: "cancelled",
    TerminatedError: "terminated",
    TimeoutError: "timed-out",
}


class Failed:
    """How the run failed; filled when the block has ended."""

    def __init__(self) -> None:
        self.error: BaseException = AssertionError("The block has not ended.")
        """What was raised: `RunFailed`, or the SDK's `WorkflowFailureError`."""

    @property
    def codes(self) -> list[str]:
        """The failure types of the chain, outermost first."""
        chain = _chain(self.error)
        return [each.type for each in chain if isinstance(each, ApplicationError) and each.type]

    @property
    def causes(self) -> str:
        """The chain of causes, a line each."""
        return causes_of(self.error)


@contextmanager
def run_fails(code: str) -> Generator[Failed]:
    """Expect that the run awaited in the block fails with this code.

    Args:
        code: The failure type the run ended with: an error's `code`, or `cancelled`, `terminated`,
            `timed-out`.

    Raises:
        AssertionError: It ended well, or failed otherwise; the chain of causes is told.
    """
    failed = Failed()
    try:
        yield failed
    except (RunFailed, WorkflowFailureError) as error:
        failed.error = error
        found = _code_of(error)
        if found != code:
            raise AssertionError(
                f"The run failed with `{found}`, not with `{code}`:\n{causes_of(error)}"
            ) from error
    else:
        raise AssertionError(f"The run was to fail with `{code}`, and ended well.")


def causes_of(error: BaseException) -> str:
    """A failure and its causes, outermost first, a line each."""
    lines: list[str] = []
    for depth, each in enumerate(_chain(error)):
        kind = (
            each.type if isinstance(each, ApplicationError) and each.type else type(each).__name__
        )
        said = each.message if isinstance(each, FailureError) else str(each)
        lines.append(f"{'  ' * depth}{'because ' if depth else ''}{kind}: {said}")
    return "\n".join(lines)


def _code_of(error: BaseException) -> str:
    """The type of the first failure of the chain that has one; else how the run ended."""
    if isinstance(error, RunFailed) and error.status != "failed":
        return error.status
    for each in _chain(error):
        if isinstance(each, ApplicationError):
            return each.type or ""
        if not isinstance(each, (RunFailed, *_ONLY_WHERE)):
            return _ENDINGS.get(type(each), type(each).__name__)
    return ""


def _chain(error: BaseException | None) -> Generator[BaseException]:
    while error is not None:
        if not isinstance(error, WorkflowFailureError):  # it says nothing but that there is a cause
            yield error
        error = error.__cause__
