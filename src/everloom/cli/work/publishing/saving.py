"""Save a draft over what may be thrown away, and over nothing else."""

from everloom.control.definitions import DefinitionRefused, Found, Source
from everloom.control.projects import Platform, read_details
from everloom.control.publishing import check_draft, name_in, save_draft
from everloom.language import DefinitionProblem, check_definition
from everloom.store import Definition


def text_of(source: Source) -> str:
    """The text of a file.

    Raises:
        DefinitionRefused: It is not text in UTF-8.
    """
    content = source.content
    if isinstance(content, str):
        return content
    try:
        assert isinstance(content, bytes)  # noqa: S101 - files and standard input are
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = f"{source.name!r} is not text in UTF-8."
        told = DefinitionProblem("file-unreadable", "", 0, 0, said, "")
        raise DefinitionRefused((Found(source.name, told),)) from None


def named_text(source: Source) -> str:
    """The text of a file, which says what the definition is called.

    Raises:
        DefinitionRefused: It cannot be read: as YAML or JSON, or at all.
    """
    text = text_of(source)
    if name_in(text).full_name is None:
        found = [each for each in check_definition(text).problems if each.severity == "error"]
        raise DefinitionRefused(tuple(Found(source.name, each) for each in found))
    return text


async def check_before_saving(p: Platform, project: str, text: str) -> None:
    """Refuse a text with errors before it becomes a draft that would stand in its own way.

    Raises:
        ProjectMissing: There is no such project.
        DefinitionRefused: It has errors.
        StoreUnavailable: The database is away.
    """
    name = name_in(text).full_name
    if name is None:
        return
    checked = await check_draft(p, project, name, text=text)
    if checked.definition is None:
        raise DefinitionRefused(checked.found, name)


async def save_text(
    p: Platform, project: str, text: str, *, by: str, revision: int | None = None
) -> Definition:
    """Save a text as the draft of the definition that it names.

    Args:
        p: The platform.
        project: The project.
        text: The text.
        by: Who saves it.
        revision: The revision that the change began with. None: whichever there is, provided that its
            text was published, so that nothing is lost.

    Raises:
        ProjectMissing: There is no such project.
        DefinitionNameInvalid: The text does not say how it is called.
        DraftChanged: There is a draft that nobody has published, or one of another revision.
        StoreUnavailable: The database is away.
    """
    if revision is None:
        revision = await _disposable(p, project, name_in(text).full_name)
    return await save_draft(p, project, text, by=by, revision=revision)


async def _disposable(p: Platform, project: str, full_name: str | None) -> int | None:
    """The revision of a draft whose text is also that of a version."""
    found = (await read_details(p, project)).definitions
    kept = next((each for each in found if each.definition.full_name == full_name), None)
    return None if kept is None or kept.is_changed else kept.definition.revision
