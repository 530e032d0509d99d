"""What a run is doing right now, shown in Temporal's web interface without extra code.

The text costs no history: Temporal asks the worker for it when somebody looks.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pydantic import BaseModel
from temporalio import workflow

_KEY = "_everloom_activity_of_run"


@dataclass
class Doings:
    """Calls under way and done, and the state the workflow showed last."""

    running: Counter[str] = field(default_factory=Counter[str])
    done: Counter[str] = field(default_factory=Counter[str])
    failed: Counter[str] = field(default_factory=Counter[str])
    state: object = None

    def text(self) -> str:
        """As Markdown."""
        lines: list[str] = []
        if self.state is not None:
            lines += [*_state_lines(self.state), ""]
        lines += [f"Running: {_counted(self.running)}"] if +self.running else []
        lines += [f"Done: {_counted(self.done)}"] if self.done else []
        lines += [f"Failed: {_counted(self.failed)}"] if self.failed else []
        return "\n".join(lines).strip()


def doings_of(instance: object) -> Doings:
    """What the workflow object has been doing; kept on the object, so it dies with the run."""
    return vars(instance).setdefault(_KEY, Doings())


def show(doings: Doings) -> None:
    """Hand the text to the SDK, which serves it on request."""
    workflow.set_current_details(doings.text())


@contextmanager
def track(name: str) -> Generator[None]:
    """Count a call of `name` as running, then as done or failed."""
    doings = doings_of(workflow.instance())
    doings.running[name] += 1
    show(doings)
    try:
        yield
    except BaseException:
        doings.failed[name] += 1
        raise
    else:
        doings.done[name] += 1
    finally:
        doings.running[name] -= 1
        show(doings)


def _counted(names: Counter[str]) -> str:
    return ", ".join(
        f"`{name}`" + (f" x {count}" if count > 1 else "") for name, count in (+names).items()
    )


def _state_lines(state: object) -> list[str]:
    if not isinstance(state, BaseModel):
        return [str(state)]
    shown = state.model_dump(mode="json")
    return [
        "| | |",
        "|---|---|",
        *(f"| {name} | {_in_cell(value)} |" for name, value in shown.items()),
    ]


def _in_cell(value: object) -> str:
    """A bar or a new line would end the cell."""
    return " ".join(str(value).replace("|", "\\|").splitlines())
