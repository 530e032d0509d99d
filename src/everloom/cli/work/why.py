"""Say why a run does not go on."""

from collections.abc import Iterator
from pathlib import Path

from everloom.catalog import discover
from everloom.cli.output import Output
from everloom.control import Why, explain_wait, parse_reference

from .session import in_session


def show_why(id: str, *, as_json: bool) -> None:
    """Answer in one sentence, with what it was concluded from."""
    meant = parse_reference(id)
    why = in_session(
        lambda now: explain_wait(
            now.temporal,
            meant.workflow_id,
            meant.run_id,
            catalog=lambda: discover(now.settings),
        )
    )
    tell_why(why, as_json=as_json)


def tell_why(why: Why, *, as_json: bool) -> None:
    """Write the answer."""
    out = Output(as_json=as_json)
    if as_json:
        out.document(why)
        return
    for line in why_lines(why):
        out.line(line)
    if why.hint:
        out.say(_near(why.hint))


def why_lines(why: Why) -> Iterator[str]:
    """The sentence, what speaks for it, and what else it waits for."""
    yield _near(why.sentence)
    for each in why.evidence:
        yield f"  - {_near(each)}"
    if why.also:
        yield "Besides:"
        for each in why.also:
            yield f"  - {_near(each)}"


def _near(text: str) -> str:
    """Files of this folder by their short names: so they can be opened from here."""
    return text.replace(f"{Path.cwd()}/", "")
