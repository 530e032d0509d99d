"""The replay gate for a newer compiler: stored versions are compiled again, and their runs replayed.

What the newer compiler makes of a version is kept, when asked, as a version of its own,
`1.0.0+compiler.2`, that is a fix of the stored one. So nothing that was published ever changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from everloom.control.definitions import DefinitionRefused
from everloom.control.projects import EVERLOOM, Platform, find_project
from everloom.language import COMPILER
from everloom.store import CompiledCode, Definition, Project

from .chains import Chain, chain_of
from .checking import RECOMPILED, build, check_text, known_types
from .errors import VersionNotWritable
from .gate import GateReport, check_again, link_fix
from .names import with_version
from .publishing import Draft, code_of, store_version
from .replaying import CLOSED, Replays, replay_runs


@dataclass(frozen=True, kw_only=True)
class VersionsReport:
    """What a newer compiler makes of the versions of a project."""

    unchanged: tuple[str, ...] = ()
    """Workflow types whose text is the same."""

    changed: tuple[GateReport, ...] = ()
    """Those that become another text, with what replays on it."""

    refused: Mapping[str, str] = field(default_factory=dict[str, str])
    """Those that it does not compile any more, and why."""


async def gate_versions(
    p: Platform, project: str, *, replays: Replays, by: str = EVERLOOM, apply: bool = False
) -> VersionsReport:
    """Compile the versions that are served anew, and replay their runs where the text differs.

    Args:
        p: The platform.
        project: The project.
        replays: What replays histories.
        by: Who does it.
        apply: Let runs go on with the new text where all of them replay. Otherwise nothing changes.

    Raises:
        ProjectMissing: There is no such project.
        CatalogInvalid: A function is called, and the code of the application cannot be imported.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        there = await known_types(tx, kept_in)
        kept = [
            (each, list(await tx.versions.list_versions(each.id, whole=True)))
            for each in await tx.definitions.list(kept_in.id)
        ]
    unchanged: list[str] = []
    changed: list[GateReport] = []
    refused: dict[str, str] = {}
    for definition, versions in kept:
        gate = _Gate(p, kept_in, definition, versions, there)
        for code in versions:
            if code.fixed_by is not None or code.retired_at is not None:
                continue
            try:
                draft = await gate.recompiled(code)
            except DefinitionRefused as error:
                refused[code.type_name] = "; ".join(each.problem.sentence() for each in error.found)
                continue
            except VersionNotWritable as error:
                refused[code.type_name] = error.message
                continue
            if draft is None:
                unchanged.append(code.type_name)
            else:
                changed.append(await gate.pass_through(code, draft, replays, by=by, apply=apply))
    return VersionsReport(unchanged=tuple(unchanged), changed=tuple(changed), refused=refused)


@dataclass(frozen=True)
class _Gate:
    p: Platform
    project: Project
    definition: Definition
    versions: Sequence[CompiledCode]
    there: frozenset[str]

    async def recompiled(self, code: CompiledCode) -> Draft | None:
        """What the compiler makes of a version now; None when it is what is there."""
        if await self._compiled_sha(code.definition) == code.sha256:
            return None
        version = _next_version(code.version)
        if any(each.version == version for each in self.versions):
            return None
        text = with_version(code.definition, version)
        checked = await check_text(self.p, self.project, text, code.type_name, there=self.there)
        built = await build(self.p, checked, self.there)
        return Draft(
            project=self.project,
            definition=self.definition,
            text=text,
            built=built,
            keeps_text=False,
        )

    async def pass_through(
        self, code: CompiledCode, draft: Draft, replays: Replays, *, by: str, apply: bool
    ) -> GateReport:
        """Replay what runs on a version with its new text; and let it go on with that when asked."""
        chain = chain_of(self.versions, code)
        new = code_of(draft, by=by, remark=f"Compiled anew by compiler {COMPILER}.")
        runs = await replay_runs(
            self.p, self.project, new, chain.types, replays=replays, closed=CLOSED
        )
        report = GateReport(fix=new.type_name, of=chain.types, runs=tuple(runs), is_done=False)
        if not apply or len(report.replayed) < len(runs):
            return report
        return await self._take(chain, draft, replace(report, is_done=True), replays, by=by)

    async def _take(
        self, chain: Chain, draft: Draft, report: GateReport, replays: Replays, *, by: str
    ) -> GateReport:
        async with self.p.store.begin() as tx:
            remark = f"Compiled anew by compiler {COMPILER}."
            stored = await store_version(tx, draft, by=by, remark=remark, fixes=chain.end.id)
            await link_fix(tx, chain, stored, list(report.runs), by=by, forced=False)
        return await check_again(
            self.p, self.project, chain, stored, report=report, replays=replays
        )

    async def _compiled_sha(self, text: str) -> str:
        checked = await check_text(
            self.p, self.project, text, self.definition.full_name, there=self.there
        )
        return (await build(self.p, checked, self.there)).compiled.sha256


def _next_version(version: str) -> str:
    """The version without what an earlier compiler was, and with what this one is."""
    core, _, built = version.partition("+")
    others = built.partition(RECOMPILED)[0].rstrip(".")
    return f"{core}+{f'{others}.' if others else ''}{RECOMPILED}{COMPILER}"
