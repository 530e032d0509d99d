"""Extensions: which tasks they are woven around."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from everloom.language.models.tasks import Task
from everloom.language.models.workflow import Extension

_COMPOSITE = {"do", "fork"}
_PREFIX = "/use/extensions/"


@dataclass
class Extending:
    """The extensions of a definition, and their attributes in the compiled class."""

    extensions: Sequence[tuple[str, Extension]]
    attributes: list[str] = field(default_factory=list[str])
    """Names of the attributes, in order of the extensions."""

    def around(self, task: Task, reference: str) -> list[str]:
        """Attributes of the extensions around a task; none around what an extension does itself."""
        if reference.startswith(_PREFIX):
            return []
        pairs = zip(self.extensions, self.attributes, strict=True)
        return [name for (_, extension), name in pairs if _is_meant(extension, task)]


def _is_meant(extension: Extension, task: Task) -> bool:
    if extension.extend == "all":
        return True
    if extension.extend == "composite":
        return task.kind in _COMPOSITE
    return extension.extend == task.kind
