"""What a run of a drawn workflow waits at, in the words of its definition. Pure."""

from everloom.control.drawn import name_of

from .facts import Facts


def task_of(facts: Facts, began: str) -> str:
    """The pointer of the task that began something; empty when it is not known.

    Args:
        facts: Of the run.
        began: `activity ID`, `timer ID` or `child ID`.
    """
    return facts.tasks_at.get(began, "")


def task_named(pointer: str) -> str:
    """A task in a sentence: `` `approve` (/do/2/approve) ``."""
    return f"`{name_of(pointer)}` ({pointer})"
