"""Find definitions and versions by what people call them, within a transaction."""

from everloom.core import did_you_mean
from everloom.store import CompiledCode, Definition, Project, Transaction

from .errors import DefinitionMissing, VersionMissing


async def find_definition(tx: Transaction, project: Project, full_name: str) -> Definition:
    """The definition of a name.

    Raises:
        DefinitionMissing: The project has none of that name.
    """
    found = await tx.definitions.find(project.id, full_name)
    if found is None:
        known = [each.full_name for each in await tx.definitions.list(project.id)]
        raise DefinitionMissing(
            f"The project `{project.owner}/{project.name}` has no definition `{full_name}`.",
            hint=did_you_mean(full_name, known),
        )
    return found


async def find_version(
    tx: Transaction, project: Project, full_name: str, version: str | None
) -> CompiledCode:
    """A version of a definition; None: the active one.

    Raises:
        DefinitionMissing: The project has no definition of that name.
        VersionMissing: The definition has no such version, or none is active.
    """
    found = await tx.versions.get(project.id, full_name, version)
    if found is not None:
        return found
    definition = await find_definition(tx, project, full_name)
    known = [each.version for each in await tx.versions.list_versions(definition.id, whole=False)]
    if version is None:
        raise VersionMissing(
            f"No version of `{full_name}` is active.",
            hint=f"`everloom definitions activate {full_name} VERSION` makes one active."
            if known
            else f"`everloom definitions publish {full_name}` makes the first version.",
        )
    raise VersionMissing(
        f"`{full_name}` has no version {version}.", hint=did_you_mean(version, known)
    )
