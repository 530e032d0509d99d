"""Publish, activate, go back, list, compare and delete versions."""

from dataclasses import dataclass
from pathlib import Path

from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.cli.work.confirming import confirmed
from everloom.cli.work.moments import moment
from everloom.cli.work.platform import on_platform
from everloom.control import publishing
from everloom.control.definitions import DefinitionRefused, read_source
from everloom.control.projects import Platform
from everloom.control.publishing import Activated, VersionState
from everloom.store import CompiledCode

from .drafts import tell_refusal, version_document
from .saving import check_before_saving, named_text, save_text

_FILES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, kw_only=True)
class Publish:
    """What was typed."""

    what: str
    project: str
    note: str
    as_version: str | None
    activate: bool
    revision: int | None
    as_json: bool


def publish(call: Publish) -> int:
    """Publish a file, or the draft of a definition."""
    out = Output(as_json=call.as_json)
    try:
        text = named_text(read_source(call.what)) if _is_file(call.what) else None
        code = on_platform(lambda p, by: _publish(p, call, text, by), temporal=call.activate)
    except DefinitionRefused as error:
        return tell_refusal(out, error, "Nothing was published.")
    if call.as_json:
        out.document(version_document(code))
        return OK
    out.line(code.type_name)
    out.say("New runs begin on it." if code.active else "It is published; no run begins on it yet.")
    return OK


def activate(name: str, version: str, project: str, *, force: bool, as_json: bool) -> None:
    """Let new runs begin on a version."""
    done = on_platform(
        lambda p, by: publishing.activate(p, project, name, version, by=by, force=force),
        temporal=True,
    )
    _say_activated(done, as_json=as_json)


def go_back(name: str, project: str, *, to: str | None, as_json: bool) -> None:
    """Let new runs begin on an older version again."""
    done = on_platform(
        lambda p, by: publishing.roll_back(p, project, name, to=to, by=by), temporal=True
    )
    _say_activated(done, as_json=as_json)


def list_versions(name: str, project: str, *, as_json: bool) -> None:
    """List the versions of a definition."""
    out = Output(as_json=as_json)
    found = on_platform(lambda p, _: publishing.list_versions(p, project, name), temporal=True)
    if as_json:
        out.document({"versions": [_state_document(each, found) for each in found]})
        return
    if not found:
        out.say(f"Nothing of {name} is published yet.")
        return
    out.table(
        ("Version", "State", "Active since", "Published", "By", "Note"),
        [
            (
                each.code.version,
                ", ".join(part for part in (each.words, *_relations(each, found)) if part),
                moment(each.code.activated_at if each.code.active else None),
                moment(each.code.created_at),
                each.code.author,
                each.code.note,
            )
            for each in found
        ],
        sparse=True,
    )


def diff(name: str, a: str, b: str, project: str, *, python: bool, as_json: bool) -> None:
    """Show what differs between two versions."""
    out = Output(as_json=as_json)
    what = "python" if python else "definition"
    text = on_platform(
        lambda p, _: publishing.diff_versions(p, project, name, a, b, what), temporal=False
    )
    if as_json:
        out.document({"name": name, "a": a, "b": b, "what": what, "diff": text})
    elif text:
        out.line(text.removesuffix("\n"))
    else:
        out.say("They are the same.")


def delete(name: str, version: str | None, project: str, *, yes: bool, as_json: bool) -> int:
    """Ask, and delete a version or a definition."""
    out = Output(as_json=as_json)
    what = name if version is None else f"{name}@{version}"

    async def act(p: Platform, by: str) -> bool:
        await publishing.read_draft(p, project, name)
        if not confirmed(out, f"Delete {what}?", yes=yes):
            return False
        if version is None:
            await publishing.delete_definition(p, project, name, by=by)
        else:
            await publishing.delete_version(p, project, name, version, by=by)
        return True

    if not on_platform(act, temporal=True):
        return FAILED
    out.say(f"Deleted {what}.")
    if as_json:
        out.document({"name": name, "version": version, "deleted": True})
    return OK


async def _publish(p: Platform, call: Publish, text: str | None, by: str) -> CompiledCode:
    name = call.what
    if text is not None:
        await check_before_saving(p, call.project, text)
        saved = await save_text(p, call.project, text, by=by, revision=call.revision)
        name = saved.full_name
    return await publishing.publish(
        p,
        call.project,
        name,
        note=call.note,
        by=by,
        as_version=call.as_version,
        activate=call.activate,
    )


def _is_file(what: str) -> bool:
    return what == "-" or what.endswith(_FILES) or "/" in what or Path(what).is_file()


def _say_activated(done: Activated, *, as_json: bool) -> None:
    out = Output(as_json=as_json)
    code, before = done.version, done.before
    if as_json:
        out.document(
            {
                **version_document(code),
                "before": before.version if before else None,
                "schedule_problem": done.schedule_problem,
                "worker_problem": done.worker_problem,
            }
        )
        return
    out.line(code.type_name)
    stays = f" Open runs of {before.version} stay on it." if before else ""
    out.say(f"New runs begin on {code.version}.{stays}")
    if done.worker_problem:
        out.say(f"The worker was not told: {done.worker_problem} It finds out at the next run.")
    if done.schedule_problem:
        out.say(f"Its schedule does not follow yet: {done.schedule_problem}")


def _state_document(each: VersionState, all_: list[VersionState]) -> dict[str, object]:
    numbers = {other.code.id: other.code.version for other in all_}
    code = each.code
    return {
        **version_document(code),
        "state": each.state,
        "open_runs": each.open_runs,
        "fixes": numbers.get(code.fixes) if code.fixes else None,
        "fixed_by": numbers.get(code.fixed_by) if code.fixed_by else None,
    }


def _relations(each: VersionState, all_: list[VersionState]) -> tuple[str, ...]:
    told = _state_document(each, all_)
    fixes, fixed_by = told["fixes"], told["fixed_by"]
    return (
        *([f"fixes {fixes}"] if fixes else []),
        *([f"goes on as {fixed_by}"] if fixed_by else []),
    )
