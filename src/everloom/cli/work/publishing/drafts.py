"""Save drafts, list definitions, print one."""

from everloom.cli.exits import OK, USAGE
from everloom.cli.output import Output
from everloom.cli.work.definitions.reports import refusal, say_found
from everloom.cli.work.platform import on_platform
from everloom.cli.work.projects.showing import definition_document, show_definitions
from everloom.control.definitions import DefinitionRefused, read_source
from everloom.control.projects import Platform, ProjectDetails, read_details
from everloom.control.publishing import read_draft, read_version
from everloom.store import CompiledCode, Definition

from .saving import named_text, save_text


def save(file: str, project: str, *, revision: int | None, as_json: bool) -> int:
    """Save a file as a draft."""
    out = Output(as_json=as_json)
    try:
        text = named_text(read_source(file))
    except DefinitionRefused as error:
        return tell_refusal(out, error, "Nothing was saved.")
    saved = on_platform(
        lambda p, by: save_text(p, project, text, by=by, revision=revision), temporal=False
    )
    if as_json:
        out.document(draft_document(saved))
        return OK
    out.line(str(saved.revision))
    out.say(f"Saved {saved.full_name} as revision {saved.revision}.")
    return OK


def tell_refusal(out: Output, error: DefinitionRefused, done: str) -> int:
    """Tell what is wrong with a definition, and what was not done for it."""
    say_found(out, error.found)
    out.say(done)
    if out.as_json:
        out.document(refusal(error.found, error.main))
    return USAGE


def list_all(project: str, *, as_json: bool) -> None:
    """List the definitions of a project."""
    out = Output(as_json=as_json)

    async def read(p: Platform, _: str) -> ProjectDetails:
        return await read_details(p, project)

    found = on_platform(read, temporal=False).definitions
    if as_json:
        out.document({"definitions": [definition_document(each) for each in found]})
        return
    if not found:
        out.say("There are no definitions. `everloom definitions publish FILE` makes the first.")
        return
    show_definitions(out, found)


def show(name: str, version: str | None, project: str, *, python: bool, as_json: bool) -> None:
    """Print the draft, or a version."""
    out = Output(as_json=as_json)
    if version is None and not python:
        draft = on_platform(lambda p, _: read_draft(p, project, name), temporal=False)
        if as_json:
            out.document({**draft_document(draft), "text": draft.draft})
        else:
            out.line(draft.draft.removesuffix("\n"))
            out.say(f"Revision {draft.revision}, saved by {draft.draft_by}.")
        return
    code = on_platform(lambda p, _: read_version(p, project, name, version), temporal=False)
    if as_json:
        out.document({**version_document(code), "text": code.definition, "source": code.source})
    else:
        out.line((code.source if python else code.definition).removesuffix("\n"))


def draft_document(saved: Definition) -> dict[str, object]:
    """A draft, for programs."""
    return {
        "name": saved.full_name,
        "revision": saved.revision,
        "draft_by": saved.draft_by,
        "draft_at": saved.draft_at,
    }


def version_document(code: CompiledCode) -> dict[str, object]:
    """A version, for programs."""
    return {
        "name": code.type_name.partition("@")[0],
        "version": code.version,
        "type": code.type_name,
        "active": code.active,
        "author": code.author,
        "note": code.note,
        "created_at": code.created_at,
        "activated_at": code.activated_at,
        "retired_at": code.retired_at,
        "sha256": code.sha256,
        "compiler": code.compiler,
        "activities": code.activities,
    }
