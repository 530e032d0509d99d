"""Publish a version as a fix of an older one: what runs goes on with the fixed code, if it replays."""

from dataclasses import dataclass

from everloom.control.projects import Platform, find_project
from everloom.store import CompiledCode, Project

from .chains import Chain, chain_of
from .errors import FixInvalid, FixReplaysNothing
from .finding import find_definition, find_version
from .gate import GateReport, check_again, link_fix
from .names import name_in
from .publishing import Draft, code_of, prepare_version, store_version
from .replaying import CLOSED, GatedRun, Replays, replay_runs


@dataclass(frozen=True, kw_only=True)
class _Fix:
    project: Project
    code: CompiledCode
    draft: Draft | None
    """What is to be published first; None when the version is there."""

    chain: Chain


async def publish_fix(  # noqa: PLR0913, PLR0917 - two versions of one thing, and how
    p: Platform,
    project: str,
    full_name: str,
    version: str,
    of: str,
    *,
    replays: Replays,
    by: str,
    force: bool = False,
    note: str = "",
) -> GateReport:
    """Let the runs of an older version go on with the code of a newer one.

    Those that do not replay on it stay on the code they have, and are listed. It may be done again at
    any time: then everything is checked anew. A version that was fixed before is fixed once more by
    what is put after its fix.

    Args:
        p: The platform.
        project: The project.
        full_name: The definition.
        version: The fix. When it is not published, the draft is, as this version.
        of: The version that is repaired.
        replays: What replays histories.
        by: Who does it.
        force: Do it though nothing replays.
        note: What is repaired, in the words of who does it.

    Raises:
        ProjectMissing, DefinitionMissing, VersionMissing: There is no such thing.
        DefinitionRefused, DefinitionRenamed, DefinitionTooLarge: The draft cannot be published.
        FixInvalid: It is no newer version, or the other goes on with its code.
        FixReplaysNothing: No run can go on with it.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    fix = await _find(p, project, full_name, version=version, of=of)
    types = fix.chain.types
    runs = await replay_runs(p, fix.project, fix.code, types, replays=replays, closed=CLOSED)
    hopeless = _is_hopeless(runs)
    if hopeless and not force:
        raise _refusal(fix, runs)
    async with p.store.begin() as tx:
        code = fix.code
        if fix.draft is not None:
            end = fix.chain.end.id
            code = await store_version(tx, fix.draft, by=by, remark=note, fixes=end)
        await link_fix(tx, fix.chain, code, runs, by=by, forced=hopeless)
    report = GateReport(
        fix=code.type_name, of=types, runs=tuple(runs), is_done=True, forced=hopeless
    )
    return await check_again(p, fix.project, fix.chain, code, report=report, replays=replays)


async def _find(p: Platform, project: str, full_name: str, *, version: str, of: str) -> _Fix:
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        older = await find_version(tx, kept_in, full_name, _version_of(full_name, of))
        there = await tx.versions.get(kept_in.id, full_name, version)
        definition = await find_definition(tx, kept_in, full_name)
        versions = await tx.versions.list_versions(definition.id, whole=False)
    chain = chain_of(versions, older, None if there is None else there.id)
    if there is not None:
        _check_newer(there, older)
        return _Fix(project=kept_in, code=there, draft=None, chain=chain)
    rewritten = None if name_in(definition.draft).version == version else version
    draft = await prepare_version(p, project, full_name, as_version=rewritten)
    code = code_of(draft, by="", remark="")
    return _Fix(project=kept_in, code=code, draft=draft, chain=chain)


def _version_of(full_name: str, of: str) -> str:
    """The version in `1.0.0` or `shop.order@1.0.0`.

    Raises:
        FixInvalid: It is of another definition.
    """
    name, _, version = of.rpartition("@")
    if name and name != full_name:
        raise FixInvalid(
            f"A version of `{full_name}` cannot be a fix of `{of}`: that is another definition.",
            hint="Name a version of the same definition.",
        )
    return version


def _check_newer(fix: CompiledCode, older: CompiledCode) -> None:
    if fix.id == older.id or fix.created_at < older.created_at:
        raise FixInvalid(
            f"{fix.version} cannot be a fix of {older.version}: it is not newer.",
            hint="Publish what is repaired as a version of its own.",
        )
    if fix.fixed_by is not None:
        raise FixInvalid(
            f"{fix.version} cannot be a fix: its own runs go on with the code of another version.",
            hint="Name the version that it was fixed by.",
        )


def _is_hopeless(runs: list[GatedRun]) -> bool:
    """Whether closed runs say that the code goes another way, and nothing says otherwise."""
    closed = [each for each in runs if not each.is_open]
    opened = [each for each in runs if each.is_open]
    asked = opened or closed
    breaks = any(each.misfit is not None for each in closed)
    return breaks and not any(each.misfit is None for each in asked)


def _refusal(fix: _Fix, runs: list[GatedRun]) -> FixReplaysNothing:
    first = next(each for each in runs if each.misfit is not None)
    return FixReplaysNothing(
        f"None of the {len(runs)} runs that were replayed can go on with `{fix.code.type_name}`;"
        f" {first.sentence}.",
        hint="Activate it for new runs, and let those that are under way end. `--force` publishes it"
        " as a fix all the same: open runs stay on their old code.",
    )
