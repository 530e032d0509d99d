"""Say why a run does not go on."""

from collections.abc import Iterator
from pathlib import Path

from everloom.catalog import discover
from everloom.cli.output import Output
from everloom.control import Why, explain_wait, parse_reference
from everloom.control.projects import Platform, read_project, workflow_id_of

from .platform import on_platform
from .session import in_session


def show_why(id: str, project: str | None, *, as_json: bool) -> None:
    """Answer in one sentence, with what it was concluded from."""
    out = Output(as_json=as_json)
    meant = parse_reference(id)
    if project is None:
        why = in_session(
            lambda now: explain_wait(
                now.temporal,
                meant.workflow_id,
                meant.run_id,
                catalog=lambda: discover(now.settings),
            )
        )
    else:
        why = on_platform(
            lambda p, _: why_run(p, project, meant.workflow_id, meant.run_id), temporal=True
        )
    if as_json:
        out.document(why)
        return
    for line in why_lines(why):
        out.line(line)
    if why.hint:
        out.say(_near(why.hint))


async def why_run(p: Platform, project: str, id: str, run_id: str | None = None) -> Why:
    """Why a run of a project does not go on."""
    found = await read_project(p, project)
    return await explain_wait(p.temporal, workflow_id_of(found.queue, id), run_id)


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
