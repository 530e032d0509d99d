"""Ask a person before something is changed; refuse where there is nobody to ask."""

import sys

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
    if typer.confirm(question, err=True):
        return True
    out.say("Nothing was changed.")
    return False
