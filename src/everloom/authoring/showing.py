"""Progress of a part of a run, shown at the run's head unless the workflow shows a state itself."""

from pydantic import BaseModel
from temporalio import workflow

from .tracking import doings_of, show


class Progress(BaseModel, frozen=True):
    """How far a part of a run has come."""


def show_progress(progress: Progress) -> None:
    """Make it the run's `state`; a state that the workflow set itself stays."""
    doings = doings_of(workflow.instance())
    if doings.state is None or isinstance(doings.state, Progress):
        doings.state = progress
    show(doings)
