"""How a run ended, in the words of the standard."""

from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    FailureError,
    TerminatedError,
)
from temporalio.exceptions import TimeoutError as TemporalTimeout

from everloom.control.definitions.outcomes import ended_by
from everloom.flow import standard_fault
from everloom.temporal import RunFailed

RUNTIME = "https://open-workflow-specification.org/spec/1.0.0/errors/runtime"


def failed(cause: FailureError, status: str = "failed") -> RunFailed:
    """A run that ended so, as the way to Temporal tells it."""
    error = RunFailed("The run 'x' ended.", status=status, reason=cause.message)
    error.__cause__ = WorkflowFailureError(cause=cause)
    return error


def test_a_fault_keeps_what_it_says() -> None:
    """All five fields; what it does not say is null."""
    fault = standard_fault("communication", title="Not found", status=404).at("/do/0/get")

    status, error = ended_by(failed(fault))

    assert status == "faulted"
    assert error == {
        "type": "https://open-workflow-specification.org/spec/1.0.0/errors/communication",
        "status": 404,
        "title": "Not found",
        "detail": None,
        "instance": "/do/0/get",
    }


@pytest.mark.parametrize(
    ("cause", "status", "wanted", "words"),
    [
        pytest.param(
            ApplicationError("no money", type="door-closed"),
            "failed", "faulted", ("door-closed", "no money"), id="application",
        ),
        pytest.param(
            CancelledError("changed my mind"),
            "cancelled", "cancelled", ("Cancelled", "changed my mind"), id="cancelled",
        ),
        pytest.param(
            TerminatedError("enough"),
            "terminated", "cancelled", ("Terminated", "from outside: enough"), id="terminated",
        ),
    ],
)  # fmt: skip
def test_other_ends_are_told(
    cause: FailureError, status: str, wanted: str, words: tuple[str, str]
) -> None:
    """Of type runtime, with the reason."""
    found, error = ended_by(failed(cause, status))

    assert (found, error["type"], error["status"]) == (wanted, RUNTIME, 500)
    assert error["title"] == words[0]
    assert words[1] in str(error["detail"])


def test_a_limit_of_temporal_is_a_time_out() -> None:
    """As the end of the time that was typed is."""
    cause: Any = TemporalTimeout("over", type=None, last_heartbeat_details=())

    status, error = ended_by(failed(cause, "timed-out"))

    assert (status, error["status"]) == ("timed-out", 408)
