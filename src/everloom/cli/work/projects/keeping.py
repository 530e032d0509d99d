"""Create, change and delete projects."""

from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.cli.work.confirming import confirmed
from everloom.cli.work.platform import on_platform
from everloom.control.projects import (
    Platform,
    create_project,
    delete_project,
    read_project,
    update_project,
)
from everloom.store import Limits, Project

from .documents import full_name, project_document
from .wanted import ProjectOptionInvalid, Wanted

__all__ = ["Wanted", "change", "create", "delete"]


def create(name: str, wanted: Wanted, *, as_json: bool) -> None:
    """Create a project."""
    out = Output(as_json=as_json)
    options = wanted.changes(Limits(), None)
    made = on_platform(
        lambda p, by: create_project(p, name, by=by, **options),
        temporal=False,
    )
    if as_json:
        out.document(project_document(made))
        return
    out.line(full_name(made))
    out.say(f"Its runs wait on the queue {made.queue}; `everloom projects start` serves them.")


def change(name: str, wanted: Wanted, *, as_json: bool) -> None:
    """Change what was named."""
    out = Output(as_json=as_json)

    async def act(p: Platform, by: str) -> Project:
        before = await read_project(p, name)
        changes = wanted.changes(before.limits, before.rollback)
        if not changes:
            raise ProjectOptionInvalid(
                f"Nothing was said that should change about `{full_name(before)}`.",
                hint="`everloom projects set --help` shows what can be.",
            )
        return await update_project(p, name, by=by, **changes)

    made = on_platform(act, temporal=False)
    if as_json:
        out.document(project_document(made))
    else:
        out.say(f"Changed {full_name(made)}.")


def delete(name: str, *, force: bool, yes: bool, as_json: bool) -> int:
    """Ask, and delete a project."""
    out = Output(as_json=as_json)

    async def act(p: Platform, by: str) -> tuple[str, int] | None:
        called = full_name(await read_project(p, name))
        if not confirmed(out, f"Delete {called} and all its versions?", yes=yes):
            return None
        return called, await delete_project(p, name, by=by, force=force)

    done = on_platform(act, temporal=True)
    if done is None:
        return FAILED
    called, left = done
    if as_json:
        out.document({"project": called, "deleted": True, "open_runs": left})
        return OK
    open_runs = f" {left} of its runs stay open; nobody serves them." if left else ""
    out.say(f"Deleted {called}.{open_runs}")
    return OK
