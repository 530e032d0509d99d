"""Ask a person before something is changed; refuse where there is nobody to ask."""

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

import typer

from everloom.cli.output import Output
from everloom.core import Invalid


class ConfirmationMissing(Invalid):
    """A command that changes something was not confirmed, and there is nobody to ask."""

    code = "confirmation-missing"


def confirmed(out: Output, question: str, *, yes: bool) -> bool:
    """Whether to go on.

    Raises:
        ConfirmationMissing: Nobody can be asked, and `--yes` was not given.
    """
    if yes:
        return True
    if out.as_json or not sys.stdin.isatty():
        raise ConfirmationMissing(
            "Nothing was changed: there is nobody to ask.", hint="Confirm it with `--yes`."
        )
    with _interruptible():
        agreed = typer.confirm(question, err=True)
    if not agreed:
        out.say("Nothing was changed.")
    return agreed


@contextmanager
def _interruptible() -> Generator[None]:
    """Let Ctrl-C end the question: asyncio's own handler only notes it, and the read goes on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
